"""Files kept in a group: for the people inside, whoever sent them."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.utils import DatabaseError, IntegrityError
from django.utils import timezone

from config.settings import documents_storage
from documents.models import Document
from documents.uploads import store_upload
from ledger.acting import acting
from ledger.models import Entry
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path, settings: LazySettings) -> None:
    settings.STORAGES = settings.STORAGES | {"documents": documents_storage(f"file://{tmp_path}/files")}


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _store(who: Viewer, room: make.Room | None) -> Document:
    file = SimpleUploadedFile("wages of mill 7.txt", b"One line.\n", "text/plain")
    with _as(who):
        return store_upload(
            by=who, file=file, kind="evidence", group=room.group if room else None, at=timezone.now()
        )


def _sees(who: Viewer, document: Document) -> bool:
    with _as(who):
        return Document.objects.filter(pk=document.pk).exists()


def test_a_file_in_a_group_is_read_inside_and_by_no_colleague_outside(room: make.Room) -> None:
    kept, own = _store(room.buyer, room), _store(room.buyer, None)
    assert [_sees(who, kept) for who in room.inside] == [True] * 6
    assert [_sees(who, kept) for who in (room.outsider, room.stranger)] == [False] * 2
    assert _sees(room.outsider, own)


def test_nobody_outside_puts_a_file_into_a_group(room: make.Room) -> None:
    with pytest.raises(DatabaseError):
        _store(room.outsider, room)


def test_the_name_of_a_file_in_a_group_stands_in_no_history_of_the_organisation(room: make.Room) -> None:
    kept, own = _store(room.buyer, room), _store(room.buyer, None)
    with _as(room.outsider):
        assert [one.subject_id for one in Entry.objects.filter(verb="documents.stored")] == [own.pk]
    with owner_role():
        entry = Entry.objects.get(verb="documents.stored", subject_id=kept.pk)
        assert (entry.actor_id, entry.organisation_id, entry.owner_id) == (room.buyer.person_id, None, None)


def test_whoever_leaves_the_organisation_reads_the_file_no_longer(room: make.Room) -> None:
    kept = _store(room.supplier, room)
    member = make.membership_of(room.buyer)
    with owner_role():
        member.is_active = False
        member.save(update_fields=["is_active"])
    assert not _sees(room.buyer, kept)


def test_a_file_in_a_group_hangs_on_nothing_else(room: make.Room) -> None:
    kept = _store(room.buyer, room)
    with (
        owner_role(),
        pytest.raises(IntegrityError, match=r"document_in_a_group_alone|foreign key"),
        transaction.atomic(),
    ):
        Document.objects.filter(pk=kept.pk).update(audit_id=1)
