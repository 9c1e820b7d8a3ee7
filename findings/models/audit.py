"""One assessment of one site by one audit firm, by one methodology version."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import AuditState
from findings.models.apart import QuerySetInParts
from findings.models.methodology import MethodologyVersion
from findings.visibility import Basis
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.models import Site

AT_WORK = models.Q(state__in=[AuditState.SCHEDULED, AuditState.IN_PROGRESS, AuditState.SUBMITTED])


class AuditQuerySet(QuerySetInParts["Audit"]):
    """Audits, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Audits that `AuditAccess` opens to the viewer's organisation, within the member's site limits."""
        if viewer is None:
            return self.none()
        rows = self.seen(viewer, AuditAccess.objects.filter(audit_id=models.OuterRef("pk")))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(supplier_id=viewer.organisation_id) & ~models.Q(site_id__in=viewer.site_ids)
            )
        return rows

    def published(self) -> Self:
        """Audits that customers can see."""
        return self.filter(state__in=[AuditState.PUBLISHED, AuditState.SUPERSEDED])


class Audit(models.Model):
    """Scheduled → in progress → submitted to the site → published → superseded by a later periodic audit."""

    class Kind(models.TextChoices):
        INITIAL = "initial", _("Initial")
        PERIODIC = "periodic", _("Periodic")
        FOLLOW_UP_FULL = "follow_up_full", _("Full follow-up")
        FOLLOW_UP_PARTIAL = "follow_up_partial", _("Partial follow-up")

    class Notice(models.TextChoices):
        ANNOUNCED = "announced", _("Announced")
        SEMI_ANNOUNCED = "semi_announced", _("Semi-announced")
        UNANNOUNCED = "unannounced", _("Unannounced")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="audits", verbose_name=_("site"))
    supplier = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="audits_of_sites",
        editable=False,
        verbose_name=_("supplier"),
    )
    audit_firm = models.ForeignKey(
        Organisation, models.PROTECT, related_name="audits", verbose_name=_("audit firm")
    )
    # The names it was made under, filled by the database: a reader of an audit need not see those records.
    site_name = models.CharField(
        _("name of the site"), max_length=250, default="", blank=True, editable=False
    )
    site_country = models.CharField(
        _("country of the site"), max_length=2, default="", blank=True, editable=False
    )
    supplier_name = models.CharField(
        _("name of the supplier"), max_length=200, default="", blank=True, editable=False
    )
    audit_firm_name = models.CharField(
        _("name of the audit firm"), max_length=200, default="", blank=True, editable=False
    )
    version = models.ForeignKey(
        MethodologyVersion, models.PROTECT, related_name="+", verbose_name=_("methodology")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.PERIODIC)
    notice = models.CharField(_("notice"), max_length=20, choices=Notice.choices, default=Notice.ANNOUNCED)
    pillars = models.PositiveSmallIntegerField(_("pillars"), choices=[(2, "2"), (4, "4")], default=2)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("follows up")
    )
    reference = models.CharField(_("outside reference"), max_length=60, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(s.value, s.value) for s in AuditState],
        default=AuditState.SCHEDULED,
    )
    summary = models.TextField(_("summary"), max_length=5000, blank=True)
    language = models.CharField(_("language of the summary"), max_length=12, blank=True, default="")
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted to the site"), null=True, blank=True)
    review_ends_at = models.DateTimeField(_("the site can comment until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        permissions = [("view_shared_car", _("Can view one CAR of an audit"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="audit_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[AuditState.PUBLISHED, AuditState.SUPERSEDED], published_at__isnull=False
                )
                | ~models.Q(state__in=[AuditState.PUBLISHED, AuditState.SUPERSEDED])
                & models.Q(published_at=None),
                name="audit_published_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["follow_up_full", "follow_up_partial"], parent__isnull=False)
                | models.Q(kind__in=["initial", "periodic"], parent=None),
                name="audit_follow_up_has_a_parent",
            ),
        ]
        indexes = [
            models.Index(fields=["-ends_on", "-id"], name="audit_newest"),
            models.Index(fields=["audit_firm", "-ends_on", "-id"], name="audit_by_firm"),
            models.Index(fields=["supplier", "-ends_on", "-id"], name="audit_by_supplier"),
            # The few that somebody works on, among all of a firm or a supplier.
            models.Index(fields=["audit_firm"], condition=AT_WORK, name="audit_at_work"),
            models.Index(fields=["supplier"], condition=AT_WORK, name="audit_to_read"),
        ]

    def __str__(self) -> str:
        return f"{self.site_name or self.code}, {self.ends_on}"

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is: the supplier."""
        return self.supplier_id

    @property
    def reads_are_logged(self) -> bool:
        """Whether the owner learns who looked: not before it can see the audit itself, which may be unannounced."""
        return self.state not in {AuditState.SCHEDULED, AuditState.IN_PROGRESS}

    @property
    def is_published(self) -> bool:
        """Whether customers can see it."""
        return self.state in {AuditState.PUBLISHED, AuditState.SUPERSEDED}


FOLLOW_UPS = frozenset({Audit.Kind.FOLLOW_UP_FULL, Audit.Kind.FOLLOW_UP_PARTIAL})


class Auditor(models.Model):
    """A named auditor of an audit, with the APSCA registration as validated on a day."""

    class Grade(models.TextChoices):
        RA = "RA", _("Registered auditor (RA)")
        ASCA = "ASCA", _("Associate auditor (ASCA)")
        CSCA = "CSCA", _("Certified auditor (CSCA)")

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="auditors")
    audit_firm = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=120)
    grade = models.CharField(_("APSCA grade"), max_length=4, choices=Grade.choices)
    apsca_number = models.CharField(_("APSCA number"), max_length=20)
    validated_on = models.DateField(_("validated on"), null=True, blank=True)
    is_lead = models.BooleanField(_("lead auditor"), default=False)

    class Meta:
        verbose_name = _("auditor")
        verbose_name_plural = _("auditors")

    def __str__(self) -> str:
        return self.name


class AuditAccess(models.Model):
    """Truth about who sees an audit and why; written by triggers only, from `findings_audit_access_rule`."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    audit = models.ForeignKey(Audit, models.CASCADE, related_name="access")
    owner = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    bases = ArrayField(models.CharField(max_length=12, choices=[(b.value, b.value) for b in Basis]))
    # The organisation again, where it did not make the audit itself: what a firm's lists ask for apart.
    opened_to = models.GeneratedField(
        expression=models.Case(
            models.When(~models.Q(bases__contains=[Basis.AUDIT_FIRM.value]), then="organisation_id")
        ),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "audit"], name="audit_access_once"),
        ]
        indexes = [
            models.Index(
                fields=["opened_to", "audit"],
                condition=models.Q(opened_to__isnull=False),
                name="audit_opened_to",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} sees audit {self.audit_id}"
