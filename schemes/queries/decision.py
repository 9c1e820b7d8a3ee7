"""Which decisions may follow from what; the database holds the same (`app.guard_decision`)."""

from schemes.definitions.edition import EditionData
from schemes.lifecycle import MembershipState, Outcome
from schemes.models import Assessment, Decision, Proposal, SchemeMembership

POSSIBLE: dict[tuple[str, str], tuple[Outcome, ...]] = {
    (Assessment.Kind.INITIAL, MembershipState.APPLIED): (Outcome.AWARD, Outcome.IMPROVE),
    (Assessment.Kind.INITIAL, MembershipState.IMPROVING): (Outcome.AWARD, Outcome.REMOVE),
    (Assessment.Kind.INTERIM, MembershipState.MEMBER): (Outcome.CONTINUE, Outcome.MOVE_UP, Outcome.NOTICE),
    (Assessment.Kind.INTERIM, MembershipState.ON_NOTICE): (
        Outcome.CONTINUE,
        Outcome.MOVE_UP,
        Outcome.DOWN,
        Outcome.REMOVE,
    ),
}


def present_rank(edition: EditionData, membership: SchemeMembership) -> int:
    """Return the rank of a membership's level in an edition, which may be a later one than gave it; 0 for none."""
    for rank, level in enumerate(edition.levels, start=1):
        if level.key == membership.level:
            return rank
    return min(membership.level_rank or 0, len(edition.levels))


def outcomes(assessment: Assessment, membership: SchemeMembership, proposal: Proposal) -> tuple[Outcome, ...]:
    """Return the decisions that may follow from a proposal, those that the rule does not bear left out."""
    edition = assessment.edition.content
    given, present = edition.rank(proposal.level or None), present_rank(edition, membership)
    fits = {
        Outcome.AWARD: given > 0,
        Outcome.IMPROVE: True,
        Outcome.CONTINUE: given >= present and bool(proposal.is_improvement_shown),
        Outcome.MOVE_UP: given > present,
        Outcome.NOTICE: True,
        Outcome.DOWN: present > 1,
        Outcome.REMOVE: assessment.kind == Assessment.Kind.INITIAL or present <= 1,
    }
    return tuple(one for one in POSSIBLE.get((assessment.kind, membership.state), ()) if fits[one])


def levels_for(
    outcome: Outcome, assessment: Assessment, membership: SchemeMembership, proposal: Proposal
) -> tuple[str, ...]:
    """Return the keys of the levels that a decision may give, lowest first; none where it gives no new one."""
    edition = assessment.edition.content
    given, present = edition.rank(proposal.level or None), present_rank(edition, membership)
    if outcome == Outcome.DOWN:
        return (edition.levels[present - 2].key,) if present > 1 else ()
    if outcome not in {Outcome.AWARD, Outcome.MOVE_UP}:
        return ()
    least = present if outcome == Outcome.MOVE_UP else 0
    return tuple(one.key for rank, one in enumerate(edition.levels, start=1) if least < rank <= given)


def newest_decision(membership: SchemeMembership) -> Decision | None:
    """Return the last decision about a membership."""
    return Decision.objects.filter(membership=membership).order_by("-pk").first()
