"""How a site is managed, as an audit grades it: the grid of sections and elements."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from findings.models import (
    Audit,
    ManagementElement,
    ManagementGrade,
    ManagementRating,
    ManagementSystems,
    MethodologyVersion,
    Section,
)
from organisations.visibility import Viewer

# A partial follow-up looks only at what it follows up.
WHOLE = frozenset({Audit.Kind.INITIAL, Audit.Kind.PERIODIC, Audit.Kind.FOLLOW_UP_FULL})


@dataclass(frozen=True)
class Step:
    """A grade with its place on the ladder, from 1 to `of`: the shape that says it without colour."""

    grade: ManagementGrade
    rank: int
    of: int


@dataclass(frozen=True)
class Cell:
    """One element in one section, and its rating if there is one."""

    section: Section
    element: ManagementElement
    rating: ManagementRating | None
    step: Step | None

    @property
    def name(self) -> str:
        """What the cell is called in forms, files and the API: section and element."""
        return f"{self.section.code}.{self.element.key}"


@dataclass(frozen=True)
class Line:
    """One section with its cells."""

    section: Section
    cells: list[Cell]

    @property
    def rated(self) -> int:
        """How many of the cells are graded."""
        return sum(cell.rating is not None for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """All that an audit's version asks about management, with what is graded so far."""

    lines: list[Line]
    elements: list[ManagementElement]
    steps: list[Step]

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells, in the order of the catalogue."""
        return [cell for line in self.lines for cell in line.cells]

    @property
    def total(self) -> int:
        """How many cells there are."""
        return len(self.cells)

    @property
    def rated(self) -> int:
        """How many of them are graded."""
        return sum(line.rated for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to grade."""
        return self.rated == self.total

    def cell(self, name: str) -> Cell | None:
        """Return the cell with this name (`1A.policies`), or None."""
        return next((one for one in self.cells if one.name == name), None)

    def grade(self, key: str) -> ManagementGrade | None:
        """Return the grade with this key, or None."""
        return next((one.grade for one in self.steps if one.grade.key == key), None)

    def counts(self, element: ManagementElement) -> list[int]:
        """Return how many sections have each grade for an element, the lowest grade first."""
        found = [one.rating.grade_id for one in self.cells if one.rating and one.element.pk == element.pk]
        return [found.count(step.grade.pk) for step in self.steps]


def has_management(audit: Audit) -> bool:
    """Tell whether the audit's version grades management at all."""
    return audit.version.management_systems != ManagementSystems.NONE


def grid_of(viewer: Viewer, audit: Audit) -> Grid:
    """Return the grid of an audit with the ratings that the viewer sees: four queries."""
    if not has_management(audit):
        return Grid([], [], [])
    elements = list(ManagementElement.objects.filter(version_id=audit.version_id).order_by("position"))
    grades = list(ManagementGrade.objects.filter(version_id=audit.version_id).order_by("position"))
    steps = [Step(grade, rank, len(grades)) for rank, grade in enumerate(grades, start=1)]
    step_of = {step.grade.pk: step for step in steps}
    rows = ManagementRating.objects.visible_to(viewer).filter(audit_id=audit.pk).select_related("grade")
    ratings = {(row.section_id, row.element_id): row for row in rows}
    sections = Section.objects.filter(version_id=audit.version_id).order_by("position")
    lines = []
    for section in sections:
        if section.pillars not in (None, audit.pillars):
            continue
        cells = []
        for element in elements:
            rating = ratings.get((section.pk, element.pk))
            cells.append(Cell(section, element, rating, step_of[rating.grade_id] if rating else None))
        lines.append(Line(section, cells))
    return Grid(lines, elements, steps)


@dataclass(frozen=True, slots=True)
class Graded:
    """How many of an audit's cells are graded."""

    rated: int
    total: int


def graded(viewer: Viewer, audit: Audit) -> Graded:
    """Count the cells of an audit and those graded, as the grid has them, by one query."""
    sections = Section.objects.filter(Q(pillars=None) | Q(pillars=audit.pillars), version_id=audit.version_id)
    elements = ManagementElement.objects.filter(version_id=audit.version_id)
    ratings = ManagementRating.objects.visible_to(viewer).filter(audit_id=audit.pk, section__in=sections)
    counted = MethodologyVersion.objects.filter(pk=audit.version_id).values_list(
        *(Subquery(_count(rows)) for rows in (sections, elements, ratings))
    )
    lines, columns, rated = counted.get()
    return Graded(rated or 0, (lines or 0) * (columns or 0))


def _count(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    counted: QuerySet[Any, Any] = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return counted


def panel(viewer: Viewer, audit: Audit) -> dict[str, Graded]:
    """Return what the audit's page says of the management systems."""
    return {"management": graded(viewer, audit)} if has_management(audit) else {}


def is_required(audit: Audit) -> bool:
    """Tell whether an audit goes to the site only with every cell graded."""
    return audit.version.management_systems == ManagementSystems.REQUIRED and audit.kind in WHOLE


def ungraded(viewer: Viewer, audit: Audit) -> str:
    """Return a sentence when cells that must be graded are not; else ""."""
    if not is_required(audit):
        return ""
    grid = grid_of(viewer, audit)
    if grid.is_complete:
        return ""
    return _("Grade the management systems: %(rated)s of %(total)s are done.") % {
        "rated": grid.rated,
        "total": grid.total,
    }
