"""Evidence that the member shows to the scheme body in one assessment."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from schemes.models.assessment import Assessment
from schemes.visibility import Side, once
from sourcing.definitions.kinds import title_of
from sourcing.models import Evidence
from sourcing.models.evidence import validity


class SchemeUseQuerySet(models.QuerySet["EvidenceUse"]):
    """Evidence in assessments, as far as a viewer may see it."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The member's own always; the scheme body's once submitted."""
        return once(self, viewer, first=Side.MEMBER, then="submitted_at")

    def for_criterion(self, key: str) -> Self:
        """What points at one criterion."""
        return self.filter(criteria__contains=[key])


class EvidenceUse(models.Model):
    """One piece of evidence in one assessment: attached once, pointing at as many criteria as it proves.

    The database copies what the piece says at that moment, and the scheme body reads the copy, never the piece. Only
    `retired_at` follows the piece; only `criteria` can be put right, while the member may still answer.
    """

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="scheme_uses", verbose_name=_("evidence")
    )
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="evidence_uses")
    member = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", editable=False)
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    criteria = ArrayField(models.CharField(max_length=60), verbose_name=_("criteria"))
    # Filled by the database from the evidence.
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
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    attached_at = models.DateTimeField(_("attached"))

    objects = SchemeUseQuerySet.as_manager()
    reads_are_logged = True

    class Meta:
        verbose_name = _("evidence in an assessment")
        verbose_name_plural = _("evidence in assessments")
        constraints = [
            models.UniqueConstraint(fields=["evidence", "assessment"], name="scheme_evidence_attached_once"),
            models.CheckConstraint(
                condition=models.Q(criteria__len__gte=1), name="scheme_evidence_points_at_a_criterion"
            ),
        ]
        indexes = [
            models.Index(fields=["document"], name="scheme_evidence_by_document"),
            models.Index(fields=["assessment", "-attached_at"], name="scheme_evidence_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int | None:
        """The organisation whose evidence this is: the member."""
        return self.member_id

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
