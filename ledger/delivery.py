"""Sending the letters that wait. An inbox delivery is sent when it is made; this is about e-mail."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from ledger import tries, words
from ledger.models import Delivery, DeliveryState
from ledger.models.delivery import DeliveryQuerySet
from ledger.registry import notice_for
from ledger.relay import STALE_AFTER

log = structlog.get_logger(__name__)

LIMIT = 500  # letters in one run
BUDGET_SECONDS = 60.0  # for one run, however slow the post office: far below a task's time limit
PAUSE_SECONDS = 0.1  # at most ten letters a second from one worker


def send(at: datetime, *, limit: int = LIMIT, pause_seconds: float = PAUSE_SECONDS) -> int:
    """Send the letters that are due at `at`; return how many the post office took.

    A letter is locked while it is handed over, so two workers never send the same, and a worker killed with
    -9 frees it. Every try carries the same Message-ID. Only a worker that dies between the post office's
    yes and its own commit can make a second copy, one per death, and mail programs drop it by that id. A
    post office that does not answer costs no letter a try; a letter that fails eight times is parked with
    the error kept.
    """
    if not is_waiting(at):
        return 0
    sent, ends_at = 0, time.monotonic() + BUDGET_SECONDS
    with _post_office() as post:
        for _ in range(limit):
            if time.monotonic() > ends_at or not _is_open(post):
                break
            if not (keys := tries.book(_waiting(), at=at)):
                break
            sent += _send_one(keys[0], at, post)
            time.sleep(pause_seconds)
    return sent


def is_waiting(at: datetime) -> bool:
    """Tell whether a letter is due at `at`."""
    return _waiting().filter(next_try_at__lte=at).exists()


def _waiting() -> DeliveryQuerySet:
    due = Delivery.objects.to_send().filter(attempts__lt=tries.MOST_TRIES)
    return due.order_by("next_try_at", "id")


def _send_one(key: int, at: datetime, post: BaseEmailBackend) -> bool:
    """Hand one letter over and say so in the same transaction; tell whether it went out."""
    with transaction.atomic():
        rows = tries.hold(Delivery.objects.to_send().filter(pk=key))
        delivery = rows.select_related("entry", "person", "organisation").first()
        if delivery is None:
            return False
        try:
            with transaction.atomic():
                reason = _why_not(delivery, at)
                letter = None if reason else compose(delivery)
            if letter is not None:
                letter.connection = post
                letter.send()
        except Exception as error:  # a template, an address, a post office: the letter waits for its next try
            _failed(delivery, error)
            post.close()
            return False
        _finish(delivery, DeliveryState.WITHHELD if reason else DeliveryState.SENT, reason, at)
        return not reason


def compose(delivery: Delivery) -> EmailMultiAlternatives:
    """Return the e-mail of `delivery` in its reader's language and time zone."""
    notice = notice_for(delivery.verb)
    if notice is None:
        raise LookupError(f"Nobody is told of {delivery.verb!r} any more.")
    with words.reading_as(delivery.person):
        letter = words.letter_of(notice, delivery)
        attachments = list(notice.attach(delivery)) if notice.attach else []
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[delivery.person.email if delivery.person else delivery.address],
        headers={
            "Message-ID": message_id(delivery),
            "Auto-Submitted": "auto-generated",
            **ending(letter.stop_link),
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    for file in attachments:
        mail.attach(file.name, file.content, file.media_type)
    return mail


def ending(link: str) -> dict[str, str]:
    """Return the headers by which a mail program ends letters like this one with one click (RFC 8058)."""
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def message_id(delivery: Delivery) -> str:
    """Return the Message-ID that every try of `delivery` carries."""
    return f"<{delivery.code}@{host()}>"


def host() -> str:
    """Return the name by which this installation is known in mails and calendars."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _why_not(delivery: Delivery, at: datetime) -> str:
    """Return why the letter must not go out any more, or an empty string; the answer is as of now."""
    if delivery.happened_at < at - STALE_AFTER:
        return "Too old to send; the inbox has it."
    if delivery.person is not None and not delivery.person.is_active:
        return "The person cannot sign in any more."
    notice = notice_for(delivery.verb)
    told = {recipient.key for recipient in notice.recipients(delivery.entry)} if notice else set()
    if (delivery.person_id, delivery.address) not in told:
        return "The person is no longer to be told."
    if notice and notice.secret_path and not notice.secret_path(delivery.entry):
        return "The letter's link is no longer valid."
    return ""


def _finish(delivery: Delivery, state: DeliveryState, reason: str, at: datetime) -> None:
    delivery.state = state
    delivery.sent_at = at if state == DeliveryState.SENT else None
    delivery.error = reason
    delivery.save(update_fields=["state", "sent_at", "error"])


def _failed(delivery: Delivery, error: Exception) -> None:
    gives_up = delivery.attempts >= tries.MOST_TRIES
    delivery.state = DeliveryState.PARKED if gives_up else DeliveryState.FAILED
    delivery.error = tries.describe(error)
    delivery.save(update_fields=["state", "error"])
    log.warning(
        "letter_not_sent", delivery=delivery.code, attempts=delivery.attempts, error=type(error).__name__
    )


@contextmanager
def _post_office() -> Iterator[BaseEmailBackend]:
    post = get_connection()
    try:
        yield post
    finally:
        post.close()


def _is_open(post: BaseEmailBackend) -> bool:
    """Open the connection, or keep it open; tell whether the post office answers."""
    try:
        post.open()
    except OSError as error:
        log.warning("post_office_closed", error=type(error).__name__)
        return False
    return True
