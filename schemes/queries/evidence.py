"""What a member could show in an assessment, what fits best first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from organisations.visibility import Viewer
from schemes.models import EvidenceUse
from schemes.queries.progress import Progress
from sourcing.models import Evidence
from sourcing.queries.evidence import evidence_matching, fitting_evidence

MOST = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A piece that is there already.

    Args:
        numbers: of the criteria that it is used for here.
    """

    piece: Evidence
    is_of_kind: bool
    numbers: Sequence[int]

    @property
    def may_be_shown(self) -> bool:
        """Whether it can be shown to others at all."""
        return self.piece.may_leave_home


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is; `has_more` when words would have to narrow it."""

    rows: Sequence[Offer]
    has_more: bool


def offers_for(
    viewer: Viewer, progress: Progress, *, on: dt.date, kinds: Sequence[str] = (), text: str = ""
) -> Offers:
    """Return what the viewer's organisation has: of these kinds first, narrowed by words."""
    rows = evidence_matching(viewer, on=on, text=text).order_by("-added_at", "-pk") if text else None
    found = list((rows if rows is not None else fitting_evidence(viewer, on=on))[: 3 * MOST + 1])
    used = {use.evidence_id: use for use in progress.uses}
    offers = [
        Offer(one, one.kind in kinds, progress.numbers_of(used[one.pk]) if one.pk in used else ())
        for one in found
    ]
    offers.sort(key=lambda one: (not one.may_be_shown, not one.is_of_kind))
    return Offers(offers[:MOST], len(offers) > MOST)


def use_numbers(progress: Progress) -> list[tuple[EvidenceUse, list[int]]]:
    """Return what is shown, each with the numbers of its criteria."""
    return [(use, progress.numbers_of(use)) for use in progress.uses]
