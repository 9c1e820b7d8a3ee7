"""Meetings of a group: when and where, what is on the agenda, which papers belong to it, and who comes."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from forum.lifecycle import MeetingState
from forum.models.group import InsideQuerySet, SignedInside
from forum.models.naming import NamesPeople
from forum.models.participant import Participant
from forum.models.seat import Place, Seat
from ledger.codes import new_code

SHORTEST, LONGEST = 5, 24 * 60


class MeetingQuerySet(InsideQuerySet["Meeting"]):
    """Meetings."""

    def ahead(self, at: datetime) -> "MeetingQuerySet":
        """Those that are planned and not over, the next one first."""
        ends = models.ExpressionWrapper(
            models.F("starts_at") + models.F("minutes") * timedelta(minutes=1), models.DateTimeField()
        )
        rows = self.filter(state=MeetingState.PLANNED).annotate(ends=ends)
        return rows.filter(ends__gt=at).order_by("starts_at", "pk")


class Meeting(SignedInside):
    """One meeting. Place and link are for the people inside: no mail, history or calendar says the link.

    `sequence` counts the changes that calendars have to follow; a trigger keeps it.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    zone = models.CharField(_("time zone"), max_length=64)
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"))
    place = models.CharField(_("place"), max_length=300, blank=True, default="")
    livestream = models.CharField(_("link to take part"), max_length=500, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=MeetingState.PLANNED,
        choices=[
            (MeetingState.PLANNED.value, _("Planned")),
            (MeetingState.HELD.value, _("Held")),
            (MeetingState.CANCELLED.value, _("Cancelled")),
        ],
    )
    reason = models.TextField(_("why it is cancelled"), max_length=1000, blank=True, default="")
    reason_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    sequence = models.PositiveIntegerField(_("changes"), default=0, editable=False)
    created_at = models.DateTimeField(_("planned"))
    changed_at = models.DateTimeField(_("changed"))

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [models.Index(fields=["group", "-starts_at", "-id"], name="meeting_of_group")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="meeting_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(minutes__gte=SHORTEST, minutes__lte=LONGEST), name="meeting_length_is_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[one.value for one in MeetingState]),
                name="meeting_state_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(livestream="") | models.Q(livestream__startswith="https://"),
                name="meeting_link_is_a_safe_address",
            ),
            models.CheckConstraint(
                condition=models.Q(state="cancelled") | models.Q(reason=""),
                name="meeting_reason_is_of_a_cancelled_one",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class AgendaItemQuerySet(InsideQuerySet["AgendaItem"]):
    """What is on agendas."""


class AgendaItem(SignedInside):
    """One point of the agenda, in its order."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("point"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    presenter = models.CharField(_("who presents it"), max_length=120, blank=True, default="")
    issue = models.ForeignKey(
        "forum.Issue",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name=_("standing issue"),
    )

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of the agenda")
        verbose_name_plural = _("points of the agenda")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"],
                name="agenda_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="agenda_item_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.code


class PaperQuerySet(InsideQuerySet["Paper"]):
    """Papers."""


class Paper(SignedInside):
    """A file that belongs to a point of the agenda; it is kept in the group (`documents.Document.group`)."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="papers")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")

    def __str__(self) -> str:
        return self.code


class Answer(models.TextChoices):
    """What somebody says beforehand."""

    COMING = "coming", _("Coming")
    MAYBE = "maybe", _("Perhaps")
    NOT_COMING = "not", _("Not coming")


class Presence(models.TextChoices):
    """What a co-lead notes afterwards."""

    THERE = "there", _("Was there")
    APOLOGIES = "apologies", _("Sent apologies")
    ABSENT = "absent", _("Was not there")


class AttendanceQuerySet(InsideQuerySet["Attendance"]):
    """Who comes, and who was there."""

    def there(self) -> "AttendanceQuerySet":
        """Those who were there."""
        return self.filter(presence=Presence.THERE)


class Attendance(NamesPeople):
    """One participant at one meeting: their own answer, and what a co-lead noted.

    Names, seat and place on it are copies of that day, filled by trigger: a participant may leave, a seat may pass on.
    """

    called: ClassVar = {"person_name": ("participant_id", "organisation_name")}

    group = models.ForeignKey("forum.Group", models.PROTECT, related_name="+", editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    person_name = models.CharField(_("name"), max_length=254, default="", editable=False)
    organisation_name = models.CharField(_("organisation"), max_length=200, default="", editable=False)
    role = models.CharField(_("takes part as"), max_length=10, default="", editable=False)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    presence = models.CharField(
        _("presence"), max_length=10, choices=Presence.choices, blank=True, default=""
    )
    noted_at = models.DateTimeField(_("noted"), null=True, blank=True)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="+")
    seat_place = models.CharField(
        _("sat there as"), max_length=10, choices=Place.choices, blank=True, default=""
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "participant"], name="attendance_once_per_participant"
            ),
            models.CheckConstraint(
                condition=models.Q(answer__in=["", *Answer.values]), name="attendance_answer_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(presence__in=["", *Presence.values]), name="attendance_presence_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(seat=None, seat_place="")
                | models.Q(seat__isnull=False, seat_place__in=Place.values, presence="there"),
                name="attendance_on_a_seat_was_there",
            ),
        ]

    def __str__(self) -> str:
        return self.person_name
