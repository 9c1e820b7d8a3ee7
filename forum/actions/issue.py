"""The verbs of a standing issue: raise it, note what came of it, close it, open it again."""

import datetime as dt

from django.db import transaction

from forum.actions.inside import move_inside, tell
from forum.lifecycle import ISSUE, IssueState
from forum.models import Group, Issue, IssueNote
from forum.permissions.work import can_work
from organisations.visibility import Viewer

RAISED, NOTED = "forum.issue_raised", "forum.issue_noted"
CLOSED, REOPENED = "forum.issue_closed", "forum.issue_reopened"


def raise_issue(
    *, viewer: Viewer, group: Group, title: str, body: str = "", language: str = "", at: dt.datetime
) -> Issue:
    """Keep a matter in sight from meeting to meeting.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_work(viewer, group).require()
        made = Issue.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            title=title.strip(),
            body=body.strip(),
            language=language,
            opened_at=at,
        )
        tell(verb=RAISED, by=viewer, group=group, at=at, data={"code": made.code})
    return made


def note(*, viewer: Viewer, issue: Issue, body: str, language: str = "", at: dt.datetime) -> IssueNote:
    """Write down what was said about it.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_work(viewer, issue.group).require()
        made = IssueNote.objects.create(
            issue=issue,
            organisation_id=viewer.organisation_id,
            body=body.strip(),
            language=language,
            at=at,
        )
        tell(verb=NOTED, by=viewer, group=issue.group, at=at, data={"code": issue.code})
    return made


def close_issue(*, viewer: Viewer, issue: Issue, at: dt.datetime) -> None:
    """Close it; it leaves the list of what stands.

    Raises: Forbidden; Refusal "illegal-move".
    """
    _move(viewer, issue, IssueState.CLOSED, CLOSED, at)


def reopen_issue(*, viewer: Viewer, issue: Issue, at: dt.datetime) -> None:
    """Let it stand again.

    Raises: Forbidden; Refusal "illegal-move".
    """
    _move(viewer, issue, IssueState.OPEN, REOPENED, at)


def _move(viewer: Viewer, issue: Issue, to: IssueState, verb: str, at: dt.datetime) -> None:
    with transaction.atomic():
        can_work(viewer, issue.group).require()
        issue.closed_at = at if to == IssueState.CLOSED else None
        move_inside(
            issue,
            to=to,
            lifecycle=ISSUE,
            verb=verb,
            by=viewer,
            group=issue.group,
            at=at,
            also=["closed_at"],
        )
