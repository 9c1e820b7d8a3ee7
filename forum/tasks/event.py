"""What time does to events: reminders, offers that end, the end itself; and who is next when a place becomes free."""

import datetime as dt

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from forum.actions import booking, leaving, participant, registration, waiting
from forum.actions import event as events
from forum.actions.attendance import hold
from forum.actions.reminders import BEFORE, OVER, SOON, TOMORROW
from forum.lifecycle import TAKES_PLACE
from forum.models import Event
from forum.queries.event import HELD_STATES
from ledger.entries import record
from ledger.models import Entry, Occurrence
from ledger.registry import nightly, occurrence, reaction


def _remind(row: Occurrence, at: dt.datetime) -> None:
    """Tell those with a place, unless it moved, was called off, or has begun meanwhile."""
    event = Event.objects.get(pk=row.subject_id)
    is_planned = row.due_at == event.starts_at - BEFORE[row.kind]
    if event.state not in TAKES_PLACE or not is_planned or event.starts_at <= at:
        return
    record(
        verb=row.kind,
        by=None,
        subject=event,
        owner_id=event.organiser_id,
        at=at,
        data={"title": str(event), "starts_at": event.starts_at.isoformat()},
    )


occurrence(TOMORROW)(_remind)
occurrence(SOON)(_remind)


@occurrence(OVER)
def event_over(row: Occurrence, at: dt.datetime) -> None:
    """At its end the event was held."""
    hold(event_id=row.subject_id, at=at)


@occurrence(waiting.OFFER_ENDS)
def offer_ends(row: Occurrence, at: dt.datetime) -> None:
    """Nobody answered: the place goes to the next."""
    waiting.end_offer(registration_id=row.subject_id, at=at)


def _pass_on(entry: Entry) -> None:
    """A place may be free: offer it to whoever is next."""
    code = entry.data.get("event") or entry.subject_code
    event = Event.objects.filter(code=code).first()
    if event is not None:
        waiting.promote(event_id=event.pk, at=max(entry.at, timezone.now()))


for _verb in (
    registration.CANCELLED,
    registration.DECLINED,
    registration.WAITS,
    booking.CHANGED,
    leaving.FREED,
    waiting.EXPIRED,
    events.CHANGED,
    events.REOPENED,
):
    reaction(_verb)(_pass_on)


@reaction("organisations.membership_ended")
def left_the_organisation(entry: Entry) -> None:
    """Whoever is no member any more holds no place in its name."""
    if entry.owner_id is not None and entry.data.get("person"):
        leaving.leave_events(
            person_id=int(entry.data["person"]), organisation_id=entry.owner_id, at=timezone.now()
        )


def _left_the_group(entry: Entry) -> None:
    """Whoever is no participant any more holds no place at what is for the group alone."""
    if entry.data.get("participant"):
        leaving.leave_group_events(participant_id=int(entry.data["participant"]), at=timezone.now())


reaction(participant.LEFT)(_left_the_group)
reaction(participant.REMOVED)(_left_the_group)


class PlacesMiscounted(RuntimeError):
    """An event counts other places than its registrations hold."""


@nightly("forum.event_places")
def check_places(at: dt.datetime) -> None:
    """Raise the alarm when an event's count of places is not the sum of its registrations."""
    held = Coalesce(Sum("registrations__quantity", filter=Q(registrations__state__in=HELD_STATES)), 0)
    wrong = Event.objects.annotate(counted=held).exclude(places_held=F("counted")).order_by("pk")
    if found := list(wrong.values_list("code", flat=True)[:20]):
        raise PlacesMiscounted(", ".join(found))
