"""Bytes first, row second; and nobody's files are taken for orphans."""

import io
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from moto.server import ThreadedMotoServer

from config.settings import documents_storage
from documents.models import Document
from documents.storage import key_for, open_bytes, put, storage, sweep_orphans
from documents.uploads import store_bytes
from ledger.acting import acting
from organisations.visibility import Viewer

AT = timezone.now()
AsRole = Callable[[], AbstractContextManager[None]]


def keep(viewer: Viewer, data: bytes = b"a,b\n", at: datetime = AT) -> Document:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return store_bytes(
            by=viewer, name="a.csv", media_type="text/csv", data=data, kind="error_list", at=at
        )


def test_a_key_begins_with_its_tenant_and_holds_no_typed_word(viewer: Viewer) -> None:
    document = keep(viewer)
    expected = f"organisations/{viewer.organisation_id}/{AT:%Y%m}/{document.code}.csv"
    assert document.storage_key == expected == key_for(viewer.organisation_id, document.code, "csv", AT)


def test_bytes_are_never_overwritten(files: Path) -> None:
    put("organisations/1/a.txt", io.BytesIO(b"first"))
    with pytest.raises(FileExistsError):
        put("organisations/1/a.txt", io.BytesIO(b"second"))
    assert [path.read_bytes() for path in files.rglob("*.txt")] == [b"first"]


def test_only_the_owner_may_read_the_folder(viewer: Viewer, files: Path) -> None:
    keep(viewer)
    assert {oct(path.stat().st_mode & 0o777) for path in files.rglob("*.csv")} == {"0o640"}


def test_a_rolled_back_upload_leaves_no_row(viewer: Viewer) -> None:
    with (
        suppress(ZeroDivisionError),
        acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id),
    ):
        store_bytes(by=viewer, name="a.csv", media_type="text/csv", data=b"a", kind="error_list", at=AT)
        raise ZeroDivisionError
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        assert Document.objects.count() == 0


def test_the_sweep_takes_old_bytes_without_a_row_only(viewer: Viewer, files: Path, as_job: AsRole) -> None:
    kept = keep(viewer)
    for name in ("old", "young"):
        put(f"organisations/7/202601/{name}.pdf", io.BytesIO(b"x"))
    two_days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (files / "organisations/7/202601/old.pdf", files / kept.storage_key):
        os.utime(path, (two_days_ago, two_days_ago))
    with as_job():
        assert sweep_orphans(timezone.now()) == 1
    left = sorted(str(path.relative_to(files)) for path in files.rglob("*.*"))
    assert left == sorted([kept.storage_key, "organisations/7/202601/young.pdf"])


def test_the_sweep_refuses_to_run_blind(viewer: Viewer) -> None:
    keep(viewer)
    with pytest.raises(PermissionError):
        sweep_orphans(timezone.now())


@pytest.fixture
def bucket(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Keep documents in an S3-compatible store that runs for this test alone."""
    import boto3  # type: ignore[import-untyped]

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id="key",
        aws_secret_access_key="word",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="documents")
    url = f"s3://key:word@{host}:{port}/documents?tls=off&region=us-east-1"
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(url)}
    yield "documents"
    server.stop()


def test_documents_live_in_an_object_store_too(bucket: str, viewer: Viewer, as_job: AsRole) -> None:
    document = keep(viewer, b"a,b\nc,d\n")
    with open_bytes(document) as opened:
        assert opened.read() == b"a,b\nc,d\n"
    put("organisations/7/202601/orphan.pdf", io.BytesIO(b"x"))
    with pytest.raises(FileExistsError):
        put("organisations/7/202601/orphan.pdf", io.BytesIO(b"y"))
    with as_job():
        assert sweep_orphans(timezone.now() + timedelta(days=2)) == 1
    assert storage().exists(document.storage_key)
    assert not storage().exists("organisations/7/202601/orphan.pdf")
