"""A day and a time as the clocks of some place show them: which moment is meant, and what on days they are changed."""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.dates import clock_text, day_text
from web.fields import MomentInput

_LEFT_OUT = ("Etc/", "SystemV/", "US/", "posix/", "right/")
EARLIER, LATER = "earlier", "later"
FIRST_YEAR, LAST_YEAR = 1990, 2199


def zone_choices() -> list[Any]:
    """Return the time zones by part of the world, and UTC."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        area, slash, place = name.partition("/")
        if slash and not name.startswith(_LEFT_OUT):
            groups.setdefault(area, []).append((name, place.replace("_", " ").replace("/", " · ")))
    return [("UTC", "UTC"), *groups.items()]


def zone_called(name: str) -> tzinfo:
    """Return a time zone by its name; UTC for one that nobody knows."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return UTC


def place_of(zone: str) -> str:
    """Return the place that stands for a zone: London for Europe/London."""
    return zone.rpartition("/")[2].replace("_", " ")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a time on the clocks of a place may mean.

    Args:
        moments: in UTC; one as a rule, two where the clocks are changed: the earlier first.
        is_skipped: the clocks never show it; the moments are as far before and after as it is into the gap.
    """

    moments: tuple[datetime, ...]
    is_skipped: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing to ask."""
        return len(self.moments) == 1


def readings(shown: datetime, zone: tzinfo) -> Reading:
    """Return the moments that `shown`, without a zone, may mean on the clocks of `zone`."""
    shown = shown.replace(tzinfo=None, fold=0)
    both = [shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if both[0] == both[1]:
        return Reading((both[0],))
    is_skipped = both[0].astimezone(zone).replace(tzinfo=None) != shown
    return Reading(tuple(sorted(both)), is_skipped)


def in_zone(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as the clocks of a place show it, with how far they are from UTC."""
    with timezone.override(zone):
        return f"{day_text(moment)}, {clock_text(moment)} ({_offset(moment, zone)})"


def _offset(moment: datetime, zone: tzinfo) -> str:
    minutes = int((moment.astimezone(zone).utcoffset() or moment - moment).total_seconds() // 60)
    sign, (hours, rest) = "+" if minutes >= 0 else "−", divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"


class ClockField(forms.Field):
    """A day and a time without a zone, exactly as typed; which moment it is, `MomentForm` finds out."""

    widget = MomentInput
    default_error_messages = {
        "invalid": gettext_lazy("Write a day and a time, for example 2027-03-28 14:30.")
    }

    def to_python(self, value: Any) -> datetime | None:
        """Read 2027-03-28T14:30, or with a space."""
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        try:
            found = parse_datetime(str(value).strip())
        except ValueError:
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found.replace(tzinfo=None, second=0, microsecond=0)


class MomentForm(forms.Form):
    """A form with a time on the clocks of a place that is chosen beside it.

    A subclass has `zone` (a choice of `zone_choices`) and one or more `ClockField`s, named in `clocks`. After
    `is_valid()` the names stand in `cleaned_data` as aware moments. On a day on which the clocks are changed, a
    time that they skip or show twice is asked about: the field `<name>_meant` appears, with both moments to
    choose from, and everything typed stays.
    """

    clocks: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.clocks:
            meant: Any = forms.ChoiceField(
                label=_("Which time do you mean?"), required=False, widget=forms.HiddenInput, choices=[]
            )
            self.fields[f"{name}_meant"] = meant
            fields = list(self.fields)
            fields.insert(fields.index(name) + 1, fields.pop())
            self.order_fields(fields)
            self._ask(name)

    def clean(self) -> dict[str, Any]:
        """Turn times on clocks into moments; ask where there are two."""
        cleaned = super().clean() or {}
        zone = zone_called(cleaned.get("zone") or "UTC")
        for name in self.clocks:
            shown = cleaned.get(name)
            meant = cleaned.pop(f"{name}_meant", "")
            if shown is None:
                continue
            found = readings(shown, zone)
            if found.is_plain:
                cleaned[name] = found.moments[0]
            elif meant in (EARLIER, LATER):
                cleaned[name] = found.moments[0 if meant == EARLIER else 1]
            else:
                self.add_error(name, self._question(found, cleaned["zone"]))
        return cleaned

    def _ask(self, name: str) -> None:
        """Show the choice as soon as what was sent needs one."""
        field: Any = self.fields[f"{name}_meant"]
        field.choices = [(EARLIER, EARLIER), (LATER, LATER)]
        if not self.is_bound:
            return
        zone_name = str(self.data.get(self.add_prefix("zone"), "")) or "UTC"
        try:
            shown = ClockField(required=False).to_python(self.data.get(self.add_prefix(name)))
            found = readings(shown, zone_called(zone_name)) if shown else None
        except (ValidationError, OverflowError):
            return
        if found is None or found.is_plain:
            return
        zone = zone_called(zone_name)
        field.widget = forms.RadioSelect()
        field.choices = [
            (key, in_zone(moment, zone)) for key, moment in zip((EARLIER, LATER), found.moments, strict=True)
        ]

    @staticmethod
    def _question(found: Reading, zone: str) -> str:
        place = {"place": place_of(zone)}
        if found.is_skipped:
            return (
                _(
                    "The clocks of %(place)s are put forward that night and never show this time. "
                    "Choose below which time you mean."
                )
                % place
            )
        return (
            _(
                "The clocks of %(place)s are put back that night and show this time twice. "
                "Choose below which of the two you mean."
            )
            % place
        )
