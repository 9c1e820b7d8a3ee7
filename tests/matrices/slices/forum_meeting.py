"""Meetings and minutes of `world-group`: co-leads plan, participants write, the far supplier is a guest."""

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from forum.actions.calendar import fingerprint
from forum.actions.meeting import cancel_meeting, hold_meeting
from forum.actions.minutes import approve_minutes, propose_minutes, publish_minutes, take_minutes_back
from forum.lifecycle import MEETING, MINUTES, MeetingState, MinutesState
from forum.models import CalendarLink, Meeting, Minutes, Paper
from ledger.models.subjects import about
from organisations.models import Membership
from organisations.queries import viewer_from
from tests.factories import forum_meetings as make
from tests.matrices.cases import Case, done, everyone, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS
from tests.matrices.slices.forum_group import INSIDERS, KEY, LEADS, _part_of, is_inside
from tests.matrices.world import _document as keep_document

GUEST = frozenset({"far_supplier"})
PARTICIPANTS = INSIDERS - GUEST
SOON = dt.timedelta(days=9)
SECRET = "what-only-one-person-of-the-world-knows"


# ---------------------------------------------------------------- the world
def build(world: Any) -> None:
    """Make meetings in every state, with an agenda, a paper, answers and minutes."""
    things, own = world.things, _viewers(world)
    group, lead, member = things["group"], own["stakeholder"], own["customer"]
    things["meeting"] = make.meeting(group, lead)
    things["meeting_point"] = point = make.point(things["meeting"], lead)
    things["meeting_begun"] = make.meeting(group, lead, starts_at=timezone.now() - dt.timedelta(minutes=5))
    make.meeting(group, lead, state="cancelled", reason="x")
    file = keep_document(
        world.organisations["customer"], world.people["customer"], Document.Kind.REPORT, group=group
    )
    things["paper"] = Paper.objects.create(
        item=point,
        document=file,
        added_at=timezone.now(),
        person_id=member.person_id,
        organisation_id=member.organisation_id,
    )
    make.attendance(things["meeting"], member, answer="coming", answered_at=timezone.now())
    for name in ("bare", "draft", "proposed", "closing", "approved", "published"):
        things[f"meeting_{name}"] = held = make.meeting(group, lead, state="held")
        if name != "bare":
            things[f"minutes_{name}"] = _minutes(name, held, member)
    draft = things["minutes_draft"].sections.get()
    things["minutes_line"] = make.line(draft, member, owner="x")
    things["minutes_reply"] = make.reply(things["minutes_proposed"], member)
    minutes = things["minutes_published"]
    make.minutes(minutes.meeting, lead, why="x", text="x")
    paper = keep_document(
        world.organisations["customer"], world.people["customer"], Document.Kind.REPORT, group=group
    )
    Rendering.objects.create(
        kind="forum.minutes_pdf",
        **about(minutes),
        subject_code=minutes.code,
        organisation=world.organisations["customer"],
        person=world.people["customer"],
        state=Rendering.State.DONE,
        percent=100,
        document=paper,
        requested_at=timezone.now(),
        finished_at=timezone.now(),
        group=group,
    )
    # The calendar of somebody outside shows nothing, to whoever knows its secret.
    CalendarLink.objects.create(
        person=world.people["body"], secret_hash=fingerprint(SECRET), created_at=timezone.now()
    )


def _minutes(name: str, held: Meeting, by: Any) -> Minutes:
    made = make.minutes(held, by, state="proposed" if name == "closing" else name)
    if name == "closing":
        made.open_until = timezone.now() - dt.timedelta(minutes=1)
        made.save(update_fields=["open_until"])
    return made


def _viewers(world: Any) -> dict[str, Any]:
    rows = Membership.objects.filter(is_active=True).select_related("person", "organisation")
    of = {one.person_id: viewer_from(one) for one in rows}
    return {name: of[person.pk] for name, person in world.people.items() if person.pk in of}


# ---------------------------------------------------------------- who sees a row
def _inside(known: Facts, reader: Reader, row: Row) -> bool:
    return is_inside(known, reader, row["group_id"])


def _takes_part(known: Facts, reader: Reader, row: Row) -> bool:
    part = _part_of(known, reader, row["group_id"])
    return part is not None and part["role"] != "guest"


def _minutes_of(known: Facts, reader: Reader, row: Row) -> bool:
    """Participants always; guests once they are published."""
    version = known["forum.Minutes"][row["minutes_id"]] if "minutes_id" in row else row
    if version["state"] == "published":
        return _inside(known, reader, row)
    return _takes_part(known, reader, row)


RULES = {
    "forum.Meeting": _inside,
    "forum.AgendaItem": _inside,
    "forum.Paper": _inside,
    "forum.Attendance": _inside,
    "forum.Minutes": _minutes_of,
    "forum.MinutesSection": _minutes_of,
    "forum.MinutesLine": _minutes_of,
    "forum.MinutesReply": _takes_part,
    "forum.CalendarLink": lambda _known, reader, row: row["person_id"] == reader.person,
}
KEPT = {
    "forum.Meeting.zone": "a name that the time-zone database knows",
    "forum.Meeting.reason_language": "as language",
    "forum.Attendance.role": "a copy of a choice",
    "forum.MinutesSection.title_language": "as language",
    "forum.MinutesReply.answer_language": "as language",
    "forum.CalendarLink.secret_hash": "a hash",
}


def _if_said(word: str, old: str) -> str:
    return word if old else ""


SHAPES = {
    "forum.Meeting.reason": _if_said,
    "forum.Meeting.livestream": lambda word, _old: f"https://meet.example.org/{word}",
    "forum.MinutesReply.answer": _if_said,
}


# ---------------------------------------------------------------- every route
def within(ok: Any = INSIDERS, *things: Any, status: int = 200, body: Any = None, **answers: int) -> Case:
    """Return what a page inside the group answers; whoever has not accepted the notice is sent to it.

    Args:
        answers: what else somebody gets; everybody who is not named is told that it is not theirs (403).
    """
    return page(
        ok,
        forbidden=MEMBERS - frozenset(ok),
        of=(KEY, *things),
        status=status,
        body=body,
        otherwise={"unlinked": 302, **answers},
    )


def told(ok: Any, *things: Any, **about: Any) -> Case:
    """Return what such a page answers to a POST that did what was asked."""
    given: dict[str, Any] = {"status": 302, "body": says()} | about
    return within(ok, *things, **given)


UNSEEN = {"far_supplier": 404}  # a guest and minutes that are not published
_AT = (timezone.now() + SOON).strftime("%Y-%m-%dT12:00")
SAID = {"title": "Autumn", "zone": "Europe/London", "starts_at": _AT, "minutes": "60"}
POINTS = {
    "points-TOTAL_FORMS": "1",
    "points-INITIAL_FORMS": "0",
    "points-0-title": "Wages",
}


def _points(world: Any) -> dict[str, Any]:
    return {**POINTS, "points-0-code": world["meeting_point"].code}


def _day(_world: Any) -> dict[str, str]:
    return {"open_until": (timezone.localdate() + SOON).isoformat()}


def both(ok: Any, *things: Any, body: Any, **answers: int) -> dict[str, Case]:
    """Return what a form answers, by GET and POST."""
    return {"get": within(ok, *things, **answers), "post": told(ok, *things, body=body, **answers)}


PAGES: dict[str, dict[str, Case]] = {
    "forum:group_meetings": {"get": within()},
    "forum:meeting_new": both(LEADS, body=says(**SAID)),
    "forum:meeting": {"get": within(INSIDERS, "meeting")},
    "forum:meeting_edit": both(LEADS, "meeting", body=says(**SAID)),
    "forum:meeting_cancel": both(LEADS, "meeting", body=says(reason="Strike")),
    "forum:meeting_hold": {"post": told(LEADS, "meeting_begun")},
    "forum:meeting_answer": {"post": told(INSIDERS, "meeting", body=says(answer="coming"))},
    "forum:meeting_file": {"get": within(INSIDERS, "meeting")},
    "forum:agenda_edit": both(LEADS, "meeting", body=_points),
    "forum:agenda_print": {"get": within(INSIDERS, "meeting")},
    "forum:paper_add": {
        "get": within(PARTICIPANTS, "meeting", "meeting_point"),
        "post": told(PARTICIPANTS, "meeting", "meeting_point", status=422, body=says(x="x")),
    },
    "forum:paper_file": {"get": within(INSIDERS, "meeting", "paper")},
    "forum:paper_remove": {"post": told(LEADS | {"customer"}, "meeting", "paper")},
    "forum:meeting_attendance": both(LEADS, "meeting_draft", body=says(x="x")),
    "forum:minutes_begin": {"post": told(PARTICIPANTS, "meeting_bare")},
    "forum:minutes": {"get": within(PARTICIPANTS, "meeting_draft", 1, **UNSEEN)},
    "forum:minutes_section": both(
        PARTICIPANTS, "meeting_draft", 1, 1, body=says(text="x", version="0"), **UNSEEN
    ),
    "forum:minutes_section_keep": {
        "post": within(PARTICIPANTS, "meeting_draft", 1, 1, body=says(text="x", version="0"), **UNSEEN)
    },
    "forum:minutes_line_add": both(
        PARTICIPANTS, "meeting_draft", 1, 1, body=says(kind="decision", text="x"), **UNSEEN
    ),
    "forum:minutes_line_remove": {"post": told(PARTICIPANTS, "meeting_draft", 1, "minutes_line", **UNSEEN)},
    "forum:minutes_propose": both(LEADS, "meeting_draft", 1, body=_day, **UNSEEN),
    "forum:minutes_take_back": {"post": told(LEADS, "meeting_proposed", 1, **UNSEEN)},
    "forum:minutes_reply": both(PARTICIPANTS, "meeting_proposed", 1, body=says(text="York"), **UNSEEN),
    "forum:minutes_answer": both(
        LEADS, "meeting_proposed", 1, "minutes_reply", body=says(answer="Yes"), **UNSEEN
    ),
    "forum:minutes_approve": {"post": told(LEADS, "meeting_closing", 1, **UNSEEN)},
    "forum:minutes_publish": {"post": told(LEADS, "meeting_approved", 1, **UNSEEN)},
    "forum:minutes_correct": both(LEADS, "meeting_approved", 1, body=says(why="York"), **UNSEEN),
    "forum:minutes_compare": {"get": within(PARTICIPANTS, "meeting_published", 2, **UNSEEN)},
    "forum:minutes_pdf": {
        "get": told(PARTICIPANTS, "meeting_approved", 1, **UNSEEN),
        "post": told(PARTICIPANTS, "meeting_approved", 1, **UNSEEN),
    },
    "forum:minutes_pdf_file": {
        "get": within({"customer"}, "meeting_published", 1, **dict.fromkeys(INSIDERS - {"customer"}, 404))
    },
    "forum:meeting_by_code": {"get": page(INSIDERS, of="meeting", status=302)},
    "forum:minutes_by_code": {"get": page(PARTICIPANTS, of="minutes_draft", status=302)},
    "forum:calendar": {"get": page(), "post": page(MEMBERS, body=says())},
    "forum:calendar_end": {"post": done(MEMBERS)},
    # Whoever has the secret reads, signed in or not; what it shows stands in `tests/forum/views/test_calendar.py`.
    "forum:calendar_feed": {"get": everyone(of=(SECRET,))},
}
NO_LISTS = {"forum:calendar": "one address at most"}


# ---------------------------------------------------------------- states and moves
def _version_with(state: str) -> dict[str, Any]:
    """Return the columns that a state of minutes has; the time for corrections is over."""
    at = timezone.now()
    is_put, is_kept = state != MinutesState.DRAFT, state in {MinutesState.APPROVED, MinutesState.PUBLISHED}
    return {
        "proposed_at": at - SOON if is_put else None,
        "open_until": at - dt.timedelta(minutes=1) if is_put else None,
        "approved_at": at if is_kept else None,
        "published_at": at if state == MinutesState.PUBLISHED else None,
    }


def _propose(viewer: Any, row: Minutes) -> Any:
    at = timezone.now()
    return propose_minutes(viewer=viewer, minutes=row, open_until=at + SOON, at=at)


WATCHERS = frozenset({"supplier", "customer", "far_supplier", "rival", "editor"})
LIVES = [
    Life(
        Meeting,
        "meeting_begun",
        MEETING,
        {
            "hold": (now(hold_meeting, "meeting"), {MeetingState.PLANNED: MeetingState.HELD}, LEADS),
            "call off": (
                now(cancel_meeting, "meeting", reason="Strike"),
                {MeetingState.PLANNED: MeetingState.CANCELLED},
                LEADS,
            ),
        },
        WATCHERS,
        related=("group",),
    ),
    Life(
        Minutes,
        "minutes_draft",
        MINUTES,
        {
            "propose": (_propose, {MinutesState.DRAFT: MinutesState.PROPOSED}, LEADS),
            "take back": (
                now(take_minutes_back, "minutes"),
                {MinutesState.PROPOSED: MinutesState.DRAFT},
                LEADS,
            ),
            "approve": (
                now(approve_minutes, "minutes"),
                {MinutesState.PROPOSED: MinutesState.APPROVED},
                LEADS,
            ),
            "publish": (
                now(publish_minutes, "minutes"),
                {MinutesState.APPROVED: MinutesState.PUBLISHED},
                LEADS,
            ),
        },
        WATCHERS,
        related=("meeting__group", "group"),
        with_state=_version_with,
    ),
]
