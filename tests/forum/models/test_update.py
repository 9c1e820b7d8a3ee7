"""What the database holds about outside bodies, whatever the program does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from forum.models import (
    AuditorEntry,
    AuditorList,
    Body,
    BodyFigure,
    BodyFollower,
    BodyUpdate,
    BodyUpdateVersion,
)
from ledger.acting import acting
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import forum_updates as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
MARK = "a" * 64


def run(sql: str, *values: Any) -> int:
    """Run one statement in a savepoint of its own and return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextmanager
def member(of: Organisation) -> Iterator[Membership]:
    one = people.membership(of)
    with acting(person_id=one.person_id, organisation_id=of.pk):
        yield one


def refused(sql: str, *values: Any, match: str) -> None:
    """Try a statement as the owner of the tables, whom no policy stops."""
    with owner_role(), pytest.raises(DatabaseError, match=match):
        run(sql, *values)


@pytest.mark.parametrize(
    ("column", "value"), [("title", "Other"), ("text", "Other"), ("published_at", None), ("number", 7)]
)
def test_a_published_version_stays_as_it_is(column: str, value: Any) -> None:
    update = make.update()
    statement = f"UPDATE forum_bodyupdateversion SET {column} = %s WHERE update_id = %s"  # noqa: S608
    refused(statement, value, update.pk, match="stays as it is")
    with owner_role():
        draft = make.version(update, correction="Better")
        assert run("UPDATE forum_bodyupdateversion SET text = 'Other' WHERE id = %s", draft.pk) == 1


def test_nothing_of_an_update_is_deleted_and_its_figures_stay() -> None:
    update = make.update()
    refused("DELETE FROM forum_bodyupdate WHERE id = %s", update.pk, match="never deleted")
    refused("DELETE FROM forum_bodyupdateversion WHERE update_id = %s", update.pk, match="stays as it is")
    refused("DELETE FROM forum_bodyfigure", match="stays as it is")
    refused("UPDATE forum_bodyfigure SET value = 8", match="stays as it is")
    with owner_role():
        version = BodyUpdateVersion.objects.get(update=update)
    with owner_role(), pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        BodyFigure.objects.create(version=version, position=2, name="More", value=1, period="2025")
    refused("DELETE FROM forum_body", match="never deleted")


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("draft", "state = 'published', published_at = now(), number = 1"),
        ("published", "state = 'draft', published_at = NULL"),
        ("published", "published_at = published_at + interval '1 day'"),
        ("published", "begun_at = now()"),
        ("withdrawn", "state = 'published', withdrawn_at = NULL, reason = ''"),
        ("withdrawn", "reason = 'Another'"),
    ],
)
def test_an_update_goes_one_way(before: str, change: str) -> None:
    update = make.update(is_public=before != "draft")
    with owner_role():
        if before == "withdrawn":
            run(
                "UPDATE forum_bodyupdate SET state = 'withdrawn', withdrawn_at = now(), reason = 'Wrong' WHERE id = %s",
                update.pk,
            )
    statement = f"UPDATE forum_bodyupdate SET {change} WHERE id = %s"  # noqa: S608 - own words
    refused(statement, update.pk, match="stays|go from|with a version")


def test_withdrawal_has_a_reason_and_ends_the_versions() -> None:
    update = make.update()
    with owner_role(), pytest.raises(IntegrityError, match="bodyupdate_withdrawn_has_a_reason"):
        run("UPDATE forum_bodyupdate SET state = 'withdrawn', withdrawn_at = now() WHERE id = %s", update.pk)
    with owner_role():
        run(
            "UPDATE forum_bodyupdate SET state = 'withdrawn', withdrawn_at = now(), reason = 'Wrong' WHERE id = %s",
            update.pk,
        )
    with pytest.raises(DatabaseError, match="gets no version"), transaction.atomic():
        make.version(update)


def test_a_correction_says_what_it_puts_right() -> None:
    update = make.update()
    draft = make.version(update)
    with owner_role(), pytest.raises(IntegrityError, match="bodyupdateversion_correction_says_what"):
        run("UPDATE forum_bodyupdateversion SET published_at = now() WHERE id = %s", draft.pk)


def test_drafts_are_read_by_the_body_alone_and_the_rest_by_members() -> None:
    body = make.body()
    make.update(body)
    make.update(body, is_public=False)
    make.version(_published(body), correction="Better")
    with member(people.organisation()):
        assert (Body.objects.count(), BodyUpdate.objects.count()) == (1, 1)
        assert (BodyUpdateVersion.objects.count(), BodyFigure.objects.count()) == (1, 1)
    with acting(person_id=None, organisation_id=None):
        assert (Body.objects.count(), BodyUpdate.objects.count(), BodyFigure.objects.count()) == (0, 0, 0)
    with owner_role():
        organisation = Organisation.objects.get(pk=body.organisation_id)
    with member(organisation):
        assert (BodyUpdate.objects.count(), BodyUpdateVersion.objects.count()) == (2, 3)


def _published(body: Body) -> BodyUpdate:
    with owner_role():
        return BodyUpdate.objects.get(body=body, state="published")


def test_nobody_learns_who_follows() -> None:
    body, fan = make.body(), people.membership(people.organisation())
    make.follower(body, fan)
    with member(fan.organisation):
        assert BodyFollower.objects.count() == 0
    with acting(person_id=fan.person_id, organisation_id=fan.organisation_id):
        assert BodyFollower.objects.count() == 1


def test_a_list_is_asked_by_number_and_read_by_nobody_else() -> None:
    body = make.body()
    made = make.auditors(body, ("21700123", "Rita Rahman"), ("21700456", "John Doe"))
    with owner_role():
        marks = list(AuditorEntry.objects.order_by("pk").values_list("number_mark", flat=True))
        assert "21700123" not in "".join(marks)
    with member(people.organisation()):
        assert AuditorEntry.objects.count() == 0
        assert AuditorList.objects.get() == made
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM app.auditors(%s, %s, '{}')", [body.pk, marks[:1]])
            assert cursor.fetchone() == (1,)
    with acting(person_id=None, organisation_id=None), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM app.auditors(%s, %s, '{}')", [body.pk, marks])
        assert cursor.fetchone() == (0,)


def test_a_list_is_loaded_whole_and_stays() -> None:
    body = make.body()
    made = make.auditors(body, ("21700123", "Rita Rahman"))
    refused("UPDATE forum_auditorlist SET total = 9", match="append-only")
    refused("DELETE FROM forum_auditorlist", match="append-only|newest list stays")
    refused("UPDATE forum_auditorentry SET grade = 'RA'", match="newest list stays")
    refused("DELETE FROM forum_auditorentry", match="newest list stays")
    with owner_role(), pytest.raises(IntegrityError, match="fingerprints_alone"), transaction.atomic():
        AuditorEntry.objects.create(
            list=made,
            number_mark="21700123",
            name_mark=MARK,
            grade="RA",
            status="active",
            valid_until="2030-01-01",
        )
    half = """INSERT INTO forum_auditorlist (code, body_id, organisation_id, number, dated_on, loaded_at, total, added,
                                            removed, key_mark)
              VALUES ('HALF', %s, 0, 2, now(), now(), 3, 3, 1, ''); SET CONSTRAINTS ALL IMMEDIATE"""
    refused(half, body.pk, match="loaded whole")


@pytest.mark.parametrize(
    ("capability", "may"),
    [(Capability.STAKEHOLDER, True), (Capability.SCHEME_BODY, True), (Capability.BUYER, False)],
)
def test_a_body_opens_its_own_place(capability: Capability, may: bool) -> None:
    own, other = people.organisation("", capability), people.organisation("", Capability.STAKEHOLDER)
    insert = """INSERT INTO forum_body (code, organisation_id, name, summary, language, answers_for_audits, opened_at)
                VALUES (%s, %s, '', 'A body', '', %s, now())"""
    with member(own):
        with pytest.raises(DatabaseError):
            run(insert, "OTHER", other.pk, False)
        with pytest.raises(DatabaseError, match=r"says whose list|opens its own place"):
            run(insert, "ASKED", own.pk, True)
        if may:
            assert run(insert, "OWN", own.pk, False) == 1
        else:
            with pytest.raises(DatabaseError, match="opens its own place"):
                run(insert, "OWN", own.pk, False)


def test_one_list_at_most_is_asked_for_audits() -> None:
    make.body(answers_for_audits=True)
    with pytest.raises(IntegrityError, match="body_one_answers_for_audits"), transaction.atomic():
        make.body(answers_for_audits=True)


def test_strangers_write_nothing_in_a_bodys_name() -> None:
    update = make.update(is_public=False)
    with member(people.organisation("", Capability.STAKEHOLDER)):
        assert run("UPDATE forum_bodyupdate SET state = 'withdrawn', withdrawn_at = now(), reason = 'x'") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            BodyUpdate.objects.create(body_id=update.body_id, begun_at=update.begun_at)
