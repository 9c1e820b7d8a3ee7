"""Who is told of meetings and minutes, and how it reads in a history. No letter says a title, a place or a link."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from forum.actions import calendar, meeting, minutes
from forum.lifecycle import MeetingState, MinutesState
from forum.models import Answer, Attendance, GroupAccess, Meeting, Minutes, MinutesReply
from ledger.models import Channel, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice

MEETING, MEETING_CODE = "forum:meeting", "key code"
MINUTES, MINUTES_CODE = "forum:minutes", "key code number"
INBOX = (Channel.INBOX,)


def _inside(entry: Entry, **only: bool) -> Iterable[Recipient]:
    """Everybody who may enter now but who did it; once a person, for whichever of their organisations."""
    rows = GroupAccess.objects.filter(group_id=entry.subject_id, **only).exclude(
        person_id=entry.actor_id or 0
    )
    for row in rows.order_by("person_id", "pk").distinct("person_id"):
        yield Recipient(row.person_id, row.organisation_id)


def _stands(entry: Entry, *states: str) -> bool:
    return Meeting.objects.filter(code=entry.data.get("code"), state__in=states).exists()


def _version(entry: Entry, *states: str) -> bool:
    return Minutes.objects.filter(code=entry.data.get("minutes"), state__in=states).exists()


@notice(meeting.PLANNED, route=MEETING, code_in=MEETING_CODE)
def _planned(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside, as long as it is to take place."""
    return _inside(entry) if _stands(entry, MeetingState.PLANNED) else ()


@notice(meeting.MOVED, route=MEETING, code_in=MEETING_CODE)
def _moved(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside, as long as it is to take place."""
    return _inside(entry) if _stands(entry, MeetingState.PLANNED) else ()


@notice(meeting.CANCELLED, route=MEETING, code_in=MEETING_CODE)
def _cancelled(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside."""
    return _inside(entry)


@notice(meeting.NEAR, route=MEETING, code_in=MEETING_CODE)
def _near(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside who has not said that they do not come."""
    found = Meeting.objects.filter(code=entry.data.get("code"), state=MeetingState.PLANNED).first()
    if found is None or found.starts_at.isoformat() != entry.data.get("starts_at"):
        return
    away = Attendance.objects.filter(
        meeting=found,
        answer=Answer.NOT_COMING,
        participant__person_id=OuterRef("person_id"),
        participant__organisation_id=OuterRef("organisation_id"),
    )
    rows = GroupAccess.objects.filter(~Exists(away), group_id=entry.subject_id)
    for row in rows.order_by("person_id", "pk").distinct("person_id"):
        yield Recipient(row.person_id, row.organisation_id)


@notice(minutes.PROPOSED, route=MINUTES, code_in=MINUTES_CODE)
def _proposed(entry: Entry) -> Iterable[Recipient]:
    """Participants, while they can still say something to them."""
    return _inside(entry, is_guest=False) if _version(entry, MinutesState.PROPOSED) else ()


@notice(minutes.APPROVED, route=MINUTES, code_in=MINUTES_CODE)
def _approved(entry: Entry) -> Iterable[Recipient]:
    """Participants."""
    return _inside(entry, is_guest=False)


@notice(minutes.PUBLISHED, route=MINUTES, code_in=MINUTES_CODE)
def _published(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside, guests as well; the inbox is enough."""
    for one in _inside(entry):
        yield Recipient(one.person, one.organisation, channels=INBOX)


@notice(minutes.REPLIED, route=MINUTES, code_in=MINUTES_CODE)
def _replied(entry: Entry) -> Iterable[Recipient]:
    """The co-leads, while the correction waits for an answer."""
    waits = MinutesReply.objects.filter(code=entry.data.get("reply"), answered_at=None).exists()
    return _inside(entry, is_co_lead=True) if waits else ()


@notice(minutes.ANSWERED, route=MINUTES, code_in=MINUTES_CODE)
def _answered(entry: Entry) -> Iterable[Recipient]:
    """Whoever asked for the correction, as long as they may enter."""
    reply = MinutesReply.objects.filter(code=entry.data.get("reply")).first()
    for one in _inside(entry) if reply else ():
        if reply and one.person_id == reply.person_id:
            yield one


@notice(minutes.WINDOW_OVER, route=MINUTES, code_in=MINUTES_CODE)
def _window_over(entry: Entry) -> Iterable[Recipient]:
    """The co-leads, while nobody has recorded the approval."""
    return _inside(entry, is_co_lead=True) if _version(entry, MinutesState.PROPOSED) else ()


phrase(meeting.PLANNED, _("%(who)s planned a meeting of %(what)s."))
phrase(meeting.MOVED, _("%(who)s moved a meeting of %(what)s."))
phrase(meeting.EDITED, _("%(who)s changed what stands about a meeting of %(what)s."))
phrase(meeting.CANCELLED, _("%(who)s called off a meeting of %(what)s."))
phrase(meeting.HELD, _("%(who)s noted that %(what)s met."))
phrase(meeting.NEAR, _("%(what)s meets within a day."))
phrase(meeting.AGENDA_SET, _("%(who)s set the agenda of a meeting of %(what)s."))
phrase(meeting.PAPER_ADDED, _("%(who)s added a paper to a meeting of %(what)s."))
phrase(meeting.PAPER_OUT, _("%(who)s took a paper from a meeting of %(what)s."))
phrase(meeting.NOTED, _("%(who)s noted who was at a meeting of %(what)s."))
phrase(minutes.BEGUN, _("%(who)s began version %(number)s of minutes of %(what)s."))
phrase(minutes.PROPOSED, _("%(who)s put version %(number)s of minutes to %(what)s."))
phrase(minutes.TAKEN_BACK, _("%(who)s took version %(number)s of minutes of %(what)s back to mend them."))
phrase(minutes.REPLIED, _("%(who)s asked for a correction in minutes of %(what)s."))
phrase(minutes.ANSWERED, _("%(who)s answered a correction asked for in minutes of %(what)s."))
phrase(minutes.WINDOW_OVER, _("The time for corrections in minutes of %(what)s is over."))
phrase(minutes.APPROVED, _("%(who)s recorded that %(what)s approved version %(number)s of minutes."))
phrase(minutes.PUBLISHED, _("%(who)s published version %(number)s of minutes of %(what)s."))
phrase(calendar.MADE, _("%(who)s made an address for their own calendar."))
phrase(calendar.ENDED, _("%(who)s ended the address of their own calendar."))
