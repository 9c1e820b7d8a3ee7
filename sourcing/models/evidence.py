"""One piece of evidence: a file or a link, what it proves, how far it can be trusted; used in many places."""

import datetime as dt
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.definitions.kinds import title_of
from sourcing.models.site import Site

SOON = dt.timedelta(days=60)


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence, as far as a viewer may see it."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own organisation's; a member limited to sites: what names one of them, or no site at all.

        Everyone else meets evidence only where it is attached (`findings.EvidenceUse`), never here.
        """
        if viewer is None:
            return self.none()
        rows = self.filter(organisation_id=viewer.organisation_id)
        if viewer.site_ids is None:
            return rows
        named = EvidenceSite.objects.filter(evidence_id=models.OuterRef("pk"))
        own = named.filter(site_id__in=viewer.site_ids)
        return rows.filter(models.Exists(own) | ~models.Exists(named))

    def in_force(self) -> Self:
        """What was not put away. It may have expired: then it says so wherever it is shown."""
        return self.filter(retired_at=None)


class Evidence(models.Model):
    """A file or a link with its provenance, owned by one organisation and attached where it proves something.

    What it is (the file, the link, whether it shows workers) never changes: a better file is a new piece that
    `replaces` the old one. What is said about it can be put right. It is retired, never deleted: what was shown
    to others stays where it was shown. Triggers hold all this against raw SQL.
    """

    class Confidentiality(models.TextChoices):
        OPEN = "open", _("Anyone may see it")
        SHARED = "shared", _("Only those who see what I attach it to")
        INTERNAL = "internal", _("Only my own organisation")

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="evidence", verbose_name=_("owner")
    )
    # A key of `sourcing/definitions/evidence/`; the list of kinds is data.
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    url = models.URLField(_("link"), max_length=2000, blank=True)
    # Of the bytes as they were sent: a picture is kept without its metadata, so the stored file differs.
    sha256 = models.CharField(_("SHA-256 of the file as sent"), max_length=64, blank=True)
    # Of the file as pictures: a PDF has some, a picture one, a table none.
    pages = models.PositiveIntegerField(_("pages"), default=0, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    period_from = models.DateField(_("covers from"), null=True, blank=True)
    period_to = models.DateField(_("covers until"), null=True, blank=True)
    sites: "models.ManyToManyField[Site, EvidenceSite]" = models.ManyToManyField(
        Site, through="EvidenceSite", related_name="evidence", verbose_name=_("sites")
    )
    requirements = ArrayField(
        models.CharField(max_length=60), verbose_name=_("requirements"), default=list, blank=True
    )
    supplied_by = models.CharField(_("who made it"), max_length=200, blank=True)
    confidentiality = models.CharField(
        _("who may see it"),
        max_length=10,
        choices=Confidentiality.choices,
        default=Confidentiality.SHARED,
    )
    shows_workers = models.BooleanField(_("shows names, faces, ID or bank numbers of workers"))
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    note = models.TextField(_("note"), max_length=2000, blank=True)
    # The kind's checklist: which version of it, and the owner's answers by its keys.
    checklist = models.JSONField(_("checklist"), default=dict, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"))
    retired_at = models.DateTimeField(_("put away"), null=True, blank=True)
    retired_because = models.CharField(_("why it was put away"), max_length=500, blank=True)

    objects = EvidenceQuerySet.as_manager()
    reads_are_logged: ClassVar[bool] = False

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, url="")
                | models.Q(document=None) & ~models.Q(url=""),
                name="evidence_is_a_file_or_a_link",
            ),
            models.CheckConstraint(
                condition=models.Q(document__isnull=False, sha256__regex=r"^[0-9a-f]{64}$")
                | models.Q(document=None, sha256=""),
                name="evidence_file_has_its_sha256",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on=None)
                | models.Q(issued_on=None)
                | models.Q(expires_on__gte=models.F("issued_on")),
                name="evidence_expires_after_it_is_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(period_from=None)
                | models.Q(period_to=None)
                | models.Q(period_to__gte=models.F("period_from")),
                name="evidence_period_ends_after_it_begins",
            ),
            models.UniqueConstraint(fields=["document"], name="evidence_one_per_document"),
            # The same file once; a retired copy does not stand in the way of a new one.
            models.UniqueConstraint(
                fields=["organisation", "sha256"],
                condition=models.Q(retired_at=None) & ~models.Q(sha256=""),
                name="evidence_same_file_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-added_at", "-id"], name="evidence_newest"),
            models.Index(fields=["organisation", "expires_on", "id"], name="evidence_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation whose evidence this is."""
        return self.organisation_id

    @property
    def is_retired(self) -> bool:
        """Whether it was put away."""
        return self.retired_at is not None

    @property
    def may_leave_home(self) -> bool:
        """Whether it may be attached to anything that others see."""
        return not (
            self.shows_workers or self.is_retired or self.confidentiality == self.Confidentiality.INTERNAL
        )

    @property
    def kind_title(self) -> str:
        """What its kind is called."""
        return title_of(self.kind)

    @property
    def state(self) -> str:
        """How it stands today."""
        return self.state_on(timezone.localdate())

    def state_on(self, today: dt.date) -> str:
        """Return how it stands on a day: "retired", "expired", "expiring" (within 60 days) or "valid"."""
        if self.is_retired:
            return "retired"
        return validity(self.expires_on, today)


def validity(expires_on: dt.date | None, today: dt.date) -> str:
    """Return "expired", "expiring" (within 60 days) or "valid" for a date until which something counts."""
    if expires_on is None or expires_on > today + SOON:
        return "valid"
    return "expired" if expires_on < today else "expiring"


class EvidenceSite(models.Model):
    """A site that a piece of evidence is about; one of its owner's, or one its owner (an audit firm) sees."""

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="named_sites")
    site = models.ForeignKey(Site, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "site"], name="evidence_names_a_site_once")
        ]

    def __str__(self) -> str:
        return f"evidence {self.evidence_id} is about site {self.site_id}"
