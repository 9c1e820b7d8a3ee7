"""What a site did about a non-compliance, and what the audit firm said to it; both append-only."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit
from findings.models.finding import Finding
from findings.visibility import Audience
from organisations.models import Organisation, Person

MOST_WHYS = 5


class CorrectiveAction(models.Model):
    """One version of what was done about a non-compliance; the next one leaves it readable as it was.

    The site writes it. Only where the site sent nothing before a follow-up visit does the audit firm write down
    what it saw there (`recorded_by_firm`), so that every verification has something that it verifies.
    """

    evidence_audience: ClassVar[Audience] = Audience.AUDIT

    class Cause(models.TextChoices):
        KNOWLEDGE = "knowledge", _("People did not know how")
        RULES = "rules", _("There was no rule, or a wrong one")
        DAILY_WORK = "daily_work", _("The rule was not followed or not checked")
        PEOPLE = "people", _("Too few people, or nobody in charge")
        EQUIPMENT = "equipment", _("Building, machine or equipment")
        MONEY = "money", _("Money")
        ORDERS = "orders", _("Orders, prices or delivery times")
        AGENTS = "agents", _("Agents, contractors or other companies")
        OTHER = "other", _("Something else")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="corrective_actions")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("version"), editable=False)
    whys = ArrayField(
        models.CharField(max_length=500),
        verbose_name=_("why it happened"),
        default=list,
        help_text=_("One to five answers; each says why the one before it was so."),
    )
    cause = models.CharField(_("kind of cause"), max_length=12, choices=Cause.choices, blank=True)
    correction = models.TextField(_("what was done"), max_length=4000)
    prevention = models.TextField(_("what keeps it from coming back"), max_length=4000, blank=True)
    responsible = models.CharField(_("who is responsible"), max_length=160, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    recorded_by_firm = models.BooleanField(_("seen by the audit firm"), default=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    submitted_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["finding", "number"], name="corrective_action_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(recorded_by_firm=True)
                | models.Q(whys__len__gte=1, whys__len__lte=MOST_WHYS, done_on__isnull=False)
                & ~models.Q(prevention="")
                & ~models.Q(responsible="")
                & ~models.Q(cause=""),
                name="corrective_action_of_a_site_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(correction=""), name="corrective_action_says_what_was_done"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} for finding {self.finding_id}"

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the supplier."""
        return self.supplier_id


class CorrectiveActionDraft(models.Model):
    """What the site has typed so far about a non-compliance; only the supplier sees it."""

    finding = models.OneToOneField(Finding, models.CASCADE, related_name="corrective_action_draft")
    supplier = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)
    content = models.JSONField(_("content"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"))

    def __str__(self) -> str:
        return f"draft for finding {self.finding_id}"


class Verification(models.Model):
    """What the audit firm said to one version of a corrective action; append-only, one answer per version.

    `audit` is the follow-up audit that looked, or nothing for a desktop review; `of_audit` is the finding's own.
    """

    class Method(models.TextChoices):
        DESKTOP = "desktop", _("From documents")
        FOLLOW_UP = "follow_up", _("On a follow-up visit")

    class Result(models.TextChoices):
        CLOSED = "closed", _("It is enough: closed")
        MORE_NEEDED = "more_needed", _("More is needed")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="verifications", editable=False)
    of_audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    action = models.OneToOneField(CorrectiveAction, models.PROTECT, related_name="verification")
    method = models.CharField(_("how it was checked"), max_length=10, choices=Method.choices)
    audit = models.ForeignKey(
        Audit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("follow-up audit")
    )
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    reason = models.TextField(_("reason"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(_("audit firm"), max_length=200, default="", editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    verified_at = models.DateTimeField(_("checked"))

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(method="desktop", audit=None)
                | models.Q(method="follow_up", audit__isnull=False),
                name="verification_on_a_visit_names_it",
            ),
            models.CheckConstraint(
                condition=models.Q(result="closed") | ~models.Q(reason=""),
                name="verification_says_what_more_is_needed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.action_id}"
