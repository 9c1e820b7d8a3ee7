"""What an audit records against a workplace requirement."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import FindingState
from findings.models.apart import QuerySetInParts
from findings.models.audit import Audit, AuditAccess
from findings.models.methodology import WorkplaceRequirement
from findings.visibility import Audience
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.models import Site

NC_STATES = [
    FindingState.OPEN,
    FindingState.ACTION_SUBMITTED,
    FindingState.VERIFIED_CLOSED,
    FindingState.SUPERSEDED,
    FindingState.WITHDRAWN,
]
CAR_STATES = [FindingState.OPEN, FindingState.IN_PROGRESS, FindingState.CLOSED]


class FindingQuerySet(QuerySetInParts["Finding"]):
    """Findings, as far as a viewer may see them. Non-compliances and CARs are never counted together."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Findings of audits that `AuditAccess` opens to the viewer's organisation, within site limits."""
        if viewer is None:
            return self.none()
        rows = self.seen(viewer, AuditAccess.objects.filter(audit_id=models.OuterRef("audit_id")))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(supplier_id=viewer.organisation_id) & ~models.Q(site_id__in=viewer.site_ids)
            )
        return rows

    def of_published_audits(self) -> Self:
        """Findings that customers can see."""
        return self.filter(audit__published_at__isnull=False)

    def non_compliances(self) -> Self:
        """Non-compliances only."""
        return self.filter(kind=Finding.Kind.NON_COMPLIANCE)

    def cars(self) -> Self:
        """Collaborative action required findings only."""
        return self.filter(kind=Finding.Kind.CAR)


class Finding(models.Model):
    """A non-compliance, a CAR, an observation or a good example.

    A CAR has no due date, no severity and no verification method: they cannot be set. Once the audit is
    published what the finding says never changes; triggers hold both against raw SQL.
    """

    evidence_audience: ClassVar[Audience] = Audience.AUDIT

    class Kind(models.TextChoices):
        NON_COMPLIANCE = "nc", _("Non-compliance")
        CAR = "car", _("Collaborative action required")
        OBSERVATION = "observation", _("Observation")
        GOOD_EXAMPLE = "good_example", _("Good example")

    class Severity(models.TextChoices):
        BUSINESS_CRITICAL = "business_critical", _("Business critical")
        CRITICAL = "critical", _("Critical")
        MAJOR = "major", _("Major")
        MINOR = "minor", _("Minor")

    class Extent(models.TextChoices):
        ISOLATED = "isolated", _("Isolated")
        SYSTEMIC = "systemic", _("Systemic")

    class Verification(models.TextChoices):
        DESKTOP = "desktop", _("Desktop review")
        FOLLOW_UP = "follow_up", _("Follow-up visit")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    audit = models.ForeignKey(Audit, models.CASCADE, related_name="findings", verbose_name=_("audit"))
    site = models.ForeignKey(Site, models.PROTECT, related_name="findings", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    requirement = models.ForeignKey(
        WorkplaceRequirement, models.PROTECT, related_name="+", verbose_name=_("workplace requirement")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=250)
    description = models.TextField(_("what was found"), max_length=8000)
    objective_evidence = models.TextField(_("evidence seen"), max_length=8000, blank=True, default="")
    law_reference = models.CharField(_("local law"), max_length=250, blank=True, default="")
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    workers_affected = models.PositiveIntegerField(_("workers affected"), null=True, blank=True)
    extent = models.CharField(_("extent"), max_length=10, choices=Extent.choices, blank=True)
    severity = models.CharField(_("severity"), max_length=20, choices=Severity.choices, null=True, blank=True)  # noqa: DJ001
    due_on = models.DateField(_("due on"), null=True, blank=True)
    # The date that counts: the end of the latest extension granted, or `due_on`. Only triggers write it.
    due_by = models.DateField(_("due by"), null=True, blank=True, editable=False)
    verification = models.CharField(  # noqa: DJ001 - NULL means "cannot be set", for a CAR
        _("verification"), max_length=10, choices=Verification.choices, null=True, blank=True
    )
    root_cause = models.TextField(_("root cause"), max_length=4000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=[(s.value, s.value) for s in FindingState])
    raised_on = models.DateField(_("raised on"))
    predecessor = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successor", verbose_name=_("continues")
    )
    # Found again: shown to readers of both audits; the earlier one keeps its own life.
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="found_again",
        verbose_name=_("found again"),
    )
    first_raised_on = models.DateField(_("first raised on"), editable=False)
    superseded_by = models.ForeignKey(
        Audit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("superseded by")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    has_plan = models.BooleanField(_("has an action plan"), default=False)
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Counts what its firm has saved, so that of two auditors at one finding the second sees what the first did.
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="car") | models.Q(severity=None, due_on=None, verification=None),
                name="car_has_no_date_severity_or_verification",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="car") | models.Q(due_by=None), name="car_has_no_extended_date"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="nc") | models.Q(severity__isnull=False, due_on__isnull=False),
                name="nc_has_severity_and_date",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="nc", state__in=NC_STATES)
                | models.Q(kind="car", state__in=CAR_STATES)
                | models.Q(kind__in=["observation", "good_example"], state=FindingState.RECORDED),
                name="finding_state_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="car")
                | models.Q(state="closed", closed_at__isnull=False, superseded_by__isnull=False)
                | ~models.Q(state="closed") & models.Q(closed_at=None, superseded_by=None),
                name="car_closed_only_by_a_later_audit",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="car") | models.Q(predecessor=None, has_plan=False),
                name="only_a_car_continues_or_has_a_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["-raised_on", "-id"], name="finding_newest"),
            models.Index(fields=["kind", "state", "-raised_on", "-id"], name="finding_by_kind"),
            models.Index(fields=["kind", "first_raised_on", "id"], name="finding_oldest_issue"),
            models.Index(fields=["supplier", "kind", "-raised_on", "-id"], name="finding_by_supplier"),
            # In the order of a firm's list; the last two columns are for filters, which then read no row.
            models.Index(
                fields=["audit_firm", "kind", "-raised_on", "-id", "severity", "state"],
                name="finding_by_firm",
            ),
            models.Index(fields=["site", "kind", "state"], name="finding_by_site"),
            models.Index(
                fields=["audit_firm", "id"],
                condition=models.Q(kind="nc", state="action_submitted"),
                name="finding_to_verify",
            ),
            models.Index(
                fields=["severity", "state", "-raised_on", "-id"],
                condition=models.Q(kind="nc"),
                name="finding_by_severity",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the supplier."""
        return self.supplier_id

    @property
    def reads_are_logged(self) -> bool:
        """Whether the owner learns who looked: as for its audit."""
        return self.audit.reads_are_logged

    @property
    def is_car(self) -> bool:
        """Whether closing it is not in the site's hands alone."""
        return self.kind == self.Kind.CAR


class Reassessment(models.Model):
    """A later periodic audit's fresh look at the requirement of an earlier CAR: the only way a CAR closes."""

    class Result(models.TextChoices):
        MET = "met", _("The requirement is met now")
        STILL_SHORT = "still_short", _("Still falls short: a new CAR is raised")

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="reassessments")
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    car = models.ForeignKey(Finding, models.PROTECT, related_name="reassessments")
    result = models.CharField(_("result"), max_length=12, choices=Result.choices)
    rationale = models.TextField(_("what was seen"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    successor = models.OneToOneField(
        Finding, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("new CAR")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "car"], name="car_reassessed_once_per_audit")]

    def __str__(self) -> str:
        return f"{self.car_id}: {self.result}"
