"""What the database holds of schemes and editions, against raw SQL and by every role."""

import hashlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError

from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from schemes.lifecycle import EditionState
from schemes.models import Criterion, Edition, Level, Scheme
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def body() -> Organisation:
    return people.organisation("Body", Capability.SCHEME_BODY)


def _acting(viewer: Viewer):  # type: ignore[no-untyped-def]
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def _keys() -> tuple[set[str], set[str], int, int]:
    """Return what whoever acts sees: schemes, versions, and how many criteria and levels."""
    return (
        set(Scheme.objects.values_list("key", flat=True)),
        set(Edition.objects.values_list("version", flat=True)),
        Criterion.objects.count(),
        Level.objects.count(),
    )


def test_everybody_reads_what_is_published_and_drafts_are_the_bodys_alone(body: Organisation) -> None:
    public, hidden = schemes.scheme(body, "open-scheme"), schemes.scheme(body, "hidden-scheme")
    schemes.edition(public, version="1", state=EditionState.RETIRED)
    schemes.edition(public, version="2")
    schemes.edition(public, version="3", state=EditionState.DRAFT)
    schemes.edition(hidden, version="4", state=EditionState.DRAFT)
    with acting(person_id=None, organisation_id=None):
        assert _keys() == ({"open-scheme"}, {"1", "2"}, 6, 6)
        assert set(Scheme.objects.visible_to(None)) == {public}
    with _acting(people.viewer(people.organisation())) as _:
        assert _keys() == ({"open-scheme"}, {"1", "2"}, 6, 6)
    mine = people.viewer(body)
    with _acting(mine):
        assert _keys() == ({"open-scheme", "hidden-scheme"}, {"1", "2", "3", "4"}, 12, 12)
        assert Edition.objects.visible_to(mine).count() == 4
        assert Edition.objects.in_force().get().version == "2"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE schemes_edition SET data = '{}'",
        "UPDATE schemes_edition SET title = 'Other'",
        "UPDATE schemes_edition SET version = '9'",
        "UPDATE schemes_edition SET published_at = published_at - interval '1 day'",
        "UPDATE schemes_edition SET state = 'draft', published_at = NULL",
        "DELETE FROM schemes_edition",
        "DELETE FROM schemes_criterion",
        "UPDATE schemes_criterion SET title = 'Other'",
        "UPDATE schemes_level SET rank = rank + 10",
        "INSERT INTO schemes_level (edition_id, key, title, rank) SELECT id, 'more', 'More', 9 FROM schemes_edition",
        "DELETE FROM schemes_scheme",
        "UPDATE schemes_scheme SET key = 'other'",
        "UPDATE schemes_scheme SET subject = 'contract'",
    ],
)
def test_a_published_edition_never_changes_for_whoever_asks(body: Organisation, change: str) -> None:
    made = schemes.edition(schemes.scheme(body))
    with owner_role(), pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    made.refresh_from_db()
    assert (made.state, made.criteria.count(), made.levels.count()) == ("published", 3, 3)


def test_a_draft_changes_and_goes(body: Organisation) -> None:
    made = schemes.edition(schemes.scheme(body), state=EditionState.DRAFT)
    with _acting(people.viewer(body)):
        made.title = "Other"
        made.save(update_fields=["title"])
        made.criteria.filter(key="c1").update(title="Other")
        made.levels.all().delete()
        made.criteria.all().delete()
        made.delete()
        assert not Edition.objects.exists()


def test_an_edition_is_followed_by_the_next_and_two_are_never_in_force(body: Organisation) -> None:
    scheme = schemes.scheme(body)
    schemes.edition(scheme, version="1")
    second = schemes.edition(scheme, version="2", state=EditionState.DRAFT)
    with pytest.raises(IntegrityError, match="edition_one_in_force"), transaction.atomic():
        schemes.publish(second)


def test_the_checksum_is_that_of_the_text(body: Organisation) -> None:
    made = schemes.edition(schemes.scheme(body), state=EditionState.DRAFT)
    with owner_role(), pytest.raises(REFUSED, match="checksum"), transaction.atomic():
        Edition.objects.filter(pk=made.pk).update(source="changed")
    with owner_role():
        text = "Grüße\n"
        Edition.objects.filter(pk=made.pk).update(
            source=text, sha256=hashlib.sha256(text.encode()).hexdigest()
        )


def test_an_edition_begins_as_a_draft_and_is_published_with_criteria_only(body: Organisation) -> None:
    scheme = schemes.scheme(body)
    empty = schemes.edition(scheme, version="1", criteria=0, state=EditionState.DRAFT)
    with pytest.raises(REFUSED, match="asks something"), transaction.atomic():
        schemes.publish(empty)
    with owner_role(), pytest.raises(REFUSED, match="published first"), transaction.atomic():
        Edition.objects.filter(pk=empty.pk).update(state="retired")


def test_a_scheme_is_run_by_a_scheme_body_only(body: Organisation) -> None:
    with pytest.raises(REFUSED, match="run by a scheme body"), transaction.atomic():
        schemes.scheme(people.organisation())
    assert schemes.scheme(body).is_public is False


def test_nobody_but_the_body_writes(body: Organisation) -> None:
    scheme = schemes.scheme(body)
    draft = schemes.edition(scheme, state=EditionState.DRAFT)
    other = people.viewer(people.organisation("", Capability.SCHEME_BODY))
    with _acting(other):
        assert Edition.objects.filter(pk=draft.pk).update(title="Other") == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Scheme.objects.create(key="theirs", title="Theirs", subject="organisation", body=body)
        with pytest.raises((ProgrammingError, *REFUSED)), transaction.atomic():
            Criterion.objects.create(edition_id=draft.pk, key="more", title="More", position=99)
        mine = Scheme.objects.create(
            key="ours", title="Ours", subject="organisation", body_id=other.organisation_id
        )
        assert mine.is_public is False
    with _acting(people.viewer(body)):
        Criterion.objects.create(edition_id=draft.pk, key="more", title="More", position=99)
