"""Work inside groups, as the owner of the tables may make it."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from forum.actions.ballot import close_ballot
from forum.models import (
    ActionItem,
    Ballot,
    BallotPaper,
    BallotVote,
    Decision,
    Group,
    Issue,
    IssueNote,
    Majority,
    Milestone,
    Objection,
    Project,
    ProjectUpdate,
    Seat,
)
from ledger.acting import acting
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role

HOUR = timedelta(hours=1)


def ballot(of: Group, by: Viewer, **fields: Any) -> Ballot:
    """Call a ballot, open and running for an hour unless told otherwise."""
    now = timezone.now()
    given: dict[str, Any] = {
        "question": "Shall we publish the guide?",
        "language": "en",
        "choices": ["Yes", "No"],
        "is_secret": False,
        "rule": Majority.HALF,
        "opens_at": now - HOUR,
        "closes_at": now + HOUR,
        "called_at": now - HOUR,
    } | fields
    with owner_role():
        made = Ballot.objects.create(
            group=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        made.refresh_from_db()
        return made


def cast(made: Ballot, who: Viewer, seat_id: int, choice: int) -> None:
    """Cast a vote as somebody, straight through the database's own door."""
    with (
        acting(person_id=who.person_id, organisation_id=who.organisation_id),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT app.vote(%s, %s, %s, %s)", [made.pk, seat_id, choice, timezone.now()])


def counted(of: Group, by: Viewer, votes: dict[Seat, tuple[Viewer, int]], **fields: Any) -> Ballot:
    """Make an open ballot of the past hour with these votes in it, closed by time."""
    now = timezone.now()
    made = ballot(of, by, closes_at=now - HOUR / 60, **fields)
    with owner_role():
        for seat, (who, choice) in votes.items():
            BallotPaper.objects.create(
                ballot=made,
                group=of,
                seat=seat,
                constituency=seat.constituency,
                organisation_name=seat.organisation_name,
                by_alternate=False,
            )
            BallotVote.objects.create(
                ballot=made,
                seat=seat,
                number=1,
                choice=choice,
                by_alternate=False,
                at=now - HOUR / 2,
                person_id=who.person_id,
                organisation_id=who.organisation_id,
            )
    return closed(made)


def closed(made: Ballot) -> Ballot:
    """Let time close a ballot."""
    with job_role():
        close_ballot(ballot_id=made.pk, at=made.closes_at)
    with owner_role():
        made.refresh_from_db()
        return made


def called_off(made: Ballot, by: Viewer) -> None:
    """Let a co-lead withdraw a ballot."""
    with acting(person_id=by.person_id, organisation_id=by.organisation_id):
        Ballot.objects.filter(pk=made.pk).update(
            state="withdrawn", withdrawn_at=timezone.now(), reason="A wrong word", reason_language="en"
        )
    with owner_role():
        made.refresh_from_db()


def _mine(by: Viewer) -> dict[str, int]:
    return {"person_id": by.person_id, "organisation_id": by.organisation_id}


def project(of: Group, by: Viewer, **fields: Any) -> Project:
    """Begin a project."""
    given: dict[str, Any] = {
        "title": "A guide to fair recruitment",
        "purpose": "One guide for every audit firm.",
        "language": "en",
        "sdg_tags": ["8.7"],
        "state": "active",
        "created_at": timezone.now(),
    } | fields
    with owner_role():
        return Project.objects.create(group=of, **_mine(by), **given)


def milestone(of: Project, by: Viewer, **fields: Any) -> Milestone:
    """Set a milestone, four weeks ahead unless told otherwise."""
    given: dict[str, Any] = {
        "title": "A first draft",
        "language": "en",
        "due_on": timezone.localdate() + timedelta(weeks=4),
    } | fields
    with owner_role():
        return Milestone.objects.create(project=of, **_mine(by), **given)


def update(of: Project, by: Viewer, **fields: Any) -> ProjectUpdate:
    """Say how a project comes along."""
    given: dict[str, Any] = {
        "body": "Half of it is written.",
        "language": "en",
        "percent": 50,
        "at": timezone.now(),
    } | fields
    with owner_role():
        return ProjectUpdate.objects.create(project=of, **_mine(by), **given)


def action_item(of: Group, by: Viewer, owner: Viewer, **fields: Any) -> ActionItem:
    """Give somebody something to do, in two weeks unless told otherwise."""
    given: dict[str, Any] = {
        "title": "Collect the questions",
        "language": "en",
        "due_on": timezone.localdate() + timedelta(weeks=2),
        "created_at": timezone.now(),
        "owner_id": owner.person_id,
        "owner_organisation_id": owner.organisation_id,
    } | fields
    with owner_role():
        made = ActionItem.objects.create(group=of, **_mine(by), **given)
        made.refresh_from_db()
        return made


def decision(of: Group, by: Viewer, **fields: Any) -> Decision:
    """Propose a decision."""
    given: dict[str, Any] = {
        "title": "Publish the guide",
        "proposal": "We publish the guide in March.",
        "language": "en",
        "proposed_at": timezone.now(),
    } | fields
    with owner_role():
        return Decision.objects.create(group=of, **_mine(by), **given)


def objection(of: Decision, by: Viewer, seat: Seat, **fields: Any) -> Objection:
    """Let a seat object; the decision waits for an answer then."""
    given: dict[str, Any] = {
        "reason": "It is too early.",
        "language": "en",
        "raised_at": timezone.now(),
    } | fields
    with owner_role():
        made = Objection.objects.create(decision=of, seat=seat, **_mine(by), **given)
        if of.state == "proposed":
            of.state = "objected"
            of.save(update_fields=["state"])
        return made


def issue(of: Group, by: Viewer, **fields: Any) -> Issue:
    """Raise an issue with a note."""
    given: dict[str, Any] = {
        "title": "Auditors' days are too short",
        "body": "It comes up each time.",
        "language": "en",
        "opened_at": timezone.now(),
    } | fields
    with owner_role():
        made = Issue.objects.create(group=of, **_mine(by), **given)
        IssueNote.objects.create(issue=made, body="Still so.", at=timezone.now(), **_mine(by))
        return made
