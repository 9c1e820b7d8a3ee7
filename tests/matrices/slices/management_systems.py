"""Management systems: graded by the firm in progress, read by whoever sees the audit."""

import datetime as dt
from typing import Any

from findings.models import ManagementSystems
from tests.factories import findings as audits
from tests.factories.management import managed, rating
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.oracle import _of_audit
from tests.matrices.principals import READERS

GRADED = {"grade-1A.policies": "robust", "note-1A.policies": "", "language": ""}
RATINGS = [{"section": "1A", "element": "policies", "grade": "robust"}]


def build(world: Any) -> None:
    """A published audit and one of far away, each with a graded cell; the version leaves the grading open."""
    managed(audits.version(), ManagementSystems.OPTIONAL)
    firm, north, far = world.organisations["firm"], world["north"], world["far_site"]
    day = dt.date(2025, 1, 15)
    graded = audits.audit(north, firm, kind="initial", ends_on=day)
    rating(graded, "1A", "policies", "some", note="x")
    world.things["graded"] = audits.publish(graded)
    rating(world["draft"], "3", "policies", "some", note="x")
    away = audits.audit(far, world.organisations["other_firm"], kind="initial", ends_on=day)
    rating(away, "1A", "policies", "some", note="x")
    audits.publish(away)


PAGES: dict[str, dict[str, Case]] = {
    "findings:management_systems": {
        "get": page(READERS, of="graded"),
        "post": done({"firm"}, of="draft", body=says(**GRADED)),
    },
    "api-audit-management": {
        "get": api(READERS, of="graded"),
        "patch": sent({"firm"}, of="draft", body=says(ratings=RATINGS)),
    },
}
RULES = {"findings.ManagementRating": _of_audit}
