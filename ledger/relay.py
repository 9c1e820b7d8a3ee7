"""From what happened to who is told: outbox rows become deliveries, and upper apps react.

Runs as the role job. Nothing here knows the broker: a task rings, the outbox says what is to do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.db import transaction

from ledger import bell, tries, words
from ledger.models import Channel, Delivery, DeliveryState, Entry, Outbox
from ledger.registry import (
    Notice,
    Recipient,
    is_told_together,
    notice_for,
    reactions_to,
    reactions_to_many,
)

log = structlog.get_logger(__name__)

BATCH = 100
LIMIT = 2000  # rows in one run, far below a task's time limit
STALE_AFTER = timedelta(days=30)


def relay(at: datetime, *, limit: int = LIMIT) -> int:
    """Tell of what is in the outbox at `at`, oldest first; return how many entries were told.

    Each entry is told in effect once: its deliveries, the reactions to it and the end of its outbox row
    commit together. An entry whose notice or reaction fails waits and is tried again, alone; the others go
    on. After eight tries it is parked with the error kept.
    """
    seen = told = 0
    while seen < limit and (keys := _next_batch(at)):
        seen += len(keys)
        told += _tell_batch(keys, at)
    return told


def _next_batch(at: datetime) -> Sequence[int]:
    """Book fresh rows together, those tried before one by one: a bad row spoils no batch."""
    waiting = Outbox.objects.filter(parked_at=None, attempts__lt=tries.MOST_TRIES).order_by("id")
    fresh, again = waiting.filter(attempts=0), waiting.filter(attempts__gt=0)
    return tries.book(fresh, at=at, size=BATCH) or tries.book(again, at=at)


def _tell_batch(keys: Sequence[int], at: datetime) -> int:
    with transaction.atomic():
        rows = Outbox.objects.filter(pk__in=keys, parked_at=None).order_by("id")
        held = list(tries.hold(rows).select_related("entry"))
        told = [key for alike in _groups(held) for key in _told_together(alike, at)]
        Outbox.objects.filter(pk__in=told).delete()
    return len(told)


def _groups(rows: Sequence[Outbox]) -> Iterable[Sequence[Outbox]]:
    """Part rows into those that can be told together, verb by verb, and those that are told alone."""
    together: dict[str, list[Outbox]] = {}
    for row in rows:
        alone = "" if is_told_together(row.entry.verb) else f" {row.pk}"
        together.setdefault(row.entry.verb + alone, []).append(row)
    return together.values()


def _told_together(rows: Sequence[Outbox], at: datetime) -> Sequence[int]:
    """Tell entries of one verb at once, or each alone if that fails; return the rows that were told."""
    if len(rows) > 1:
        try:
            with transaction.atomic():
                tell_many([row.entry for row in rows], at)
        except Exception:  # one of them, perhaps: alone, each shows its own error and the others are told
            log.warning("entries_fall_apart", verb=rows[0].entry.verb, entries=len(rows), exc_info=True)
        else:
            return [row.pk for row in rows]
    return [row.pk for row in rows if _told(row, at)]


def _told(row: Outbox, at: datetime) -> bool:
    try:
        with transaction.atomic():
            tell(row.entry, at)
    except Exception as error:  # whatever an app's notice or reaction raises, the row waits for its next try
        log.exception("entry_not_told", entry=row.entry_id, verb=row.entry.verb, attempts=row.attempts)
        row.error = tries.describe(error)
        row.parked_at = at if row.attempts >= tries.MOST_TRIES else None
        row.save(update_fields=["error", "parked_at"])
        return False
    return True


def tell(entry: Entry, at: datetime) -> None:
    """Make the deliveries of `entry` and let the upper apps react to it; safe to run again."""
    notice = notice_for(entry.verb)
    if notice is not None:
        _deliver(notice, entry, at)
    for react in reactions_to(entry.verb):
        react(entry)


def tell_many(entries: Sequence[Entry], at: datetime) -> None:
    """Do for entries of one verb what `tell` does for one, with as many statements for many as for one."""
    verb = entries[0].verb
    notice = notice_for(verb)
    if notice is not None and notice.of_many is not None:
        found = notice.of_many(entries)
        _make(notice, [(entry, list(found.get(entry.pk, ()))) for entry in entries], at)
    for react in reactions_to_many(verb):
        react(entries)


def _deliver(notice: Notice, entry: Entry, at: datetime) -> None:
    _make(notice, [(entry, list(notice.recipients(entry)))], at)


def _make(notice: Notice, told: Sequence[tuple[Entry, Sequence[Recipient]]], at: datetime) -> None:
    wanted = {one.person_id for _entry, recipients in told for one in recipients if one.person_id}
    people = get_user_model()._default_manager.filter(is_active=True).in_bulk(wanted)
    deliveries = [
        delivery
        for entry, recipients in told
        for recipient in _once_each(recipients)
        if (person := people.get(recipient.person_id)) is not None or recipient.address
        for delivery in _deliveries(notice, entry, recipient, person, at)
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True, batch_size=2000)
    if any(delivery.channel == Channel.EMAIL for delivery in deliveries):
        bell.ring("ledger.send")


def _deliveries(
    notice: Notice, entry: Entry, recipient: Recipient, person: Any, at: datetime
) -> Iterable[Delivery]:
    with words.reading_as(person):
        title = words.title_of(notice, entry, person=person)
    for channel in (Channel.EMAIL,) if recipient.address else recipient.channels:
        if channel == Channel.EMAIL and entry.at < at - STALE_AFTER:
            continue  # old news after a long standstill: the inbox has it, a letter would only alarm
        is_inbox = channel == Channel.INBOX
        yield Delivery(
            entry=entry,
            person_id=recipient.person_id,
            address=recipient.address,
            organisation_id=recipient.organisation_id,
            channel=channel,
            verb=entry.verb,
            title=title,
            path=words.path_of(notice, entry),
            happened_at=entry.at,
            state=DeliveryState.SENT if is_inbox else DeliveryState.PENDING,
            sent_at=at if is_inbox else None,
            next_try_at=at,
        )


def _once_each(recipients: Iterable[Recipient]) -> Iterable[Recipient]:
    """Keep the first of each person: someone in two organisations is told once, as a member of the first."""
    return {recipient.key: recipient for recipient in reversed(list(recipients))}.values()
