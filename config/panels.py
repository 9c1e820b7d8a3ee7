"""The home page: what needs this member today, then the figures, then the rows behind them."""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.todos import todos_from, todos_of
from findings.models import Standing
from findings.queries import panels as findings
from findings.queries.audit import audits_waiting
from findings.queries.corrective import number_to_verify
from findings.queries.panels import Figures
from findings.views.finding import tile_to_verify
from organisations.visibility import Capability, Viewer
from web.pieces import Tile, Todo


@dataclass
class Home:
    """What stands on a home page.

    Args:
        todos: what waits for the reader, the most urgent first.
        tiles: figures that link to their rows.
        suppliers: rows of suppliers to watch, for a buyer.
        first_steps: for someone with nothing here yet.
    """

    todos: list[Todo] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    suppliers: list[Standing] = field(default_factory=list)
    first_steps: list[Todo] = field(default_factory=list)

    @property
    def heading(self) -> str:
        """Say in a sentence what is the matter today."""
        count = len(self.todos)
        if not count:
            return _("Nothing waits for you today")
        return ngettext("One thing needs you today", "%(count)s things need you today", count) % {
            "count": count
        }


def home_of(viewer: Viewer, *, at: dt.datetime) -> Home:
    """Gather the panels for what the viewer's organisation is; most organisations are several things at once."""
    home, today = Home(), timezone.localdate(at)
    home.todos = todos_from(todos_of(viewer, at=at, on=today), today)
    if viewer.has(Capability.BUYER):
        home.suppliers = findings.suppliers_to_watch(viewer, on=today)
    home.tiles = _tiles_of(viewer, today)
    home.todos = [replace(todo, is_primary=place == 0) for place, todo in enumerate(home.todos)]
    if not home.todos:
        home.first_steps = _first_steps(viewer)
    return home


def _tiles_of(viewer: Viewer, today: dt.date) -> list[Tile]:
    """Return the figures; own sites and suppliers' sites apart for whoever is supplier and buyer."""
    tiles, is_both = [], viewer.capabilities >= {Capability.SUPPLIER, Capability.BUYER}
    if viewer.has(Capability.SUPPLIER):
        own = findings.figures_of_own_sites(viewer, on=today)
        words = (_("Open non-compliances at your sites"), _("Worked on together at your sites"))
        tiles += _tiles(own, *(words if is_both else _plain_words()))
    if viewer.has(Capability.BUYER):
        suppliers = findings.figures_of_suppliers(viewer, on=today)
        words = (_("Open non-compliances at your suppliers"), _("Worked on together at your suppliers"))
        portfolio = reverse("findings:portfolio")
        tiles += _tiles(
            suppliers,
            *(words if is_both else _plain_words()),
            ncs_url=portfolio,
            cars_url=f"{portfolio}?without_plan=on",
        )
    if not tiles and viewer.has(Capability.AUDIT_FIRM):
        tiles += _tiles_of_firm(viewer)
    return tiles


def _tiles_of_firm(viewer: Viewer) -> list[Tile]:
    """Return what is a firm's own to do: of all that it sees at others' sites, little is."""
    return [
        Tile(_("Audits at work"), audits_waiting(viewer), reverse("findings:audits"), _("not published yet")),
        tile_to_verify(number_to_verify(viewer)),
    ]


def _plain_words() -> tuple[str, str]:
    return _("Open non-compliances"), _("Being worked on together")


def _tiles(figures: Figures, ncs: str, cars: str, *, ncs_url: str = "", cars_url: str = "") -> list[Tile]:
    overdue = _("%(count)s overdue") % {"count": figures.overdue_ncs}
    planned = _("%(count)s with a plan · counted apart on purpose") % {"count": figures.cars_with_plan}
    return [
        Tile(
            ncs,
            figures.open_ncs,
            ncs_url or reverse("findings:non_compliances"),
            overdue,
            "bad" if figures.overdue_ncs else "",
        ),
        Tile(cars, figures.open_cars, cars_url or reverse("findings:working_together"), planned, "car"),
    ]


def _first_steps(viewer: Viewer) -> list[Todo]:
    """Teach the next step where nothing waits."""
    steps = []
    if viewer.has(Capability.SUPPLIER):
        steps.append(
            Todo(
                _("Your sites"),
                _("are what audits and plans are about"),
                reverse("sourcing:sites"),
                _("See your sites"),
            )
        )
    if viewer.has(Capability.BUYER):
        steps.append(
            Todo(
                _("Your suppliers"),
                _("show you their audits and plans once you are linked"),
                reverse("sourcing:suppliers"),
                _("See suppliers"),
            )
        )
    steps.append(
        Todo(
            _("Your colleagues"),
            _("work with you here once they are invited"),
            reverse("organisations:members"),
            _("See members"),
        )
    )
    steps.append(
        Todo(
            _("Your organisation"),
            _("keeps a record of all that happens in it"),
            reverse("organisations:activity"),
            _("See the record"),
        )
    )
    return steps
