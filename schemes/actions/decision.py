"""Deciding about a membership; and the member saying what of its improvement schedule is done."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.dates import nth_date
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.actions.assessment import names, open_assessment, today
from schemes.actions.locks import held, locked_assessment, locked_membership, refused
from schemes.definitions.edition import EditionData
from schemes.lifecycle import ASSESSMENT, MEMBERSHIP, AssessmentState, MembershipState, Outcome
from schemes.models import (
    Assessment,
    Certificate,
    Criterion,
    Decision,
    ImprovementItem,
    ImprovementNotice,
    SchemeMembership,
)
from schemes.models.facts import ItemSaid, Verdict
from schemes.permissions.assessment import can_decide
from schemes.permissions.sides import for_the_member
from schemes.queries.assessment import newest_proposal
from schemes.queries.decision import POSSIBLE, levels_for, outcomes

DECIDED = "schemes.decided"
# What happened to the membership, by the outcome of the decision.
VERBS: dict[str, str] = {
    Outcome.AWARD: "schemes.level_awarded",
    Outcome.IMPROVE: "schemes.improvement_asked",
    Outcome.CONTINUE: "schemes.membership_continued",
    Outcome.MOVE_UP: "schemes.moved_up",
    Outcome.NOTICE: "schemes.improvement_notice_given",
    Outcome.DOWN: "schemes.moved_down",
    Outcome.REMOVE: "schemes.removed",
    Outcome.UPHOLD_APPEAL: "schemes.decision_taken_back",
}
ITEM_DONE = "schemes.improvement_done"
CERTIFIED = frozenset({Outcome.AWARD, Outcome.CONTINUE, Outcome.MOVE_UP, Outcome.DOWN})


def decide(
    *,
    viewer: Viewer,
    assessment: Assessment,
    verdict: Verdict,
    effective_on: dt.date | None = None,
    at: dt.datetime,
) -> Decision:
    """Decide about what was proposed. A second person does it, never above the rule, and it counts from today.

    Promises: assessment decided, with the result and the scores open to the member; the membership moved, with its
    dates; a certificate where a level stands; schedule and notice; after `improve` a new assessment to answer; all of
    it or nothing.

    Args:
        effective_on: what a program asks for; any day but today is refused.

    Raises:
        Forbidden: see `can_decide`.
        Refusal: `backdated`; `no-such-decision`; `above-the-rule` at `level`; `reasons-missing`; `schedule-missing`;
            `notice-missing`; `day-over` for a date that does not lie ahead.
    """
    on = today(at)
    if effective_on is not None and effective_on != on:
        sentence = _("A decision counts from the day on which it is made. It cannot be dated otherwise.")
        raise refused("backdated", "effective_on", sentence)
    with transaction.atomic():
        if assessment.membership is None:
            raise Refusal("no-membership", _("There is no membership to decide about here."))
        membership = locked_membership(viewer, assessment.membership)
        assessment = locked_assessment(viewer, assessment)
        can_decide(viewer, assessment).require()
        verdict = _fitting(assessment, membership, verdict, on)
        decision = Decision.objects.create(
            assessment=assessment,
            outcome=verdict.outcome,
            level_after=verdict.level,
            reasons=verdict.reasons.strip(),
            language=verdict.language,
            decided_at=at,
        )
        decision.refresh_from_db()
        _write_down(decision, assessment, verdict)
        assessment.decided_at = at
        move(
            assessment,
            to=AssessmentState.DECIDED,
            lifecycle=ASSESSMENT,
            verb=DECIDED,
            by=viewer,
            owner_id=membership.member_id,
            at=at,
            data={**names(assessment), **_data(decision)},
            also=["decided_at"],
        )
        follow(viewer, membership, decision, assessment, at)
        if decision.outcome in CERTIFIED:
            Certificate.objects.create(decision=decision, membership=membership)
        if decision.outcome == Outcome.IMPROVE:
            kind, due = Assessment.Kind.INITIAL, membership.improve_by
            open_assessment(membership=membership, kind=kind, due_on=due, by=viewer, at=at)
    return decision


def mark_done(*, viewer: Viewer, item: ImprovementItem, is_done: bool, at: dt.datetime) -> ImprovementItem:
    """Say of a line of the improvement schedule that it is done, or that it is not after all.

    Raises:
        Forbidden: unless an editor or admin of the member.
    """
    for_the_member(viewer, item).require()
    with transaction.atomic():
        rows = ImprovementItem.objects.visible_to(viewer).select_related("assessment__edition__scheme")
        item = held(rows.filter(pk=item.pk))
        if (item.done_at is not None) == is_done:
            return item
        item.done_at = at if is_done else None
        item.save(update_fields=["done_at"])
        record(
            verb=ITEM_DONE,
            by=viewer,
            subject=item.assessment,
            owner_id=item.member_id,
            at=at,
            data={
                **names(item.assessment),
                "item": item.code,
                "item_words": item.what[:200],
                "done": is_done,
            },
        )
    return item


def follow(
    viewer: Viewer,
    membership: SchemeMembership,
    decision: Decision,
    assessment: Assessment,
    at: dt.datetime,
) -> None:
    """Move a membership as its newest decision says, with its dates."""
    before = membership.state
    edition, on = assessment.edition.content, decision.effective_on
    _set_dates(membership, decision, edition, assessment.due_on, on)
    membership.edition_id, membership.level = decision.edition_after_id, decision.level_after
    membership.level_rank, membership.level_title = decision.rank_after, decision.title_after
    columns = [
        "edition",
        "level",
        "level_rank",
        "level_title",
        "anchor_on",
        "next_due_on",
        "improve_by",
        "joined_on",
        "ended_on",
    ]
    data = {**names(assessment), **_data(decision), **_dates_ahead(membership, decision)}
    about: dict[str, Any] = {
        "verb": VERBS[decision.outcome],
        "by": viewer,
        "owner_id": membership.member_id,
        "at": at,
    }
    if decision.state_after == before:
        membership.save(update_fields=columns)
        record(subject=membership, data=data, **about)
    else:
        to = decision.state_after
        move(membership, to=to, lifecycle=MEMBERSHIP, data=data, also=columns, **about)
    membership.refresh_from_db()


def next_due(
    anchor: dt.date, edition: EditionData, *, after: dt.date, due_on: dt.date | None = None
) -> dt.date:
    """Return the first date of a membership's rhythm after a day, and after the date that was just assessed."""
    months = edition.rhythm.every_months if edition.rhythm else 12
    past, n = max(after, due_on or after), 1
    while nth_date(anchor, n, months) <= past:
        n += 1
    return nth_date(anchor, n, months)


def _set_dates(
    membership: SchemeMembership,
    decision: Decision,
    edition: EditionData,
    due_on: dt.date | None,
    on: dt.date,
) -> None:
    state = decision.state_after
    membership.improve_by = _improve_by(edition, on) if state == MembershipState.IMPROVING else None
    membership.ended_on = on if state == MembershipState.REMOVED else None
    if decision.outcome == Outcome.AWARD:
        membership.joined_on = membership.anchor_on = on
    if membership.anchor_on is not None and decision.outcome != Outcome.UPHOLD_APPEAL:
        membership.next_due_on = next_due(
            membership.anchor_on,
            edition,
            after=on,
            due_on=None if decision.outcome == Outcome.AWARD else due_on,
        )


def _improve_by(edition: EditionData, on: dt.date) -> dt.date:
    rhythm = edition.rhythm
    months = (rhythm.improve_months or rhythm.every_months) if rhythm else 12
    return nth_date(on, 1, months)


def _fitting(assessment: Assessment, membership: SchemeMembership, verdict: Verdict, on: dt.date) -> Verdict:
    """Return the verdict with its level, unless it does not follow from what was proposed."""
    proposal = newest_proposal(assessment)
    possible = POSSIBLE.get((assessment.kind, membership.state), ())
    if proposal is None or verdict.outcome not in possible:
        raise refused("no-such-decision", "outcome", _("This decision does not follow here."))
    if verdict.outcome not in outcomes(assessment, membership, proposal):
        sentence = _("The scores do not bear this decision. See what the level rule says.")
        raise refused("above-the-rule", "outcome", sentence)
    if not verdict.reasons.strip():
        raise refused("reasons-missing", "reasons", _("Give the reasons for this decision."))
    _require_schedule(assessment, verdict, on)
    levels = levels_for(Outcome(verdict.outcome), assessment, membership, proposal)
    if verdict.level and verdict.level not in levels and verdict.level != membership.level:
        raise refused("above-the-rule", "level", _("The scores do not bear this level."))
    level = verdict.level if verdict.level in levels else (levels[-1] if levels else "")
    return Verdict(verdict.outcome, verdict.reasons, level, verdict.language, verdict.items, verdict.notice)


def _require_schedule(assessment: Assessment, verdict: Verdict, on: dt.date) -> None:
    if verdict.outcome == Outcome.IMPROVE and not verdict.items:
        raise refused("schedule-missing", "items", _("Say what has to be done, and by when."))
    if verdict.outcome == Outcome.NOTICE:
        if verdict.notice is None or not verdict.notice.words.strip():
            raise refused("notice-missing", "words", _("Say what must be done, and by when."))
        if verdict.notice.answer_by <= on:
            raise refused("day-over", "answer_by", _("Choose a day that is still to come."))
    keys = set(Criterion.objects.filter(edition_id=assessment.edition_id).values_list("key", flat=True))
    for item in verdict.items:
        if not item.what.strip():
            raise refused("schedule-missing", "items", _("Say what has to be done, and by when."))
        if item.by_on < on:
            raise refused("day-over", "items", _("Choose a day that is still to come."))
        if item.criterion and item.criterion not in keys:
            raise refused("not-asked", "items", _("This assessment does not ask that."))


def _write_down(decision: Decision, assessment: Assessment, verdict: Verdict) -> None:
    write_schedule(decision, assessment, verdict.items)
    if verdict.outcome == Outcome.NOTICE and verdict.notice is not None:
        ImprovementNotice.objects.create(
            decision=decision,
            words=verdict.notice.words.strip(),
            language=verdict.notice.language,
            answer_by=verdict.notice.answer_by,
            opened_at=decision.decided_at,
        )


def write_schedule(decision: Decision, assessment: Assessment, items: Sequence[ItemSaid]) -> None:
    """Write the lines of an improvement schedule under a decision."""
    criteria = {one.key: one for one in Criterion.objects.filter(edition_id=assessment.edition_id)}
    for item in items:
        ImprovementItem.objects.create(
            decision=decision,
            criterion=criteria.get(item.criterion),
            what=item.what.strip(),
            language=item.language,
            by_on=item.by_on,
        )


def _data(decision: Decision) -> dict[str, str]:
    return {
        "decision": decision.code,
        "outcome": decision.outcome,
        "level_before": decision.title_before,
        "level_after": decision.title_after,
    }


def _dates_ahead(membership: SchemeMembership, decision: Decision) -> dict[str, str]:
    """Return the dates that follow from a decision, as its notice names them."""
    given = ImprovementNotice.objects.filter(decision=decision).values_list("answer_by", flat=True).first()
    dates = {"next_due_on": membership.next_due_on, "improve_by": membership.improve_by, "answer_by": given}
    return {name: day.isoformat() for name, day in dates.items() if day is not None}
