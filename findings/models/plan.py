"""The action plan of a CAR: understanding, draft, append-only versions and updates, customers' answers."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from findings.models.audit import Audit, AuditAccess
from findings.models.content import Action, PlanContent
from findings.models.finding import Finding
from findings.visibility import Audience
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class Understanding(models.Model):
    """The site's answers to step 1, understand it. Only the supplier sees them."""

    class Engagement(models.TextChoices):
        ALL = "all", _("Yes, with all our customers")
        SOME = "some", _("With one or some that we trust")
        NONE = "none", _("With none yet")

    finding = models.OneToOneField(Finding, models.CASCADE, related_name="understanding")
    supplier = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)
    is_urgent = models.BooleanField(
        _("workers paid unlawfully without repayment, or a child is not protected")
    )
    is_known_issue = models.BooleanField(_("we already work on this with customers"))
    known_initiative = models.CharField(_("which work"), max_length=250, blank=True)
    engagement = models.CharField(_("can we talk with customers"), max_length=6, choices=Engagement.choices)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"))

    def __str__(self) -> str:
        return f"understanding of finding {self.finding_id}"


class PlanDraft(models.Model):
    """What the site has typed so far; only the supplier sees it. `revision` counts saves, so that none is lost."""

    finding = models.OneToOneField(Finding, models.CASCADE, related_name="plan_draft")
    supplier = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)
    content = models.JSONField(_("content"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    saved_at = models.DateTimeField(_("saved"))
    carried_from = models.ForeignKey(
        "PlanVersion",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried from"),
    )

    def __str__(self) -> str:
        return f"draft for finding {self.finding_id}"


class PlanQuerySet(models.QuerySet["ActionPlan"]):
    """Action plans, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Shared plans of CARs that `AuditAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        access = AuditAccess.objects.filter(
            organisation_id=viewer.organisation_id, audit_id=models.OuterRef("audit_id")
        )
        rows = self.filter(models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(supplier_id=viewer.organisation_id) & ~models.Q(finding__site_id__in=viewer.site_ids)
            )
        return rows


class ActionPlan(models.Model):
    """What the site and others will do about a CAR, and how often it reports. Exists once a version is shared."""

    class Rhythm(models.IntegerChoices):
        MONTHLY = 1, _("Every month")
        QUARTERLY = 3, _("Every three months")
        SIX_MONTHLY = 6, _("Every six months")
        NAMED_DATES = 0, _("On dates that we name")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.OneToOneField(Finding, models.PROTECT, related_name="plan")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    rhythm = models.PositiveSmallIntegerField(
        _("how often it is updated"), choices=Rhythm.choices, default=Rhythm.QUARTERLY
    )
    anchor_on = models.DateField(_("updates counted from"))
    named_dates = ArrayField(models.DateField(), verbose_name=_("dates of updates"), default=list, blank=True)
    updates_shared = models.PositiveIntegerField(_("updates shared"), default=0)
    next_update_on = models.DateField(_("next update due"), null=True, blank=True)
    first_shared_at = models.DateTimeField(_("first shared"))

    objects = PlanQuerySet.as_manager()
    reads_are_logged = True

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(rhythm=0) | ~models.Q(named_dates=[]), name="named_dates_are_named"
            )
        ]
        indexes = [models.Index(fields=["-first_shared_at", "-id"], name="plan_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the supplier."""
        return self.supplier_id


class PlanVersion(models.Model):
    """One version of a plan as it was shared; append-only, so that it stays readable as it was."""

    evidence_audience: ClassVar[Audience] = Audience.AUDIT

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="versions")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    completed_by = models.CharField(_("person completing"), max_length=160)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("uploaded plan")
    )
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carried from")
    )
    # Frozen by a trigger: whoever reads this version need not see the plan that it came from.
    carried_plan = models.CharField(_("carried from plan"), max_length=12, default="", editable=False)
    carried_version = models.PositiveIntegerField(_("its version"), null=True, editable=False)
    carried_progress = models.JSONField(
        _("progress so far"), default=list, help_text=_("One word per action, empty where it is new.")
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    shared_at = models.DateTimeField(_("shared"))

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_numbered_once")]

    def __str__(self) -> str:
        return f"version {self.number} of plan {self.plan_id}"

    @property
    def said(self) -> PlanContent:
        """What this version says."""
        return PlanContent.from_json(self.content)

    @property
    def said_actions(self) -> list[tuple[Action, str]]:
        """Its actions, with the progress they had when it was shared: how the plan read then."""
        begun = self.begun
        return [
            (action, begun.get(place, PlanUpdate.Progress.NOT_STARTED.value))
            for place, action in enumerate(self.said.actions)
        ]

    @property
    def begun(self) -> dict[int, str]:
        """The progress that actions had before this version, by position; nothing for those that were new."""
        return {place: str(word) for place, word in enumerate(self.carried_progress) if word}


class PlanUpdate(models.Model):
    """What changed since last time, per action; append-only."""

    evidence_audience: ClassVar[Audience] = Audience.AUDIT

    class Progress(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        ON_TRACK = "on_track", _("On track")
        BEHIND = "behind", _("Behind")
        BLOCKED = "blocked_by_others", _("Blocked by others")
        EVIDENCED = "outcome_evidenced", _("Outcome evidenced")

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="updates")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("update"))
    version_number = models.PositiveIntegerField(_("of version"))
    summary = models.TextField(_("what changed"), max_length=4000)
    actions = models.JSONField(_("progress per action"), help_text=_("One item per action: progress, note."))
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    shared_at = models.DateTimeField(_("shared"))

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_update_numbered_once")]

    def __str__(self) -> str:
        return f"update {self.number} of plan {self.plan_id}"


class ResponseQuerySet(models.QuerySet["PlanResponse"]):
    """Customers' answers, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Answers the viewer's organisation wrote or received, within site limits: never another customer's."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(organisation_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows


class PlanResponse(models.Model):
    """A customer's answer to a plan; stays between that customer and the supplier. Append-only."""

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("We have read it")
        CONFIRMED = "confirmed", _("This plan meets our requirements")
        CALL = "call", _("We ask for a call")

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="responses")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("customer")
    )
    version_number = models.PositiveIntegerField(_("answers version"))
    kind = models.CharField(_("answer"), max_length=14, choices=Kind.choices)
    message = models.TextField(_("message"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    proposed_times = models.JSONField(_("proposed times"), default=list, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"))

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="call") | ~models.Q(proposed_times=[]),
                name="a_call_proposes_times",
            ),
        ]
        indexes = [models.Index(fields=["plan", "organisation"], name="response_by_plan")]

    def __str__(self) -> str:
        return f"{self.kind} on plan {self.plan_id}"

    @property
    def times(self) -> list[datetime]:
        """The proposed times as moments."""
        return [datetime.fromisoformat(one) for one in self.proposed_times]
