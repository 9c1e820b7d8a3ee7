"""Who sees what of an assessment, and when.

A membership and its assessments stand between two organisations: the member and the scheme body. Each row carries both
as columns, filled by triggers; row security asks for one of the two. Within that:

| what | the member | the scheme body |
|---|---|---|
| answers, evidence in use | always | once submitted |
| scores, their history, what was proposed | once decided | always |
| declarations, assignments | never | always |
| clarifications, decisions, schedules, notices, appeals, certificates | always | always |

The public reads a certificate by its code (`app.certificate`) and the register of members who consent.
"""

from enum import StrEnum
from typing import TypeVar

from django.db import models

from organisations.visibility import Viewer

Rows = TypeVar("Rows", bound=models.QuerySet)  # type: ignore[type-arg]


class Side(StrEnum):
    """On which side of an assessment an organisation stands."""

    MEMBER = "member"
    BODY = "body"


def of_either(rows: Rows, viewer: Viewer | None) -> Rows:
    """Return the rows whose member or scheme body is the viewer's organisation."""
    if viewer is None:
        return rows.none()
    own = viewer.organisation_id
    return rows.filter(models.Q(member_id=own) | models.Q(body_id=own))


def of_the_body(rows: Rows, viewer: Viewer | None) -> Rows:
    """Return the rows that only the scheme body reads."""
    return rows.none() if viewer is None else rows.filter(body_id=viewer.organisation_id)


def once(rows: Rows, viewer: Viewer | None, *, first: Side, then: str) -> Rows:
    """Return the rows that one side reads always, and the other once the assessment has come so far.

    Args:
        first: who reads always.
        then: the column of the assessment that has a time from then on, "submitted_at" or "decided_at".
    """
    if viewer is None:
        return rows.none()
    own = viewer.organisation_id
    other = Side.BODY if first == Side.MEMBER else Side.MEMBER
    later = {f"{other.value}_id": own, f"assessment__{then}__isnull": False}
    return rows.filter(models.Q(**{f"{first.value}_id": own}) | models.Q(**later))
