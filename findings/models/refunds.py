"""The refund ledger of a plan on recruitment fees: groups of workers, what they paid, and what came back.

Who sees what, and why:

- **A group and its totals** are seen by everyone who sees the plan: what workers paid and what they got back is
  what the plan is about.
- **A payment** says who paid. What one customer paid is a commercial term between that customer and the
  supplier, so a payment is seen by the supplier, and by the customer that it names. Nobody else sees any payment,
  those of the employer included: total minus the employer's own would be the customers' share, and would tell one
  customer of another. All others read totals, "by the employer, agencies and customers together"; they come from
  `app.refund_totals`, which gives sums per group and month and never a payer.
- **No worker is named.** The ledger holds numbers of workers; texts that look like a person are refused.

Rows are append-only. A group is corrected by its next revision, a payment by another that takes it back. Amounts of
different currencies are never added together.
"""

from decimal import Decimal
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit
from findings.models.plan import ActionPlan
from organisations.models import Organisation, Person
from organisations.visibility import Viewer

CURRENCY = r"^[A-Z]{3}$"


class RefundGroup(models.Model):
    """Workers who came the same way and paid the same; the newest revision of a number is in force. Append-only."""

    class Purpose(models.TextChoices):
        AGENCY = "agency", _("Fee of an agency or agent")
        TRAVEL = "travel", _("Travel")
        VISA = "visa", _("Passport, visa or permit")
        MEDICAL = "medical", _("Medical check or insurance")
        TRAINING = "training", _("Training or test")
        DEPOSIT = "deposit", _("Deposit or guarantee")
        DEDUCTION = "deduction", _("Taken from wages")
        OTHER = "other", _("Something else")

    class Refunder(models.TextChoices):
        EMPLOYER = "employer", _("The employer")
        AGENCY = "agency", _("The agency that took it")
        TOGETHER = "together", _("The employer and customers together")
        OPEN = "open", _("Not agreed yet")

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="refund_groups")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("group"))
    revision = models.PositiveIntegerField(_("revision"), default=1)
    label = models.CharField(_("name of the group"), max_length=120)
    from_country = models.CharField(_("came from"), max_length=2)
    to_country = models.CharField(_("works in"), max_length=2)
    workers = models.PositiveIntegerField(_("workers"))
    fee = models.DecimalField(_("paid by each worker"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    purposes = ArrayField(
        models.CharField(max_length=10, choices=Purpose.choices),
        verbose_name=_("what it was for"),
        default=list,
    )
    refunder = models.CharField(_("who pays it back"), max_length=10, choices=Refunder.choices)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    is_withdrawn = models.BooleanField(_("entered by mistake"), default=False)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("carried from")
    )
    carried_amount = models.DecimalField(
        _("refunded before"), max_digits=16, decimal_places=2, default=0, editable=False
    )
    carried_settled = models.PositiveIntegerField(_("repaid in full before"), default=0, editable=False)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ("number", "revision")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number", "revision"], name="refund_group_revised_once"),
            models.CheckConstraint(condition=models.Q(workers__gte=1), name="refund_group_has_workers"),
            models.CheckConstraint(condition=models.Q(fee__gt=0), name="refund_group_paid_something"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=CURRENCY), name="refund_group_has_currency"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def purpose_words(self) -> list[str]:
        """What the money was for, in words."""
        return [str(self.Purpose(one).label) for one in self.purposes]

    @property
    def owed(self) -> Decimal:
        """What the workers of the group paid altogether, in its currency."""
        return self.workers * self.fee


class PaymentQuerySet(models.QuerySet["RefundPayment"]):
    """Payments, as far as a viewer may see them."""

    def visible_to(self, viewer: Viewer | None) -> Self:
        """Return payments of one's own sites, within site limits, and those that name one's own organisation."""
        if viewer is None:
            return self.none()
        own = viewer.organisation_id
        rows = self.filter(models.Q(customer_id=own) | models.Q(supplier_id=own))
        if viewer.site_ids is not None:
            rows = rows.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
        return rows


class RefundPayment(models.Model):
    """Money that went back to workers; read by the supplier and the customer it names. Append-only."""

    class Payer(models.TextChoices):
        EMPLOYER = "employer", _("The employer")
        AGENCY = "agency", _("An agency")
        CUSTOMER = "customer", _("A customer")
        OTHER = "other", _("Somebody else")

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="refund_payments")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("payment"))
    group = models.ForeignKey(RefundGroup, models.PROTECT, related_name="payments", verbose_name=_("group"))
    paid_on = models.DateField(_("paid on"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    workers = models.IntegerField(_("workers who got money"))
    workers_settled = models.IntegerField(_("of these, now repaid in full"), default=0)
    payer = models.CharField(_("who paid"), max_length=10, choices=Payer.choices)
    customer = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("which customer"),
    )
    note = models.TextField(_("note"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    takes_back = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
        verbose_name=_("takes back"),
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="refund_payment_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(payer="customer", customer__isnull=False)
                | ~models.Q(payer="customer") & models.Q(customer=None),
                name="refund_payment_names_a_customer_that_pays",
            ),
            models.CheckConstraint(
                condition=models.Q(takes_back=None, amount__gt=0, workers__gte=1, workers_settled__gte=0)
                | models.Q(takes_back__isnull=False, amount__lt=0),
                name="refund_payment_is_more_than_nothing",
            ),
        ]
        indexes = [models.Index(fields=["plan", "-paid_on", "-id"], name="refund_payment_newest")]

    def __str__(self) -> str:
        return f"payment {self.number} of plan {self.plan_id}"
