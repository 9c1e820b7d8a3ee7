"""Questions of the pages about methodologies; the same answers for everyone."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from findings.models import MethodologyVersion, WorkplaceRequirement
from findings.queries.methodology import requirements_of, search_requirements


def methodology_list() -> QuerySet[MethodologyVersion]:
    """Return all versions with how many requirements they have, and how many of them ask for collaborative action."""
    return MethodologyVersion.objects.annotate(
        requirement_count=Count("requirements"),
        car_count=Count("requirements", filter=Q(requirements__is_car=True)),
    )


def requirements_matching(
    version: MethodologyVersion, *, q: str = "", section: str = "", breach: str = ""
) -> list[WorkplaceRequirement]:
    """Return the requirements of a version that fit, in the order of the catalogue or best first for words."""
    rows: Iterable[WorkplaceRequirement]
    rows = search_requirements(version, q, limit=1000).rows if q else requirements_of(version)
    return [
        row
        for row in rows
        if (not section or row.section.code == section) and (not breach or row.is_car == (breach == "car"))
    ]
