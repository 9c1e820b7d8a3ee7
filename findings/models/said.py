"""What a customer says, before it is kept: a commitment of support, a standing position."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Support:
    """What a customer commits."""

    kind: str
    text: str
    amount: Decimal | None = None
    currency: str = ""
    condition: str = ""
    language: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    """What a buyer says about a requirement.

    Args:
        answers_plans: whether it also answers plans that inform or ask for confirmation.
    """

    text: str
    contact: str
    valid_from: date
    support: str = ""
    valid_until: date | None = None
    language: str = ""
    answers_plans: bool = False
