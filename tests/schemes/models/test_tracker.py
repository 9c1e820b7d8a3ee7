"""What the database holds about the tracker, whatever the program does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger.acting import acting
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from schemes.models import Contribution, ContributionSender, Issue, StepRecord, TrackedCompany, Tracking
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import tracker as make

pytestmark = pytest.mark.django_db
LATER = "2030-01-01"


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


@contextmanager
def everybody() -> Iterator[None]:
    with acting(person_id=None, organisation_id=None):
        yield


def test_a_state_imposed_issue_never_offers_to_put_a_site_right() -> None:
    made = make.issue(is_state_imposed=True)
    assert "exit" in made.steps
    assert "remediate" not in made.steps
    draft = make.issue(is_state_imposed=True, is_public=False)
    with owner_role(), pytest.raises(IntegrityError, match="state_imposed_offers_exit"):
        run("UPDATE schemes_issue SET steps = steps || '{remediate}' WHERE id = %s", draft.pk)
    with owner_role(), pytest.raises(IntegrityError, match="state_imposed_offers_exit"):
        run("UPDATE schemes_issue SET steps = '{map}' WHERE id = %s", draft.pk)
    other = make.issue(is_state_imposed=False)
    assert "remediate" in other.steps


def test_who_is_followed_keeps_no_issue() -> None:
    with owner_role(), pytest.raises(DatabaseError, match="does not keep the tracker"):
        make.issue(people.organisation("", Capability.BUYER))


def test_a_published_issue_stays_as_it_is() -> None:
    made = make.issue()
    for column in ("published_at = NULL", "steps = '{exit}'", "is_state_imposed = false"):
        with owner_role(), pytest.raises(DatabaseError, match="published issue"):
            run(f"UPDATE schemes_issue SET {column} WHERE id = %s", made.pk)  # noqa: S608 - own words
    with owner_role(), pytest.raises(DatabaseError, match="never deleted"):
        run("DELETE FROM schemes_issue WHERE id = %s", made.pk)
    with owner_role():
        assert run("UPDATE schemes_issue SET title = 'Better said' WHERE id = %s", made.pk) == 1


def test_a_draft_is_read_by_its_keeper_alone() -> None:
    draft = make.issue(is_public=False)
    followed = make.company(draft)
    make.step(draft, followed)
    tables: tuple[Any, ...] = (Issue, TrackedCompany, Tracking, StepRecord)
    with everybody():
        assert [model.objects.count() for model in tables] == [0, 0, 0, 0]
    with member(people.organisation()):
        assert [model.objects.count() for model in tables] == [0, 0, 0, 0]
    with member(draft.keeper):
        assert [model.objects.count() for model in tables] == [1, 1, 1, 7]
    make.publish(draft)
    with everybody():
        assert [model.objects.count() for model in tables] == [1, 1, 1, 7]


def test_records_are_counted_and_never_change() -> None:
    issue = make.issue()
    followed = make.company(issue, "Acme")
    made = make.step(issue, followed, "map", "verified")
    make.step(issue, followed, "exit", "claimed", basis="company")
    make.step(issue, followed, "report", "evidenced", basis="document")
    make.step(issue, followed, "report", "reversed", words="It stopped reporting")
    standing = Tracking.objects.get(company=followed)
    counts = (standing.verified, standing.evidenced, standing.claimed, standing.reversed)
    assert counts == (1, 0, 1, 1)
    assert standing.states["report"] == "reversed"
    for sql in (
        "UPDATE schemes_steprecord SET state = 'verified' WHERE id = %s",
        "DELETE FROM schemes_steprecord WHERE id = %s",
    ):
        with owner_role(), pytest.raises(DatabaseError, match="append-only"):
            run(sql, made.pk)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"source": ""}, "a_step_names_its_dated_source"),
        ({"source_on": None}, "a_step_names_its_dated_source"),
        ({"state": "evidenced", "basis": "company"}, "ones_own_word_is_a_claim"),
        ({"state": "verified", "basis": "document"}, "others_verify"),
        ({"state": "verified", "basis": "company"}, "others_verify"),
        ({"state": "reversed"}, "only what was seen"),
        ({"key": "remediate"}, "not looked for"),
        ({"source_on": LATER}, "not of tomorrow"),
        ({"state": "claimed", "basis": "membership"}, "raises nothing"),
        ({"state": "verified", "basis": "membership"}, "raises nothing"),
    ],
)
def test_a_record_without_ground_is_refused(said: dict[str, Any], why: str) -> None:
    issue = make.issue()
    followed = make.company(issue)
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        make.step(issue, followed, **said)


def test_a_reversal_says_why() -> None:
    issue = make.issue()
    followed = make.company(issue)
    make.step(issue, followed, "map", "claimed", basis="company")
    with pytest.raises(IntegrityError, match="a_reversal_says_why"), transaction.atomic():
        make.step(issue, followed, "map", "reversed")


def test_membership_keeps_the_state_that_is_there() -> None:
    issue = make.issue()
    followed = make.company(issue)
    make.step(issue, followed, "map", "evidenced")
    make.step(issue, followed, "map", "evidenced", basis="membership")
    with pytest.raises(DatabaseError, match="raises nothing"), transaction.atomic():
        make.step(issue, followed, "map", "verified", basis="membership")
    assert Tracking.objects.get(company=followed).verified == 0


def test_nobody_counts_but_the_database() -> None:
    issue = make.issue()
    followed = make.company(issue)
    with member(issue.keeper):
        for sql in (
            "UPDATE schemes_tracking SET verified = 7",
            "INSERT INTO schemes_tracking (id) VALUES (1)",
            "UPDATE schemes_trackedcompany SET is_public = true",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(sql)
        assert run("UPDATE schemes_trackedcompany SET name = 'Renamed' WHERE id = %s", followed.pk) == 1
        assert Tracking.objects.get(company=followed).name == "Renamed"


def test_others_neither_record_nor_edit() -> None:
    issue = make.issue()
    followed = make.company(issue)
    sql = """INSERT INTO schemes_steprecord (issue_id, company_id, keeper_id, step, state, basis, source, source_url,
                                             words, language, at)
             VALUES (%s, %s, %s, 'map', 'no_information', 'none', '', '', '', '', now())"""
    with member(make.keeper()) as other:
        with pytest.raises(DatabaseError, match="row-level security"):
            run(sql, issue.pk, followed.pk, other.organisation_id)
        assert run("UPDATE schemes_issue SET title = 'Mine' WHERE id = %s", issue.pk) == 0
    with member(issue.keeper) as own:
        assert run(sql, issue.pk, followed.pk, issue.keeper_id) == 1
        assert StepRecord.objects.latest("pk").person_id == own.person_id


def test_only_the_company_itself_replies() -> None:
    issue, mill = make.issue(), people.organisation("The mill")
    followed = make.company(issue, organisation=mill)
    draft = make.issue(issue.keeper, is_public=False)
    sql = """INSERT INTO schemes_companyreply (issue_id, company_id, keeper_id, organisation_id, organisation_name,
                                               words, language, at) VALUES (%s, %s, %s, %s, '', 'No', '', now())"""
    with member(issue.keeper), pytest.raises(DatabaseError, match="only the company itself"):
        run(sql, issue.pk, followed.pk, issue.keeper_id, issue.keeper_id)
    with member(people.organisation()), pytest.raises(DatabaseError, match="row-level security"):
        run(sql, issue.pk, followed.pk, issue.keeper_id, mill.pk)
    with member(mill):
        with pytest.raises(DatabaseError, match="to what is public"):
            run(sql, draft.pk, followed.pk, issue.keeper_id, mill.pk)
        assert run(sql, issue.pk, followed.pk, issue.keeper_id, mill.pk) == 1
    assert Tracking.objects.get(company=followed).has_reply


def test_what_the_public_sends_shows_to_nobody_before_a_person_let_it_through() -> None:
    issue = make.issue()
    sent = make.contribution(issue, make.company(issue))
    with everybody():
        assert Contribution.objects.count() == 0
        assert ContributionSender.objects.count() == 0
        assert run("UPDATE schemes_contribution SET state = 'shown', decided_at = now()") == 0
    with member(people.organisation("", Capability.OPERATOR)):
        assert Contribution.objects.count() == 0
        assert run("UPDATE schemes_contribution SET state = 'shown', decided_at = now()") == 0
    with member(issue.keeper) as moderator:
        assert Contribution.objects.count() == 1
        with pytest.raises(DatabaseError, match="permission denied"):
            run("UPDATE schemes_contribution SET words = 'Else'")
        with pytest.raises(IntegrityError, match="held_until_decided"):
            run("UPDATE schemes_contribution SET state = 'shown'")
        assert run("UPDATE schemes_contribution SET state = 'shown', decided_at = now()") == 1
        assert Contribution.objects.get().decided_by_id == moderator.person_id
        with pytest.raises(DatabaseError, match="decided once"):
            run("UPDATE schemes_contribution SET state = 'declined'")
    with everybody():
        assert [one.pk for one in Contribution.objects.all()] == [sent.pk]
    with owner_role():
        assert ContributionSender.objects.count() == 0


def test_nobody_writes_a_contribution_past_its_door() -> None:
    issue = make.issue()
    sql = """INSERT INTO schemes_contribution (code, issue_id, keeper_id, company_name, step, words, source_url,
                                               language, state) VALUES ('X', %s, %s, 'x', '', 'x', '', '', 'shown')"""
    for who in (everybody(), member(issue.keeper)):
        with who, pytest.raises(DatabaseError, match="permission denied"):
            run(sql, issue.pk, issue.keeper_id)
    with owner_role(), pytest.raises(DatabaseError, match="held first"):
        run(sql, issue.pk, issue.keeper_id)
