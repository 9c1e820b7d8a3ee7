"""How the demo's sites are managed: graded by the lead auditor before the site reads the audit."""

from datetime import datetime
from random import Random

from findings.actions.management import rate_management
from findings.models import Audit
from findings.models.facts import Rated
from findings.queries.management import grid_of, is_required
from organisations.visibility import Viewer

# The lowest grade first: most areas are looked after, few are not.
WEIGHTS = (1, 4, 9, 6)
NOTES = (
    "The procedure is written, but supervisors on the night shift did not know it.",
    "One person answers for this and has time for it every week.",
    "Training records were complete for everyone asked about.",
    "Nobody looks at whether it works.",
)


def grade_management(viewer: Viewer, audit: Audit, dice: Random, at: datetime) -> None:
    """Grade every cell where the methodology version wants it, with a few notes."""
    if not is_required(audit):
        return
    grid = grid_of(viewer, audit)
    weights = (WEIGHTS * len(grid.steps))[: len(grid.steps)]
    ratings = [
        Rated(
            cell.name,
            dice.choices(grid.steps, weights)[0].grade.key,
            dice.choice(NOTES) if dice.random() < 0.1 else "",
            "en",
        )
        for cell in grid.cells
    ]
    rate_management(viewer=viewer, audit=audit, ratings=ratings, at=at)
