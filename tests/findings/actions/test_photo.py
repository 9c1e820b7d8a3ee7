"""Photos hang on a finding until publication; then nothing about them changes."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import DatabaseError

from config.settings import documents_storage
from documents.models import Document
from findings.actions.finding import delete_finding
from findings.actions.photo import add_photos, describe_photo, remove_photo
from findings.lifecycle import AuditState
from findings.models import Audit, Finding, Photo
from findings.queries.photo import photos_of
from ledger.refusals import Forbidden, Refusal
from tests.conftest import owner_role
from tests.documents.test_photos import taken
from tests.factories import findings as make
from tests.findings.conftest import House

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: LazySettings) -> None:
    """Keep documents under a folder that goes away with the test."""
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


def _hang(house: House, finding: Finding, *files: Any, **said: Any) -> list[Photo]:
    with house.as_(house.firm) as viewer:
        return add_photos(viewer=viewer, finding=finding, files=files or [taken()], at=AT, **said)


def _at_work(house: House) -> tuple[Audit, Finding]:
    audit = house.audit()
    return audit, make.finding(audit)


def test_photos_hang_in_order_and_say_what_they_show(house: House) -> None:
    _audit, found = _at_work(house)
    _hang(house, found, taken("a.jpg"), taken("b.jpg"), caption="The exit on floor 2", language="en-gb")
    _hang(house, found, taken("c.jpg"))
    with house.as_(house.firm) as viewer:
        rows = list(photos_of(viewer, found))
        assert [(one.position, one.document.name, one.caption) for one in rows] == [
            (1, "a.jpg", "The exit on floor 2"),
            (2, "b.jpg", "The exit on floor 2"),
            (3, "c.jpg", ""),
        ]
        assert str(rows[2]) == "Photo 3"
        described = describe_photo(viewer=viewer, photo=rows[2], caption="Boxes", language="en-gb", at=AT)
        assert str(described) == "Boxes"


def test_all_are_taken_or_none(house: House) -> None:
    _audit, found = _at_work(house)
    with pytest.raises(Refusal) as refused:
        _hang(house, found, taken(), SimpleUploadedFile("notes.txt", b"words"))
    assert refused.value.code == "file-not-a-picture"
    assert refused.value.sentence.startswith("notes.txt: ")
    with owner_role():
        assert not Photo.objects.exists()
        assert not Document.objects.exists()


def test_more_than_thirty_are_too_many(house: House) -> None:
    _audit, found = _at_work(house)
    with pytest.raises(Refusal) as refused:
        _hang(house, found, *([taken()] * 31))
    assert refused.value.code == "too-many-photos"


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        (AuditState.IN_PROGRESS, {"firm"}),
        (AuditState.SUBMITTED, {"firm", "supplier"}),
        (AuditState.PUBLISHED, {"firm", "supplier", "buyer", "rival", "other_firm"}),
    ],
)
def test_whoever_sees_the_audit_sees_the_photo_and_its_file(
    house: House, state: str, seen_by: set[str]
) -> None:
    audit, found = _at_work(house)
    _hang(house, found)
    for step in (AuditState.SUBMITTED, AuditState.PUBLISHED):
        if state in {step, AuditState.PUBLISHED}:
            house.to(audit, step)
    who_sees = set()
    for name in ("firm", "supplier", "buyer", "rival", "other_firm", "stranger"):
        with house.as_(getattr(house, name)) as viewer:
            scoped, netted = Photo.objects.visible_to(viewer).count(), Photo.objects.count()
            assert scoped == netted
            assert Document.objects.count() == 2 * netted
            if scoped:
                who_sees.add(name)
    assert who_sees == seen_by


def test_a_photo_that_is_taken_down_takes_its_files_along(house: House) -> None:
    _audit, found = _at_work(house)
    first, _second = _hang(house, found, taken(), taken())
    with house.as_(house.firm) as viewer:
        remove_photo(viewer=viewer, photo=Photo.objects.get(pk=first.pk), at=AT)
        assert Photo.objects.count() == 1
        assert Document.objects.count() == 2
        delete_finding(viewer=viewer, finding=Finding.objects.get(pk=found.pk), at=AT)
        assert not Photo.objects.exists()
        assert not Document.objects.exists()


@pytest.mark.parametrize("who", ["supplier", "buyer", "other_firm"])
def test_others_hang_and_take_down_nothing(house: House, who: str) -> None:
    audit, found = _at_work(house)
    _hang(house, found)
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    with house.as_(getattr(house, who)) as viewer:
        photo = Photo.objects.select_related("finding__audit").get()
        with pytest.raises(Forbidden):
            add_photos(viewer=viewer, finding=photo.finding, files=[taken()], at=AT)
        with pytest.raises(Forbidden):
            describe_photo(viewer=viewer, photo=photo, caption="x", at=AT)
        with pytest.raises(Forbidden):
            remove_photo(viewer=viewer, photo=photo, at=AT)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE findings_photo SET caption = 'other'",
        "DELETE FROM findings_photo",
        "INSERT INTO findings_photo (code, finding_id, audit_id, audit_firm_id, document_id, thumbnail_id, caption,"
        " language, position, created_at) SELECT 'X' || code, finding_id, audit_id, audit_firm_id, document_id,"
        " thumbnail_id, '', '', 9, now() FROM findings_photo",
    ],
)
def test_nothing_changes_after_publication_by_raw_sql(house: House, sql: str) -> None:
    audit, found = _at_work(house)
    _hang(house, found)
    with house.as_(house.firm), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        cursor.execute(sql)
        assert cursor.rowcount == 1
        cursor.execute("ROLLBACK TO before")
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    for role in (house.as_(house.firm), owner_role()):
        refused = pytest.raises(DatabaseError, match="published audit never changes")
        with refused, role, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_file_of_another_kind_or_audit_is_no_photo_by_raw_sql(house: House) -> None:
    _audit, found = _at_work(house)
    other = house.audit(ends_on=dt.date(2026, 5, 1))
    photo = _hang(house, found)[0]
    with owner_role():
        elsewhere = Document.objects.get(pk=photo.document_id)
        elsewhere.pk, elsewhere.code, elsewhere.storage_key = None, "ELSEWHERE1", "other/key.jpg"
        elsewhere.audit = other
        elsewhere.save(force_insert=True)
    with (
        house.as_(house.firm),
        pytest.raises(DatabaseError, match="a photo is a picture"),
        transaction.atomic(),
    ):
        Photo.objects.create(
            finding=found,
            audit=found.audit,
            audit_firm=house.firm,
            document=elsewhere,
            thumbnail_id=photo.thumbnail_id,
            position=2,
            created_at=AT,
        )
