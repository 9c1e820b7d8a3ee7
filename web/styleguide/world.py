"""The invented companies and figures of the style guide."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from web.paging import Page
from web.pieces import Chart, Crumb, Fact, Moment, Series, Step, Tile, Todo
from web.statuses import STATUSES


@dataclass(frozen=True)
class Supplier:
    """A row of the example table."""

    name: str
    place: str
    worst: str
    count: int
    overdue: int
    car: str
    audited_on: date


SUPPLIERS = [
    Supplier(
        "Shapla Footwear Limited",
        "Chattogram, Bangladesh",
        "business_critical",
        5,
        1,
        "in_progress",
        date(2026, 9, 12),
    ),
    Supplier("Meghna Knit Works Ltd.", "Gazipur, Bangladesh", "major", 5, 0, "in_progress", date(2026, 8, 3)),
    Supplier("Qingshan Home Textiles", "Anqing, China", "minor", 1, 0, "open", date(2026, 5, 28)),
]
NOON = datetime(2026, 11, 21, 12, 4, tzinfo=UTC)


def shell() -> dict[str, Any]:
    """Return an invented member's surroundings."""
    firms = [
        SimpleNamespace(code="NRTH", name="Northfield Retail"),
        SimpleNamespace(code="SRMA", name="Surma Shoes"),
    ]
    here = reverse("styleguide:show")

    def item(label: str, icon: str, count: int | None = None, *, current: bool = False) -> SimpleNamespace:
        return SimpleNamespace(label=label, url=here, icon=icon, count=count, current=current)

    main = [
        item(_("Home"), "home", current=True),
        item(_("Suppliers"), "truck", 1284),
        item(_("Non-compliances"), "flag", 417),
        item(_("Working together"), "thread", 38),
    ]
    yours = [item(_("Inbox"), "inbox", 4), item(_("Settings"), "settings")]
    return {
        "viewer": SimpleNamespace(person_id=0),
        "organisation": firms[0],
        "memberships": [SimpleNamespace(organisation=firm) for firm in firms],
        "navigation": [SimpleNamespace(title="", items=main), SimpleNamespace(title=_("You"), items=yours)],
        "is_demo": True,
    }


def pieces() -> dict[str, Any]:
    """Return what the components of the page are filled with."""
    return {
        "crumbs": [Crumb(_("Home"), "/"), Crumb(_("Style guide"))],
        "statuses": {kind: list(states) for kind, states in STATUSES.items()},
        "tiles": _tiles(reverse("styleguide:show")),
        "todos": _todos(reverse("styleguide:show")),
        "steps": [
            Step(_("Understand it"), "done", reverse("styleguide:show")),
            Step(_("Write the plan"), "now"),
            Step(_("Keep it moving")),
        ],
        "moments": _moments(),
        "readers": [
            Fact(_("You"), _("2 people")),
            Fact(_("Auditor"), "Meridian Assurance"),
            Fact(_("Customers"), _("3, once you share. They do not see each other.")),
        ],
        "chart_one": _bars(),
        "chart_two": _lines(),
        "suppliers": SUPPLIERS,
        "page": Page(SUPPLIERS, 3, "x", "y", "?cursor=x", "?cursor=y"),
        "moment": NOON,
        "tones": ("bad", "warn", "good", "car", "thread", "calm"),
    }


def _tiles(here: str) -> list[Tile]:
    return [
        Tile(_("Open non-compliances"), 379, here, _("31 overdue · 46 fewer than in spring")),
        Tile(_("Being worked on together"), 38, here, _("29 with a plan · counted apart on purpose"), "car"),
        Tile(_("Overdue"), 31, here, _("oldest: 41 days"), "bad"),
    ]


def _todos(here: str) -> list[Todo]:
    return [
        Todo(
            "Padma Weave Ltd.",
            _("asks you to confirm its plan on recruitment fees"),
            here,
            _("Read and answer"),
            kind="car",
            state="in_progress",
            note=_("2 days ago"),
            is_primary=True,
        ),
        Todo(
            "Shapla Footwear",
            _("has one business-critical non-compliance, 3 days over its date"),
            here,
            _("Open"),
            kind="nc",
            state="overdue",
        ),
    ]


def _moments() -> list[Moment]:
    return [
        Moment(_("Raised"), _("periodic audit"), date(2026, 9, 12)),
        Moment(_("Understood"), _("no urgent case, not yet known to customers"), date(2026, 11, 20)),
        Moment(_("Plan shared"), _("status becomes in progress"), state="next"),
        Moment(_("Next periodic audit looks at it anew"), state="later"),
    ]


def _bars() -> Chart:
    return Chart(
        "closed",
        _("Closed within their date, by quarter"),
        ["Q3 25", "Q4 25", "Q1 26", "Q2 26", "Q3 26"],
        [Series(_("Closed in time"), [61, 64, 70, 68, 79])],
        unit="%",
        maximum=100,
    )


def _lines() -> Chart:
    return Chart(
        "raised",
        _("Raised each year"),
        ["2023", "2024", "2025", "2026"],
        [
            Series(_("Non-compliances"), [40, 52, 47, 31], "warn"),
            Series(_("Worked on together"), [None, 8, 12, 18], "car"),
        ],
        kind="line",
    )
