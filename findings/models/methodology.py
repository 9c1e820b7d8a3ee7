"""Methodologies as versioned data: sections, workplace requirements, closure policies."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ManagementSystems(models.TextChoices):
    """Whether an audit by this version grades how the site is managed."""

    NONE = "none", _("Not part of it")
    OPTIONAL = "optional", _("Can be done")
    REQUIRED = "required", _("Complete before an audit goes to the site")


class MethodologyVersion(models.Model):
    """One published version of an audit methodology, `SMETA 7.0` for example."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    version = models.CharField(_("version"), max_length=20)
    live_from = models.DateField(_("live from"), null=True, blank=True)
    has_observations = models.BooleanField(_("has observations"), default=False)
    management_systems = models.CharField(
        _("management systems assessment"),
        max_length=10,
        choices=ManagementSystems.choices,
        default=ManagementSystems.NONE,
    )
    is_illustrative = models.BooleanField(
        _("illustrative"),
        default=True,
        help_text=_("Titles in our own words and CAR flags from public sources; not the official list."),
    )
    source_note = models.TextField(_("where this comes from"), blank=True)

    class Meta:
        verbose_name = _("methodology version")
        verbose_name_plural = _("methodology versions")
        ordering = ("name", "version")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Section(models.Model):
    """A section of a methodology version; `1A` is a section, while `1.A` is item A of section 1."""

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="sections")
    code = models.CharField(_("code"), max_length=6)
    # Only where it differs: section 5A is printed as 5.A as well, so that a bare 5.A is ambiguous.
    printed_code = models.CharField(_("code as printed"), max_length=8, default="", blank=True)
    title = models.CharField(_("title"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"))
    # Some sections are looked at in audits with so many pillars only: 10A with two, 10B and 10C with four.
    pillars = models.PositiveSmallIntegerField(_("only with pillars"), null=True, blank=True)

    class Meta:
        ordering = ("version", "position")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="section_once_per_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class WorkplaceRequirement(models.Model):
    """One auditable clause of a methodology version.

    Whether a breach is a CAR is a property of the requirement in that version, not the auditor's choice.
    """

    class Ledger(models.TextChoices):
        REFUNDS = "refunds", _("Refunds of recruitment fees")
        WAGE_GAP = "wage_gap", _("The gap to a living wage")

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="requirements")
    section = models.ForeignKey(Section, models.CASCADE, related_name="requirements")
    item = models.CharField(_("item"), max_length=4)
    printed_code = models.CharField(_("code as printed"), max_length=12)
    title = models.CharField(_("title"), max_length=250)
    is_car = models.BooleanField(_("a breach asks for collaborative action"), default=False)
    car_source = models.CharField(_("source of the CAR flag"), max_length=160, blank=True)
    indicators = ArrayField(
        models.CharField(max_length=40), verbose_name=_("ILO indicators"), default=list, blank=True
    )
    sdg_targets = ArrayField(
        models.CharField(max_length=8), verbose_name=_("SDG targets"), default=list, blank=True
    )

    ledger = models.CharField(
        _("figures that its plan keeps"), max_length=10, choices=Ledger.choices, blank=True, default=""
    )

    class Meta:
        verbose_name = _("workplace requirement")
        verbose_name_plural = _("workplace requirements")
        ordering = ("version", "section__position", "item")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "section", "item"], name="requirement_once_per_section"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_code} {self.title}"


class ClosurePolicy(models.Model):
    """How many days a site has to close a non-compliance of a severity, by methodology version."""

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="closure_policies")
    severity = models.CharField(_("severity"), max_length=20)
    days = models.PositiveSmallIntegerField(_("days"))
    is_placeholder = models.BooleanField(_("placeholder"), default=True)
    source = models.CharField(_("where it comes from"), max_length=250, blank=True, default="")
    # Set by this installation's operator: loading a catalogue leaves it alone.
    is_own = models.BooleanField(_("set here"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "severity"], name="closure_policy_once_per_severity"),
        ]

    def __str__(self) -> str:
        return f"{self.severity}: {self.days}"


class ClosurePolicyChange(models.Model):
    """One change of a closure policy, for everyone to read; written by a trigger only, append-only."""

    version = models.ForeignKey(MethodologyVersion, models.CASCADE, related_name="closure_policy_changes")
    severity = models.CharField(_("severity"), max_length=20)
    days_before = models.PositiveSmallIntegerField(_("days before"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(_("days"))
    is_placeholder = models.BooleanField(_("placeholder"))
    source = models.CharField(_("where it comes from"), max_length=250, blank=True, default="")
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return f"{self.severity}: {self.days_before} → {self.days}"
