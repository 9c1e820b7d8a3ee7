"""Which time zones a country has, from the table of the time-zone database."""

from functools import cache
from importlib import resources


def timezones_of(country: str) -> tuple[str, ...]:
    """Return the zones of the country with two letters `country`, the one with the most people first."""
    return _by_country().get(country, ())


def guess_timezone(country: str) -> str:
    """Return the country's first zone; UTC for a country that the table does not know."""
    return next(iter(timezones_of(country)), "UTC")


def only_timezone(country: str) -> str | None:
    """Return the zone of a country that has one; None where people have to choose."""
    zones = timezones_of(country)
    return guess_timezone(country) if len(zones) < 2 else None


@cache
def all_timezones() -> tuple[str, ...]:
    """Return every zone that people live in, by name, and UTC."""
    return ("UTC", *sorted({zone for zones in _by_country().values() for zone in zones}))


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    for line in lines:
        if not line.startswith("#"):
            country, _point, zone, *_note = line.split("\t")
            table[country] = (*table.get(country, ()), zone)
    return table
