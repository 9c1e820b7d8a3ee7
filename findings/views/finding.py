"""Two lists of findings across audits: non-compliances, and what is worked on together; never in one."""

import datetime as dt
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.forms.finding import CarFilters, NonComplianceFilters
from findings.lifecycle import FindingState
from findings.models import Finding, TableExport
from findings.queries.corrective import MOST_COUNTED, number_to_verify
from findings.queries.finding import (
    cars,
    counts_of_cars,
    counts_of_non_compliances,
    non_compliances,
    with_audits,
)
from findings.queries.review import with_disputes
from findings.views.pieces_of_several import verbs_for
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Capability, Viewer
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Tile

NEWEST = ("-raised_on", "-id")
OLDEST_ISSUE = ("first_raised_on", "id")


@member_required
def non_compliances_list(request: ViewerRequest) -> HttpResponse:
    """List non-compliances, newest first, with those past their date marked; never a CAR."""
    viewer, today, form = request.viewer, timezone.localdate(), NonComplianceFilters(request.GET)
    rows = with_disputes(non_compliances(viewer, on=today, **form.wanted())).select_related("requirement")
    page = keyset_page(rows, request=request, order=NEWEST)
    context = {
        "form": form,
        "page": page,
        "rows": with_audits(viewer, page.rows),
        "today": today,
        "verbs": verbs_for(viewer),
        "asked": _asked(request, form),
        "export_kind": TableExport.Kind.NON_COMPLIANCES,
    }
    if is_partial(request):
        return render(request, "findings/finding_list_non_compliances.html", context)
    if not form.is_for_some_sites:
        context |= _figures_of_non_compliances(viewer, today)
    return render(request, "findings/finding_list.html", context)


@member_required
def working_together(request: ViewerRequest) -> HttpResponse:
    """List CARs by the state of their plans, the longest-standing issue first; never a non-compliance."""
    viewer, form = request.viewer, CarFilters(request.GET)
    rows = cars(viewer, **form.wanted()).select_related("requirement")
    page = keyset_page(rows, request=request, order=OLDEST_ISSUE)
    context = {
        "form": form,
        "page": page,
        "rows": with_audits(viewer, page.rows),
        "today": timezone.localdate(),
        "asked": _asked(request, form),
        "export_kind": TableExport.Kind.CARS,
    }
    if is_partial(request):
        return render(request, "findings/finding_list_cars.html", context)
    if not (form.is_for_some_sites or viewer.has(Capability.AUDIT_FIRM)):
        counts = counts_of_cars(viewer)
        without = counts[FindingState.OPEN]
        total = without + counts[FindingState.IN_PROGRESS]
        context |= {"without_plan": without, "total": total, "tiles": _stage_tiles(counts)}
    return render(request, "findings/finding_list_together.html", context)


def _figures_of_non_compliances(viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """Return the figures above the list; of a firm, which sees much that is not its to act on, what waits for it."""
    if viewer.has(Capability.AUDIT_FIRM):
        waiting = number_to_verify(viewer)
        beyond = MOST_COUNTED if waiting > MOST_COUNTED else 0
        return {"tiles": [tile_to_verify(waiting)], "to_verify": waiting, "beyond": beyond, "is_firm": True}
    counts = counts_of_non_compliances(viewer, on=today)
    overdue = counts.pop("overdue")
    return {"overdue": overdue, "total": sum(counts.values()), "tiles": _severity_tiles(counts, overdue)}


def tile_to_verify(waiting: int) -> Tile:
    """Return how much waits for a firm's check; a large number is not counted to its end."""
    here = f"{reverse('findings:non_compliances')}?state={FindingState.ACTION_SUBMITTED}"
    figure = f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else waiting
    return Tile(_("Waiting for your check"), figure, here, _("the site has said what it did"))


def _asked(request: ViewerRequest, form: BaseForm) -> dict[str, str]:
    """Return the filters of the screen, as a file of the same list is asked for."""
    return {name: request.GET[name] for name in form.fields if request.GET.get(name)}


def _severity_tiles(counts: dict[str, int], overdue: int) -> list[Tile]:
    here, labels = reverse("findings:non_compliances"), dict(Finding.Severity.choices)
    tiles = [
        Tile(
            _("Overdue"),
            overdue,
            f"{here}?overdue=1",
            _("open and past their date"),
            "bad" if overdue else "",
        )
    ]
    return tiles + [
        Tile(str(labels[name]), count, f"{here}?severity={name}", _("not closed yet"))
        for name, count in counts.items()
    ]


def _stage_tiles(counts: dict[str, int]) -> list[Tile]:
    here = reverse("findings:working_together")
    words = {
        FindingState.OPEN: (_("No plan yet"), _("the next step is a plan")),
        FindingState.IN_PROGRESS: (_("Plan shared"), _("in progress")),
    }
    return [
        Tile(label, counts[stage], f"{here}?stage={stage}", note, "car")
        for stage, (label, note) in words.items()
    ]
