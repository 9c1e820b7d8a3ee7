"""What an organiser gives to those who came, and what they write to those who registered."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from forum.lifecycle import RegistrationState
from forum.models.event import Event, registered, seated, with_a_place
from ledger.codes import new_code
from organisations.models import Organisation
from organisations.visibility import Viewer


class MaterialQuerySet(models.QuerySet["Material"]):
    """Briefing notes, slides and recordings."""

    def visible_to(self, viewer: Viewer | None) -> Self:

        if viewer is None:
            return self.none()
        came = seated(viewer, is_held=True, attendance__in=["", "attended"])
        brought = registered(viewer, state=RegistrationState.PLACED, kind="group")
        released = models.Q(released_at__isnull=False) & (came | brought)
        return self.filter(models.Q(organiser_id=viewer.organisation_id) | released)


class Material(models.Model):
    """A file for those who came; its owner stays the organiser."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="materials")
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    document = models.OneToOneField(Document, models.PROTECT, related_name="event_material")
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    added_at = models.DateTimeField(_("added"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation that runs the event."""
        return self.organiser_id


class EventMessageQuerySet(models.QuerySet["EventMessage"]):
    """What organisers write to those who registered."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The organiser's, and what was written to people who stand as the viewer does."""
        if viewer is None:
            return self.none()
        waits = [RegistrationState.WAITING, RegistrationState.OFFERED]
        to_placed = with_a_place(viewer)
        to_waiting = registered(viewer, state__in=waits)
        return self.filter(
            models.Q(organiser_id=viewer.organisation_id)
            | models.Q(reaches__in=["placed", "all"]) & to_placed
            | models.Q(reaches__in=["waiting", "all"]) & to_waiting
        )


class EventMessage(models.Model):
    """A message of the organiser; append-only, since it has been sent."""

    class Reaches(models.TextChoices):
        PLACED = "placed", _("Those with a place")
        WAITING = "waiting", _("Those who wait")
        ALL = "all", _("Both")

    event = models.ForeignKey(Event, models.PROTECT, related_name="messages")
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    reaches = models.CharField(_("for"), max_length=8, choices=Reaches.choices, default=Reaches.PLACED)
    text = models.TextField(_("message"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    sent_at = models.DateTimeField(_("sent"))

    objects = EventMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message about an event")
        verbose_name_plural = _("messages about events")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def owner_id(self) -> int:
        """The organisation that runs the event."""
        return self.organiser_id
