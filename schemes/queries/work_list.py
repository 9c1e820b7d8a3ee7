"""What a scheme body has to do: its assessments, narrowed and counted; a page of them costs a few statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from organisations.visibility import Viewer
from schemes.lifecycle import CLOSED_ASSESSMENTS, AppealState, AssessmentState
from schemes.models import Appeal, Assessment, Assignment, Criterion, Scheme, Score
from schemes.models.appeal import AppealQuerySet
from schemes.models.assessment import AssessmentQuerySet

SOON = dt.timedelta(days=30)
RATES = (Assignment.Role.ASSESSOR, Assignment.Role.SECOND_RATER)
# For whom an assessment waits, by its state.
WAITS: dict[str, tuple[AssessmentState, ...]] = {
    "member": (AssessmentState.ANSWERING, AssessmentState.CLARIFICATION),
    "assessor": (AssessmentState.SUBMITTED, AssessmentState.IN_ASSESSMENT),
    "decision": (AssessmentState.PROPOSED,),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many assessments are open, by what they wait for; an overdue one counts in both."""

    overdue: int
    soon: int
    member: int
    assessor: int
    decision: int
    mine: int


def work_of(
    viewer: Viewer,
    *,
    on: dt.date,
    waits: str = "",
    due: str = "",
    who: str = "",
    kind: str = "",
    scheme: str = "",
    name: str = "",
) -> AssessmentQuerySet:
    """Return the assessments of members that the viewer's organisation runs, narrowed by filters.

    Args:
        waits: a key of `WAITS`, "closed", or empty for whatever is open.
        due: "overdue", or "soon" for the next thirty days.
        who: "me" for what the viewer works on or decides, "nobody" for what has no assessor.
        scheme: key of a scheme. name: part of the member's name.
    """
    rows = Assessment.objects.visible_to(viewer).filter(
        body_id=viewer.organisation_id, membership__isnull=False
    )
    if waits == "closed":
        rows = rows.filter(state__in=CLOSED_ASSESSMENTS)
    elif waits in WAITS:
        rows = rows.filter(state__in=WAITS[waits])
    else:
        rows = rows.under_way()
    if due == "overdue":
        rows = rows.under_way().filter(due_on__lt=on)
    elif due == "soon":
        rows = rows.under_way().filter(due_on__gte=on, due_on__lte=on + SOON)
    if who == "me":
        rows = rows.filter(_assigned(viewer, person_id=viewer.person_id))
    elif who == "nobody":
        rows = rows.filter(~_assigned(viewer, role__in=RATES))
    if kind:
        rows = rows.filter(kind=kind)
    if scheme:
        rows = rows.filter(edition__scheme__key=scheme)
    if name.strip():
        rows = rows.filter(subject_label__icontains=name.strip())
    return rows


def with_people(viewer: Viewer, rows: AssessmentQuerySet) -> AssessmentQuerySet:
    """Return rows that bring their edition and who works on them along."""
    assigned = Assignment.objects.visible_to(viewer).in_force().select_related("person")
    return rows.select_related("edition__scheme", "membership").prefetch_related(
        Prefetch("assignments", assigned, to_attr="people_now")
    )


def progress_of(rows: Sequence[Assessment]) -> dict[int, tuple[int, int]]:
    """Return how many criteria are scored, of how many, by the key of each assessment."""
    asked = dict(
        Criterion.objects.filter(edition__in={row.edition_id for row in rows})
        .order_by()
        .values_list("edition")
        .annotate(n=Count("pk"))
    )
    scored = dict(
        Score.objects.filter(assessment__in=[row.pk for row in rows])
        .order_by()
        .values_list("assessment")
        .annotate(n=Count("pk"))
    )
    return {row.pk: (scored.get(row.pk, 0), asked.get(row.edition_id, 0)) for row in rows}


def counted(viewer: Viewer, *, on: dt.date) -> Counts:
    """Count what is open, in one statement."""
    rows = work_of(viewer, on=on)
    asked: dict[str, Any] = {name: Count("pk", filter=Q(state__in=states)) for name, states in WAITS.items()}
    asked["overdue"] = Count("pk", filter=Q(due_on__lt=on))
    asked["soon"] = Count("pk", filter=Q(due_on__gte=on, due_on__lte=on + SOON))
    asked["mine"] = Count("pk", filter=Q(_assigned(viewer, person_id=viewer.person_id)))
    return Counts(**rows.aggregate(**asked))


def schemes_run_by(viewer: Viewer) -> list[Scheme]:
    """Return the schemes of the viewer's organisation that assess organisations."""
    rows = Scheme.objects.visible_to(viewer).filter(body_id=viewer.organisation_id, subject="organisation")
    return list(rows.order_by("title"))


def appeals_to(viewer: Viewer, *, state: str = "") -> AppealQuerySet:
    """Return the appeals from decisions of the viewer's organisation; `state` is "open", "closed" or empty."""
    rows = Appeal.objects.visible_to(viewer).filter(body_id=viewer.organisation_id)
    if state == "open":
        rows = rows.filter(state=AppealState.OPEN)
    elif state == "closed":
        rows = rows.exclude(state=AppealState.OPEN)
    return rows.select_related("assessment__edition__scheme", "decision", "membership")


def _assigned(viewer: Viewer, **which: Any) -> Exists:
    rows = Assignment.objects.visible_to(viewer).in_force().filter(assessment=OuterRef("pk"), **which)
    return Exists(rows)
