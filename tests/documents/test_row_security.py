"""The net below: documents and renderings of another organisation do not exist."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from documents.models import Document, Rendering
from documents.uploads import store_bytes
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.factories import organisations

AT = timezone.now()


def keep(viewer: Viewer) -> Document:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return store_bytes(
            by=viewer, name="a.csv", media_type="text/csv", data=b"a", kind="error_list", at=AT
        )


@pytest.fixture
def stranger(db: None) -> Viewer:
    return organisations.viewer(organisations.organisation())


def test_only_its_owner_sees_a_document(viewer: Viewer, stranger: Viewer) -> None:
    document = keep(viewer)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        assert Document.objects.get() == document
    with acting(person_id=stranger.person_id, organisation_id=stranger.organisation_id):
        assert Document.objects.count() == 0
    assert Document.objects.count() == 0  # nobody acts


def test_a_document_cannot_be_put_into_anothers_drawer(viewer: Viewer, stranger: Viewer) -> None:
    document = keep(viewer)
    document.pk, document.code, document.storage_key = None, "OTHER", "other"
    with (
        acting(person_id=stranger.person_id, organisation_id=stranger.organisation_id),
        pytest.raises(DatabaseError, match=r"row-level security|lies under its owner"),
        transaction.atomic(),
    ):
        document.save(force_insert=True)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_stored_document_stays_as_it_is(verb: str, viewer: Viewer) -> None:
    document = keep(viewer)
    rows = Document.objects.filter(pk=document.pk)
    with (
        acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        rows.update(sha256="0" * 64) if verb == "update" else rows._raw_delete(rows.db)


def test_two_organisations_may_ask_for_the_same_file(viewer: Viewer, stranger: Viewer) -> None:
    for each in (viewer, stranger):
        with acting(person_id=each.person_id, organisation_id=each.organisation_id):
            Rendering.objects.create(
                organisation_id=each.organisation_id,
                person_id=each.person_id,
                kind="trial",
                subject_kind="trial.subject",
                subject_id=1,
                requested_at=AT,
            )
            assert Rendering.objects.count() == 1
