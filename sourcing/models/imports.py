"""An uploaded list of places, its rows, and what people decided about possible matches."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.lifecycle import ImportState
from sourcing.models.register import RegisterEntry


class SiteImportQuerySet(models.QuerySet["SiteImport"]):
    """Imports, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """The viewer's own organisation's imports."""
        if viewer is None:
            return self.none()
        return self.filter(organisation_id=viewer.organisation_id)


class SiteImport(models.Model):
    """One uploaded list on its way into the register."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="site_imports")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=255)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(s.value, s.value) for s in ImportState],
        default=ImportState.UPLOADED,
    )
    refusal = models.TextField(_("why it could not be read"), blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    encoding = models.CharField(_("encoding"), max_length=40, blank=True)
    columns = models.JSONField(
        _("columns"), default=dict, blank=True, help_text=_("The header and what it means.")
    )
    summary = models.JSONField(_("what came of it"), default=dict, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    objects = SiteImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["organisation", "-uploaded_at", "-id"], name="import_newest"),
            models.Index(
                fields=["leased_until"],
                condition=models.Q(state__in=[ImportState.UPLOADED, ImportState.APPLYING]),
                name="import_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def owner_id(self) -> int:
        """The organisation whose data this is."""
        return self.organisation_id

    @property
    def is_at_work(self) -> bool:
        """Tell whether a worker has it, or will."""
        return self.state in {ImportState.UPLOADED, ImportState.APPLYING}

    @property
    def percent(self) -> int | None:
        """How far the worker is; None before that is known."""
        return min(100, 100 * self.rows_done // self.rows_total) if self.rows_total else None


class ImportRow(models.Model):
    """One line of the file, as read, with what became of it."""

    class Verdict(models.TextChoices):
        NEW = "new", _("New")
        MATCH = "match", _("Already there")
        POSSIBLE = "possible", _("Possible match")
        REPEAT = "repeat", _("Repeated in this file")
        ERROR = "error", _("Cannot be read")

    class Decision(models.TextChoices):
        NONE = "", _("Not decided")
        SAME = "same", _("The same place")
        DIFFERENT = "different", _("A different place")

    site_import = models.ForeignKey(SiteImport, models.CASCADE, related_name="rows")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    line = models.PositiveIntegerField(_("line"))
    raw = models.JSONField(_("as in the file"))
    values = models.JSONField(_("as understood"), default=dict)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reason = models.TextField(_("reason"), blank=True)
    candidate = models.ForeignKey(RegisterEntry, models.SET_NULL, null=True, blank=True, related_name="+")
    score = models.FloatField(_("likeness"), null=True, blank=True)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision.choices, default=Decision.NONE, blank=True
    )
    entry = models.ForeignKey(RegisterEntry, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_import", "line"], name="import_row_once_per_line")
        ]
        indexes = [models.Index(fields=["site_import", "verdict", "line"], name="import_row_by_verdict")]

    def __str__(self) -> str:
        return f"line {self.line}"


class MatchDecision(models.Model):
    """What a person decided once about a line and an entry: the same line never asks again."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the line's normalised values."))
    entry = models.ForeignKey(RegisterEntry, models.CASCADE, related_name="+")
    is_same = models.BooleanField()
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "fingerprint", "entry"], name="match_decided_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]} {'is' if self.is_same else 'is not'} {self.entry_id}"
