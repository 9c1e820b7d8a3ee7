"""Pages of the management systems: the grid in which auditors grade, and the table that everyone else reads."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from findings.actions.management import rate_management
from findings.forms.management import GridForm
from findings.models import Audit
from findings.permissions.management import can_rate_management
from findings.queries.management import Grid, grid_of, has_management, is_required
from findings.views.audit import crumbs, reader_facts
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.pieces import Chart, Crumb, Series

TONES = ("bad", "warn", "thread", "good")


@member_required
def management_systems(request: ViewerRequest, code: str) -> HttpResponse:
    """Grade how the site is managed, each cell saved by itself; or read what was graded."""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    if not has_management(audit):
        raise Http404
    grid, may_rate = grid_of(viewer, audit), can_rate_management(viewer, audit)
    if request.method != "POST":
        return _grading(request, audit, grid) if may_rate else _reading(request, audit, grid)
    may_rate.require()
    form = GridForm(request.POST, grid=grid)
    if form.is_valid():
        try:
            rate_management(viewer=viewer, audit=audit, ratings=form.rated(), at=timezone.now())
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, refusal.sentence)
        else:
            return _saved(request, audit)
    if is_partial(request):
        return render(request, "findings/management_progress.html", {"grid": grid, "form": form}, status=422)
    return _grading(request, audit, grid, form)


def _saved(request: ViewerRequest, audit: Audit) -> HttpResponse:
    if is_partial(request):
        grid = grid_of(request.viewer, audit)
        return render(request, "findings/management_progress.html", {"grid": grid, "is_saved": True})
    messages.success(request, _("Saved."))
    return redirect("findings:management_systems", audit.code)


def _grading(request: ViewerRequest, audit: Audit, grid: Grid, form: GridForm | None = None) -> HttpResponse:
    first = form or GridForm(grid=grid, initial={"language": _language_of(grid)})
    context = _context(audit, grid) | {"form": first, "is_required": is_required(audit)}
    return render(request, "findings/management_grade.html", context, status=422 if form else 200)


def _reading(request: ViewerRequest, audit: Audit, grid: Grid) -> HttpResponse:
    context = _context(audit, grid) | {
        "readers": reader_facts(request.viewer, audit),
        "chart": chart_of(grid),
    }
    return render(request, "findings/management_read.html", context)


def _context(audit: Audit, grid: Grid) -> dict[str, Any]:
    return {"audit": audit, "grid": grid, "crumbs": [*crumbs(audit), Crumb(_("Management systems"))]}


def _language_of(grid: Grid) -> str:
    """Return the language of the last note, so that an auditor says it once."""
    written = [one.rating for one in grid.cells if one.rating and one.rating.language]
    return max(written, key=lambda one: one.rated_at).language if written else (get_language() or "")


def chart_of(grid: Grid) -> Chart:
    """Return the chart of how many sections have each grade, by element; its table comes with it."""
    counts = [grid.counts(element) for element in grid.elements]
    tones = TONES if len(grid.steps) == len(TONES) else ("thread",) * len(grid.steps)
    series = [
        Series(step.grade.title, [row[place] for row in counts], tones[place])
        for place, step in enumerate(grid.steps)
    ]
    return Chart(
        code="management",
        title=_("Sections by grade"),
        categories=[element.title for element in grid.elements],
        series=series,
        is_stacked=True,
    )
