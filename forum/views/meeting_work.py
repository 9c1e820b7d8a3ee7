"""Before and after a meeting: its agenda, its papers, who was there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents.serve import serve
from forum.actions.meeting import add_paper, note_attendance, set_agenda, take_paper_out
from forum.forms.meeting import (
    AgendaForm,
    AttendanceForm,
    PaperForm,
    PointFormSet,
    points_in,
    points_of,
)
from forum.models import AgendaItem, Group, Paper
from forum.permissions.meeting import can_add_paper, can_change, can_note, can_take_paper_out
from forum.queries.meeting import agenda_of, expected_at, issues_for
from forum.views.asked import ask, explain
from forum.views.inside import group_page, group_url, inside_group
from forum.views.meeting import TAB, asked_of, beside, meeting_in, meeting_url, way_to, zone_here
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row
from web.pieces import Crumb

ROWS = "points"


@inside_group
def agenda_edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Set the agenda."""
    meeting = meeting_in(request, group, code)
    can_change(request.viewer, meeting).require()
    items = agenda_of(request.viewer, meeting)
    form: Any = AgendaForm(request.POST or None)
    about: dict[str, Any] = {
        "prefix": ROWS,
        "form_kwargs": {"issues": issues_for(request.viewer, meeting, items)},
    }
    status = 200
    if wants_row(request, ROWS):
        form, rows = as_typed(form), with_row(PointFormSet, request, **about)
    elif request.method == "POST":
        rows = PointFormSet(request.POST, **about)
        if all([form.is_valid(), rows.is_valid()]):
            try:
                set_agenda(
                    viewer=request.viewer,
                    meeting=meeting,
                    points=points_in(rows),
                    language=form.cleaned_data["language"],
                    at=timezone.now(),
                )
            except Refusal as refusal:
                if refusal.status in {403, 404}:
                    raise
                explain(form, refusal)
            else:
                messages.success(request, _("The agenda is set."))
                return redirect(meeting_url(meeting))
        status = 422
    else:
        rows = PointFormSet(initial=points_of(items) or [{}], **about)
    context = {"meeting": meeting, "form": form, "rows": rows}
    crumbs = [*way_to(meeting), Crumb(_("Agenda"))]
    return group_page(
        request, group, "forum/agenda_edit.html", context, tab=TAB, crumbs=crumbs, status=status
    )


@require_safe
@inside_group
def agenda_print(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show the agenda alone, for paper."""
    meeting = meeting_in(request, group, code)
    context = {
        "group": group,
        "meeting": meeting,
        "agenda": agenda_of(request.viewer, meeting),
        "zone": zone_here(),
        "beside": beside(meeting),
        "crumbs": [Crumb(group.title, group_url(group)), *way_to(meeting), Crumb(_("Agenda"))],
    }
    return render(request, "forum/agenda_print.html", context)


@inside_group
def paper_add(request: ViewerRequest, group: Group, code: str, item: str) -> HttpResponse:
    """Put a paper to a point of the agenda."""
    meeting = meeting_in(request, group, code)
    rows = AgendaItem.objects.filter(meeting=meeting).select_related("meeting__group")
    point = fetch(AgendaItem, item, viewer=request.viewer, queryset=rows)
    can_add_paper(request.viewer, meeting).require()
    form = PaperForm(request.POST or None, request.FILES or None)

    def do() -> None:
        add_paper(viewer=request.viewer, item=point, file=form.cleaned_data["file"], at=timezone.now())

    page = asked_of(
        meeting,
        _("Add a paper"),
        _("Add it"),
        _("Added. Everybody in the group can open it."),
        note=_("Only people in this group can open it, not your colleagues outside."),
    )
    return ask(request, group, form, do, page, point=point)


@require_safe
@inside_group
def paper_file(request: ViewerRequest, group: Group, code: str, paper: str) -> HttpResponse:
    """Hand out a paper."""
    return serve(_paper(request, group, code, paper).document)  # type: ignore[return-value]


@require_POST
@inside_group
def paper_remove(request: ViewerRequest, group: Group, code: str, paper: str) -> HttpResponse:
    """Take a paper from the agenda."""
    found = _paper(request, group, code, paper)
    can_take_paper_out(request.viewer, found).require()
    take_paper_out(viewer=request.viewer, paper=found, at=timezone.now())
    messages.success(request, _("Taken out. Nobody can open it any more."))
    return redirect(meeting_url(found.item.meeting))


@inside_group
def attendance(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Note who was there."""
    meeting = meeting_in(request, group, code)
    can_note(request.viewer, meeting).require()
    form = AttendanceForm(request.POST or None, expected=expected_at(request.viewer, meeting))

    def do() -> None:
        note_attendance(viewer=request.viewer, meeting=meeting, presence=form.said(), at=timezone.now())

    page = asked_of(
        meeting,
        _("Who was there?"),
        _("Save"),
        _("Noted."),
        note=_("Whoever was there counts for the seat that they hold now, as its holder or alternate."),
    )
    return ask(request, group, form, do, page)


def _paper(request: ViewerRequest, group: Group, code: str, paper: str) -> Paper:
    meeting = meeting_in(request, group, code)
    rows = Paper.objects.filter(item__meeting=meeting).select_related("document", "item__meeting__group")
    return fetch(Paper, paper, viewer=request.viewer, queryset=rows)
