"""Who of a scheme body could work on an assessment, and why others cannot."""

from dataclasses import dataclass

from django.db import connection

from organisations.models import Person
from organisations.queries.members import members_of
from organisations.visibility import RANK, Role, Viewer
from schemes.models import Assessment, Assignment, Declaration, Proposal, ScoreVersion
from schemes.queries.independence import HINDRANCES


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the scheme body.

    Args:
        hindrance: a key of `HINDRANCES`; empty when they may judge, "not-declared" when they have to declare first.
        role: what they do here now; empty for nothing.
        has_worked: whether they ever assessed here: then they do not decide.
        was_to_decide: whether they ever were to decide here: then they do not assess.
    """

    person: Person
    hindrance: str
    role: str
    has_worked: bool
    was_to_decide: bool

    @property
    def is_independent(self) -> bool:
        """Whether nothing that is known stands in the way."""
        return self.hindrance in {"", "not-declared"}

    @property
    def why_not(self) -> str:
        """What stands in the way, in words."""
        return "" if self.is_independent else str(HINDRANCES[self.hindrance])

    def fits(self, role: str) -> bool:
        """Tell whether they can be given a role."""
        if not self.is_independent or self.role:
            return False
        return not (self.has_worked if role == Assignment.Role.DECIDER else self.was_to_decide)


def candidates_for(viewer: Viewer, assessment: Assessment) -> list[Candidate]:
    """Return everyone who edits for the viewer's scheme body, by name."""
    rows = members_of(viewer).active()
    people = {one.person_id: one.person for one in rows if RANK[Role(one.role)] >= RANK[Role.EDITOR]}
    hindrances = _hindrances(list(people), assessment)
    assigned = list(Assignment.objects.visible_to(viewer).filter(assessment=assessment))
    now = {one.person_id: one.role for one in assigned if one.ended_at is None}
    decides = {one.person_id for one in assigned if one.role == Assignment.Role.DECIDER}
    worked = {one.person_id for one in assigned if one.role != Assignment.Role.DECIDER}
    for model in (ScoreVersion, Proposal):
        rows_of = model.objects.visible_to(viewer).filter(assessment=assessment)
        worked |= set(rows_of.values_list("person_id", flat=True))
    found = [
        Candidate(person, hindrances.get(key, ""), now.get(key, ""), key in worked, key in decides)
        for key, person in people.items()
    ]
    return sorted(found, key=lambda one: one.person.name.casefold())


def declarations_in(viewer: Viewer, assessment: Assessment) -> list[Declaration]:
    """Return the newest declaration of each person in an assessment."""
    rows = Declaration.objects.visible_to(viewer).filter(assessment=assessment).select_related("person")
    return list({one.person_id: one for one in rows.order_by("pk")}.values())


def _hindrances(people: list[int], assessment: Assessment) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT who, app.scheme_hindrance(who, %s) FROM unnest(%s::bigint[]) AS who",
            [assessment.pk, people],
        )
        return {who: found or "" for who, found in cursor.fetchall()}
