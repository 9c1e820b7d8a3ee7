"""The verbs of a project: begin it, say how it comes along, set milestones and reach them."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from forum.actions.inside import move_inside, tell
from forum.lifecycle import MILESTONE, PROJECT, MilestoneState, ProjectState
from forum.models import Group, Milestone, Project, ProjectUpdate
from forum.permissions.group import can_lead
from forum.permissions.work import can_work
from ledger.refusals import NotVisible
from organisations.visibility import Viewer

ADDED, MOVED, UPDATED = "forum.project_added", "forum.project_moved", "forum.project_updated"
SET, MILESTONE_MOVED = "forum.milestone_set", "forum.milestone_moved"


def add_project(
    *,
    viewer: Viewer,
    group: Group,
    title: str,
    purpose: str,
    sdg_tags: Iterable[str] = (),
    language: str = "",
    at: dt.datetime,
) -> Project:
    """Begin a project.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_lead(viewer, group).require()
        made = Project.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            title=title.strip(),
            purpose=purpose.strip(),
            sdg_tags=list(sdg_tags),
            language=language,
            created_at=at,
        )
        tell(verb=ADDED, by=viewer, group=group, at=at, data={"code": made.code})
    return made


def move_project(*, viewer: Viewer, project: Project, to: str, at: dt.datetime) -> None:
    """Begin, end, stop or take up a project.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        can_lead(viewer, project.group).require()
        if to not in set(ProjectState):
            raise NotVisible
        group = project.group
        move_inside(project, to=to, lifecycle=PROJECT, verb=MOVED, by=viewer, group=group, at=at)


def update_project(
    *,
    viewer: Viewer,
    project: Project,
    body: str,
    percent: int | None = None,
    language: str = "",
    at: dt.datetime,
) -> ProjectUpdate:
    """Say how it comes along.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_work(viewer, project.group).require()
        made = ProjectUpdate.objects.create(
            project=project,
            organisation_id=viewer.organisation_id,
            body=body.strip(),
            percent=percent,
            language=language,
            at=at,
        )
        tell(verb=UPDATED, by=viewer, group=project.group, at=at, data={"code": project.code})
    return made


def set_milestone(
    *,
    viewer: Viewer,
    project: Project,
    title: str,
    due_on: dt.date,
    language: str = "",
    at: dt.datetime,
) -> Milestone:
    """Say what of it stands by which day.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_work(viewer, project.group).require()
        made = Milestone.objects.create(
            project=project,
            organisation_id=viewer.organisation_id,
            title=title.strip(),
            due_on=due_on,
            language=language,
        )
        tell(verb=SET, by=viewer, group=project.group, at=at, data={"code": project.code})
    return made


def move_milestone(*, viewer: Viewer, milestone: Milestone, to: str, at: dt.datetime) -> None:
    """Say that a milestone is reached or given up, or that it is ahead again.

    Raises: Forbidden; Refusal "illegal-move".
    """
    group = milestone.project.group
    with transaction.atomic():
        can_work(viewer, group).require()
        if to not in set(MilestoneState):
            raise NotVisible
        milestone.reached_on = at.date() if to == MilestoneState.REACHED else None
        move_inside(
            milestone,
            to=to,
            lifecycle=MILESTONE,
            verb=MILESTONE_MOVED,
            by=viewer,
            group=group,
            at=at,
            data={"code": milestone.project.code, "milestone": milestone.code},
            also=["reached_on"],
        )
