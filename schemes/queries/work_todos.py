"""What schemes let wait for the people of a scheme body, as parts of the one statement of the home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from organisations.queries.waiting import part
from organisations.visibility import Capability, Role, Viewer
from schemes.lifecycle import AppealState, AssessmentState
from schemes.models import Appeal, Assessment, Assignment

RATES = (Assignment.Role.ASSESSOR, Assignment.Role.SECOND_RATER)
TO_ASSESS = (AssessmentState.SUBMITTED, AssessmentState.IN_ASSESSMENT)


def parts_of_body(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the parts of whoever assesses and decides: their own work, and for admins what nobody does yet."""
    if not viewer.has(Capability.SCHEME_BODY) or not viewer.is_at_least(Role.EDITOR):
        return
    rows = Assessment.objects.visible_to(viewer).filter(
        body_id=viewer.organisation_id, membership__isnull=False
    )
    me = {"person_id": viewer.person_id}
    rates, decides = _part(viewer, role__in=RATES, **me), _part(viewer, role=Assignment.Role.DECIDER, **me)
    for kind, found in (
        ("scheme_decide", rows.filter(decides, state=AssessmentState.PROPOSED)),
        ("scheme_begin", rows.filter(rates, state=AssessmentState.SUBMITTED)),
        ("scheme_score", rows.filter(rates, state=AssessmentState.IN_ASSESSMENT)),
    ):
        yield _rows(found, kind)
    if not viewer.is_at_least(Role.ADMIN):
        return
    nobody = Q(state__in=TO_ASSESS) & ~_part(viewer, role__in=RATES)
    nobody |= Q(state=AssessmentState.PROPOSED) & ~_part(viewer, role=Assignment.Role.DECIDER)
    yield _rows(rows.filter(nobody), "scheme_assign")
    yield _rows(rows.filter(state=AssessmentState.ANSWERING, due_on__lt=on), "scheme_late")
    appeals = Appeal.objects.visible_to(viewer).filter(body_id=viewer.organisation_id, state=AppealState.OPEN)
    yield part(
        appeals,
        "scheme_appealed",
        who="assessment__subject_label",
        note="membership__scheme__title",
        state="state",
        order=("appealed_at", "pk"),
    )


def _rows(rows: "QuerySet[Any, Any]", kind: str) -> "QuerySet[Any, Any]":
    return part(
        rows,
        kind,
        who="subject_label",
        note="edition__title",
        state="state",
        on="due_on",
        order=("due_on", "pk"),
    )


def _part(viewer: Viewer, **which: Any) -> Q:
    rows = Assignment.objects.visible_to(viewer).in_force().filter(assessment=OuterRef("pk"), **which)
    return Q(Exists(rows))
