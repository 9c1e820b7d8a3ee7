"""A methodology that grades management, and grades given."""

from findings.models import (
    Audit,
    ManagementElement,
    ManagementGrade,
    ManagementRating,
    ManagementSystems,
    MethodologyVersion,
    Section,
)
from tests.conftest import owner_role

ELEMENTS = ("policies", "training")
GRADES = ("not_addressed", "fundamental", "some", "robust")


def managed(version: MethodologyVersion, assessment: str = ManagementSystems.REQUIRED) -> MethodologyVersion:
    """Give a version two elements and four grades: with its three sections, six cells."""
    with owner_role():
        version.management_systems = assessment
        version.save(update_fields=["management_systems"])
        for model, keys in ((ManagementElement, ELEMENTS), (ManagementGrade, GRADES)):
            for position, key in enumerate(keys):
                model.objects.get_or_create(
                    version=version,
                    key=key,
                    defaults={"title": key.replace("_", " ").capitalize(), "position": position},
                )
        return version


def rating(of: Audit, section: str, element: str, grade: str = "some", **fields: str) -> ManagementRating:
    """Make a rating of an audit in progress."""
    with owner_role():
        made = ManagementRating.objects.create(
            audit=of,
            section=Section.objects.get(version=of.version, code=section),
            element=ManagementElement.objects.get(version=of.version, key=element),
            grade=ManagementGrade.objects.get(version=of.version, key=grade),
            rated_at="2026-03-04T10:00:00Z",
            **fields,
        )
        made.refresh_from_db()
        return made


def rate_all(of: Audit, grade: str = "some") -> None:
    """Grade every cell of an audit in progress."""
    with owner_role():
        sections = list(Section.objects.filter(version=of.version).values_list("code", flat=True))
    for section in sections:
        for element in ELEMENTS:
            rating(of, section, element, grade)
