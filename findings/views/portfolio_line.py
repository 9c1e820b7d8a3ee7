"""The lines of the portfolio's table in words: made here, since a hundred of them stand on a page."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from findings.models import Standing
from findings.queries.portfolio import next_audit_on
from web.countries import country_name
from web.templatetags.thread import localdate, month, tag


@dataclass(frozen=True, slots=True)
class Line:
    """One supplier as the table shows it; non-compliances and CARs in cells of their own."""

    url: str
    name: str
    place: str
    ncs: SafeString
    overdue: int
    due: str | SafeString
    cars: SafeString
    audited: str | SafeString
    next: str | SafeString
    answers: str


def columns() -> dict[str, str]:
    """Return what the cells are called where the table is folded."""
    return {
        "ncs": _("Non-compliances"),
        "overdue": _("Overdue"),
        "cars": _("Working together"),
        "audited": _("Last audit"),
        "answers": _("Answers after"),
    }


def lines_of(rows: Iterable[Any]) -> list[Line]:
    """Return the table's lines; each row has `overdue`, as `queries.portfolio.portfolio` gives it."""
    words, none_yet = _Words(), format_html('<span class="quiet">{}</span>', _("none yet"))
    pattern = reverse("findings:supplier_status", args=["0"])
    return [
        Line(
            url=pattern.replace("/0/", f"/{row.supplier_code}/"),
            name=row.supplier_name,
            place=f"{country_name(row.supplier_country)} · {_sites(row.sites)}",
            ncs=words.non_compliances(row),
            overdue=row.overdue,
            due=_dated(words.since, row.next_due_on),
            cars=words.cars(row),
            audited=localdate(row.last_audit_on) or none_yet,
            next=_dated(words.following, next_audit_on(row), month),
            answers=_days(row.days_to_answer),
        )
        for row in rows
    ]


class _Words:
    """The counts of a line as tags; the words are translated once for all lines."""

    def __init__(self) -> None:
        self.since, self.following = _("from {day}"), _("next by {day}")
        self._ncs = (
            ("nc_business_critical", "bad", _("%(n)s business critical")),
            ("nc_critical", "bad", _("%(n)s critical")),
            ("nc_major", "warn", _("%(n)s major")),
            ("nc_minor", "calm", _("%(n)s minor")),
        )
        self._cars = (
            ("car_open", "car", _("%(n)s without a plan")),
            ("car_in_progress", "car", _("%(n)s in progress")),
        )
        self._no_ncs = tag("good", _("none"))
        self._no_cars = format_html('<span class="quiet">{}</span>', _("nothing"))

    def non_compliances(self, row: Standing) -> SafeString:
        """Return the open non-compliances by severity."""
        return _tags(row, self._ncs) or self._no_ncs

    def cars(self, row: Standing) -> SafeString:
        """Return what is worked on together."""
        return _tags(row, self._cars) or self._no_cars


def _tags(row: Standing, words: Iterable[tuple[str, str, str]]) -> SafeString:
    counted = ((tone, said, getattr(row, name)) for name, tone, said in words)
    return format_html_join(" ", "{}", ((tag(tone, said % {"n": n}),) for tone, said, n in counted if n))


def _dated(
    sentence: str, day: dt.date | None, show: Callable[[dt.date], SafeString | str] = localdate
) -> SafeString | str:
    return format_html(sentence, day=show(day)) if day else ""


def _sites(count: int) -> str:
    return ngettext("one site", "%(n)s sites", count) % {"n": count}


def _days(days: int | None) -> str:
    return "–" if days is None else ngettext("one day", "%(n)s days", days) % {"n": days}
