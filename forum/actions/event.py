"""The verbs of an event: prepare, change, publish, close, call off."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from forum.actions.reminders import drop_reminders, plan_reminders
from forum.lifecycle import EVENT, TAKES_PLACE, EventState
from forum.models import Event, EventGuest, Joining
from forum.models.event_facts import EventSaid
from forum.permissions.event import (
    can_cancel_event,
    can_change_event,
    can_close_registration,
    can_organise,
    can_publish_event,
    can_run_series,
)
from forum.permissions.group import can_enter
from forum.queries.event import hold_event
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

PREPARED = "forum.event_prepared"
CHANGED = "forum.event_changed"
MOVED = "forum.event_moved"
PUBLISHED = "forum.event_published"
CLOSED = "forum.event_closed"
REOPENED = "forum.event_reopened"
CANCELLED = "forum.event_cancelled"

LONGEST = dt.timedelta(days=14)


def prepare_event(*, viewer: Viewer, said: EventSaid, at: dt.datetime) -> Event:
    """Prepare an event as a draft, which its organiser alone reads.

    Raises:
        Forbidden: see `can_organise`. Refusal: times that cannot be.
    """
    can_organise(viewer).require()
    _fits(viewer, said, at=at)
    with transaction.atomic():
        event = Event.objects.create(
            organiser_id=viewer.organisation_id, created_at=at, changed_at=at, **said.columns()
        )
        event.refresh_from_db()
        _keep_apart(event, said)
        record(verb=PREPARED, by=viewer, subject=event, owner_id=event.organiser_id, at=at)
    return event


def change_event(*, viewer: Viewer, event: Event, said: EventSaid, at: dt.datetime) -> Event:
    """Say anew what an event is.

    Promises: people who registered are told of a new time or place; reminders follow; a higher capacity passes free
    places on. Nobody who has a place loses it: capacity below the places that are held is refused.

    Raises:
        Forbidden: see `can_change_event`. Refusal: times that cannot be; `capacity-below-places`.
    """
    with transaction.atomic():
        hold_event(event.pk)
        event = Event.objects.visible_to(viewer).select_related("joining").get(pk=event.pk)
        can_change_event(viewer, event).require()
        _fits(viewer, said, at=at, was=event)
        _keeps_everyone(event, said)
        before = {name: getattr(event, name) for name in ("starts_at", "ends_at", "place", "capacity")}
        way = getattr(event, "joining", None)
        link = way.link if way else ""
        for name, value in said.columns().items():
            setattr(event, name, value)
        is_moved = any(before[name] != getattr(event, name) for name in ("starts_at", "ends_at", "place"))
        event.changed_at = at
        event.sequence += 1 if is_moved or link != said.joining_link else 0
        event.save(update_fields=[*said.columns(), "changed_at", "sequence"])
        _keep_apart(event, said)
        data = {"title": str(event), "capacity_before": before["capacity"], "capacity_after": event.capacity}
        record(verb=CHANGED, by=viewer, subject=event, owner_id=event.organiser_id, at=at, data=data)
        if event.state in TAKES_PLACE:
            plan_reminders(event, at=at)
            if is_moved:
                _tell_of_move(viewer, event, before, at=at)
    return event


def publish_event(*, viewer: Viewer, event: Event, at: dt.datetime) -> Event:
    """Let people read of an event and register; also opens registration again that was closed.

    Raises:
        Forbidden: see `can_publish_event`. Refusal: `illegal-move`.
    """
    with transaction.atomic():
        hold_event(event.pk)
        event = Event.objects.visible_to(viewer).get(pk=event.pk)
        can_publish_event(viewer, event, at=at).require()
        verb = PUBLISHED if event.state == EventState.DRAFT else REOPENED
        _move(viewer, event, EventState.PUBLISHED, verb, at=at)
        plan_reminders(event, at=at)
    return event


def close_registration(*, viewer: Viewer, event: Event, at: dt.datetime) -> Event:
    """Take no more registrations; places that become free still go to those who wait.

    Raises:
        Forbidden: see `can_close_registration`.
    """
    with transaction.atomic():
        hold_event(event.pk)
        event = Event.objects.visible_to(viewer).get(pk=event.pk)
        can_close_registration(viewer, event).require()
        _move(viewer, event, EventState.CLOSED, CLOSED, at=at)
    return event


def cancel_event(
    *, viewer: Viewer, event: Event, reason: str = "", language: str = "", at: dt.datetime
) -> Event:
    """Call an event off.

    Promises: everybody who has a place, was offered one or waits is told, with the reason; reminders stop.

    Raises:
        Forbidden: see `can_cancel_event`.
    """
    with transaction.atomic():
        hold_event(event.pk)
        event = Event.objects.visible_to(viewer).get(pk=event.pk)
        can_cancel_event(viewer, event).require()
        was_draft = event.state == EventState.DRAFT
        event.sequence += 1
        data = {"title": str(event), "reason": reason.strip(), "language": language}
        _move(viewer, event, EventState.CANCELLED, CANCELLED, at=at, data=data, also=["sequence"])
        if not was_draft:
            drop_reminders(event, at=at)
    return event


def _move(
    viewer: Viewer,
    event: Event,
    to: EventState,
    verb: str,
    *,
    at: dt.datetime,
    data: dict[str, Any] | None = None,
    also: Sequence[str] = (),
) -> None:
    event.changed_at = at
    move(
        event,
        to=to,
        lifecycle=EVENT,
        verb=verb,
        by=viewer,
        owner_id=event.organiser_id,
        at=at,
        data=data or {"title": str(event)},
        also=["changed_at", *also],
    )


def _tell_of_move(viewer: Viewer, event: Event, before: dict[str, Any], *, at: dt.datetime) -> None:
    data = {
        "title": str(event),
        "starts_at": event.starts_at.isoformat(),
        "started_before": before["starts_at"].isoformat(),
        "place": event.place,
        "is_other_time": (before["starts_at"], before["ends_at"]) != (event.starts_at, event.ends_at),
        "is_other_place": before["place"] != event.place,
    }
    record(verb=MOVED, by=viewer, subject=event, owner_id=event.organiser_id, at=at, data=data)


def _keep_apart(event: Event, said: EventSaid) -> None:
    """Keep how to join, and who is named, in rows of their own."""
    Joining.objects.update_or_create(
        event=event,
        defaults={
            "link": said.joining_link,
            "words": said.joining_words.strip(),
            "organiser_id": event.organiser_id,
        },
    )
    named = {one.pk for one in said.organisations} if said.opens_to == Event.OpensTo.ORGANISATIONS else set()
    rows = EventGuest.objects.filter(event=event)
    rows.exclude(organisation_id__in=named).delete()
    for pk in sorted(named - set(rows.values_list("organisation_id", flat=True))):
        EventGuest.objects.create(event=event, organiser_id=event.organiser_id, organisation_id=pk)


def _fits(viewer: Viewer, said: EventSaid, *, at: dt.datetime, was: Event | None = None) -> None:
    """Refuse times that cannot be, each with words beside its field."""
    wrong: dict[str, list[str]] = {}
    if said.ends_at <= said.starts_at:
        wrong["ends"] = [_("It ends before it starts. Choose an end that is later than the start.")]
    elif said.ends_at - said.starts_at > LONGEST:
        wrong["ends"] = [_("An event lasts two weeks at most. Make several of it, in a series.")]
    if said.starts_at <= at and (was is None or was.starts_at != said.starts_at):
        wrong["starts"] = [_("This time is over. Choose one that is still to come.")]
    if said.register_by is not None and said.register_by > said.starts_at:
        wrong["register_until"] = [_("People can register until the start at the latest.")]
    if said.opens_to == Event.OpensTo.CAPABILITIES and not said.capabilities:
        wrong["capabilities"] = [_("Choose at least one kind of organisation.")]
    if said.opens_to == Event.OpensTo.ORGANISATIONS and not said.organisations:
        wrong["organisations"] = [_("Name at least one organisation.")]
    if said.opens_to == Event.OpensTo.GROUP and said.group is None:
        wrong["group"] = [_("Choose the group.")]
    if wrong:
        raise Refusal("event-does-not-fit", next(iter(wrong.values()))[0], fields=wrong)
    if said.series is not None:
        can_run_series(viewer, said.series).require()
    if said.group is not None and (was is None or was.group_id != said.group.pk):
        can_enter(viewer, said.group).require()


def _keeps_everyone(event: Event, said: EventSaid) -> None:
    """Refuse fewer places than are held: nobody is thrown out by a number."""
    if said.capacity is None or said.capacity >= event.places_held:
        return
    words = _(
        "%(n)s places are taken or offered, and nobody loses theirs. Choose at least %(n)s, or cancel some first."
    ) % {"n": event.places_held}
    raise Refusal("capacity-below-places", words, fields={"capacity": [words]})
