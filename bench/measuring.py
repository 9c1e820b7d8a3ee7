"""Taking the measurements: real middleware, sessions and row security, in one process, case by case."""

import gc
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any
from unittest import mock

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.test import Client

from bench.cases import SIZE, Case, Rows, all_cases, cursor_after, viewer_of
from bench.gauges import Cost, cpu_of, gauged, memory
from bench.trade import Trade
from bench.viewers import Seen, audits_at_work, choose_viewers
from findings.models.audit import AuditQuerySet
from findings.models.finding import FindingQuerySet
from findings.queries import named
from findings.queries.finding import non_compliances
from ledger.acting import acting
from organisations.models import Person
from organisations.visibility import Viewer
from sourcing.models.engagement import EngagementQuerySet
from sourcing.models.link import TradeLinkQuerySet
from sourcing.models.register import RegisterEntryQuerySet
from sourcing.models.site import SiteQuerySet
from web import paging

SCOPED = (
    FindingQuerySet,
    AuditQuerySet,
    SiteQuerySet,
    TradeLinkQuerySet,
    EngagementQuerySet,
    RegisterEntryQuerySet,
)
PAGES = (1, 10, 1000)
EXPECTED = {"create": 302}
PAIRS = 12  # comparisons of a case in a round, unless they last longer than `LONG` seconds together
LONG = 0.25


class Unexpected(Exception):
    """A page did not answer as it should, so its cost would mean nothing."""


@dataclass
class Measured:
    """The runs of one case; `rows` and `bare` are pairs of database milliseconds and wall milliseconds."""

    case: Case
    runs: list[Cost] = field(default_factory=list)
    rows: list[tuple[float, float]] = field(default_factory=list)
    bare: list[tuple[float, float]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Return medians as plain values; times in milliseconds, size in kilobytes."""
        walls = sorted(run.wall for run in self.runs)
        rows, bare = _middle(self.rows), _middle(self.bare)
        return {
            "case": self.case.name,
            "viewer": self.case.viewer.name,
            "kind": self.case.kind,
            "is_page": self.case.is_page,
            "statements": round(median(len(run.statements) for run in self.runs)),
            "cpu": median(run.cpu for run in self.runs),
            "database": median(run.database for run in self.runs),
            "p50": median(walls),
            "p95": quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0],
            "kilobytes": median(run.size for run in self.runs) / 1000,
            "rows": rows,
            "bare": bare,
            "ratio": rows / bare if rows and bare else None,
            "ratio95": _high(self.rows) / _high(self.bare) if rows and bare else None,
            "said": self.runs[-1].statements,
        }


class Bench:
    """A world ready to be measured, round by round."""

    def __init__(self, trade: Trade, admin: "psycopg.Connection[Any]") -> None:
        """`admin` is a superuser's connection, for choosing viewers and for bare SQL."""
        self.admin = admin
        with admin.cursor() as cursor:
            viewers = choose_viewers(cursor, trade)
            at_work = audits_at_work(cursor, trade.big_firm)
        with _seen_by(viewers[0]):
            cursors = {page: _cursor(viewers[0], trade, page) for page in PAGES}
            cases = all_cases(viewers, at_work=at_work, cursors=cursors, on=trade.on)
        self.measured = [Measured(case) for case in cases]
        self.clients = {one.name: _signed_in(one) for one in viewers}
        self.turn = 0

    def warm_up(self) -> None:
        """Open everything twice, then forget the costs; freeze what is in memory by now, as the web server does."""
        for _each in range(2):
            for one in self.measured:
                self._request(one.case)
            self.turn += 1
        gc.collect()
        gc.freeze()

    def round(self) -> None:
        """Measure every case once, in a new order."""
        order = list(self.measured)
        random.shuffle(order)
        for one in order:
            one.runs.append(self._request(one.case))
            if one.case.rows:
                self._compare(one)
        self.turn += 1

    def report(self) -> dict[str, Any]:
        """Return all medians and this process's memory."""
        return {"cases": [one.summary() for one in self.measured], "memory": memory()}

    def _request(self, case: Case) -> Cost:
        client = self.clients[case.viewer.name]
        method = client.get if case.data is None else client.post
        url = case.urls[self.turn % len(case.urls)]
        with pages_of(SIZE), gauged() as cost:
            answer = method(url, case.data, headers=case.headers, secure=True)
            cost.size = len(answer.content)
        if answer.status_code != EXPECTED.get(case.kind, 200):
            raise Unexpected(f"{case.title}: {url} answered {answer.status_code}")
        return cost

    def _compare(self, one: Measured) -> None:
        """Ask the row query under scope and net, and without either as the superuser, in turns and many times."""
        case = one.case
        if case.rows is None:
            return
        viewer, began = viewer_of(case.viewer), time.perf_counter()
        with _seen_by(case.viewer), psycopg.ClientCursor(self.admin) as plain:
            with mock_unscoped():
                bare = case.rows(viewer).query.sql_with_params()
            for _each in range(PAIRS):
                one.rows.append(_answered(case.rows, viewer))
                one.bare.append(_timed(plain, bare, self.admin.info.backend_pid))
                if time.perf_counter() - began > LONG:
                    break


@contextmanager
def pages_of(size: int) -> Iterator[None]:
    """Make every page's list this long."""
    real = paging.keyset_page

    def wide(*args: Any, **named: Any) -> Any:
        return real(*args, **{**named, "size": size})

    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if ".views." in name and getattr(module, "keyset_page", None) is real:
                stack.enter_context(mock.patch.object(module, "keyset_page", wide))
        yield


@contextmanager
def mock_unscoped() -> Iterator[None]:
    """Take the scope off every queryset, for building the bare statement."""
    with ExitStack() as stack:
        for each in SCOPED:
            stack.enter_context(mock.patch.object(each, "visible_to", lambda self, viewer: self.all()))
        stack.enter_context(mock.patch.object(named, "_audits_named", return_value=None))
        yield


@contextmanager
def _seen_by(one: Seen) -> Iterator[None]:
    with acting(person_id=one.person, organisation_id=one.organisation):
        yield


def _cursor(one: Seen, trade: Trade, page: int) -> str:
    if page == 1:
        return ""
    return cursor_after(page, non_compliances(viewer_of(one), on=trade.on))


def _signed_in(one: Seen) -> Client:
    client = Client(headers={"x-forwarded-proto": "https"})
    client.force_login(Person.objects.get(pk=one.person))
    return client


def _timed(cursor: Any, asked: tuple[str, tuple[Any, ...]], process: int) -> tuple[float, float]:
    cpu, wall = cpu_of(process), time.perf_counter()
    cursor.execute(*asked)
    cursor.fetchall()
    return cpu_of(process) - cpu, (time.perf_counter() - wall) * 1000


def _answered(rows: Rows, viewer: Viewer) -> tuple[float, float]:
    """Return the time of a row query as the app asks it, with what it asks first to narrow it."""
    process, wall = connection.connection.info.backend_pid, 0.0

    def clock(execute: Any, *args: Any) -> Any:
        nonlocal wall
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            wall += (time.perf_counter() - began) * 1000

    cpu = cpu_of(process)
    # Where no name fits, nothing more is asked.
    with connection.execute_wrapper(clock), suppress(EmptyResultSet), connection.cursor() as cursor:
        cursor.execute(*rows(viewer).query.sql_with_params())
        cursor.fetchall()
    return cpu_of(process) - cpu, wall


def _high(pairs: list[tuple[float, float]]) -> float:
    """Return the 95th percentile of the database's own time, or of the wall time where that is not known."""
    times = sorted(cpu or wall for cpu, wall in pairs)
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _middle(pairs: list[tuple[float, float]]) -> float | None:
    """Return the median of the database's own time, or of the wall time where that is not known."""
    if not pairs:
        return None
    return median(cpu for cpu, _wall in pairs) or median(wall for _cpu, wall in pairs)
