"""Registrations for an event, and the places that they are for."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import HOLDING, OPEN_REGISTRATIONS, RegistrationState
from forum.models.event import OPEN_STATES, Event
from forum.models.naming import NamesPeople
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Role, Viewer


def _own_or_administered(viewer: Viewer, *people: str) -> models.Q:
    """Return the condition: what is of the viewer themselves, or, for an admin, of anybody in the organisation."""
    own = models.Q(organisation_id=viewer.organisation_id)
    if viewer.is_at_least(Role.ADMIN):
        return own
    mine = models.Q()
    for name in people:
        mine |= models.Q(**{name: viewer.person_id})
    return own & mine


class RegistrationQuerySet(models.QuerySet["Registration"]):
    """Registrations, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The organiser's, one's own, and as an admin those of one's organisation; never those of other attendees."""
        if viewer is None:
            return self.none()
        return self.filter(
            models.Q(organiser_id=viewer.organisation_id) | _own_or_administered(viewer, "person_id")
        )

    def still_open(self) -> Self:
        """Those that wait, were offered a place, or have one."""
        return self.filter(state__in=OPEN_STATES)


class Registration(NamesPeople):
    """One person's registration, or one of an organisation for several people.

    Place or waiting list is decided by the database, which locks the event and gives each arrival its number. Who the
    organiser is, and what the two were called, is filled in there as well.
    """

    class Kind(models.TextChoices):
        SELF = "self", _("For myself")
        GROUP = "group", _("For several people of my organisation")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations")
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_name = models.CharField(_("organisation"), max_length=200, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    person_name = models.CharField(_("registered by"), max_length=120, editable=False)
    kind = models.CharField(_("for whom"), max_length=5, choices=Kind.choices, default=Kind.SELF)
    quantity = models.PositiveIntegerField(_("how many places"), default=1)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=RegistrationState.WAITING,
        choices=[
            (RegistrationState.WAITING.value, _("Waiting")),
            (RegistrationState.OFFERED.value, _("Offered a place")),
            (RegistrationState.PLACED.value, _("Has a place")),
            (RegistrationState.DECLINED.value, _("Said no to the place")),
            (RegistrationState.EXPIRED.value, _("Offer ran out")),
            (RegistrationState.CANCELLED.value, _("Cancelled")),
        ],
    )
    arrival = models.PositiveIntegerField(default=0, editable=False)
    registered_at = models.DateTimeField(_("registered"))
    offered_at = models.DateTimeField(_("offered"), null=True, blank=True)
    offer_ends_at = models.DateTimeField(_("offer ends"), null=True, blank=True)
    placed_at = models.DateTimeField(_("placed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in RegistrationState]),
                name="event_registration_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="self", quantity=1) | models.Q(kind="group", quantity__gte=1),
                name="event_registration_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state="offered", offered_at__isnull=False, offer_ends_at__isnull=False)
                | ~models.Q(state="offered"),
                name="event_offer_ends_some_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="placed", placed_at__isnull=False) | ~models.Q(state="placed"),
                name="event_place_is_had_since_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_STATES, ended_at=None)
                | ~models.Q(state__in=OPEN_STATES) & models.Q(ended_at__isnull=False),
                name="event_registration_ends_at_a_time",
            ),
            models.UniqueConstraint(fields=["event", "arrival"], name="event_arrivals_are_one_by_one"),
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=models.Q(kind="self", state__in=OPEN_STATES),
                name="event_registers_a_person_once",
            ),
            models.UniqueConstraint(
                fields=["event", "organisation"],
                condition=models.Q(kind="group", state__in=OPEN_STATES),
                name="event_registers_a_group_once",
            ),
        ]
        indexes = [
            models.Index(fields=["event", "state", "arrival"], name="event_registration_line"),
            models.Index(fields=["organisation", "-registered_at"], name="event_registration_own"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation that runs the event."""
        return self.organiser_id

    @property
    def is_open(self) -> bool:
        """Whether it waits, was offered a place, or has one."""
        return self.state in OPEN_REGISTRATIONS

    @property
    def holds(self) -> bool:
        """Whether its places are taken from the others."""
        return self.state in HOLDING

    @property
    def is_group(self) -> bool:
        """Whether it is for several people."""
        return self.kind == self.Kind.GROUP


class EventPlaceQuerySet(models.QuerySet["EventPlace"]):
    """Places, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The organiser's, one's own, those one registered, and as an admin those of one's organisation."""
        if viewer is None:
            return self.none()
        return self.filter(
            models.Q(organiser_id=viewer.organisation_id)
            | _own_or_administered(viewer, "person_id", "registrant_id")
        )


class EventPlace(models.Model):
    """One chair: whose it is, as far as somebody said so, and whether they came.

    `is_held` and `is_open` follow the registration; the event, the organiser and the organisation are copied from it.
    """

    class Attendance(models.TextChoices):
        UNKNOWN = "", _("Not said")
        ATTENDED = "attended", _("Was there")
        ABSENT = "absent", _("Was not there")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="places")
    event = models.ForeignKey(Event, models.PROTECT, related_name="held_places", editable=False)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("organisation"), max_length=200, editable=False)
    registrant = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    number = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_held = models.BooleanField(default=False, editable=False)
    is_open = models.BooleanField(default=True, editable=False)
    attendance = models.CharField(
        _("attendance"), max_length=8, choices=Attendance.choices, blank=True, default=""
    )
    marked_at = models.DateTimeField(_("marked"), null=True, blank=True)

    objects = EventPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["registration", "number"], name="event_place_has_its_number"),
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=models.Q(is_open=True, person__isnull=False),
                name="event_has_one_place_for_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(attendance__in=["", "attended", "absent"]),
                name="event_attendance_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(attendance="") | models.Q(is_held=True),
                name="event_attendance_is_of_a_place",
            ),
        ]
        indexes = [models.Index(fields=["event", "person"], name="event_place_of_person")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation that runs the event."""
        return self.organiser_id

    @property
    def attended(self) -> bool:
        """Whether the organiser says that somebody sat there."""
        return self.attendance == self.Attendance.ATTENDED
