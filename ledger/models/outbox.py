"""What the relay has still to look at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.entry import Entry
from ledger.models.tries import Tried


class Outbox(Tried):
    """An entry that nobody has been told of yet. Written by trigger, removed by the relay when all is told.

    People and pages never see this table: the role that serves them has no right to it at all.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    parked_at = models.DateTimeField(_("parked"), null=True)

    class Meta:
        verbose_name = _("outbox row")
        verbose_name_plural = _("outbox")
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], condition=models.Q(parked_at=None), name="outbox_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
