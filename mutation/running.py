"""The pytest plugin: all tests are collected once; each mutant is tried on those that touch what it breaks.

First every test runs unbroken and tells which functions it calls, which tables it names, and how long it takes.
A mutant then meets its tests, quick ones first, until one fails. Tests that share one big world (`tests/matrices`)
come last, for all mutants that live until then, so that the world is built once.
"""

import inspect
import json
import os
import re
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import psycopg
import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings
from django.db import connection

from ground import ROOT
from mutation import Mutant, python, sql

FOLDER, SHARD, SHARDS = (
    Path(os.environ["MUTATE_FOLDER"]),
    int(os.environ["MUTATE_SHARD"]),
    int(os.environ["MUTATE_OF"]),
)
ONLY = [one for one in os.environ.get("MUTATE_ONLY", "").split(",") if one]
AGAIN = Path(os.environ["MUTATE_AGAIN"]) if os.environ.get("MUTATE_AGAIN") else None
SHARED_WORLD = "tests/matrices/"
SECONDS = float(
    os.environ.get("MUTATE_SECONDS", "20")
)  # of tests for one mutant before the shared world, and again in it
TABLE = re.compile(r"\b((?:findings|sourcing|organisations|documents|schemes|forum|ledger)_[a-z]+)\b")


class Trace:
    """What each test touches, and how long it takes."""

    def __init__(self, *, calls: bool) -> None:
        self.calls = calls  # which functions are called is asked for only where functions are broken
        self.touched: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}

    def record(self, item: pytest.Item, run: Callable[[], bool]) -> None:
        """Run a test; one that fails unbroken is left out."""
        seen: set[str] = set()
        prefix, begun = f"{ROOT}/", time.monotonic()

        def called(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and frame.f_code.co_filename.startswith(prefix):
                seen.add(f"{frame.f_code.co_filename[len(prefix) :]}:{frame.f_code.co_firstlineno}")

        def executed(execute: Callable[..., Any], statement: Any, *rest: Any) -> Any:
            seen.update(TABLE.findall(str(statement)))
            return execute(statement, *rest)

        sys.setprofile(called if self.calls else None)
        try:
            with connection.execute_wrapper(executed):
                is_good = run()
        finally:
            sys.setprofile(None)
        if is_good:
            self.touched[item.nodeid] = sorted(seen)
            self.seconds[item.nodeid] = time.monotonic() - begun


class Runner:
    """Runs single tests again and again within one session."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.failure: pytest.TestReport | None = None

    def passes(self, item: pytest.Item) -> bool:
        """Run a test and tell whether it passed; what its package shares is kept for the next one."""
        self.settle(item)
        # What stands in for the next test is this one's file: its package and the session stay as they are.
        reports = runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]
        self.failure = next((one for one in reports if one.failed), None)
        return self.failure is None

    def settle(self, item: pytest.Item | None) -> None:
        """Take down what the next test does not share, and act as the role app again."""
        keep = item.parent if item is not None else self.session
        with suppress(Exception):
            self.session._setupstate.teardown_exact(keep)  # type: ignore[arg-type]
        if not str(connection.settings_dict["NAME"]).startswith("test_"):
            return  # the first test makes the database
        role = settings.DB_ROLES["app"]
        connection.settings_dict["OPTIONS"]["assume_role"] = role
        if connection.connection is not None and not connection.needs_rollback:
            with suppress(Exception):
                connection.connection.execute(f'SET ROLE "{role}"')

    def killer(self, names: list[str], seconds: float) -> str | None:
        """Return the first of the tests that fails."""
        signal.setitimer(signal.ITIMER_REAL, seconds + 30)
        try:
            for name in names:
                if not self.passes(self.items[name]):
                    return name
        except TimeoutError:
            return "took too long"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return None


def _too_long(*_: object) -> None:
    raise TimeoutError


def pytest_configure() -> None:
    """Give each shard a test database of its own."""
    connection.settings_dict["TEST"]["NAME"] = f"test_common_thread_{os.getpid()}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Trace, try every mutant of this shard, write down what became of it."""
    signal.signal(signal.SIGALRM, _too_long)
    runner = Runner(session)
    touched, seconds = _traced(runner)
    with psycopg.connect(_address(), autocommit=True) as owner:
        owner.execute("SET lock_timeout = '10s'")
        some = [*python.mutants(ONLY), *sql.mutants(owner)]
        wanted = [
            one
            for one in some
            if not ONLY or any(f"{one.room} {one.where}".startswith(part) for part in ONLY)
        ]
        if AGAIN is not None:
            lived = {
                (one["room"], one["where"], one["change"])
                for one in json.loads(AGAIN.read_text())
                if one["state"] == "survived"
            }
            wanted = [one for one in wanted if (one.room, one.where, one.change) in lived]
        wanted = wanted[:: int(os.environ.get("MUTATE_SAMPLE", "1"))]
        choice = Choice(touched, seconds, runner.items)
        chosen = [(one, choice.of(one)) for one in wanted[SHARD::SHARDS]]
        _say(f"{len(wanted)} mutants, {len(chosen)} here")
        outcome = _tried(runner, owner, chosen, seconds)
    (FOLDER / f"outcome-{SHARD}.json").write_text(json.dumps(outcome))
    runner.settle(None)
    runner.session._setupstate.teardown_exact(None)
    return True


def _traced(runner: Runner) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Run this shard's part of the tests unbroken, and read what the other shards found."""
    trace = Trace(calls=not ONLY or any(not one.startswith(sql.KINDS) for one in ONLY))
    files = sorted({name.split("::")[0] for name in runner.items})[SHARD::SHARDS]
    for name, item in runner.items.items():
        if name.split("::")[0] in files:
            trace.record(item, lambda item=item: runner.passes(item))  # type: ignore[misc]
            if name not in trace.touched and runner.failure is not None:
                _say(f"left out, as it fails unbroken: {name}\n{runner.failure.longreprtext[-1500:]}")
    runner.settle(None)
    _next(runner)
    (FOLDER / f"part-{SHARD}").write_text(json.dumps([trace.touched, trace.seconds]))
    (FOLDER / f"part-{SHARD}").rename(FOLDER / f"trace-{SHARD}.json")
    _say(f"{len(trace.touched)} tests pass unbroken")
    while len(found := list(FOLDER.glob("trace-*.json"))) < SHARDS:
        time.sleep(1)
    touched, seconds = {}, {}
    for path in found:
        one, two = json.loads(path.read_text())
        touched.update(one)
        seconds.update(two)
    return touched, seconds


def _next(runner: Runner) -> None:
    """Make sure that the database is there, whatever this shard ran."""
    if not str(connection.settings_dict["NAME"]).startswith("test_"):
        runner.passes(next(iter(runner.items.values())))


class Choice:
    """Which tests can notice what; asked once for each thing that is broken."""

    def __init__(
        self, touched: dict[str, list[str]], seconds: dict[str, float], items: dict[str, pytest.Item]
    ) -> None:
        self.names, self.seconds = list(touched), seconds
        self.words = {name: _words(item) for name, item in items.items()}
        self.about = {name: _parameters(item) for name, item in items.items()}
        self.by_thing: dict[str, set[str]] = defaultdict(set)
        for name, things in touched.items():
            for thing in things:
                self.by_thing[thing].add(name)
                if ":" in thing:
                    self.by_thing[f"{thing.rpartition(':')[0]}:*"].add(name)

    def of(self, mutant: Mutant) -> list[str]:
        """Return the tests for a mutant: the shared world last, those that speak of it first, then quick ones."""
        if mutant.tests:
            found = {name for name in self.names if name.startswith(mutant.tests)}
        else:
            found = set().union(*(self.by_thing.get(need, set()) for need in mutant.needs))

        def order(name: str) -> tuple[bool, bool, bool, float]:
            speaks = bool(mutant.says) and mutant.says in self.words[name]
            is_about = mutant.says in self.about[name]
            return name.startswith(SHARED_WORLD), not is_about, not speaks, self.seconds[name]

        return sorted(found, key=order)


def _words(item: pytest.Item) -> str:
    """Return what a test says: its text, its parameters, tables among them, and the constants that it names."""
    function = item.function  # type: ignore[attr-defined]
    named = [function.__globals__.get(name) for name in _names(function.__code__)]
    constants = [one for one in named if isinstance(one, str | list | tuple | dict)]
    return f"{inspect.getsource(function)}{constants!r}{_parameters(item)!r}"


def _names(code: CodeType) -> set[str]:
    """Return what a function names, the functions within it included."""
    within = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*map(_names, within))


def _parameters(item: pytest.Item) -> list[Any]:
    """Return what a test is given, with the table in place of a model."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return [one._meta.db_table if hasattr(one, "_meta") else one for one in parameters.values()]


def _tried(
    runner: Runner,
    owner: psycopg.Connection[Any],
    chosen: list[tuple[Mutant, list[str]]],
    seconds: dict[str, float],
) -> list[dict[str, Any]]:
    outcome: dict[int, tuple[str, str]] = {}
    last_killers: dict[str, list[str]] = defaultdict(list)
    for is_shared in (False, True):
        for index, (mutant, names) in enumerate(chosen):
            if outcome.get(index, ("survived",))[0] != "survived":
                continue
            part = [name for name in names if name.startswith(SHARED_WORLD) == is_shared]
            # Whatever killed the neighbours of a mutant is likely to kill it as well.
            likely = [name for name in reversed(last_killers[mutant.where.split(":")[0]]) if name in part]
            part = _affordable([*dict.fromkeys([*likely[:5], *part])], seconds)
            if not part:
                outcome.setdefault(index, ("survived", "no test touches it"))
                continue
            begun = time.monotonic()
            outcome[index] = _one(runner, owner, mutant, part, is_shared=is_shared)
            if outcome[index][0] == "killed":
                last_killers[mutant.where.split(":")[0]].append(outcome[index][1])
            took = time.monotonic() - begun
            state, by = outcome[index]
            state = "lives" if state == "survived" and not is_shared else state  # until the shared world
            _say(f"{state:9} {took:5.1f}s {mutant.room} {mutant.where} | {mutant.change} | {by}")
    return [
        {
            "room": one.room,
            "where": one.where,
            "change": one.change,
            "state": outcome[i][0],
            "by": outcome[i][1],
        }
        for i, (one, _names) in enumerate(chosen)
    ]


def _affordable(names: list[str], seconds: dict[str, float]) -> list[str]:
    total, kept = 0.0, list[str]()
    for name in names:
        total += seconds[name]
        if kept and total > SECONDS:
            break
        kept.append(name)
    return kept


def _one(
    runner: Runner, owner: psycopg.Connection[Any], mutant: Mutant, names: list[str], *, is_shared: bool
) -> tuple[str, str]:
    applied: AbstractContextManager[None]
    if mutant.applied is not None:
        applied = mutant.applied()
    elif is_shared:
        applied = _within_the_world(runner, names[0], mutant)
    else:
        runner.settle(None)
        applied = _committed(owner, mutant)
    try:
        with applied:
            by = runner.killer(names, SECONDS)
    except psycopg.Error as error:
        return "invalid", str(error).splitlines()[0]
    return ("survived", f"{len(names)} tests") if by is None else ("killed", by)


@contextmanager
def _committed(owner: psycopg.Connection[Any], mutant: Mutant) -> Iterator[None]:
    owner.execute(mutant.broken)
    try:
        yield
    finally:
        owner.execute(mutant.mended)


@contextmanager
def _within_the_world(runner: Runner, name: str, mutant: Mutant) -> Iterator[None]:
    """Break it inside the transaction that holds the world, and take that back."""
    item = runner.items[name]
    if not any(
        str(node.nodeid).startswith(SHARED_WORLD.rstrip("/")) for node in runner.session._setupstate.stack
    ):
        runner.passes(item)
    raw = connection.connection
    raw.execute("SAVEPOINT broken; SET CONSTRAINTS ALL IMMEDIATE; RESET ROLE")
    try:
        raw.execute(mutant.broken)
        raw.execute("SET CONSTRAINTS ALL DEFERRED")
        raw.execute(f'SET ROLE "{settings.DB_ROLES["app"]}"')
        yield
    finally:
        raw.execute("ROLLBACK TO SAVEPOINT broken; RELEASE SAVEPOINT broken")


def _address() -> str:
    """Return the test database's address for the superuser."""
    one = connection.settings_dict
    return psycopg.conninfo.make_conninfo(
        host=one["HOST"], port=one["PORT"], user=one["USER"], password=one["PASSWORD"], dbname=one["NAME"]
    )


def _say(text: str) -> None:
    with (FOLDER / f"progress-{SHARD}").open("a") as file:
        file.write(text + "\n")
