"""Meetings of a group: which there are, one of them, and how it is planned, moved, called off and answered."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from forum.actions.meeting import answer_meeting, cancel_meeting, change_meeting, hold_meeting, plan_meeting
from forum.forms.meeting import CancelForm, MeetingForm
from forum.models import Answer, Attendance, Group, Meeting, Presence
from forum.permissions.meeting import can_add_paper, can_answer, can_change, can_hold, can_note, can_plan
from forum.permissions.minutes import can_begin
from forum.queries.meeting import agenda_of, attendance_of, meetings_ahead, own_answers
from forum.queries.minutes import versions_of
from forum.views.asked import Asked, ask
from forum.views.inside import group_page, inside_group
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.moments import in_zone, place_of, zone_called
from web.paging import keyset_page
from web.pieces import Crumb

TAB = "meetings"


@require_safe
@inside_group
def meetings(request: ViewerRequest, group: Group) -> HttpResponse:
    """Show what is ahead, and what was, newest first."""
    now = timezone.now()
    ahead = meetings_ahead(group, request.viewer, at=now)
    rows = Meeting.objects.visible_to(request.viewer).filter(group=group)
    rows = rows.exclude(pk__in=[one.pk for one in ahead])
    page = keyset_page(rows, request=request, order=("-starts_at", "-id"), size=30)
    answers = own_answers(request.viewer, ahead)
    context = {
        "ahead": [(one, answers.get(one.pk), beside(one)) for one in ahead],
        "page": page,
        "zone": zone_here(),
        "may_plan": can_plan(request.viewer, group),
    }
    return group_page(request, group, "forum/meetings.html", context, tab=TAB)


@require_safe
@inside_group
def detail(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Show one meeting: when and where, the agenda with its papers, who comes, and its minutes."""
    meeting, viewer, now = meeting_in(request, group, code), request.viewer, timezone.now()
    coming = attendance_of(viewer, meeting)
    context = {
        "meeting": meeting,
        "zone": zone_here(),
        "beside": beside(meeting),
        "is_over": meeting.ends_at <= now,
        "agenda": agenda_of(viewer, meeting),
        "answers": Answer.choices,
        "own": _own(request, coming),
        "coming": _by_answer(coming),
        "presence": _by_presence(coming),
        "seats_there": sum(one.seat_id is not None for one in coming),
        "versions": versions_of(viewer, meeting),
        "may_change": can_change(viewer, meeting),
        "may_hold": can_hold(viewer, meeting, at=now),
        "may_answer": can_answer(viewer, meeting, at=now),
        "may_note": can_note(viewer, meeting),
        "may_begin": can_begin(viewer, meeting),
        "may_add_paper": can_add_paper(viewer, meeting),
    }
    crumbs = [Crumb(_("Meetings"), reverse("forum:group_meetings", args=[group.key])), Crumb(meeting.title)]
    return group_page(request, group, "forum/meeting.html", context, tab=TAB, crumbs=crumbs)


@inside_group
def meeting_new(request: ViewerRequest, group: Group) -> HttpResponse:
    """Plan a meeting."""
    can_plan(request.viewer, group).require()
    form = MeetingForm(request.POST or None)

    def do() -> None:
        plan_meeting(viewer=request.viewer, group=group, said=form.said(), at=timezone.now())

    page = Asked(
        heading=_("Plan a meeting"),
        button=_("Plan it and invite everybody"),
        back=reverse("forum:group_meetings", args=[group.key]),
        tab=TAB,
        done=_("Planned. Everybody in the group is told. Now set the agenda."),
        crumbs=[Crumb(_("Meetings"), reverse("forum:group_meetings", args=[group.key]))],
    )
    return ask(request, group, form, do, page)


@inside_group
def meeting_edit(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Move a meeting, or change what stands about it."""
    meeting = meeting_in(request, group, code)
    can_change(request.viewer, meeting).require()
    form = MeetingForm(request.POST or None, meeting=meeting)

    def do() -> None:
        change_meeting(viewer=request.viewer, meeting=meeting, said=form.said(), at=timezone.now())

    page = asked_of(
        meeting,
        _("Change this meeting"),
        _("Save"),
        _("Saved."),
        note=_("When the time changes, everybody in the group is told."),
    )
    return ask(request, group, form, do, page)


@inside_group
def meeting_cancel(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Call a meeting off."""
    meeting = meeting_in(request, group, code)
    can_change(request.viewer, meeting).require()
    form = CancelForm(request.POST or None)

    def do() -> None:
        cancel_meeting(viewer=request.viewer, meeting=meeting, at=timezone.now(), **form.cleaned_data)

    page = asked_of(
        meeting,
        _("Call this meeting off"),
        _("Call it off"),
        _("Called off. Everybody in the group is told."),
        is_danger=True,
    )
    return ask(request, group, form, do, page)


@require_POST
@inside_group
def meeting_hold(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Note that it was held."""
    meeting = meeting_in(request, group, code)
    hold_meeting(viewer=request.viewer, meeting=meeting, at=timezone.now())
    messages.success(request, _("Noted. Say now who was there, and write the minutes."))
    return redirect("forum:meeting_attendance", group.key, meeting.code)


@require_POST
@inside_group
def meeting_answer(request: ViewerRequest, group: Group, code: str) -> HttpResponse:
    """Say whether one comes."""
    meeting = meeting_in(request, group, code)
    answer = str(request.POST.get("answer", ""))
    answer_meeting(viewer=request.viewer, meeting=meeting, answer=answer, at=timezone.now())
    messages.success(request, _("Noted. You can change it until the meeting."))
    return redirect("forum:meeting", group.key, meeting.code)


@require_safe
@member_required
def by_code(request: ViewerRequest, code: str) -> HttpResponse:
    """Lead to a meeting of which only the code is known."""
    rows = Meeting.objects.select_related("group")
    return redirect(meeting_url(fetch(Meeting, code, viewer=request.viewer, queryset=rows)))


def meeting_in(request: ViewerRequest, group: Group, code: str) -> Meeting:
    """Return the meeting of this group.

    Raises: NotVisible.
    """
    rows = Meeting.objects.filter(group=group).select_related("group")
    return fetch(Meeting, code, viewer=request.viewer, queryset=rows)


def meeting_url(meeting: Meeting) -> str:
    """Return the address of a meeting."""
    return reverse("forum:meeting", args=[meeting.group.key, meeting.code])


def way_to(meeting: Meeting) -> list[Crumb]:
    """Return the crumbs of what lies behind a meeting."""
    here = reverse("forum:group_meetings", args=[meeting.group.key])
    return [Crumb(_("Meetings"), here), Crumb(meeting.title, meeting_url(meeting))]


def asked_of(meeting: Meeting, heading: str, button: str, done: str = "", **more: object) -> Asked:
    """Return a page that asks for something about a meeting."""
    given: dict[str, object] = {"back": meeting_url(meeting), "tab": TAB, "crumbs": way_to(meeting)}
    return Asked(heading=heading, button=button, done=done, **(given | more))  # type: ignore[arg-type]


def zone_here() -> str:
    """Return the name of the reader's own zone, for people."""
    return place_of(timezone.get_current_timezone_name())


def beside(meeting: Meeting) -> str:
    """Return the time in the meeting's own zone, where that is another than the reader's."""
    zone = zone_called(meeting.zone)
    own: datetime = timezone.localtime(meeting.starts_at)
    if meeting.starts_at.astimezone(zone).utcoffset() == own.utcoffset():
        return ""
    return f"{place_of(meeting.zone)}: {in_zone(meeting.starts_at, zone)}"


def _own(request: ViewerRequest, rows: list[Attendance]) -> str:
    viewer = request.viewer
    for one in rows:
        if (one.participant.person_id, one.participant.organisation_id) == (
            viewer.person_id,
            viewer.organisation_id,
        ):
            return one.answer
    return ""


def _by_answer(rows: list[Attendance]) -> list[tuple[str, list[Attendance]]]:
    found = [(str(label), [one for one in rows if one.answer == key]) for key, label in Answer.choices]
    return [(label, people) for label, people in found if people]


def _by_presence(rows: list[Attendance]) -> list[tuple[str, list[Attendance]]]:
    found = [(str(label), [one for one in rows if one.presence == key]) for key, label in Presence.choices]
    return [(label, people) for label, people in found if people]
