"""Odd requests: bytes that the database cannot hold, bodies that never end, settings that weaken."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http.multipartparser import MultiPartParser
from django.test import Client
from pytest_django.fixtures import Settings

from config.checks import shared_cache
from documents.formats import MAX_BYTES
from documents.receiving import PATIENCE_BYTES, BoundedUploadHandler
from tests.factories.world import World, world


@pytest.fixture
def scene(db: None) -> World:
    return world()


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("supplier", "/organisations/members/%00/", 404),
        ("supplier", "/sites/%00/", 404),
        ("supplier", "/settings/tokens/%00/revoke/", 404),
        ("supplier", "/api/v1/organisations/%00/", 404),
        ("supplier", "/api/v1/sites/%00/", 404),
        ("supplier", "/organisations/invitations/%00/accept/", 404),
        ("buyer", "/links/propose/?entry=%00&code=%00", 200),
        ("buyer", "/register/?q=%00", 200),
        ("firm", "/audits/?site=%00", 200),
    ],
)
def test_nul_is_nowhere_a_fault_of_ours(
    scene: World, client_for: Callable[..., Client], who: str, path: str, status: int
) -> None:
    assert client_for(getattr(scene, who).person).get(path).status_code == status


class Files:
    """A form with many files, made while it is read."""

    def __init__(self, number: int, size: int) -> None:
        self.taken = 0
        self._parts = self._make(number, size)

    def read(self, _size: int | None = None, /) -> bytes:
        part = next(self._parts, b"")
        self.taken += len(part)
        return part

    @staticmethod
    def _make(number: int, size: int) -> Iterator[bytes]:
        for each in range(number):
            yield f'--x\r\nContent-Disposition: form-data; name="f"; filename="{each}.pdf"\r\n\r\n'.encode()
            for _ in range(size // 65536):
                yield bytes(65536)
            yield b"\r\n"
        yield b"--x--\r\n"


def test_many_files_fill_the_disk_no_more_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    body: Any = Files(60, MAX_BYTES // 2)
    kept: list[int] = []
    complete = BoundedUploadHandler.file_complete

    def noted(self: BoundedUploadHandler, file_size: int) -> Any:
        file = complete(self, file_size)
        kept.append(file.size)
        return file

    monkeypatch.setattr(BoundedUploadHandler, "file_complete", noted)
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(60 * MAX_BYTES)}
    MultiPartParser(meta, body, [BoundedUploadHandler()]).parse()
    assert sum(kept) <= PATIENCE_BYTES
    assert body.taken <= PATIENCE_BYTES + 2 * 1024 * 1024


def test_body_is_read_before_a_transaction_is_opened(
    scene: World, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped: list[str] = []
    take = BoundedUploadHandler.receive_data_chunk

    def noted(self: BoundedUploadHandler, raw_data: bytes, start: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.person', true), '')")
            stamped.append(cursor.fetchone()[0])
        take(self, raw_data, start)

    monkeypatch.setattr(BoundedUploadHandler, "receive_data_chunk", noted)
    file = SimpleUploadedFile("list.csv", b"name,country\nUnit 2,BD\n")
    answer = client_for(scene.buyer.person).post("/imports/new/", {"file": file})
    assert answer.status_code == 302
    assert stamped == [""]


def test_production_needs_a_cache_that_all_processes_share(settings: Settings) -> None:
    settings.IS_PRODUCTION, settings.CACHE_URL = True, ""
    assert [one.id for one in shared_cache(app_configs=None)] == ["config.E004"]
    settings.CACHE_URL = "redis://cache/1"
    assert shared_cache(app_configs=None) == []
