"""A scheme body's work list: what is due, what is overdue, and for whom it waits."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Capability, Viewer
from schemes.actions.assessment import today
from schemes.forms.work_list import WorkFilters
from schemes.lifecycle import CLOSED_ASSESSMENTS, AssessmentState
from schemes.models import Assessment, Assignment
from schemes.queries.work_list import (
    Counts,
    counted,
    progress_of,
    schemes_run_by,
    with_people,
    work_of,
)
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Tile

ORDER = ("due_on", "id")
SCORED = (AssessmentState.IN_ASSESSMENT, AssessmentState.CLARIFICATION, AssessmentState.PROPOSED)


@require_safe
@member_required
def assessments(request: ViewerRequest) -> HttpResponse:
    """List the assessments of the body's members, the one that is due first on top."""
    viewer, on = request.viewer, today(timezone.now())
    if not viewer.has(Capability.SCHEME_BODY):
        return redirect("schemes:memberships")
    form = WorkFilters(request.GET, schemes=schemes_run_by(viewer))
    rows = with_people(viewer, work_of(viewer, on=on, **form.wanted()))
    page = keyset_page(rows, request=request, order=ORDER)
    context = {"page": page, "rows": _lines(viewer, page.rows, on), "form": form}
    if is_partial(request):
        return render(request, "schemes/_work_list.html", context)
    counts = counted(viewer, on=on)
    context |= {"counts": counts, "tiles": _tiles(counts), "is_filtered": bool(form.wanted())}
    return render(request, "schemes/work_list.html", context)


@require_safe
@member_required
def overdue(request: ViewerRequest, day: str) -> HttpResponse:
    """Lead from a day's letter to what is overdue now; what was settled since is not in the list any more."""
    if not request.viewer.has(Capability.SCHEME_BODY):
        return redirect("schemes:memberships")
    return redirect(f"{reverse('schemes:assessments')}?{urlencode({'due': 'overdue'})}")


def _lines(viewer: Viewer, rows: list[Assessment], on: dt.date) -> list[dict[str, object]]:
    progress = progress_of(rows) if rows else {}
    return [
        {
            "row": row,
            "is_late": row.due_on is not None and row.due_on < on and row.state not in CLOSED_ASSESSMENTS,
            "progress": progress[row.pk] if row.state in SCORED else None,
            "people": _people(viewer, row.people_now),  # type: ignore[attr-defined]
        }
        for row in rows
    ]


def _people(viewer: Viewer, assigned: list[Assignment]) -> str:
    """Name who works on it: assessors first, and whoever decides."""
    raters = [_name(viewer, one) for one in assigned if one.role != Assignment.Role.DECIDER]
    decides = [_name(viewer, one) for one in assigned if one.role == Assignment.Role.DECIDER]
    parts = [", ".join(raters)] if raters else []
    parts += [_("%(who)s decides") % {"who": one} for one in decides]
    return "; ".join(parts)


def _name(viewer: Viewer, assignment: Assignment) -> str:
    return str(_("you")) if assignment.person_id == viewer.person_id else assignment.person.name


def _tiles(counts: Counts) -> list[Tile]:
    def way(**which: str) -> str:
        return f"?{urlencode(which)}"

    return [
        Tile(_("Overdue"), counts.overdue, way(due="overdue"), tone="bad" if counts.overdue else ""),
        Tile(_("Due within 30 days"), counts.soon, way(due="soon")),
        Tile(_("Waiting for the member"), counts.member, way(waits="member")),
        Tile(_("Waiting for an assessor"), counts.assessor, way(waits="assessor")),
        Tile(_("Waiting for a decision"), counts.decision, way(waits="decision")),
    ]
