"""A calendar that a person subscribes to: an address with a secret in it, of which only a fingerprint is kept."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Person
from organisations.visibility import Viewer


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    """Addresses of calendars."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own."""
        return self.none() if viewer is None else self.filter(person_id=viewer.person_id)

    def in_force(self) -> Self:
        """Those that still open."""
        return self.filter(ended_at=None)


class CalendarLink(models.Model):
    """The address of one person's calendar, until it is ended or made anew."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at=None), name="calendar_one_address_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(("secret_hash__regex", r"^[0-9a-f]{64}$")),
                name="calendar_secret_is_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.code
