"""Minutes: read, and written together; a second writer sees both versions, and nothing is overwritten."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.minutes import Overtaken, add_line, begin_minutes, save_section, take_line_out
from forum.forms.minutes import LineForm, ReplyForm, SectionForm
from forum.models import Group, Minutes, MinutesLine, MinutesSection
from forum.permissions.minutes import (
    can_answer_reply,
    can_approve,
    can_begin,
    can_correct,
    can_draft,
    can_propose,
    can_publish,
    can_reply,
    can_take_back,
)
from forum.permissions.work import can_work
from forum.queries.meeting import attendance_of
from forum.queries.meeting_work import kept_from, unkept_lines
from forum.queries.minutes import (
    replies_to,
    section_of,
    sections_of,
    standing_of,
    version_of,
    versions_of,
)
from forum.queries.paper import pdf_of
from forum.views.asked import ask
from forum.views.inside import group_page, inside_group
from forum.views.meeting import TAB, asked_of, meeting_in, way_to
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.merging import ANSWER, merge, packed, settled, unpacked
from web.pieces import Crumb

FIELDS = ("text",)


@require_POST
@inside_group
def begin(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Begin the minutes, or lead to those that are there."""
    meeting = meeting_in(request, group, code)
    can_begin(request.viewer, meeting).require()
    made = begin_minutes(viewer=request.viewer, meeting=meeting, at=timezone.now())
    return redirect("forum:minutes", group.key, meeting.code, made.number)


@require_safe
@inside_group
def detail(request: ViewerRequest, group: Group, code: str, number: int) -> HttpResponse:
    """Show one version: what it says, how it stands, and what the reader can do."""
    minutes, viewer, now = minutes_in(request, group, code, number), request.viewer, timezone.now()
    replies = replies_to(viewer, minutes)
    may_reply = can_reply(viewer, minutes, at=now)
    sections, kept = sections_of(viewer, minutes), kept_from(viewer, minutes.meeting)
    context = {
        "meeting": minutes.meeting,
        "minutes": minutes,
        "sections": sections,
        "kept": kept,
        "may_keep": can_work(viewer, group),
        "unkept": unkept_lines(sections, kept),
        "today": timezone.localdate(),
        "attendance": [one for one in attendance_of(viewer, minutes.meeting) if one.presence],
        "versions": versions_of(viewer, minutes.meeting),
        "corrections": [one for one in replies if one.kind == "correction"],
        "approvals": [one for one in replies if one.kind == "approves" and one.round == minutes.round],
        "has_approved": _has_approved(request, minutes, replies),
        "standing": standing_of(viewer, minutes) if minutes.state == "proposed" else None,
        "is_open": minutes.open_until is not None and minutes.open_until > now,
        "reply_form": ReplyForm() if may_reply else None,
        "may_reply": may_reply,
        "may_draft": can_draft(viewer, minutes),
        "may_propose": can_propose(viewer, minutes),
        "may_take_back": can_take_back(viewer, minutes),
        "may_answer": can_answer_reply(viewer, minutes),
        "approval": can_approve(viewer, minutes, at=now),
        "may_publish": can_publish(viewer, minutes),
        "may_correct": can_correct(viewer, minutes),
        "rendering": pdf_of(viewer, minutes) if minutes.is_kept else None,
        **pdf_urls(minutes),
    }
    crumbs = [*way_to(minutes.meeting), Crumb(_("Minutes"))]
    return group_page(request, group, "forum/minutes.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def section_edit(request: ViewerRequest, group: Group, code: str, number: int, position: int) -> HttpResponse:
    """Write what was said about one point."""
    minutes, section = _section(request, group, code, number, position)
    can_draft(request.viewer, minutes).require()
    if request.method == "POST":
        return _save(request, group, minutes, section)
    return _section_page(request, group, minutes, section)


@require_POST
@inside_group
def section_keep(request: ViewerRequest, group: Group, code: str, number: int, position: int) -> HttpResponse:
    """Save what is typed while it is typed; whoever comes second is told, and nothing is overwritten."""
    minutes, section = _section(request, group, code, number, position)
    can_draft(request.viewer, minutes).require()
    form = SectionForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=204)
    try:
        saved = save_section(
            viewer=request.viewer,
            section=section,
            version=_version(request),
            at=timezone.now(),
            **form.cleaned_data,
        )
    except Overtaken as overtaken:
        said = _("%(who)s saved this too. Your words are kept here: press “Save” to see both.")
        return JsonResponse({"note": said % {"who": overtaken.who or _("Somebody")}}, status=409)
    return JsonResponse({"fields": {"version": str(saved.version), "base": packed({"text": saved.text})}})


@inside_group
def line_add(request: ViewerRequest, group: Group, code: str, number: int, position: int) -> HttpResponse:
    """Note a decision or an action item."""
    minutes, section = _section(request, group, code, number, position)
    can_draft(request.viewer, minutes).require()
    form = LineForm(request.POST or None)

    def do() -> None:
        add_line(viewer=request.viewer, section=section, said=form.said(), at=timezone.now())

    page = asked_of(
        minutes.meeting,
        _("Note a decision or an action item"),
        _("Note it"),
        _("Noted."),
        back=minutes_url(minutes),
        crumbs=way_to_minutes(minutes),
    )
    return ask(request, group, form, do, page, section=section)


@require_POST
@inside_group
def line_remove(request: ViewerRequest, group: Group, code: str, number: int, line: str) -> HttpResponse:
    """Take a line out of a draft."""
    minutes = minutes_in(request, group, code, number)
    rows = MinutesLine.objects.filter(minutes=minutes).select_related("minutes__group")
    found = fetch(MinutesLine, line, viewer=request.viewer, queryset=rows)
    take_line_out(viewer=request.viewer, line=found)
    messages.success(request, _("Taken out."))
    return redirect(minutes_url(minutes))


@require_safe
@member_required
def by_code(request: ViewerRequest, code: str) -> HttpResponse:
    """Lead to minutes of which only the code is known."""
    rows = Minutes.objects.select_related("meeting__group")
    return redirect(minutes_url(fetch(Minutes, code, viewer=request.viewer, queryset=rows)))


def minutes_in(request: ViewerRequest, group: Group, code: str, number: int) -> Minutes:
    """Return a version of the minutes of a meeting of this group.

    Raises: NotVisible.
    """
    return version_of(request.viewer, meeting_in(request, group, code), number)


def minutes_url(minutes: Minutes) -> str:
    """Return the address of a version."""
    return reverse("forum:minutes", args=address_of(minutes))


def address_of(minutes: Minutes) -> list[Any]:
    """Return what stands in the address of a version."""
    return [minutes.meeting.group.key, minutes.meeting.code, minutes.number]


def way_to_minutes(minutes: Minutes) -> list[Crumb]:
    """Return the crumbs of what lies behind minutes."""
    return [*way_to(minutes.meeting), Crumb(_("Minutes"), minutes_url(minutes))]


def pdf_urls(minutes: Minutes) -> dict[str, str]:
    """Return where the PDF is asked for and where it lies."""
    return {
        "pdf_url": reverse("forum:minutes_pdf", args=address_of(minutes)),
        "pdf_file_url": reverse("forum:minutes_pdf_file", args=address_of(minutes)),
    }


def _section(
    request: ViewerRequest, group: Group, code: str, number: int, position: int
) -> tuple[Minutes, MinutesSection]:
    minutes = minutes_in(request, group, code, number)
    section = section_of(request.viewer, minutes, position)
    section.minutes = minutes
    return minutes, section


def _save(request: ViewerRequest, group: Group, minutes: Minutes, section: MinutesSection) -> HttpResponse:
    form = SectionForm(_answered(request))
    if not form.is_valid():
        return _section_page(request, group, minutes, section, form=form, status=422)
    about: dict[str, Any] = {"viewer": request.viewer, "section": section, **form.cleaned_data}
    try:
        try:
            save_section(version=_version(request), at=timezone.now(), **about)
        except Overtaken as overtaken:
            # What the same person saved a moment ago on this very page is nobody else's.
            if overtaken.by != request.viewer.person_id:
                raise
            save_section(version=overtaken.version, at=timezone.now(), **about)
    except Overtaken as overtaken:
        return _merge_page(request, group, minutes, section, form, overtaken)
    messages.success(request, _("Saved."))
    return redirect(minutes_url(minutes) + f"#section-{section.position}")


def _answered(request: ViewerRequest) -> Any:
    """Return what was sent, with the answers of a merge put in."""
    answers = {name: str(value) for name, value in request.POST.items() if name.startswith(ANSWER)}
    if not answers:
        return request.POST
    theirs = unpacked(str(request.POST.get("base", "")), FIELDS) or {}
    sent = {"text": str(request.POST.get("text", "")), "language": str(request.POST.get("language", ""))}
    return settled(sent, theirs, answers)


def _merge_page(
    request: ViewerRequest,
    group: Group,
    minutes: Minutes,
    section: MinutesSection,
    form: SectionForm,
    overtaken: Overtaken,
) -> HttpResponse:
    """Show both people's words; what is sent next is compared with what stands there now."""
    base = unpacked(str(request.POST.get("base", "")), FIELDS) or {}
    mine = {"text": form.cleaned_data["text"]}
    met = merge(base, mine, overtaken.theirs, labels={"text": section.title})
    both = SectionForm(initial={**met.values, "language": form.cleaned_data["language"]})
    more = {
        "merge": met,
        "who": overtaken.who,
        "when": overtaken.when,
        "version": overtaken.version,
        "base": packed(overtaken.theirs),
    }
    return _section_page(request, group, minutes, section, form=both, more=more, status=409)


def _section_page(
    request: ViewerRequest,
    group: Group,
    minutes: Minutes,
    section: MinutesSection,
    *,
    form: SectionForm | None = None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    sent = request.POST if form is not None and form.is_bound else {}
    initial = {"text": section.text} | ({"language": section.language} if section.language else {})
    context = {
        "meeting": minutes.meeting,
        "minutes": minutes,
        "section": section,
        "form": form or SectionForm(initial=initial),
        "version": sent.get("version") or section.version,
        "base": sent.get("base") or packed({"text": section.text}),
        "keep_url": reverse("forum:minutes_section_keep", args=[*address_of(minutes), section.position]),
        **(more or {}),
    }
    crumbs = [*way_to_minutes(minutes), Crumb(section.title)]
    return group_page(
        request, group, "forum/minutes_section.html", context, tab=TAB, crumbs=crumbs, status=status
    )


def _version(request: ViewerRequest) -> int:
    sent = str(request.POST.get("version", ""))
    return int(sent) if sent.isdecimal() and len(sent) < 9 else -1


def _has_approved(request: ViewerRequest, minutes: Minutes, replies: list[Any]) -> bool:
    viewer = request.viewer
    return any(
        (one.kind, one.round, one.person_id, one.organisation_id)
        == ("approves", minutes.round, viewer.person_id, viewer.organisation_id)
        for one in replies
    )
