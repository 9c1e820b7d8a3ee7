"""Consultations inside their group: which there are, and what co-leads do with them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions import consultation as act
from forum.forms.consultation import (
    ClauseForm,
    ClauseFormSet,
    CloseForm,
    ConsultationForm,
    ExtendForm,
    OutcomeForm,
    RoundNoteForm,
    WindowForm,
    said_clauses,
)
from forum.models import Consultation, ConsultationHiding, ConsultationRound, Group
from forum.permissions.consultation import can_consult, can_describe_consultation, can_write_clauses
from forum.queries.consultation import (
    clauses_of,
    comments_of,
    draft_round,
    rounds_of,
    tallies_of,
    total,
    with_responses,
)
from forum.queries.group import access_of
from forum.views.asked import Asked, ask, explain
from forum.views.consultation import lines_of, window_of
from forum.views.inside import group_page, inside_group
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.formsets import as_typed, wants_row, with_row
from web.htmx import go_to
from web.paging import keyset_page
from web.pieces import Crumb

TAB = "consultations"
COMMENT = "forum/consultation_comment_asked.html"


@require_safe
@inside_group
def listed(request: ViewerRequest, group: Group) -> HttpResponse:
    """List the consultations of a group, the newest first."""
    rows = Consultation.objects.visible_to(request.viewer).filter(group=group)
    page = keyset_page(rows, request=request, order=("-id",), size=30)
    context = {
        "page": page,
        "lines": lines_of(request.viewer, page.rows),
        "may_begin": bool(can_consult(request.viewer, group)),
    }
    return group_page(request, group, "forum/group_consultations.html", context, tab=TAB)


@inside_group
def new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Begin a consultation."""
    can_consult(request.viewer, group).require()
    form = ConsultationForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = act.begin_consultation(viewer=request.viewer, group=group, said=form.said(), at=timezone.now())
        messages.success(request, _("Begun. Now write its clauses: the group reads the draft."))
        return go_to(request, reverse("forum:consultation_clauses", args=[group.key, made.code]))
    page = Asked(
        _("Ask others about a document"), _("Go on to the clauses"), _list(group), TAB, crumbs=[_way(group)]
    )
    return ask(request, group, form, lambda: None, page)


@inside_group
def edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Change what it is about, until it was opened."""
    found = consultation_in(request, group, code)
    can_describe_consultation(request.viewer, found).require()
    form = ConsultationForm(request.POST or None, initial=ConsultationForm.of(found))

    def do() -> None:
        act.describe_consultation(
            viewer=request.viewer, consultation=found, said=form.said(), at=timezone.now()
        )

    return ask(request, group, form, do, asked_of(found, _("What it is about"), _("Save"), _("Saved.")))


@require_safe
@inside_group
def desk(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show how a consultation stands, and what is to be done next; co-leads find the comments to answer."""
    viewer = request.viewer
    found = consultation_in(request, group, code)
    rounds = rounds_of(viewer, found)
    asked = rounds[0]
    tally = total(tallies_of(viewer, [asked]), asked)
    said = comments_of(viewer, asked)
    is_waiting = request.GET.get("show", "waiting") != "all"
    if is_waiting:
        said = said.unanswered()  # type: ignore[attr-defined]
    page = keyset_page(said, request=request, order=("made_at", "id"), size=30)
    access = access_of(viewer, group)
    leads = bool(access and access.is_co_lead and not group.is_closed)
    hidings = ConsultationHiding.objects.visible_to(viewer).filter(comment__consultation=found)
    now = timezone.now()
    context = {
        "consultation": found,
        "asked": asked,
        "rounds": rounds,
        "window": window_of(asked),
        "clauses_count": len(clauses_of(viewer, asked)),
        "tally": tally,
        "page": page,
        "lines": with_responses(viewer, page.rows),
        "is_waiting": is_waiting,
        "leads": leads,
        "runs": asked.is_open_at(now),
        "hidings": list(hidings.select_related("comment")[:20]) if leads else [],
    }
    crumbs = [_way(group), Crumb(found.title)]
    return group_page(request, group, "forum/consultation_desk.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def clauses(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Write the clauses of the draft."""
    found = consultation_in(request, group, code)
    draft = _draft(request, found)
    can_write_clauses(request.viewer, draft).require()
    posted: Any = request.POST if request.method == "POST" else None
    first = [ClauseForm.of(one) for one in clauses_of(request.viewer, draft)]
    note = RoundNoteForm(posted, initial={"note": draft.note, "note_language": draft.note_language})
    if wants_row(request, "clauses"):
        rows: Any = with_row(ClauseFormSet, request, prefix="clauses")
        return _clauses_page(request, found, draft, as_typed(note), rows)
    rows = ClauseFormSet(posted, prefix="clauses", initial=None if posted else first)
    if posted and rows.is_valid() and note.is_valid():
        try:
            act.write_clauses(
                viewer=request.viewer,
                asked=draft,
                said=said_clauses(rows),
                at=timezone.now(),
                **note.cleaned_data,
            )
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            explain(note, refusal)
        else:
            messages.success(request, _("Saved. The group reads the draft; nobody else does."))
            return go_to(request, desk_url(found))
    return _clauses_page(request, found, draft, note, rows, status=422 if posted else 200)


def _clauses_page(
    request: ViewerRequest,
    found: Consultation,
    draft: ConsultationRound,
    note: RoundNoteForm,
    rows: Any,
    status: int = 200,
) -> HttpResponse:
    context = {"consultation": found, "asked": draft, "note": note, "rows": rows, "back": desk_url(found)}
    crumbs = [*_way_to(found), Crumb(_("Clauses"))]
    return group_page(
        request,
        found.group,
        "forum/consultation_clauses.html",
        context,
        tab=TAB,
        crumbs=crumbs,
        status=status,
    )


@inside_group
def open_it(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Open the draft for comments, now or at an hour."""
    found = consultation_in(request, group, code)
    draft = _draft(request, found)
    can_consult(request.viewer, group).require()
    form = WindowForm(request.POST or None)

    def do() -> None:
        act.open_round(viewer=request.viewer, asked=draft, said=form.said(), at=timezone.now())

    note = (
        _("From then on everybody, also without an account, reads the document and the comments.")
        if found.is_public
        else _("From then on every member of this platform reads the document and the comments.")
    )
    page = asked_of(
        found,
        _("Open it for comments"),
        _("Open it"),
        _("Done. When it opens the people of the group are told."),
        note=f"{note} {_('Its clauses do not change any more in this round.')}",
    )
    return ask(request, group, form, do, page)


@require_POST
@inside_group
def take_back(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Make an announced round a draft again."""

    def do(asked: ConsultationRound) -> None:
        act.take_back_round(viewer=request.viewer, asked=asked, at=timezone.now())

    return _pressed(request, group, code, do, _("It is a draft again."))


@inside_group
def extend(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Let it close later."""
    found = consultation_in(request, group, code)
    asked = _newest(request, found)
    can_consult(request.viewer, group).require()
    form = ExtendForm(request.POST or None, asked=asked)

    def do() -> None:
        act.extend_round(
            viewer=request.viewer, asked=asked, closes_at=form.cleaned_data["closes_at"], at=timezone.now()
        )

    closes = window_of(asked).get("closes", "")
    page = asked_of(
        found,
        _("Let it close later"),
        _("Save"),
        _("Saved. It closes later now."),
        note=_("It closes at %(when)s. Nobody makes it shorter than was said.") % {"when": closes},
    )
    return ask(request, group, form, do, page)


@inside_group
def close(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Close it before its hour."""
    found = consultation_in(request, group, code)
    asked = _newest(request, found)
    can_consult(request.viewer, group).require()
    form = CloseForm(request.POST or None)

    def do() -> None:
        act.close_round(viewer=request.viewer, asked=asked, at=timezone.now())

    page = asked_of(found, _("Close it before its hour"), _("Close it"), _("Closed."), is_danger=True)
    return ask(request, group, form, do, page)


@inside_group
def publish(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Give the answers out."""
    found = consultation_in(request, group, code)
    asked = _newest(request, found)
    can_consult(request.viewer, group).require()
    form = OutcomeForm(request.POST or None)

    def do() -> None:
        act.publish_answers(viewer=request.viewer, asked=asked, at=timezone.now(), **form.cleaned_data)

    page = asked_of(
        found,
        _("Publish the answers"),
        _("Publish"),
        _("Published. Whoever commented is told."),
        note=_("Every comment has to have its response and its reason. After this none of them changes."),
    )
    return ask(request, group, form, do, page)


@require_POST
@inside_group
def next_round(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Begin the next round with the clauses of the last one."""
    found = consultation_in(request, group, code)
    last = _newest(request, found)
    act.begin_next_round(viewer=request.viewer, consultation=found, last=last, at=timezone.now())
    messages.success(request, _("The next round is a draft: change the clauses, then open it."))
    return redirect("forum:consultation_clauses", group.key, found.code)


def consultation_in(request: ViewerRequest, group: Group, code: str) -> Consultation:
    """Return a consultation of this group. Raises: NotVisible."""
    rows = Consultation.objects.filter(group=group).select_related("group")
    return fetch(Consultation, code, viewer=request.viewer, queryset=rows)


def desk_url(found: Consultation) -> str:
    """Return the address at which the group works on it."""
    return reverse("forum:consultation_desk", args=[found.group.key, found.code])


def asked_of(
    found: Consultation,
    heading: str,
    button: str,
    done: str,
    *,
    note: str = "",
    is_danger: bool = False,
    template: str = "forum/asked.html",
) -> Asked:
    """Return a page that asks one thing of a consultation."""
    return Asked(
        heading,
        button,
        desk_url(found),
        TAB,
        done=done,
        note=note,
        is_danger=is_danger,
        crumbs=_way_to(found),
        template=template,
    )


def _newest(request: ViewerRequest, found: Consultation) -> ConsultationRound:
    return rounds_of(request.viewer, found)[0]


def _draft(request: ViewerRequest, found: Consultation) -> ConsultationRound:
    draft = draft_round(rounds_of(request.viewer, found))
    if draft is None:
        raise Refusal("opened-already", _("This round was opened already."))
    return draft


def _pressed(
    request: ViewerRequest,
    group: Group,
    code: str,
    do: Callable[[ConsultationRound], None],
    done: str,
) -> HttpResponse:
    found = consultation_in(request, group, code)
    do(_newest(request, found))
    messages.success(request, done)
    return go_to(request, desk_url(found))


def _list(group: Group) -> str:
    return reverse("forum:group_consultations", args=[group.key])


def _way(group: Group) -> Crumb:
    return Crumb(_("Consultations"), _list(group))


def _way_to(found: Consultation) -> list[Crumb]:
    return [_way(found.group), Crumb(found.title, desk_url(found))]
