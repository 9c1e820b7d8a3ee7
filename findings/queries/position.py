"""Questions about standing positions."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from findings.lifecycle import PositionState
from findings.models import Finding, Position, PositionVersion
from findings.models.position import PositionQuerySet
from findings.queries.finding import GOING_ON
from findings.queries.glance import may_have
from findings.visibility import Basis
from organisations.visibility import Viewer

_LATER = PositionVersion.objects.filter(position=OuterRef("position"), number__gt=OuterRef("number"))


def _in_force(on: date) -> QuerySet[PositionVersion]:
    """Return the newest version of each position that is stated and valid on a day."""
    rows = PositionVersion.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        position__state=PositionState.STATED,
        valid_from__lte=on,
    )
    return rows.exclude(Exists(_LATER))


def positions_on(viewer: Viewer, finding: Finding, *, on: date, customers: Iterable[int]) -> list[Position]:
    """Return the positions in force of some customers on the requirement of a CAR, as far as the viewer may read."""
    if not may_have(finding, "positions"):
        return []
    requirement = finding.requirement
    same = Q(requirement=requirement) | Q(
        in_all_versions=True,
        requirement__version__name=requirement.version.name,
        requirement__section__code=requirement.section.code,
        requirement__item=requirement.item,
    )
    rows = Position.objects.visible_to(viewer).filter(same, organisation_id__in=list(customers))
    rows = rows.filter(Exists(_in_force(on).filter(position=OuterRef("pk"))))
    rows = rows.prefetch_related("versions", "organisation").order_by("organisation_id", "pk")
    # Its own version first: what is said of just this requirement counts before what is said of all.
    found: dict[int, Position] = {}
    for position in rows:
        if position.organisation_id not in found or position.requirement_id == requirement.pk:
            found[position.organisation_id] = position
    return list(found.values())


def answering_positions(viewer: Viewer, *, on: date) -> QuerySet[PositionVersion]:
    """Return the viewer's versions in force that answer plans, to be asked per plan (`OuterRef` of an action plan)."""
    requirement = "finding__requirement"
    same = Q(position__requirement=OuterRef(requirement)) | Q(
        position__in_all_versions=True,
        position__requirement__version__name=OuterRef(f"{requirement}__version__name"),
        position__requirement__section__code=OuterRef(f"{requirement}__section__code"),
        position__requirement__item=OuterRef(f"{requirement}__item"),
    )
    return _in_force(on).filter(same, answers_plans=True, organisation_id=viewer.organisation_id)


def own_positions(viewer: Viewer) -> PositionQuerySet:
    """Return what the viewer's organisation has stated, withdrawn or not, with requirement and versions."""
    rows = Position.objects.owned_by(viewer).select_related("requirement__version")
    return rows.prefetch_related("versions", "organisation")


def suppliers_concerned(position: Position) -> list[int]:
    """Return the suppliers whose CARs a position is about and that its buyer sees as a customer; for the system."""
    requirement = position.requirement
    same = Q(requirement=requirement)
    if position.in_all_versions:
        same |= Q(
            requirement__version__name=requirement.version.name,
            requirement__section__code=requirement.section.code,
            requirement__item=requirement.item,
        )
    rows = Finding.objects.cars().filter(
        same,
        state__in=GOING_ON,
        audit__published_at__isnull=False,
        audit__access__organisation_id=position.organisation_id,
        audit__access__bases__contains=[Basis.CUSTOMER],
    )
    return sorted(set(rows.values_list("supplier_id", flat=True)))
