"""What is done in a case: the log, tasks, what customers ask for, the closing report."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from findings.models.incident import Incident, IncidentMember
from ledger.codes import new_code
from organisations.models import Organisation, Person


class IncidentStep(models.Model):
    """One line of the log, never changed: what was done or said, by whom, and who reads it."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Case opened")
        SAFETY = "safety", _("Safety of people")
        DONE = "done", _("Done")
        WORD = "word", _("Message")
        PEOPLE = "people", _("People")
        STATE = "state", _("Case")

    class Audience(models.TextChoices):
        ALL = "all", _("Everyone named in this case")
        SITE = "site", _("Named people of the supplier")
        ONE = "one", _("The supplier and one organisation")

    # No number: gaps would tell a reader that there are lines for others.
    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    first_step = models.CharField(_("first step"), max_length=30, blank=True)
    text = models.TextField(_("what was done"), max_length=5000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    audience = models.CharField(_("who reads it"), max_length=5, choices=Audience.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    organisation_name = models.CharField(max_length=200, blank=True, editable=False)
    member = models.ForeignKey(IncidentMember, models.PROTECT, related_name="steps", editable=False)
    author_name = models.CharField(max_length=254, editable=False)
    author_organisation = models.CharField(max_length=200, editable=False)
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "first_step"],
                condition=~models.Q(first_step=""),
                name="incident_first_step_once",
            ),
            models.CheckConstraint(
                condition=models.Q(audience="one", organisation__isnull=False)
                | (~models.Q(audience="one") & models.Q(organisation=None)),
                name="incident_step_with_one_names_it",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="incident_step_says_something"),
        ]

    def __str__(self) -> str:
        return self.code


class TaskQuerySet(models.QuerySet["IncidentTask"]):
    """Tasks; row security narrows them to those that the reader may know of."""

    def open(self) -> Self:
        """Those not done, the soonest first."""
        return self.filter(done_at=None).order_by("due_on", "pk")


class IncidentTask(models.Model):
    """Something a named person does by a day. Whose it is decides who reads it; see the policy."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="tasks")
    what = models.TextField(_("what is to be done"), max_length=1000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    owner = models.ForeignKey(IncidentMember, models.PROTECT, related_name="tasks", verbose_name=_("who"))
    owner_name = models.CharField(max_length=254, editable=False)
    # Empty: everyone named reads it. Set: the supplier's people and this organisation's.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", editable=False
    )
    due_on = models.DateField(_("by when"))
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("set"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), max_length=1000, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [models.CheckConstraint(condition=~models.Q(what=""), name="incident_task_says_what")]

    def __str__(self) -> str:
        return self.code


class IncidentDemand(models.Model):
    """What one organisation asks for; the supplier answers it, or makes it part of one shared task."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="demands")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(max_length=200, editable=False)
    member = models.ForeignKey(IncidentMember, models.PROTECT, related_name="demands", editable=False)
    text = models.TextField(_("what you ask for"), max_length=2000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    asked_at = models.DateTimeField(_("asked"))
    task = models.ForeignKey(
        IncidentTask, models.PROTECT, null=True, blank=True, related_name="demands", verbose_name=_("task")
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answer_language = models.CharField(_("language"), max_length=12, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="incident_demand_says_what"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, task=None, answer="")
                | models.Q(answered_at__isnull=False) & (models.Q(task__isnull=False) | ~models.Q(answer="")),
                name="incident_demand_answered_by_words_or_task",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> str:
        """How far it is: "asked", "answered", "in_task" or "done"."""
        if self.answered_at is None:
            return "asked"
        if self.task is None:
            return "answered"
        return "done" if self.task.done_at else "in_task"


class IncidentReport(models.Model):
    """The closing report, in versions that never change; everyone named reads it."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="reports")
    number = models.PositiveIntegerField(editable=False)
    what_was_done = models.TextField(_("what was done for the people harmed"), max_length=10000)
    what_changes = models.TextField(_("what changes, so that it does not happen again"), max_length=10000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    member = models.ForeignKey(IncidentMember, models.PROTECT, related_name="reports", editable=False)
    author_name = models.CharField(max_length=254, editable=False)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("closing report")
        verbose_name_plural = _("closing reports")
        constraints = [
            models.UniqueConstraint(fields=["incident", "number"], name="incident_report_number"),
            models.CheckConstraint(
                condition=~models.Q(what_was_done="") & ~models.Q(what_changes=""),
                name="incident_report_says_both",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.number}"
