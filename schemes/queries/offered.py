"""Which decisions may follow from a proposal, and why the others may not, in words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ledger.dates import nth_date
from schemes.definitions.ladder import Result
from schemes.definitions.words import step_sentence
from schemes.lifecycle import MembershipState, Outcome
from schemes.models import Assessment, Proposal, SchemeMembership, Score
from schemes.queries.decision import POSSIBLE, levels_for, outcomes, present_rank

DECISIONS = tuple(one for one in Outcome if one != Outcome.UPHOLD_APPEAL)


@dataclass(frozen=True, slots=True)
class Offered:
    """One decision: what would follow, or why it cannot be made.

    Args:
        why_not: empty where it can be made. levels: keys of the levels that it may give.
    """

    outcome: Outcome
    follows: str
    why_not: str
    levels: tuple[str, ...] = ()


def offered_for(assessment: Assessment, membership: SchemeMembership, proposal: Proposal) -> list[Offered]:
    """Return every decision that this kind of assessment knows, those that may be made first."""
    may = outcomes(assessment, membership, proposal)
    found = []
    for one in DECISIONS:
        is_in = one in may
        levels = levels_for(one, assessment, membership, proposal) if is_in else ()
        why_not = "" if is_in else _why_not(one, assessment, membership, proposal)
        found.append(Offered(one, _follows(one, assessment, membership, levels), why_not, levels))
    return sorted(found, key=lambda one: bool(one.why_not))


def shortfalls(
    assessment: Assessment, frozen: Mapping[str, object], *, on: dt.date
) -> list[dict[str, object]]:
    """Return lines for an improvement schedule: what the next level lacks, from the plans where there are any."""
    if not frozen:
        return []
    edition, result = assessment.edition.content, Result.from_json(frozen)
    rows = Score.objects.filter(assessment=assessment).select_related("criterion")
    scores = {one.criterion.key: one for one in rows}
    months = edition.rhythm.improve_months or edition.rhythm.every_months if edition.rhythm else 12
    lines: list[dict[str, object]] = []
    for step in result.steps:
        score = scores.get(step.criterion)
        plan = score.towards_plan.strip() if score else ""
        likely = _end_of(score.likely_on) if score and score.likely_on else None
        said = plan or step_sentence(edition, step, rung=result.next_level or "")
        by_on = likely if likely and likely > on else nth_date(on, 1, months)
        lines.append({"criterion": step.criterion, "what": said, "by_on": by_on})
    return lines


def _end_of(month: dt.date) -> dt.date:
    return nth_date(month.replace(day=1), 1, 1) - dt.timedelta(days=1)


def _follows(
    outcome: Outcome, assessment: Assessment, membership: SchemeMembership, levels: tuple[str, ...]
) -> str:
    edition = assessment.edition.content
    said = {"level": edition.level(levels[-1]).title if levels else membership.level_title}
    return {
        Outcome.AWARD: _("The member gets %(level)s and a certificate."),
        Outcome.IMPROVE: _("The member gets an improvement schedule and time to bring what is missing."),
        Outcome.CONTINUE: _("The member keeps %(level)s and gets a new certificate."),
        Outcome.MOVE_UP: _("The member gets %(level)s and a new certificate."),
        Outcome.NOTICE: _("The member keeps %(level)s for now and is told what must be done."),
        Outcome.DOWN: _("The member is moved one level down, to %(level)s."),
        Outcome.REMOVE: _("The membership ends, and its certificate with it."),
    }[outcome] % said


def _why_not(
    outcome: Outcome, assessment: Assessment, membership: SchemeMembership, proposal: Proposal
) -> str:
    edition = assessment.edition.content
    if outcome not in POSSIBLE.get((assessment.kind, membership.state), ()):
        return _not_here(outcome, assessment, membership)
    is_short = edition.rank(proposal.level or None) < present_rank(edition, membership)
    lowest = edition.lowest.title if edition.lowest else ""
    level = lowest if outcome == Outcome.AWARD else membership.level_title
    kept = (
        _("The scores do not bear %(level)s any more.")
        if is_short
        else _("The assessors saw no continuous improvement.")
    )
    return {
        Outcome.AWARD: _("The scores do not reach %(level)s."),
        Outcome.CONTINUE: kept,
        Outcome.MOVE_UP: _("The scores give no level above %(level)s."),
        Outcome.DOWN: _("%(level)s is the lowest level."),
        Outcome.REMOVE: _(
            "Only from the lowest level a member is removed; from %(level)s it is moved down first."
        ),
    }[outcome] % {"level": level}


def _not_here(outcome: Outcome, assessment: Assessment, membership: SchemeMembership) -> str:
    is_initial = assessment.kind == Assessment.Kind.INITIAL
    if outcome == Outcome.IMPROVE and membership.state == MembershipState.IMPROVING:
        return _("The member has had its time to improve.")
    if outcome in {Outcome.AWARD, Outcome.IMPROVE}:
        return _("Only in a first assessment.")
    if is_initial and outcome == Outcome.REMOVE:
        return _("The member gets time to improve first.")
    if is_initial:
        return _("Only for members that hold a level already.")
    if outcome == Outcome.NOTICE:
        return _("The member is on notice already.")
    return _("Only after an improvement notice.")
