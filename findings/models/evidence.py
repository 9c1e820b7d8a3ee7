"""Where evidence is attached, what it said then, and who sees it there; and one side asking the other for some."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from findings.lifecycle import RequestState
from findings.models.audit import Audit, AuditAccess
from findings.models.finding import Finding
from findings.visibility import Audience
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.definitions.kinds import title_of
from sourcing.models import Evidence
from sourcing.models.evidence import validity


class EvidenceUseQuerySet(models.QuerySet["EvidenceUse"]):
    """Attached evidence, as far as a viewer may see it."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """One's own, what is attached for everyone who sees the audit, and what is meant for the viewer's organisation.

        Each within the member's site limits.
        """
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        access = AuditAccess.objects.filter(organisation_id=own, audit_id=models.OuterRef("audit_id"))
        for_us = models.Q(audience=Audience.AUDIT) | models.Q(audience=Audience.PAIR, counterpart_id=own)
        rows = self.filter(models.Q(owner_id=own) | for_us & models.Exists(access))
        if viewer.site_ids is not None:
            rows = rows.exclude(
                models.Q(audit__supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids)
            )
        return rows

    def of(self, subject: models.Model) -> Self:
        """What is attached to one thing."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk)


class EvidenceUse(models.Model):
    """One piece of evidence attached to one thing under an audit: append-only.

    The database copies what the evidence says (title, kind, dates, file, link) at that moment; readers see the
    copy and never the evidence itself, so a later correction does not change what was shown, and nothing else
    about the piece (its other sites, its checklist, its note) travels along. Only `retired_at` follows the
    evidence, so that readers see it was put away.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="uses", verbose_name=_("evidence"))
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="evidence_uses")
    # A finding that is struck out before publication is let go of by a trigger.
    finding = models.ForeignKey(
        Finding, models.DO_NOTHING, null=True, blank=True, related_name="evidence_uses"
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    audience = models.CharField(
        _("who sees it here"), max_length=6, choices=[(one.value, one.value) for one in Audience]
    )
    counterpart = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shown to")
    )
    # Filled by the database from the evidence.
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    owner_name = models.CharField(_("owner"), max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=40, editable=False)
    title = models.CharField(_("title"), max_length=200, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, null=True, editable=False, related_name="+")
    url = models.CharField(_("link"), max_length=2000, blank=True, editable=False)
    pages = models.PositiveIntegerField(_("pages"), default=0, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    expires_on = models.DateField(_("valid until"), null=True, editable=False)
    supplied_by = models.CharField(_("who made it"), max_length=200, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, blank=True, editable=False, default="")
    retired_at = models.DateTimeField(_("put away"), null=True, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    attached_at = models.DateTimeField(_("attached"))

    objects = EvidenceUseQuerySet.as_manager()
    reads_are_logged = True

    class Meta:
        verbose_name = _("attached evidence")
        verbose_name_plural = _("attached evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "subject_kind", "subject_id"], name="evidence_attached_once"
            ),
            models.CheckConstraint(
                condition=models.Q(audience="pair", counterpart__isnull=False)
                | ~models.Q(audience="pair") & models.Q(counterpart=None),
                name="evidence_for_two_names_the_other",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="evidence_by_subject"),
            models.Index(fields=["audit", "-attached_at"], name="evidence_by_audit"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_title(self) -> str:
        """What its kind is called."""
        return title_of(self.kind)

    @property
    def state(self) -> str:
        """How it stands today."""
        return self.state_on(timezone.localdate())

    def state_on(self, today: dt.date) -> str:
        """Return how it stands on a day: "retired", "expired", "expiring" or "valid"."""
        return "retired" if self.retired_at is not None else validity(self.expires_on, today)


class RequestQuerySet(models.QuerySet["EvidenceRequest"]):
    """Requests for evidence, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those the viewer's organisation asks or is asked, within site limits: never another customer's."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(asker_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows


class EvidenceRequest(models.Model):
    """A customer or the audit firm asks the site for evidence of a kind on a finding; private to the two."""

    evidence_audience = Audience.PAIR

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="evidence_requests")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    asker = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asker_name = models.CharField(_("asked by"), max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    message = models.TextField(_("what is needed"), max_length=2000)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(one.value, one.value) for one in RequestState],
        default=RequestState.OPEN,
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answer_language = models.CharField(_("language of the answer"), max_length=12, blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for evidence")
        verbose_name_plural = _("requests for evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "asker", "kind"],
                condition=models.Q(state="open"),
                name="evidence_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="declined") | ~models.Q(answer=""),
                name="evidence_declined_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at=None)
                | ~models.Q(state="open") & models.Q(answered_at__isnull=False),
                name="evidence_request_answered_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["supplier", "-asked_at", "-id"], name="evidence_asked_of"),
            models.Index(fields=["asker", "-asked_at", "-id"], name="evidence_asked_by"),
        ]

    def __str__(self) -> str:
        return self.message[:80]

    @property
    def kind_title(self) -> str:
        """What kind is asked for."""
        return title_of(self.kind)

    @property
    def owner_id(self) -> int:
        """The organisation that is asked."""
        return self.supplier_id

    @property
    def evidence_counterpart_id(self) -> int:
        """Who sees what answers it: the one who asks."""
        return self.asker_id
