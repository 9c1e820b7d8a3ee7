"""A buyer's standing position on a workplace requirement: said once, for all its suppliers."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import PositionState
from findings.models.methodology import WorkplaceRequirement
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.lifecycle import LinkState
from sourcing.models import TradeLink


class PositionQuerySet(models.QuerySet["Position"]):
    """Standing positions, as far as a viewer may read them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's organisation's own, and those of its customers by a trade link in force."""
        if viewer is None:
            return self.none()
        links = TradeLink.objects.filter(supplier_id=viewer.organisation_id, state=LinkState.ACCEPTED)
        return self.filter(
            models.Q(organisation_id=viewer.organisation_id)
            | models.Q(organisation_id__in=links.values("buyer_id"))
        )

    def owned_by(self, viewer: Viewer) -> Self:
        """The viewer's organisation's own, in force or not."""
        return self.filter(organisation_id=viewer.organisation_id)


class Position(models.Model):
    """What one buyer thinks and offers on one requirement; its words stand in versions, append-only."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    requirement = models.ForeignKey(
        WorkplaceRequirement, models.PROTECT, related_name="+", verbose_name=_("workplace requirement")
    )
    in_all_versions = models.BooleanField(_("in all versions of this methodology"), default=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, state.value) for state in PositionState],
        default=PositionState.STATED,
    )
    stated_at = models.DateTimeField(_("stated"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing position")
        verbose_name_plural = _("standing positions")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "requirement"],
                condition=models.Q(state="stated"),
                name="one_position_per_requirement",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn", withdrawn_at__isnull=False)
                | models.Q(state="stated", withdrawn_at=None),
                name="a_withdrawn_position_says_when",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-stated_at", "-id"], name="position_by_owner")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose words these are: the buyer."""
        return self.organisation_id

    @property
    def latest(self) -> "PositionVersion":
        """The version in force."""
        return list(self.versions.all())[-1]

    def look_on(self, on: date) -> str:
        """Return what it is on a day: "in_force", "to_come", "over" or "withdrawn"."""
        if self.state == PositionState.WITHDRAWN:
            return "withdrawn"
        said = self.latest
        if said.valid_from > on:
            return "to_come"
        return "over" if said.valid_until and said.valid_until < on else "in_force"


class PositionVersionQuerySet(models.QuerySet["PositionVersion"]):
    """Versions of positions."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the positions that the viewer may read."""
        return self.filter(position__in=Position.objects.visible_to(viewer))


class PositionVersion(models.Model):
    """What a position says; append-only."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="versions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("what we think and ask"), max_length=4000)
    support = models.TextField(_("what we offer"), max_length=2000, blank=True)
    contact = models.CharField(_("whom to write to"), max_length=250)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answers_plans = models.BooleanField(_("also answers plans"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = PositionVersionQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="position_version_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="a_position_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="a_position_says_something"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of position {self.position_id}"
