"""Feedback rounds: a group shows its projects to people of other groups, and answers what they say.

People of other groups read nothing inside the group. So a round carries its own presentation: copies of what the
co-leads chose, frozen from the moment it is opened.
"""

import datetime as dt
from typing import Self, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import MD5, Now
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import FeedbackState, MilestoneState
from forum.models.group import Group, GroupAccess, SignedInside
from forum.models.project import Milestone, Project, ProjectUpdate
from ledger.codes import new_code
from organisations.visibility import Viewer

P = TypeVar("P", bound=models.Model)
MOST_QUESTIONS = 8
# The states in which people of the invited groups read a round, once it has opened.
SHOWN = (FeedbackState.OPEN, FeedbackState.FINISHED)


class FeedbackOutcome(models.TextChoices):
    """What the group does about a comment."""

    TAKEN = "taken", _("We take it up")
    PARTLY = "partly", _("We take up a part of it")
    LATER = "later", _("We keep it for later")
    UNCHANGED = "unchanged", _("It stays as it is")


class FeedbackRoundQuerySet(models.QuerySet["FeedbackRound"]):
    """Rounds."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those of the viewer's own groups; of other groups, those that have opened and invite one of theirs."""
        if viewer is None:
            return self.none()
        mine = GroupAccess.objects.visible_to(viewer)
        own = models.Q(models.Exists(mine.filter(group_id=models.OuterRef("group_id"))))
        asked = models.Q(for_all=True) & models.Q(models.Exists(mine)) | models.Q(
            invited_ids__overlap=ArraySubquery(mine.values("group_id"))
        )
        return self.filter(own | asked & models.Q(state__in=SHOWN, opens_at__lte=Now()))


class FeedbackRound(SignedInside):
    """What a group asks other groups about its projects, for how long, and what came of it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("what the group asks for"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    for_all = models.BooleanField(_("every group is invited"), default=False)
    # Groups are never deleted; the guard holds that each is there, and another than the round's own.
    invited_ids = ArrayField(models.BigIntegerField(), verbose_name=_("invited groups"), default=list)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=FeedbackState.DRAFT,
        choices=[
            (FeedbackState.DRAFT.value, _("Draft")),
            (FeedbackState.OPEN.value, _("Open")),
            (FeedbackState.FINISHED.value, _("Summary published")),
            (FeedbackState.WITHDRAWN.value, _("Withdrawn")),
        ],
    )
    created_at = models.DateTimeField(_("begun"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")
    reason_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    summary = models.TextField(_("summary"), max_length=6000, blank=True, default="")
    summary_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by_name = models.CharField(_("summary by"), max_length=254, default="", editable=False)

    objects = FeedbackRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback round")
        verbose_name_plural = _("feedback rounds")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(purpose=""), name="feedback_says_what_it_asks"
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at=None) | models.Q(closes_at__gt=models.F("opens_at")),
                name="feedback_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=models.Q(for_all=True, invited_ids__len=0)
                | models.Q(for_all=False, invited_ids__len__gte=1),
                name="feedback_invites_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft", released_at=None)
                | models.Q(state="withdrawn")
                | models.Q(state__in=["open", "finished"], released_at__isnull=False, opens_at__isnull=False),
                name="feedback_open_has_its_times",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") & models.Q(withdrawn_at=None, reason="")
                | models.Q(state="withdrawn", withdrawn_at__isnull=False)
                & (models.Q(released_at=None) | ~models.Q(reason="")),
                name="feedback_withdrawn_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="finished") & models.Q(finished_at=None, summary="")
                | models.Q(state="finished", finished_at__isnull=False) & ~models.Q(summary=""),
                name="feedback_finished_has_a_summary",
            ),
        ]
        indexes = [models.Index(fields=["group", "-created_at", "-id"], name="feedback_of_group")]

    def __str__(self) -> str:
        return self.title

    def phase(self, at: dt.datetime) -> str:
        """How it stands at a moment: its state, and where it is open, whether one comments yet or still."""
        if self.state != FeedbackState.OPEN or self.opens_at is None:
            return str(self.state)
        if at < self.opens_at:
            return "coming"
        return "open" if at < self.closes_at else "answering"

    def takes_comments_at(self, at: dt.datetime) -> bool:
        """Whether one comments at this moment."""
        return self.phase(at) == "open"


class OfRoundQuerySet(models.QuerySet[P]):
    """What belongs to a round; each such table has a column `round_id`."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Whoever reads the round."""
        return self.filter(round_id__in=FeedbackRound.objects.visible_to(viewer).values("pk"))


class FeedbackProjectQuerySet(OfRoundQuerySet["FeedbackProject"]):
    """Projects as rounds present them."""


class FeedbackProject(models.Model):
    """A project as a round presents it, with what is asked about it; frozen once the round is open."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="parts")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    # A copy, by trigger: readers of the round do not read the project.
    title = models.CharField(_("title"), max_length=200, default="", editable=False)
    title_language = models.CharField(_("language"), max_length=12, default="", editable=False)
    description = models.TextField(_("for people of other groups"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    questions = ArrayField(
        models.CharField(max_length=300), verbose_name=_("questions"), default=list, blank=True
    )

    objects = FeedbackProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project in a feedback round")
        verbose_name_plural = _("projects in feedback rounds")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["round", "project"], name="feedback_project_once"),
            models.CheckConstraint(condition=~models.Q(description=""), name="feedback_project_is_described"),
            models.CheckConstraint(
                condition=models.Q(questions__len__lte=MOST_QUESTIONS), name="feedback_project_asks_little"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def question(self, number: int) -> str:
        """Return a question by its number from 1; empty for 0, the project as a whole."""
        return self.questions[number - 1] if 0 < number <= len(self.questions) else ""


class FeedbackExcerptQuerySet(OfRoundQuerySet["FeedbackExcerpt"]):
    """Excerpts."""


class FeedbackExcerpt(models.Model):
    """A milestone or an update as it was when a co-lead chose it for the round; the trigger copies it."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+", editable=False)
    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="+", editable=False)
    part = models.ForeignKey(FeedbackProject, models.CASCADE, related_name="excerpts")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, related_name="+")
    update = models.ForeignKey(ProjectUpdate, models.PROTECT, null=True, related_name="+")
    words = models.TextField(_("words"), max_length=4000, default="", editable=False)
    language = models.CharField(_("language"), max_length=12, default="", editable=False)
    day = models.DateField(_("date"), null=True, editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        default="",
        editable=False,
        choices=[("", ""), *((one.value, one.value) for one in MilestoneState)],
    )
    percent = models.PositiveSmallIntegerField(_("done, in per cent"), null=True, editable=False)

    objects = FeedbackExcerptQuerySet.as_manager()

    class Meta:
        verbose_name = _("excerpt in a feedback round")
        verbose_name_plural = _("excerpts in feedback rounds")
        ordering = ("day", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(milestone__isnull=False, update=None)
                | models.Q(milestone=None, update__isnull=False),
                name="feedback_excerpt_of_one_thing",
            ),
            models.UniqueConstraint(fields=["part", "milestone"], name="feedback_excerpt_milestone_once"),
            models.UniqueConstraint(fields=["part", "update"], name="feedback_excerpt_update_once"),
        ]

    def __str__(self) -> str:
        return f"excerpt for {self.part_id}"


class FeedbackCommentQuerySet(OfRoundQuerySet["FeedbackComment"]):
    """Comments."""

    def waiting(self) -> Self:
        """Those without an answer."""
        return self.filter(answered_at=None)


class FeedbackComment(SignedInside):
    """What somebody of an invited group says about a project, and the group's answer; both stay as they were said."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="comments", editable=False)
    part = models.ForeignKey(FeedbackProject, models.PROTECT, related_name="comments")
    question = models.PositiveSmallIntegerField(_("question"), default=0)
    from_group = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name=_("group"))
    from_group_name = models.CharField(_("group"), max_length=120, default="", editable=False)
    body = models.TextField(_("comment"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    at = models.DateTimeField(_("written"))
    outcome = models.CharField(
        _("what the group does about it"),
        max_length=10,
        choices=FeedbackOutcome.choices,
        blank=True,
        default="",
    )
    answer = models.TextField(_("answer"), max_length=4000, blank=True, default="")
    answer_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answered_by_name = models.CharField(_("answered by"), max_length=254, default="", editable=False)
    answered_for_name = models.CharField(_("answered for"), max_length=200, default="", editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = FeedbackCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment in a feedback round")
        verbose_name_plural = _("comments in feedback rounds")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(condition=~models.Q(body=""), name="feedback_comment_says_something"),
            models.CheckConstraint(
                condition=models.Q(answer="", outcome="", answered_at=None)
                | ~models.Q(answer="")
                & models.Q(outcome__in=FeedbackOutcome.values, answered_at__isnull=False),
                name="feedback_answer_says_what_is_done",
            ),
            models.UniqueConstraint(
                "part", "question", "person", MD5("body"), name="feedback_comment_said_once"
            ),
        ]
        indexes = [
            models.Index(fields=["round", "at", "id"], name="feedback_comments_of_round"),
            models.Index(
                fields=["round"],
                condition=models.Q(answered_at=None),
                name="feedback_comments_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.code}"

    @property
    def about(self) -> str:
        """The question it answers; empty where it is about the project as a whole."""
        return self.part.question(self.question)
