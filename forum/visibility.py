"""Who sees what of groups and events.

A group, its cycle stage, its adopted charter, its constituencies with the organisations on their seats, its co-leads
and the competition-law notices are open to every member of any organisation here. Everything else of a group is for
the people inside, and those are counted by person AND organisation: a colleague who is not a participant sees nothing,
nor does an admin, nor the operator's staff.

The one truth of who is inside is `forum_groupaccess`, kept by triggers (`forum/migrations/_groups.py`) equal to
`forum_group_access_rule`: an active participant, whose membership in that organisation is active, who can sign in,
and who has accepted the operator's competition-law notice in force.
"""

from typing import TypeVar

from django.apps import apps
from django.db import models

from organisations.visibility import Viewer

Rows = TypeVar("Rows", bound=models.QuerySet)  # type: ignore[type-arg]


def inside(rows: Rows, viewer: Viewer | None, *, group: str = "group_id", guests: bool = True) -> Rows:
    """Return the rows of groups that the viewer may enter, as this person for this organisation.

    Args:
        group: the column of the rows that holds the group. guests: whether guests see them, too.
    """
    if viewer is None:
        return rows.none()
    entered = apps.get_model("forum", "GroupAccess")._base_manager.filter(
        group_id=models.OuterRef(group),
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
    )
    return rows.filter(models.Exists(entered if guests else entered.filter(is_guest=False)))


def guests_once(rows: Rows, viewer: Viewer | None, then: models.Q) -> Rows:
    """Return the rows of groups that the viewer may enter; those that do not fulfil `then` to participants alone."""
    if viewer is None:
        return rows.none()
    entered = apps.get_model("forum", "GroupAccess")._base_manager.filter(
        group_id=models.OuterRef("group_id"),
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
    )
    return rows.filter(models.Exists(entered.filter(is_guest=False)) | then & models.Exists(entered))


def for_members(rows: Rows, viewer: Viewer | None) -> Rows:
    """Return the rows that every member of any organisation reads."""
    return rows.none() if viewer is None else rows.all()
