"""How the group agrees to minutes: proposed, corrected, approved, published, and made into a PDF."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.serve import serve
from forum.actions.minutes import (
    answer_reply,
    approve_minutes,
    ask_for_minutes_pdf,
    correct_minutes,
    propose_minutes,
    publish_minutes,
    reply_to_minutes,
    take_minutes_back,
)
from forum.forms.minutes import AnswerForm, ProposeForm, ReplyForm, WhyForm
from forum.models import Group, Minutes, MinutesLine, MinutesReply, MinutesSection, ReplyKind
from forum.permissions.minutes import can_answer_reply, can_correct, can_propose, can_reply
from forum.queries.minutes import sections_of, version_of
from forum.queries.paper import pdf_of
from forum.views.asked import Asked, ask
from forum.views.inside import group_page, inside_group
from forum.views.meeting import TAB
from forum.views.minutes import minutes_in, minutes_url, pdf_urls, way_to_minutes
from ledger.refusals import NotVisible
from organisations.queries import fetch
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.pieces import Crumb


@inside_group
def propose(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Put the draft to the group."""
    minutes = minutes_in(request, group, code, number)
    can_propose(request.viewer, minutes).require()
    form = ProposeForm(request.POST or None)

    def do() -> None:
        propose_minutes(
            viewer=request.viewer,
            minutes=minutes,
            open_until=form.cleaned_data["open_until"],
            at=timezone.now(),
        )

    note = _(
        "Participants read them, approve them or ask for corrections. Meanwhile nobody changes them. "
        "You record the approval when the day is over, or as soon as every seat has approved."
    )
    heading, button = _("Put the minutes to the group"), _("Put them to the group")
    return ask(
        request, group, form, do, _asked(minutes, heading, button, _("Participants are told."), note=note)
    )


@require_POST
@inside_group
def take_back(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Make them a draft again."""
    minutes = minutes_in(request, group, code, number)
    take_minutes_back(viewer=request.viewer, minutes=minutes, at=timezone.now())
    messages.success(request, _("A draft again. Write the corrections in, and put them to the group anew."))
    return redirect(minutes_url(minutes))


@inside_group
def reply(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Approve them, or ask for a correction."""
    minutes = minutes_in(request, group, code, number)
    can_reply(request.viewer, minutes, at=timezone.now()).require()
    if request.method == "POST" and request.POST.get("kind") == ReplyKind.APPROVES:
        reply_to_minutes(viewer=request.viewer, minutes=minutes, kind=ReplyKind.APPROVES, at=timezone.now())
        messages.success(request, _("Noted: you approve these minutes."))
        return redirect(minutes_url(minutes))
    form = ReplyForm(request.POST or None)

    def do() -> None:
        reply_to_minutes(
            viewer=request.viewer,
            minutes=minutes,
            kind=ReplyKind.CORRECTION,
            at=timezone.now(),
            **form.cleaned_data,
        )

    page = _asked(
        minutes, _("Ask for a correction"), _("Ask for it"), _("The co-leads are told. You get an answer.")
    )
    return ask(request, group, form, do, page)


@inside_group
def answer(request: ViewerRequest, group: Group, code: str, number: int, reply_code: str) -> HttpResponse:
    """Answer a correction that was asked for."""
    minutes = minutes_in(request, group, code, number)
    rows = MinutesReply.objects.filter(minutes=minutes, kind=ReplyKind.CORRECTION)
    found = fetch(
        MinutesReply,
        reply_code,
        viewer=request.viewer,
        queryset=rows.select_related("minutes__meeting__group"),
    )
    found.minutes = minutes
    can_answer_reply(request.viewer, minutes).require()
    form = AnswerForm(request.POST or None)

    def do() -> None:
        answer_reply(viewer=request.viewer, reply=found, at=timezone.now(), **form.cleaned_data)

    page = _asked(minutes, _("Answer this correction"), _("Answer"), _("Answered."))
    return ask(request, group, form, do, page, quoted=found)


@require_POST
@inside_group
def approve(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Record that the group has approved them."""
    minutes = minutes_in(request, group, code, number)
    approve_minutes(viewer=request.viewer, minutes=minutes, at=timezone.now())
    messages.success(request, _("Recorded. Nothing in them changes any more."))
    return redirect(minutes_url(minutes))


@require_POST
@inside_group
def publish(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Give them to everybody inside."""
    minutes = minutes_in(request, group, code, number)
    publish_minutes(viewer=request.viewer, minutes=minutes, at=timezone.now())
    messages.success(request, _("Published inside the group. Guests read them as well."))
    return redirect(minutes_url(minutes))


@inside_group
def correct(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Begin the next version of approved minutes."""
    minutes = minutes_in(request, group, code, number)
    can_correct(request.viewer, minutes).require()
    form = WhyForm(request.POST or None)
    made: list[Minutes] = []

    def do() -> None:
        made.append(
            correct_minutes(viewer=request.viewer, minutes=minutes, at=timezone.now(), **form.cleaned_data)
        )

    page = _asked(
        minutes,
        _("Correct these minutes"),
        _("Begin the next version"),
        note=_(
            "This version stays as it is. The next one begins with its words and goes to the group again."
        ),
    )
    answer_page = ask(request, group, form, do, page)
    return redirect(minutes_url(made[0])) if made else answer_page


@require_safe
@inside_group
def compare(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Show what a version changes against the one before it."""
    minutes = minutes_in(request, group, code, number)
    if number < 2:
        raise NotVisible
    before = version_of(request.viewer, minutes.meeting, number - 1)
    old = {one.position: one for one in sections_of(request.viewer, before)}
    pairs = [(one, old.get(one.position)) for one in sections_of(request.viewer, minutes)]
    rows = [
        {
            "section": new,
            "old": was.text if was else "",
            "gone": _missing(was, new),
            "come": _missing(new, was),
            "is_same": was is not None and was.text == new.text and not _differs(was, new),
        }
        for new, was in pairs
    ]
    context = {"meeting": minutes.meeting, "minutes": minutes, "rows": rows}
    crumbs = [*way_to_minutes(minutes), Crumb(_("What changed"))]
    return group_page(request, group, "forum/minutes_compare.html", context, tab=TAB, crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@inside_group
def pdf(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Show how far the PDF is; by POST, have it made."""
    minutes = minutes_in(request, group, code, number)
    if request.method == "POST":
        ask_for_minutes_pdf(viewer=request.viewer, minutes=minutes, at=timezone.now())
    if not is_partial(request):
        return redirect(minutes_url(minutes) + "#pdf")
    context = {"minutes": minutes, "rendering": pdf_of(request.viewer, minutes), **pdf_urls(minutes)}
    return render(request, "forum/_minutes_pdf.html", context)


@require_safe
@inside_group
def pdf_file(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Hand out the PDF."""
    made = pdf_of(request.viewer, minutes_in(request, group, code, number))
    if made is None or made.document is None:
        raise Http404
    return serve(made.document)  # type: ignore[return-value]


def _asked(minutes: Minutes, heading: str, button: str, done: str = "", note: str = "") -> Asked:
    return Asked(
        heading=heading,
        button=button,
        back=minutes_url(minutes),
        tab=TAB,
        done=done,
        note=note,
        crumbs=way_to_minutes(minutes),
    )


def _said(section: MinutesSection | None) -> set[tuple[object, ...]]:
    return {(one.kind, one.text, one.owner, one.due_on) for one in section.lines.all()} if section else set()


def _missing(these: MinutesSection | None, those: MinutesSection | None) -> list[MinutesLine]:
    known = _said(those)
    rows = these.lines.all() if these else ()
    return [one for one in rows if (one.kind, one.text, one.owner, one.due_on) not in known]


def _differs(one: MinutesSection, other: MinutesSection) -> bool:
    return _said(one) != _said(other)
