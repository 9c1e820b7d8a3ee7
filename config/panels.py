"""The home page: what needs this member today, then the figures, then the rows behind them."""

import datetime as dt
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from findings.models import ActionPlan, Call, Standing
from findings.queries import panels as findings
from findings.queries.panels import Figures
from findings.queries.together import calls_to_answer
from organisations.visibility import Capability, Viewer
from sourcing.queries.engagement import waiting_for_firm
from sourcing.queries.link import links_to_customers, links_to_suppliers, waiting_for
from web.dates import day_text
from web.pieces import Tile, Todo

MOST = 8


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
    if viewer.has(Capability.SUPPLIER):
        home.todos += _supplier_todos(viewer, today)
    if viewer.has(Capability.BUYER):
        home.todos += _buyer_todos(viewer)
        home.suppliers = findings.suppliers_to_watch(viewer, on=today)
    if viewer.has(Capability.AUDIT_FIRM):
        home.todos += _firm_todos(viewer)
    home.tiles = _tiles_of(viewer, today)
    home.todos = [replace(todo, is_primary=place == 0) for place, todo in enumerate(home.todos)]
    if not home.todos:
        home.first_steps = _first_steps(viewer)
    return home


def _supplier_todos(viewer: Viewer, today: dt.date) -> list[Todo]:
    """Return what the sites' own company has to do; what is late already comes first."""
    expected = findings.updates_expected(viewer, on=today)[:MOST]
    todos = [_report(plan, today) for plan in expected if _is_late(plan, today)]
    todos += [
        Todo(
            link.buyer.name,
            _("asks to be linked with you as a customer"),
            reverse("sourcing:link", args=[link.code]),
            _("Read and answer"),
            "link",
            link.state,
        )
        for link in waiting_for(viewer, links_to_customers(viewer))[:MOST]
    ]
    todos += [
        Todo(
            finding.title,
            _("has no action plan yet"),
            reverse("findings:finding", args=[finding.code]),
            _("Start"),
            "car",
            finding.state,
            note=finding.audit.site_name,
        )
        for finding in findings.cars_without_plan(viewer)[:MOST]
    ]
    todos += [_report(plan, today) for plan in expected if not _is_late(plan, today)]
    todos += [
        Todo(
            audit.site_name,
            _("has an audit that you can read before it is published"),
            reverse("findings:audit", args=[audit.code]),
            _("Open"),
            "audit",
            audit.state,
        )
        for audit in findings.audits_to_comment(viewer)[:MOST]
    ]
    return [
        *todos,
        *(_call(call, call.customer.name) for call in calls_to_answer(viewer, is_own=True)[:MOST]),
    ]


def _call(call: Call, who: str) -> Todo:
    return Todo(
        who,
        _("would like to talk with you"),
        reverse("findings:call", args=[call.code]),
        _("See the times"),
        "call",
        call.state,
        note=call.finding.title,
    )


def _buyer_todos(viewer: Viewer) -> list[Todo]:
    todos = [
        Todo(
            plan.audit.supplier_name,
            _("shares an action plan and asks for your answer"),
            reverse("findings:finding", args=[plan.finding.code]),
            _("Read and answer"),
            "car",
            plan.finding.state,
            note=plan.finding.title,
        )
        for plan in findings.plans_to_answer(viewer)[:MOST]
    ]
    todos += [
        _call(call, call.finding.audit.supplier_name) for call in calls_to_answer(viewer, is_own=False)[:MOST]
    ]
    todos += [
        Todo(
            link.supplier.name,
            _("asks to be linked with you as a supplier"),
            reverse("sourcing:link", args=[link.code]),
            _("Read and answer"),
            "link",
            link.state,
        )
        for link in waiting_for(viewer, links_to_suppliers(viewer))[:MOST]
    ]
    return todos


def _firm_todos(viewer: Viewer) -> list[Todo]:
    todos = [
        Todo(
            engagement.supplier.name,
            _("asks you to audit a site"),
            reverse("sourcing:engagement", args=[engagement.code]),
            _("Read and answer"),
            "engagement",
            engagement.state,
        )
        for engagement in waiting_for_firm(viewer)[:MOST]
    ]
    todos += [
        Todo(
            audit.site_name,
            _("has an audit you are working on"),
            reverse("findings:audit", args=[audit.code]),
            _("Go on"),
            "audit",
            audit.state,
            note=day_text(audit.ends_on),
        )
        for audit in findings.audits_at_work(viewer)[:MOST]
    ]
    return todos


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
        tiles += _tiles(findings.figures_of_audits(viewer, on=today), *_plain_words())
    return tiles


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


def _is_late(plan: ActionPlan, today: dt.date) -> bool:
    return plan.next_update_on is not None and plan.next_update_on < today


def _report(plan: ActionPlan, today: dt.date) -> Todo:
    return Todo(
        plan.finding.title,
        _("waits for your report"),
        reverse("findings:plan_update", args=[plan.finding.code]),
        _("Report"),
        "car",
        plan.finding.state,
        note=_due(plan.next_update_on, today),
    )


def _due(on: dt.date | None, today: dt.date) -> str:
    if on is None:
        return ""
    shown = day_text(on)
    return _("late since %(on)s") % {"on": shown} if on < today else _("due %(on)s") % {"on": shown}
