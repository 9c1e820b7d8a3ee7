"""Projects of a group: what they are for, their milestones, and how they come along."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from forum.lifecycle import MilestoneState, ProjectState
from forum.models.group import InsideQuerySet, SignedInside
from ledger.codes import new_code

# Goals and targets of the 2030 Agenda that work in supply chains is tagged with, in our own short words.
SDGS = (
    ("1", _("1 No poverty")),
    ("1.2", _("1.2 Halve poverty")),
    ("2", _("2 Zero hunger")),
    ("3", _("3 Good health")),
    ("3.9", _("3.9 Fewer harmed by chemicals and pollution")),
    ("4", _("4 Good education")),
    ("5", _("5 Gender equality")),
    ("5.1", _("5.1 No discrimination against women and girls")),
    ("6", _("6 Clean water and sanitation")),
    ("7", _("7 Clean energy")),
    ("8", _("8 Decent work")),
    ("8.5", _("8.5 Decent work and equal pay for all")),
    ("8.7", _("8.7 End forced labour and child labour")),
    ("8.8", _("8.8 Labour rights and safe work")),
    ("9", _("9 Industry and infrastructure")),
    ("10", _("10 Less inequality")),
    ("10.3", _("10.3 Equal opportunity")),
    ("10.7", _("10.7 Safe and orderly migration")),
    ("11", _("11 Sustainable cities")),
    ("12", _("12 Responsible consumption and production")),
    ("13", _("13 Climate action")),
    ("14", _("14 Life below water")),
    ("15", _("15 Life on land")),
    ("16", _("16 Peace and justice")),
    ("16.5", _("16.5 Less corruption and bribery")),
    ("16.10", _("16.10 Access to information")),
    ("17", _("17 Partnerships")),
)
SDG_CODES = [code for code, _words in SDGS]


class ProjectQuerySet(InsideQuerySet["Project"]):
    """Projects."""


class Project(SignedInside):
    """Something that a group sets out to make; co-leads begin and end it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.TextField(_("purpose"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    sdg_tags = ArrayField(
        models.CharField(max_length=5),
        verbose_name=_("Sustainable Development Goals"),
        default=list,
        blank=True,
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        default=ProjectState.PLANNED,
        choices=[
            (ProjectState.PLANNED.value, _("Planned")),
            (ProjectState.ACTIVE.value, _("Under way")),
            (ProjectState.DONE.value, _("Done")),
            (ProjectState.STOPPED.value, _("Stopped")),
        ],
    )
    created_at = models.DateTimeField(_("created"))

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(purpose=""), name="project_says_what_it_is_for"
            ),
            models.CheckConstraint(
                condition=models.Q(sdg_tags__contained_by=SDG_CODES), name="project_tags_are_known"
            ),
        ]
        indexes = [models.Index(fields=["group", "-created_at", "-id"], name="project_of_group")]

    def __str__(self) -> str:
        return self.title

    @property
    def goals(self) -> list[str]:
        """The words of its tags."""
        words = dict(SDGS)
        return [str(words[one]) for one in self.sdg_tags]


class MilestoneQuerySet(InsideQuerySet["Milestone"]):
    """Milestones."""


class Milestone(SignedInside):
    """A day by which something of a project stands."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="milestones")
    title = models.CharField(_("what stands then"), max_length=200)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    due_on = models.DateField(_("by"))
    state = models.CharField(
        _("state"),
        max_length=10,
        default=MilestoneState.OPEN,
        choices=[
            (MilestoneState.OPEN.value, _("Ahead")),
            (MilestoneState.REACHED.value, _("Reached")),
            (MilestoneState.DROPPED.value, _("Given up")),
        ],
    )
    reached_on = models.DateField(_("reached"), null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ("due_on", "id")
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="milestone_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(state="reached", reached_on__isnull=False)
                | ~models.Q(state="reached") & models.Q(reached_on=None),
                name="milestone_reached_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_late(self, today: dt.date) -> bool:
        """Whether its day has passed without it."""
        return self.state == MilestoneState.OPEN and self.due_on < today


class ProjectUpdateQuerySet(InsideQuerySet["ProjectUpdate"]):
    """Updates."""


class ProjectUpdate(SignedInside):
    """How a project comes along, in words and, where it says so, per cent; what was said stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="updates")
    body = models.TextField(_("what is new"), max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    percent = models.PositiveSmallIntegerField(_("done, in per cent"), null=True, blank=True)
    at = models.DateTimeField(_("written"))

    objects = ProjectUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("project update")
        verbose_name_plural = _("project updates")
        constraints = [
            models.CheckConstraint(condition=~models.Q(body=""), name="project_update_says_something"),
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__lte=100),
                name="project_update_is_100_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"update of project {self.project_id}"
