"""Feedback rounds, as the owner of the tables may make them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from forum.models import FeedbackComment, FeedbackExcerpt, FeedbackProject, FeedbackRound, Group, Project
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as people
from tests.factories import forum_work as work

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Asking:
    """A group that asks, one that is invited and one that is not, with somebody of each.

    Args:
        room: the group that asks. asked: the invited group; guest, other: two of its people.
        elsewhere: a third group; stranger: somebody in it.
    """

    room: people.Room
    asked: Group
    guest: Viewer
    other: Viewer
    elsewhere: Group
    stranger: Viewer
    project: Project


def asking() -> Asking:
    """Make three groups with their people, and a project of the first."""
    room = people.group()
    asked, elsewhere = (people.bare_group(room.operator) for _number in range(2))
    return Asking(
        room=room,
        asked=asked,
        guest=people.someone(asked),
        other=people.someone(asked),
        elsewhere=elsewhere,
        stranger=people.someone(elsewhere),
        project=work.project(room.group, room.lead),
    )


def draft(of: Group, by: Viewer, *invited: Group, **fields: Any) -> FeedbackRound:
    """Prepare a round that closes in a week; every group is invited where none is named."""
    now = timezone.now()
    given: dict[str, Any] = {
        "title": "What do you think of our guide?",
        "purpose": "We write a guide, and want to know what is missing.",
        "language": "en",
        "zone": "Europe/London",
        "closes_at": now + WEEK,
        "created_at": now,
        "for_all": not invited,
        "invited_ids": [one.pk for one in invited],
    } | fields
    with owner_role():
        made = FeedbackRound.objects.create(
            group=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        made.refresh_from_db()
        return made


def part(of: FeedbackRound, project: Project, **fields: Any) -> FeedbackProject:
    """Present a project with two questions."""
    given: dict[str, Any] = {
        "description": "A guide to fair recruitment, for every audit firm.",
        "language": "en",
        "questions": ["What is missing?", "Is it short enough?"],
    } | fields
    with owner_role():
        made = FeedbackProject.objects.create(round=of, project=project, **given)
        made.refresh_from_db()
        return made


def excerpt(of: FeedbackProject, **what: Any) -> FeedbackExcerpt:
    """Show a milestone or an update."""
    with owner_role():
        made = FeedbackExcerpt.objects.create(part=of, **what)
        made.refresh_from_db()
        return made


def released(of: FeedbackRound, **fields: Any) -> FeedbackRound:
    """Let a draft be open since an hour, or since it says."""
    at = of.opens_at or timezone.now() - HOUR
    with owner_role():
        given: dict[str, Any] = {"state": "open", "opens_at": at, "released_at": at} | fields
        FeedbackRound.objects.filter(pk=of.pk).update(**given)
        of.refresh_from_db()
        return of


def opened(asking: Asking, *, for_all: bool = False, **fields: Any) -> tuple[FeedbackRound, FeedbackProject]:
    """Make an open round on the project, and return both."""
    invited = () if for_all else (asking.asked,)
    made = draft(asking.room.group, asking.room.lead, *invited, **fields)
    shown = part(made, asking.project)
    return released(made), shown


def over(asking: Asking, *, for_all: bool = False) -> tuple[FeedbackRound, FeedbackProject, FeedbackComment]:
    """Make a round whose window ended a minute ago, with a comment of the guest in it."""
    end = timezone.now() - HOUR / 60
    made, shown = opened(asking, for_all=for_all, closes_at=end, opens_at=end - WEEK)
    said = comment(shown, asking.guest, asking.asked, at=end - HOUR)
    return made, shown, said


def comment(of: FeedbackProject, by: Viewer, from_group: Group, **fields: Any) -> FeedbackComment:
    """Comment on the first question."""
    given: dict[str, Any] = {
        "question": 1,
        "body": "It says nothing about agencies.",
        "language": "en",
        "at": timezone.now(),
    } | fields
    with owner_role():
        made = FeedbackComment.objects.create(
            part=of,
            from_group=from_group,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            **given,
        )
        made.refresh_from_db()
        return made


def answered(of: FeedbackComment, **fields: Any) -> FeedbackComment:
    """Answer a comment."""
    given: dict[str, Any] = {
        "answer": "A chapter on agencies follows.",
        "answer_language": "en",
        "outcome": "taken",
        "answered_at": timezone.now(),
    } | fields
    with owner_role():
        for name, value in given.items():
            setattr(of, name, value)
        of.save(update_fields=list(given))
        of.refresh_from_db()
        return of


def finished(of: FeedbackRound, **fields: Any) -> FeedbackRound:
    """End a round with a summary."""
    given: dict[str, Any] = {
        "summary": "Agencies come in.",
        "summary_language": "en",
        "finished_at": timezone.now(),
    } | fields
    with owner_role():
        FeedbackRound.objects.filter(pk=of.pk).update(state="finished", **given)
        of.refresh_from_db()
        return of
