"""The measurements as tables, and which goals hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

PAGE = 150
GOALS: dict[str, tuple[int, float]] = {
    "list": (8, 80),
    "detail": (8, 25),
    "create": (15, 30),
    "group": (8, 80),
}
GROWTH, MIGRATE, MEMORY, RATIO = 1.3, 20, 150, 3


@dataclass(frozen=True)
class Goal:
    """One goal, and by how much the worst case keeps or misses it."""

    name: str
    holds: bool
    worst: str

    def line(self) -> str:
        """Say it in a line."""
        return f"{'holds' if self.holds else 'SHORT'}  {self.name}: {self.worst}"


Cases = list[dict[str, Any]]


def table(cases: Cases, bases: Cases | None = None) -> str:
    """Return the cases as a table; with the same cases of a smaller world also how their cost grew."""
    growth = growths(cases, bases or [])
    head = (
        "case",
        "viewer",
        "SQL",
        "CPU ms",
        "PG ms",
        "p50 ms",
        "p95 ms",
        "kB",
        "rows ms",
        "bare ms",
        "ratio",
        "ratio95",
    )
    rows = [head + (("growth",) if bases else ())]
    for one in cases:
        cells = (
            *(one["case"], one["viewer"], str(one["statements"])),
            *(f"{one[name]:.1f}" for name in ("cpu", "database", "p50", "p95", "kilobytes")),
            *(
                "–" if one[name] is None else f"{one[name]:.1f}"
                for name in ("rows", "bare", "ratio", "ratio95")
            ),
        )
        rows.append(cells + ((f"{growth[_key(one)]:.2f}" if _key(one) in growth else "–",) if bases else ()))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def growths(cases: Cases, bases: Cases) -> dict[str, float]:
    """Return each case's cost (CPU of worker and database) over its cost in the smaller world."""
    before = {_key(one): _cost(one) for one in bases}
    return {_key(one): _cost(one) / before[_key(one)] for one in cases if before.get(_key(one))}


def goals(cases: Cases, bases: Cases | None, took: dict[str, float], memory: dict[str, float]) -> list[Goal]:
    """Return every goal with its worst case."""
    found = list(_goals_of_cases(cases))
    if bases:
        found.append(_growth(cases, bases))
    found.append(_at_most(f"migrate an empty database ≤ {MIGRATE} s", took["migrate"], MIGRATE, "s"))
    found.append(_at_most(f"web worker ≤ {MEMORY} MB", memory["highest"], MEMORY, "MB"))
    return found


def _goals_of_cases(cases: Cases) -> Iterator[Goal]:
    for kind, (statements, cpu) in GOALS.items():
        these = [one for one in cases if one["kind"] == kind]
        if these:
            yield _worst(f"{kind} ≤ {statements} SQL", these, "statements", statements)
            yield _worst(f"{kind} ≤ {cpu:g} ms CPU", these, "cpu", cpu)
    pages = [one for one in cases if one["kind"] == "list" and one["is_page"]]
    compared = [one for one in cases if one["ratio95"] is not None]
    if compared:
        yield _worst(f"rows at p95 within {RATIO} × bare SQL", compared, "ratio95", RATIO)
    yield _worst(f"HTML list of 100 ≤ {PAGE} kB", pages, "kilobytes", PAGE)


def _worst(name: str, cases: Cases, column: str, most: float) -> Goal:
    over = [one for one in cases if one[column] > most]
    worst = max(cases, key=lambda one: one[column])
    said = f"at most {worst[column]:.4g} ({worst['case']}, {worst['viewer']})"
    return Goal(name, not over, f"{said}; {len(over)} of {len(cases)} over" if over else said)


def _growth(cases: Cases, bases: Cases) -> Goal:
    read = [one for one in cases if one["kind"] in {"list", "detail"}]
    found = growths(read, bases)
    over = {key: value for key, value in found.items() if value > GROWTH}
    said = f"median {median(found.values()):.2f}; over: {_named(over) or 'none'}"
    return Goal(f"cost of lists and details grows by ≤ {GROWTH}", not over, said)


def _named(over: dict[str, float]) -> str:
    rising: Iterable[tuple[str, float]] = sorted(over.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{key} {value:.2f}" for key, value in rising)


def _at_most(name: str, value: float, most: float, unit: str) -> Goal:
    return Goal(name, value <= most, f"{value:.1f} {unit}")


def _cost(one: dict[str, Any]) -> float:
    return float(one["cpu"] + one["database"])


def _key(one: dict[str, Any]) -> str:
    return f"{one['case']} · {one['viewer']}"
