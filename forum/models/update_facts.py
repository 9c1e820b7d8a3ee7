"""What an update says, on its way in from a form or a script."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FigureSaid:
    """One figure as it was typed."""

    name: str
    value: Decimal
    unit: str
    period: str


@dataclass(frozen=True, slots=True)
class UpdateSaid:
    """What an update says.

    Args:
        correction: what was put right, needed from the second version on.
    """

    title: str
    text: str
    dated_on: dt.date
    language: str = ""
    correction: str = ""
    figures: tuple[FigureSaid, ...] = ()
