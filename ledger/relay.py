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
from ledger.registry import Notice, Recipient, notice_for, reactions_to

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
        held = tries.hold(rows).select_related("entry")
        told = [row.pk for row in held if _told(row, at)]
        Outbox.objects.filter(pk__in=told).delete()
    return len(told)


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


def _deliver(notice: Notice, entry: Entry, at: datetime) -> None:
    recipients = list(notice.recipients(entry))
    wanted = [recipient.person_id for recipient in recipients if recipient.person_id]
    people = get_user_model()._default_manager.filter(is_active=True).in_bulk(wanted)
    deliveries = [
        delivery
        for recipient in _once_each(recipients)
        if (person := people.get(recipient.person_id)) is not None or recipient.address
        for delivery in _deliveries(notice, entry, recipient, person, at)
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
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
