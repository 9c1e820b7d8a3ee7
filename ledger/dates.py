"""Dates that repeat, and the moments at which they fall; pure, the clock is always passed in."""

from datetime import UTC, date, datetime, time, tzinfo

from dateutil.relativedelta import relativedelta


def nth_date(anchor: date, n: int, months: int) -> date:
    """Return the date n times `months` after `anchor`, cut to the end of a shorter month.

    Always computed from the anchor: six-monthly from 31 August gives 28 February, then 31 August again.
    Chaining from date to date would stay on the 28th for ever.
    """
    return anchor + relativedelta(months=n * months)


def moment(on: date, zone: tzinfo, at: time = time(0)) -> datetime:
    """Return the moment, in UTC, at which the clocks of `zone` show `at` on `on`.

    A time that the clocks skip (02:30 on a spring night) becomes the moment as far past the gap;
    a time that they show twice is the first of the two. So every date has exactly one moment.
    """
    return datetime.combine(on, at.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)


def date_in(zone: tzinfo, at: datetime) -> date:
    """Return the date that people in `zone` have at the moment `at` (aware)."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(zone).date()
