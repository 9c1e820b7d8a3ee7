"""What a site says in figures, as plain values on their way from a form or the API to an action."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What is said of a group; choices are those of `RefundGroup`."""

    label: str
    from_country: str
    to_country: str
    workers: int
    fee: Decimal
    currency: str
    purposes: Sequence[str]
    refunder: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What is said of a payment; `customer` is named exactly when it is the payer."""

    paid_on: date
    amount: Decimal
    workers: int
    workers_settled: int
    payer: str
    customer: Organisation | None = None
    note: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkFacts:
    """A living-wage benchmark as it was published, and when the wages beside it were paid; money by the month."""

    measured_on: date
    benchmark: str
    source: str
    benchmark_on: date
    region: str
    amount: Decimal
    currency: str
    note: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class WageFacts:
    """What a group of workers earned in that month."""

    name: str
    workers: int
    lowest: Decimal
    median: Decimal
