"""Minutes of a meeting: written together, agreed by the group, and kept as they were agreed."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import MinutesState
from forum.models.group import SignedInside
from forum.models.meeting import AgendaItem, Meeting
from forum.models.naming import NamesPeople
from forum.visibility import guests_once, inside
from ledger.codes import new_code
from organisations.models import Person
from organisations.visibility import Viewer

M = TypeVar("M", bound=models.Model)


class MinutesQuerySet(models.QuerySet["Minutes"]):
    """Minutes, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Participants always; guests once they are published."""
        return guests_once(self, viewer, models.Q(state=MinutesState.PUBLISHED))


class OfMinutesQuerySet(models.QuerySet[M]):
    """Parts of minutes."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """As the minutes: participants always; guests once they are published."""
        return guests_once(self, viewer, models.Q(minutes__state=MinutesState.PUBLISHED))


class Minutes(SignedInside):
    """One version of the minutes of a meeting.

    Written by participants (draft), put to the group (proposed), recorded as agreed by a co-lead (approved), given to
    everybody in the group (published). What is approved never changes; a correction is the next version.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"), default=0, editable=False)
    why = models.TextField(_("what is corrected, and why"), max_length=1000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        default=MinutesState.DRAFT,
        choices=[
            (MinutesState.DRAFT.value, _("Draft")),
            (MinutesState.PROPOSED.value, _("Proposed")),
            (MinutesState.APPROVED.value, _("Approved")),
            (MinutesState.PUBLISHED.value, _("Published")),
        ],
    )
    # How often they were put to the group; approvals count for the round in which they were given.
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    begun_at = models.DateTimeField(_("begun"))
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    open_until = models.DateTimeField(_("corrections until"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.CharField(_("recorded by"), max_length=254, blank=True, default="", editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_version_once"),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=models.Q(state__in=["draft", "proposed"]),
                name="minutes_one_version_at_work",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", approved_at=None, published_at=None)
                | models.Q(
                    state="proposed",
                    proposed_at__isnull=False,
                    open_until__isnull=False,
                    approved_at=None,
                    published_at=None,
                )
                | models.Q(
                    state="approved", open_until__isnull=False, approved_at__isnull=False, published_at=None
                )
                | models.Q(
                    state="published",
                    open_until__isnull=False,
                    approved_at__isnull=False,
                    published_at__isnull=False,
                ),
                name="minutes_times_follow_the_state",
            ),
            models.CheckConstraint(
                condition=models.Q(open_until=None) | models.Q(open_until__gte=models.F("proposed_at")),
                name="minutes_window_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_kept(self) -> bool:
        """Whether they are agreed and stay as they are."""
        return self.state in (MinutesState.APPROVED, MinutesState.PUBLISHED)


class MinutesSectionQuerySet(OfMinutesQuerySet["MinutesSection"]):
    """Sections."""


class MinutesSection(NamesPeople):
    """What was said about one point. Several people write: an UPDATE that does not say the next number is refused."""

    group = models.ForeignKey("forum.Group", models.PROTECT, related_name="+", editable=False)
    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="sections")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("point"), max_length=200)
    title_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    text = models.TextField(_("what was said"), max_length=20_000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=0)
    called: ClassVar = {"saved_by_name": ("saved_by_id", "")}
    saved_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    saved_by_name = models.CharField(_("saved by"), max_length=254, default="", editable=False)
    saved_at = models.DateTimeField(_("saved"))

    objects = MinutesSectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section of minutes")
        verbose_name_plural = _("sections of minutes")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["minutes", "position"], name="minutes_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes_id} {self.position}"


class LineKind(models.TextChoices):
    """What came of a point."""

    DECISION = "decision", _("Decision")
    ACTION = "action", _("Action item")


class MinutesLineQuerySet(OfMinutesQuerySet["MinutesLine"]):
    """Lines."""


class MinutesLine(SignedInside):
    """A decision or an action item as the minutes note it; it is put in or taken out whole, so nobody overwrites it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="lines")
    section = models.ForeignKey(MinutesSection, models.PROTECT, related_name="lines")
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind.choices)
    text = models.CharField(_("what"), max_length=500)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    owner = models.CharField(_("who"), max_length=120, blank=True, default="")
    due_on = models.DateField(_("by"), null=True, blank=True)

    objects = MinutesLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of minutes")
        verbose_name_plural = _("lines of minutes")
        ordering = ("section", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=LineKind.values), name="minutes_line_kind_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="minutes_line_says_something"),
            models.CheckConstraint(
                condition=models.Q(kind="action") | models.Q(due_on=None),
                name="minutes_line_due_is_of_an_action",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ReplyKind(models.TextChoices):
    """What a participant says to proposed minutes."""

    APPROVES = "approves", _("Approves")
    CORRECTION = "correction", _("Asks for a correction")


class MinutesReplyQuerySet(models.QuerySet["MinutesReply"]):
    """Replies."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Participants; never guests."""
        return inside(self, viewer, guests=False)


class MinutesReply(SignedInside):
    """What a participant says to proposed minutes; each correction asked for is answered before approval."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="replies")
    round = models.PositiveSmallIntegerField(_("round"), default=0, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ReplyKind.choices)
    text = models.TextField(_("what is to be corrected"), max_length=4000, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    made_at = models.DateTimeField(_("made"))
    answer = models.TextField(_("answer"), max_length=4000, blank=True, default="")
    answer_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=254, blank=True, default="", editable=False)

    objects = MinutesReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to minutes")
        verbose_name_plural = _("replies to minutes")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "round", "person", "organisation"],
                condition=models.Q(kind="approves"),
                name="minutes_approved_once_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="approves", text="", answered_at=None)
                | models.Q(kind="correction") & ~models.Q(text=""),
                name="minutes_correction_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None)
                | ~models.Q(answer="") & models.Q(answered_at__isnull=False),
                name="minutes_answer_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.code
