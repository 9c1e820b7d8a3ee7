"""Questions about the refund ledger. Sums come from the database for every reader alike; payers do not."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection

from findings.models import ActionPlan, RefundGroup, RefundPayment
from findings.models.refunds import PaymentQuerySet
from findings.queries.glance import may_have
from organisations.visibility import Viewer

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class GroupBalance:
    """A group with what came back so far, what an earlier plan had repaid included."""

    group: RefundGroup
    refunded: Decimal
    settled: int
    last_on: date | None = None

    @property
    def open(self) -> Decimal:
        """What is still to come back; never less than nothing."""
        return max(self.group.owed - self.refunded, NOTHING)

    @property
    def share(self) -> int:
        """How much came back, in per cent, at most 100."""
        return int(min(self.refunded * 100 / self.group.owed, Decimal(100)))


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Sums of the groups of one currency; there is no sum over currencies."""

    currency: str
    owed: Decimal
    refunded: Decimal
    open: Decimal
    workers: int
    settled: int


@dataclass(frozen=True)
class RefundLedger:
    """The ledger of a plan as every reader of the plan may see it."""

    balances: list[GroupBalance] = field(default_factory=list)
    months: list[tuple[date, str, Decimal]] = field(default_factory=list)  # month, currency, refunded in it

    @property
    def totals(self) -> list[CurrencyTotal]:
        """One line of sums per currency, by its letters."""
        return [self._total(one) for one in sorted({balance.group.currency for balance in self.balances})]

    @property
    def workers(self) -> int:
        """How many workers the groups have."""
        return sum(one.group.workers for one in self.balances)

    @property
    def settled(self) -> int:
        """How many workers are repaid in full."""
        return sum(one.settled for one in self.balances)

    @property
    def carried(self) -> bool:
        """Whether anything was carried from an earlier plan."""
        return any(one.group.carried_from_id for one in self.balances)

    def running(self, currency: str) -> list[tuple[date, Decimal]]:
        """Return what had come back by the end of each month in a currency; carried sums count from the start."""
        reached = sum((one.group.carried_amount for one in self._of(currency)), NOTHING)
        line = []
        for month, one, amount in self.months:
            if one == currency:
                reached += amount
                line.append((month, reached))
        return line

    def _of(self, currency: str) -> list[GroupBalance]:
        return [one for one in self.balances if one.group.currency == currency]

    def _total(self, currency: str) -> CurrencyTotal:
        own = self._of(currency)
        return CurrencyTotal(
            currency=currency,
            owed=sum((one.group.owed for one in own), NOTHING),
            refunded=sum((one.refunded for one in own), NOTHING),
            open=sum((one.open for one in own), NOTHING),
            workers=sum(one.group.workers for one in own),
            settled=sum(one.settled for one in own),
        )


def groups_in_force(plan: ActionPlan) -> list[RefundGroup]:
    """Return the newest revision of each group of a plan that the reader sees, without those taken out."""
    newest: dict[int, RefundGroup] = {}
    for group in RefundGroup.objects.filter(plan=plan).order_by("number", "revision"):
        newest[group.number] = group
    return [one for one in newest.values() if not one.is_withdrawn]


def refund_ledger(plan: ActionPlan) -> RefundLedger:
    """Return the ledger of a plan that the reader sees: groups, sums per group and month, never a payer."""
    if not may_have(plan.finding, "refunds"):
        return RefundLedger([], [])
    groups, rows = groups_in_force(plan), _sums(plan)
    months: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
    balances = []
    for group in groups:
        own = [row for row in rows if row[0] == group.number]
        for _number, month, amount, _settled, _last in own:
            months[month, group.currency] += amount
        balances.append(
            GroupBalance(
                group=group,
                refunded=group.carried_amount + sum((row[2] for row in own), NOTHING),
                settled=group.carried_settled + sum(int(row[3]) for row in own),
                last_on=max((row[4] for row in own if row[4]), default=None),
            )
        )
    line = [(month, currency, amount) for (month, currency), amount in sorted(months.items()) if amount]
    return RefundLedger(balances, line)


def settled_in(plan: ActionPlan, number: int) -> int:
    """Return how many workers of a group are repaid in full."""
    ledger = refund_ledger(plan)
    return next((one.settled for one in ledger.balances if one.group.number == number), 0)


def payments_of(viewer: Viewer, plan: ActionPlan) -> PaymentQuerySet:
    """Return the payments that the viewer may read: all for the supplier, its own for a customer that paid."""
    return (
        RefundPayment.objects.visible_to(viewer)
        .filter(plan=plan)
        .select_related("group", "takes_back", "taken_back_by")
    )


def _sums(plan: ActionPlan) -> list[tuple[int, date, Decimal, int, date | None]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.refund_totals(%s)", [plan.pk])
        return list(cursor.fetchall())
