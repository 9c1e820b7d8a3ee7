"""An event, who is invited by name, and what only those with a place may read."""

import datetime as dt
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import OPEN_REGISTRATIONS, TAKES_PLACE, EventState, RegistrationState
from forum.models.group import Group, GroupAccess
from forum.models.series import EventTag, Series
from ledger.codes import new_code
from organisations.models import CAPABILITY_LABELS, Organisation
from organisations.visibility import Viewer


def registered(viewer: Viewer, *, event: str = "event_id", **how: Any) -> models.Q:
    """Return the condition that the viewer registered for the row's event; `how` says in which state."""
    mine = {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id, **how}
    named = {f"registrations__{name}": value for name, value in mine.items()}
    return models.Q(models.Exists(Event._base_manager.filter(pk=models.OuterRef(event), **named)))


def seated(viewer: Viewer, *, event: str = "event_id", **how: Any) -> models.Q:
    """Return the condition that a place at the row's event is in the viewer's own name."""
    mine = {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id, **how}
    named = {f"held_places__{name}": value for name, value in mine.items()}
    return models.Q(models.Exists(Event._base_manager.filter(pk=models.OuterRef(event), **named)))


def with_a_place(viewer: Viewer) -> models.Q:
    """Return the condition that the viewer has a place at the row's event, or registered those who have one."""
    return registered(viewer, state=RegistrationState.PLACED) | seated(viewer, is_held=True)


class EventQuerySet(models.QuerySet["Event"]):
    """Events, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own; what is published, unless it is for others by name or by group; and what one registered for."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        invited = EventGuest.objects.filter(event_id=models.OuterRef("pk"), organisation_id=own)
        inside = GroupAccess.objects.visible_to(viewer).filter(group_id=models.OuterRef("group_id"))
        is_open = models.Q(opens_to__in=[Event.OpensTo.EVERYONE, Event.OpensTo.CAPABILITIES])
        is_told = ~models.Q(state=EventState.DRAFT) & (
            is_open
            | models.Q(opens_to=Event.OpensTo.ORGANISATIONS) & models.Exists(invited)
            | models.Q(opens_to=Event.OpensTo.GROUP) & models.Exists(inside)
            | registered(viewer, event="pk")
            | seated(viewer, event="pk")
        )
        return self.filter(models.Q(organiser_id=own) | is_told)


class Event(models.Model):
    """One meeting of people at one time.

    `places_held`, `waiting` and `arrivals` are counted by triggers alone, together with what changes a registration;
    `event_places_within_capacity` is the guarantee that nobody gets a place that is not there. `zone` is the
    organiser's; moments are kept exactly, and shown to each reader in their own zone.
    """

    class Kind(models.TextChoices):
        WEBINAR = "webinar", _("Webinar")
        WORKSHOP = "workshop", _("Workshop")
        MEETING = "meeting", _("Meeting")
        FORUM = "forum_meeting", _("Forum meeting")
        SIDE = "side_event", _("Side event")

    class OpensTo(models.TextChoices):
        EVERYONE = "everyone", _("Everyone who is signed in")
        CAPABILITIES = "capabilities", _("Organisations of some kinds")
        ORGANISATIONS = "organisations", _("Organisations that you name")
        GROUP = "group", _("The people of one group")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organiser_name = models.CharField(_("organiser"), max_length=200, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="events")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.WEBINAR)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("what it is about"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    tags = ArrayField(
        models.CharField(max_length=20, choices=EventTag.choices),
        default=list,
        blank=True,
        verbose_name=_("purchasing categories"),
    )
    zone = models.CharField(_("time zone"), max_length=64)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    register_by = models.DateTimeField(_("register until"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    per_organisation = models.PositiveIntegerField(_("places for each organisation"), null=True, blank=True)
    opens_to = models.CharField(
        _("who can register"), max_length=14, choices=OpensTo.choices, default=OpensTo.EVERYONE
    )
    capabilities = ArrayField(
        models.CharField(
            max_length=20, choices=[(one.value, label) for one, label in CAPABILITY_LABELS.items()]
        ),
        default=list,
        blank=True,
        verbose_name=_("kinds of organisations"),
    )
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group")
    )
    offer_hours = models.PositiveSmallIntegerField(_("hours that an offer lasts"), default=48)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=EventState.DRAFT,
        choices=[
            (EventState.DRAFT.value, _("Draft")),
            (EventState.PUBLISHED.value, _("Published")),
            (EventState.CLOSED.value, _("Registration closed")),
            (EventState.HELD.value, _("Held")),
            (EventState.CANCELLED.value, _("Cancelled")),
        ],
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    places_held = models.PositiveIntegerField(default=0, editable=False)
    waiting = models.PositiveIntegerField(default=0, editable=False)
    arrivals = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    certificates_at = models.DateTimeField(_("certificates given"), null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in EventState]),
                name="event_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="event_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(register_by=None) | models.Q(register_by__lte=models.F("starts_at")),
                name="event_registration_ends_by_its_start",
            ),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(capacity__gte=1), name="event_has_places"
            ),
            models.CheckConstraint(
                condition=models.Q(per_organisation=None) | models.Q(per_organisation__gte=1),
                name="event_lets_each_organisation_in",
            ),
            models.CheckConstraint(
                condition=models.Q(offer_hours__gte=1, offer_hours__lte=336), name="event_offers_last_a_while"
            ),
            models.CheckConstraint(
                condition=models.Q(capacity=None) | models.Q(places_held__lte=models.F("capacity")),
                name="event_places_within_capacity",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_to="capabilities") & ~models.Q(capabilities=[])
                | ~models.Q(opens_to="capabilities") & models.Q(capabilities=[]),
                name="event_names_kinds_where_it_asks_for_them",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_to="group", group__isnull=False)
                | ~models.Q(opens_to="group") & models.Q(group=None),
                name="event_names_a_group_where_it_is_for_one",
            ),
            models.CheckConstraint(
                condition=models.Q(tags__contained_by=EventTag.values), name="event_tags_are_known"
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="event_by_start"),
            models.Index(fields=["organiser", "starts_at"], name="event_by_organiser"),
            models.Index(fields=["series", "starts_at"], name="event_by_series"),
        ]

    def __str__(self) -> str:
        """What entries call it; whole organisations read those, so what is for one group goes by its code."""
        return self.title if self.group_id is None else f"{self.get_kind_display()} {self.code}"

    @property
    def owner_id(self) -> int:
        """The organisation that runs it."""
        return self.organiser_id

    @property
    def tzinfo(self) -> ZoneInfo:
        """Return the organiser's time zone."""
        return ZoneInfo(self.zone)

    @property
    def free(self) -> int | None:
        """Return how many places are free; None where there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.places_held)

    @property
    def is_taking_place(self) -> bool:
        """Whether it is neither a draft, nor cancelled, nor over."""
        return self.state in TAKES_PLACE

    @property
    def minutes(self) -> int:
        """Return how long it lasts."""
        return int((self.ends_at - self.starts_at) / dt.timedelta(minutes=1))

    @property
    def tag_labels(self) -> list[str]:
        """Return the names of its purchasing categories."""
        return [str(EventTag(one).label) for one in self.tags if one in EventTag.values]

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """Return the key and the name of each, for the page that says what is known about it."""
        return [(one, str(EventTag(one).label)) for one in self.tags if one in EventTag.values]


class EventGuestQuerySet(models.QuerySet["EventGuest"]):
    """Invitations of organisations by name."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the organiser, and one's own: nobody learns who else was invited."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        return self.filter(models.Q(organiser_id=own) | models.Q(organisation_id=own))


class EventGuest(models.Model):
    """An organisation that an event names."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="guests")
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation_name = models.CharField(_("organisation"), max_length=200, editable=False)

    objects = EventGuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation invited by name")
        verbose_name_plural = _("organisations invited by name")
        constraints = [
            models.UniqueConstraint(fields=["event", "organisation"], name="event_names_an_organisation_once")
        ]

    def __str__(self) -> str:
        return self.organisation_name


class JoiningQuerySet(models.QuerySet["Joining"]):
    """How to join."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The organiser, and whoever has a place: nobody who waits, nobody who was offered one."""
        if viewer is None:
            return self.none()
        return self.filter(models.Q(organiser_id=viewer.organisation_id) | with_a_place(viewer))


class Joining(models.Model):
    """How to join an event: apart from it, since the event is read by many and this by those with a place."""

    event = models.OneToOneField(Event, models.CASCADE, related_name="joining")
    organiser = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    link = models.URLField(_("joining link"), max_length=500, blank=True)
    words = models.CharField(_("how to get in"), max_length=500, blank=True)

    objects = JoiningQuerySet.as_manager()

    class Meta:
        verbose_name = _("way to join")
        verbose_name_plural = _("ways to join")

    def __str__(self) -> str:
        return str(self.event_id)


OPEN_STATES = sorted(one.value for one in OPEN_REGISTRATIONS)
