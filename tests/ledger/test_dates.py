"""Dates that repeat, over random anchors and zones."""

import calendar
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.dates import date_in, moment, nth_date

ANCHORS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
COUNTS = st.integers(0, 20)
MONTHS = st.integers(1, 24)
ZONES = st.sampled_from(
    [zoneinfo.ZoneInfo(name) for name in sorted(zoneinfo.available_timezones()) if "/" in name]
)


def test_nth_date_when_the_anchor_is_the_last_of_august() -> None:
    assert [nth_date(date(2026, 8, 31), n, 6) for n in range(4)] == [
        date(2026, 8, 31),
        date(2027, 2, 28),
        date(2027, 8, 31),
        date(2028, 2, 29),
    ]


def test_nth_date_when_the_anchor_is_a_leap_day() -> None:
    assert [nth_date(date(2024, 2, 29), n, 12) for n in range(5)] == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


@given(ANCHORS, COUNTS, MONTHS)
@settings(max_examples=2000, deadline=None)
def test_nth_date_keeps_the_day_or_the_end_of_the_month(anchor: date, n: int, months: int) -> None:
    found = nth_date(anchor, n, months)
    assert (found.year * 12 + found.month) - (anchor.year * 12 + anchor.month) == n * months
    assert found.day == min(anchor.day, calendar.monthrange(found.year, found.month)[1])


@given(ANCHORS, COUNTS, MONTHS)
@settings(max_examples=2000, deadline=None)
def test_nth_date_rises_with_n(anchor: date, n: int, months: int) -> None:
    assert nth_date(anchor, n, months) < nth_date(anchor, n + 1, months)


@given(ANCHORS, ZONES)
@settings(max_examples=1000, deadline=None)
@example(date(2011, 12, 29), zoneinfo.ZoneInfo("Pacific/Apia"))
def test_moment_falls_on_the_date_where_the_place_is(on: date, zone: zoneinfo.ZoneInfo) -> None:
    """Noon exists in every zone on every date, save the one day that Samoa (and like places) left out."""
    found = moment(on, zone, time(12))
    left_out = {date(2011, 12, 30), date(1994, 12, 31), date(1995, 1, 1), date(1993, 8, 21)}
    assert date_in(zone, found) == on or on in left_out


@given(ANCHORS, ZONES)
@settings(max_examples=1000, deadline=None)
def test_moment_of_one_date_is_before_that_of_the_next(on: date, zone: zoneinfo.ZoneInfo) -> None:
    assert moment(on, zone) <= moment(on + timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # left out
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice
        (date(2026, 7, 1), time(0), datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
    ],
)
def test_moment_when_the_clocks_change(on: date, at: time, expected: datetime) -> None:
    """A time left out is as far past the gap as it was into it; of a time shown twice it is the first."""
    assert moment(on, zoneinfo.ZoneInfo("Europe/Berlin"), at) == expected


def test_date_in_when_the_moment_is_naive() -> None:
    with pytest.raises(ValueError, match="time zone"):
        date_in(UTC, datetime(2026, 1, 1))  # noqa: DTZ001
