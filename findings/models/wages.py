"""The living-wage gap of a plan: a benchmark, what is paid, and the distance between them, date by date."""

from decimal import ROUND_HALF_UP, Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from findings.models.audit import Audit
from findings.models.plan import ActionPlan
from findings.models.refunds import CURRENCY
from organisations.models import Organisation, Person

FEWEST = 5  # a smaller group would show what single people earn
TENTH = Decimal("0.1")


class WageReview(models.Model):
    """What was paid on one day beside a benchmark; a later one may correct it. Append-only, seen with the plan."""

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="wage_reviews")
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveIntegerField(_("number"))
    measured_on = models.DateField(_("wages of"))
    benchmark = models.CharField(_("benchmark"), max_length=160)
    source = models.CharField(_("where it comes from"), max_length=250)
    benchmark_on = models.DateField(_("date of the benchmark"))
    region = models.CharField(_("for which region"), max_length=160)
    amount = models.DecimalField(_("living wage in a month"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True, default="")
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("corrects")
    )
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ("measured_on", "number")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="wage_review_numbered_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="wage_review_has_benchmark"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=CURRENCY), name="wage_review_has_currency"
            ),
        ]

    def __str__(self) -> str:
        return f"wages of {self.measured_on} in plan {self.plan_id}"


class WageGroup(models.Model):
    """What a group of at least five workers earned in a month; append-only."""

    review = models.ForeignKey(WageReview, models.PROTECT, related_name="groups")
    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="+", editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+", editable=False)
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("group"), max_length=120)
    workers = models.PositiveIntegerField(_("workers"))
    lowest = models.DecimalField(_("lowest wage in a month"), max_digits=12, decimal_places=2)
    median = models.DecimalField(_("wage in the middle"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["review", "name"], name="wage_group_once"),
            models.CheckConstraint(
                condition=models.Q(workers__gte=FEWEST), name="wage_group_of_at_least_five"
            ),
            models.CheckConstraint(
                condition=models.Q(lowest__gt=0, median__gte=models.F("lowest")), name="wage_group_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def gap(living: Decimal, paid: Decimal) -> Decimal:
    """Return how much is missing in a month; zero when the wage reaches the benchmark."""
    return max(living - paid, Decimal(0))


def gap_share(living: Decimal, paid: Decimal) -> Decimal:
    """Return what is missing as per cent of the living wage, to a tenth; `living` is more than zero."""
    return (gap(living, paid) * 100 / living).quantize(TENTH, ROUND_HALF_UP)
