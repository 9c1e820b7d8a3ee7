"""What a customer commits to a supplier's CAR: beside the site's own actions, and between the two alone."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import CommitmentState
from findings.models.audit import Audit
from findings.models.finding import Finding
from findings.models.pair import between
from findings.models.plan import PlanUpdate
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments, as far as a viewer may know of them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Commitments that the viewer's organisation made or received: never another customer's."""
        return between(self, viewer)


class Commitment(models.Model):
    """One thing that one customer will do. Its words stand in versions, what followed in steps; both append-only."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="commitments")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("customer"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, state.value) for state in CommitmentState],
        default=CommitmentState.OFFERED,
    )
    progress = models.CharField(
        _("progress"),
        max_length=20,
        choices=PlanUpdate.Progress.choices,
        default=PlanUpdate.Progress.NOT_STARTED,
    )
    made_at = models.DateTimeField(_("made"))

    objects = CommitmentQuerySet.as_manager()
    reads_are_logged = True

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = [models.Index(fields=["finding", "customer"], name="commitment_by_finding")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_id(self) -> int:
        """The organisation whose CAR it is about: the supplier."""
        return self.supplier_id

    @property
    def latest(self) -> "CommitmentVersion":
        """The version in force."""
        return list(self.versions.all())[-1]


class CommitmentVersionQuerySet(models.QuerySet["CommitmentVersion"]):
    """Versions of commitments."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """For the two alone."""
        return between(self, viewer)


class CommitmentVersion(models.Model):
    """What a commitment says; append-only, so that what was promised stays readable as it was."""

    class Kind(models.TextChoices):
        MONEY = "money", _("Money")
        PRICE = "price", _("A better price")
        VOLUME = "volume", _("Orders we keep or add")
        TIME = "time", _("More time")
        PEOPLE = "people", _("People and knowledge")
        OTHER = "other", _("Something else")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="versions")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind of support"), max_length=8, choices=Kind.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    text = models.TextField(_("what we will do"), max_length=2000)
    condition = models.TextField(_("on what condition"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    from_on = models.DateField(_("from"), null=True, blank=True)
    to_on = models.DateField(_("until"), null=True, blank=True)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = CommitmentVersionQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="commitment_version_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(amount=None, currency="")
                | models.Q(amount__isnull=False, amount__gt=0, currency__regex=r"^[A-Z]{3}$"),
                name="a_committed_amount_has_a_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(from_on=None)
                | models.Q(to_on=None)
                | models.Q(to_on__gte=models.F("from_on")),
                name="a_commitment_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="a_commitment_says_something"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of commitment {self.commitment_id}"


class CommitmentStepQuerySet(models.QuerySet["CommitmentStep"]):
    """What was said about commitments."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """For the two alone."""
        return between(self, viewer)


class CommitmentStep(models.Model):
    """What one of the two said about a commitment afterwards; append-only."""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed receipt")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        PROGRESS = "progress", _("Said how it goes")
        WITHDRAWN = "withdrawn", _("Took it back")

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="steps")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    version_number = models.PositiveIntegerField(_("about version"))
    progress = models.CharField(
        _("progress"), max_length=20, choices=PlanUpdate.Progress.choices, blank=True, default=""
    )
    text = models.TextField(_("text"), max_length=2000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = CommitmentStepQuerySet.as_manager()

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind__in=["asked", "answered", "withdrawn"]) | ~models.Q(text=""),
                name="a_commitment_step_has_words",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="progress") & ~models.Q(progress="")
                | ~models.Q(kind="progress") & models.Q(progress=""),
                name="a_commitment_step_names_progress",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of commitment {self.commitment_id}"
