"""Views of a portfolio that an organisation keeps, and what its people are told about them."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Kept views, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's organisation: every colleague uses them."""
        return self.none() if viewer is None else self.filter(organisation_id=viewer.organisation_id)


class SavedView(models.Model):
    """Filters and order of the portfolio under a name; shared in the organisation."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    asked = models.JSONField(_("filters and order"), default=dict)
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("kept by")
    )
    saved_at = models.DateTimeField(_("kept"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="saved_view_named_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own; what a person wants to be told is nobody else's business."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id, person_id=viewer.person_id)


class Subscription(models.Model):
    """What a person wants to hear about the suppliers in a view, and how often."""

    class Event(models.TextChoices):
        BUSINESS_CRITICAL = "business_critical", _("gets a business-critical non-compliance")
        CRITICAL = "critical", _("gets a critical non-compliance")
        OVERDUE = "overdue", _("has a non-compliance that went past its date")
        CAR = "car", _("gets something to work on together")
        PLAN = "plan", _("shares an action plan")
        AUDIT = "audit", _("has a new audit")

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every day, if there is something")
        WEEKLY = "weekly", _("Every Monday, if there is something")

    saved_view = models.ForeignKey(SavedView, models.CASCADE, related_name="subscriptions")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    events = ArrayField(models.CharField(max_length=20, choices=Event.choices), verbose_name=_("events"))
    rhythm = models.CharField(_("how often"), max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY)
    told_until = models.DateTimeField(_("told of everything until"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["saved_view", "person"], name="subscribed_once_per_view"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.saved_view_id}"

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id

    @property
    def words(self) -> list[Any]:
        """The events in words."""
        return [label for value, label in self.Event.choices if value in self.events]
