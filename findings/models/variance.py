"""A buyer's findings against its own code: they stay between that buyer and the supplier."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import VarianceState
from findings.models.finding import Finding
from findings.models.methodology import WorkplaceRequirement
from ledger.codes import new_code
from organisations.models import Organisation, Person
from organisations.visibility import Viewer
from sourcing.models import Site


class VarianceQuerySet(models.QuerySet["Variance"]):
    """Variances, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Those the viewer's organisation raised or has to answer, within site limits; nobody else's, ever."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(buyer_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(site_id__in=viewer.site_ids))
        return rows


class Variance(models.Model):
    """Where a site falls short of one buyer's own code. No count, score or export of findings holds it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=new_code, editable=False)
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("customer"))
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", verbose_name=_("site"))
    buyer_name = models.CharField(_("name of the customer"), max_length=200, default="", editable=False)
    site_name = models.CharField(_("name of the site"), max_length=250, default="", editable=False)
    requirement = models.ForeignKey(
        WorkplaceRequirement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clause of the customer's code"),
    )
    clause = models.CharField(_("clause in words"), max_length=250, blank=True)
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("audit finding")
    )
    title = models.CharField(_("title"), max_length=250)
    description = models.TextField(_("what falls short"), max_length=4000)
    severity = models.CharField(_("how the customer rates it"), max_length=60, blank=True)
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(one.value, one.value) for one in VarianceState],
        default=VarianceState.OPEN,
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    raised_at = models.DateTimeField(_("raised"))

    objects = VarianceQuerySet.as_manager()

    class Meta:
        verbose_name = _("variance")
        verbose_name_plural = _("variances")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(requirement__isnull=False) | ~models.Q(clause=""),
                name="variance_names_its_clause",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-raised_at", "-id"], name="variance_by_buyer"),
            models.Index(fields=["supplier", "-raised_at", "-id"], name="variance_by_supplier"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_id(self) -> int:
        """The organisation whose site it is about: the supplier."""
        return self.supplier_id


class VarianceReply(models.Model):
    """What one of the two said about a variance; append-only."""

    class Kind(models.TextChoices):
        ANSWER = "answer", _("Answer")
        QUESTION = "question", _("Asks for more")
        CLOSING = "closing", _("Closed")

    variance = models.ForeignKey(Variance, models.PROTECT, related_name="replies")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    message = models.TextField(_("message"), max_length=4000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+", editable=False)
    said_at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="closing") | ~models.Q(message=""),
                name="variance_reply_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to variance {self.variance_id}"
