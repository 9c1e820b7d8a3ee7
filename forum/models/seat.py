"""Seats: which organisation speaks for which constituency, and through whom."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.models.group import Group
from forum.models.naming import NamesPeople
from forum.visibility import for_members, inside
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class Constituency(models.TextChoices):
    """For whom a seat speaks."""

    BUYER = "buyer", _("Buyers")
    SUPPLIER = "supplier", _("Suppliers")
    AUDIT_FIRM = "audit_firm", _("Audit firms")
    UNION = "union", _("Trade unions")
    NGO = "ngo", _("Non-governmental organisations")
    EXPERT = "expert", _("Experts")


class Place(models.TextChoices):
    """Who sits on a seat; an alternate speaks and votes only in the holder's place."""

    HOLDER = "holder", _("Holder")
    ALTERNATE = "alternate", _("Alternate")


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Every member knows which organisations hold a seat."""
        return for_members(self, viewer)

    def current(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)


class Seat(models.Model):
    """One organisation's seat in a group; whoever sits on it stands in `SeatHolding`, which only insiders read."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="seats")
    constituency = models.CharField(_("constituency"), max_length=12, choices=Constituency.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    organisation_name = models.CharField(_("organisation"), max_length=200, default="", editable=False)
    given_at = models.DateTimeField(_("given"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organisation"],
                condition=models.Q(ended_at=None),
                name="seat_once_per_organisation",
            ),
            models.CheckConstraint(
                condition=models.Q(constituency__in=Constituency.values), name="seat_constituency_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name


class SeatHoldingQuerySet(models.QuerySet["SeatHolding"]):
    """Who sits where."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Inside a group, its people know."""
        return inside(self, viewer)

    def current(self) -> Self:
        """Those who sit there now."""
        return self.filter(ended_at=None)


class SeatHolding(NamesPeople):
    """One person on one seat, as its holder or alternate, from a day on; it ends with their taking part."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="holdings")
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    place = models.CharField(_("sits there as"), max_length=10, choices=Place.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    person_name = models.CharField(_("name"), max_length=254, default="", editable=False)
    since_at = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = SeatHoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("person on a seat")
        verbose_name_plural = _("people on seats")
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "place"], condition=models.Q(ended_at=None), name="seat_place_is_taken_once"
            ),
            models.UniqueConstraint(
                fields=["seat", "person"], condition=models.Q(ended_at=None), name="seat_person_sits_once"
            ),
            models.CheckConstraint(condition=models.Q(place__in=Place.values), name="seat_place_is_known"),
        ]

    def __str__(self) -> str:
        return self.person_name
