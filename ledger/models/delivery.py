"""Telling one person of one entry through one channel."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.entry import Entry
from ledger.models.tries import Tried


class Channel(models.TextChoices):
    """The ways to reach a person."""

    INBOX = "inbox", _("Inbox")
    EMAIL = "email", _("E-mail")


class DeliveryState(models.TextChoices):
    """How far a delivery has come; parked is given up after the last try, withheld no longer theirs."""

    PENDING = "pending", _("Waiting")
    FAILED = "failed", _("Failed, will be tried again")
    SENT = "sent", _("Sent")
    PARKED = "parked", _("Given up")
    WITHHELD = "withheld", _("Not sent")


def new_delivery_code() -> str:
    """Return the code that stays with a delivery through every try; 122 random bits."""
    return uuid.uuid4().hex


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries; row security narrows them to the person who looks."""

    def inbox(self, person_id: int) -> Self:
        """What a person finds in the inbox, newest first."""
        return self.filter(person_id=person_id, channel=Channel.INBOX).order_by("-happened_at", "-id")

    def unread(self) -> Self:
        """Those not opened yet."""
        return self.filter(read_at=None)

    def to_send(self) -> Self:
        """E-mails that still wait to go out."""
        return self.filter(channel=Channel.EMAIL, state__in=[DeliveryState.PENDING, DeliveryState.FAILED])


class Delivery(Tried):
    """One person told of one entry through one channel, at most once each.

    Somebody who has no account yet is told at their `address` instead, by e-mail alone.

    `title` and `path` are frozen in the reader's language when the relay makes the row: the reader may be
    told of an entry whose details (before and after) only its owner may see, so the inbox never reads the
    entry.
    """

    code = models.CharField(_("code"), max_length=32, unique=True, default=new_delivery_code, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="deliveries", verbose_name=_("entry"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="deliveries",
        verbose_name=_("person"),
    )
    address = models.EmailField(_("address of somebody without an account"), blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("told as a member of"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    verb = models.CharField(_("verb"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    path = models.CharField(_("address on this site"), max_length=300, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["entry", "person", "channel"], name="delivery_once_per_channel"),
            models.UniqueConstraint(
                fields=["entry", "address"], condition=~models.Q(address=""), name="delivery_once_per_address"
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=False, address="")
                | (models.Q(person=None, channel=Channel.EMAIL) & ~models.Q(address="")),
                name="delivery_to_a_person_or_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~models.Q(state=DeliveryState.SENT) & models.Q(sent_at=None)),
                name="delivery_sent_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "-happened_at", "-id"],
                condition=models.Q(channel=Channel.INBOX),
                name="delivery_inbox",
            ),
            models.Index(
                fields=["person"],
                include=["organisation"],
                condition=models.Q(channel=Channel.INBOX, read_at=None),
                name="delivery_unread",
            ),
            models.Index(
                fields=["next_try_at", "id"],
                condition=models.Q(state__in=[DeliveryState.PENDING, DeliveryState.FAILED]),
                name="delivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.channel})"
