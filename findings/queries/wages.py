"""Questions about the gap to a living wage."""

from dataclasses import dataclass, field
from decimal import Decimal

from findings.models import ActionPlan, Finding, WageGroup, WageReview
from findings.models.wages import gap, gap_share


@dataclass(frozen=True, slots=True)
class GroupGap:
    """How far a group is from the living wage, in money and per cent of it."""

    group: WageGroup
    at_lowest: Decimal
    at_median: Decimal
    share_at_lowest: Decimal
    share_at_median: Decimal


@dataclass(frozen=True)
class Measured:
    """The figures of one day."""

    review: WageReview
    gaps: list[GroupGap]
    is_carried: bool = False

    @property
    def widest(self) -> Decimal:
        """The widest gap of any group's lowest wage, in per cent."""
        return max((one.share_at_lowest for one in self.gaps), default=Decimal(0))


@dataclass(frozen=True)
class WageHistory:
    """The figures of a plan, oldest first, with those of the plans before it that the reader sees."""

    measured: list[Measured] = field(default_factory=list)
    corrected: list[Measured] = field(default_factory=list)

    @property
    def latest(self) -> Measured | None:
        """The newest figures."""
        return self.measured[-1] if self.measured else None

    @property
    def names(self) -> list[str]:
        """The names of all groups, as they first came up."""
        return list(dict.fromkeys(one.group.name for day in self.measured for one in day.gaps))

    def line(self, name: str) -> list[Decimal | None]:
        """Return a group's gap at its median in per cent, day by day; None where it was not measured."""
        return [
            next((one.share_at_median for one in day.gaps if one.group.name == name), None)
            for day in self.measured
        ]


def measured(review: WageReview, *, is_carried: bool = False) -> Measured:
    """Return the gaps of a review whose groups are loaded."""
    living = review.amount
    return Measured(
        review,
        [
            GroupGap(
                group=one,
                at_lowest=gap(living, one.lowest),
                at_median=gap(living, one.median),
                share_at_lowest=gap_share(living, one.lowest),
                share_at_median=gap_share(living, one.median),
            )
            for one in review.groups.all()
        ],
        is_carried,
    )


def wage_history(plan: ActionPlan, chain: list[Finding]) -> WageHistory:
    """Return the figures of a plan and of earlier CARs' plans.

    Args:
        plan: one that the reader sees.
        chain: the CARs of the issue that the reader sees; of others nothing is shown.
    """
    cars = {one.pk for one in chain if one.raised_on <= plan.finding.raised_on} | {plan.finding_id}
    rows = (
        WageReview.objects.filter(plan__finding_id__in=cars)
        .select_related("corrected_by")
        .prefetch_related("groups")
        .order_by("measured_on", "pk")
    )
    found = [measured(one, is_carried=one.plan_id != plan.pk) for one in rows]
    return WageHistory(
        measured=[one for one in found if not hasattr(one.review, "corrected_by")],
        corrected=[one for one in found if hasattr(one.review, "corrected_by")],
    )
