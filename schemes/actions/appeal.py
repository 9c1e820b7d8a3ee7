"""The verbs of an appeal: contest a decision, take that back, answer it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.actions.assessment import names, open_assessment, today
from schemes.actions.decision import follow
from schemes.actions.locks import held, locked_assessment, locked_membership, refused
from schemes.lifecycle import APPEAL, MEMBERS, AppealState, Outcome
from schemes.models import Appeal, Assessment, Certificate, Decision, SchemeMembership
from schemes.permissions.appeal import can_appeal, can_decide_appeal, can_withdraw_appeal
from schemes.queries.decision import newest_decision

APPEALED = "schemes.appealed"
WITHDRAWN = "schemes.appeal_withdrawn"
UPHELD = "schemes.appeal_upheld"
REJECTED = "schemes.appeal_rejected"


def appeal(
    *, viewer: Viewer, decision: Decision, reasons: str, language: str = "", at: dt.datetime
) -> Appeal:
    """Contest the newest decision; it stands until somebody who had no part in it has answered.

    Raises:
        Forbidden: see `can_appeal`. Refusal: `reasons-missing`.
    """
    if not reasons.strip():
        raise refused("reasons-missing", "reasons", _("Say why you contest this decision."))
    with transaction.atomic():
        locked_membership(viewer, decision.membership)
        can_appeal(viewer, decision).require()
        made = Appeal.objects.create(
            decision=decision, reasons=reasons.strip(), language=language, appealed_at=at
        )
        made.refresh_from_db()
        record(
            verb=APPEALED,
            by=viewer,
            subject=made,
            owner_id=made.member_id,
            at=at,
            data=_data(made),
        )
    return made


def withdraw_appeal(*, viewer: Viewer, appeal: Appeal, at: dt.datetime) -> Appeal:
    """Take an appeal back that nobody has answered.

    Raises:
        Forbidden: see `can_withdraw_appeal`.
    """
    with transaction.atomic():
        appeal = _locked(viewer, appeal)
        can_withdraw_appeal(viewer, appeal).require()
        appeal.decided_at = at
        _move(viewer, appeal, AppealState.WITHDRAWN, WITHDRAWN, at, also=["decided_at"])
    return appeal


def decide_appeal(
    *, viewer: Viewer, appeal: Appeal, is_upheld: bool, words: str, language: str = "", at: dt.datetime
) -> Appeal:
    """Answer an appeal, as somebody who had no part in what is contested.

    Promises: upheld, what the decision did is taken back (a level once awarded stays), and the assessment is looked at
    anew, from what the member had sent; rejected, the decision stands.

    Raises:
        Forbidden: see `can_decide_appeal`.
        Refusal: `words-missing`; `newer-decision` and `applied-again` when nothing is left to take back.
    """
    if not words.strip():
        raise refused("words-missing", "words", _("Give the reasons for your answer."))
    with transaction.atomic():
        membership = locked_membership(viewer, appeal.membership)
        appeal = _locked(viewer, appeal)
        can_decide_appeal(viewer, appeal).require()
        decision = None
        if is_upheld:
            decision = _uphold(viewer, appeal, membership, words.strip(), language, at)
        appeal.words, appeal.words_language = words.strip(), language
        appeal.decided_at, appeal.decided_by_id = at, viewer.person_id
        to, verb = (AppealState.UPHELD, UPHELD) if is_upheld else (AppealState.REJECTED, REJECTED)
        also = ["words", "words_language", "decided_at", "decided_by"]
        _move(viewer, appeal, to, verb, at, also=also)
        if decision is not None:
            _look_anew(viewer, appeal, decision, membership, at)
    return appeal


def _uphold(
    viewer: Viewer,
    appeal: Appeal,
    membership: SchemeMembership,
    words: str,
    language: str,
    at: dt.datetime,
) -> Decision:
    newest = newest_decision(membership)
    stands = newest is not None and (newest.pk, newest.state_after) == (appeal.decision_id, membership.state)
    if not stands:
        sentence = _("There is a newer decision, so there is nothing to take back. Reject the appeal.")
        raise Refusal("newer-decision", sentence)
    others = SchemeMembership.objects.visible_to(viewer).still_open().exclude(pk=membership.pk)
    if others.filter(scheme=membership.scheme_id, member=membership.member_id).exists():
        raise Refusal("applied-again", _("The organisation has applied again meanwhile."))
    assessment = locked_assessment(viewer, appeal.assessment)
    decision = Decision.objects.create(
        assessment=assessment,
        outcome=Outcome.UPHOLD_APPEAL,
        takes_back=appeal.decision,
        reasons=words,
        language=language,
        decided_at=at,
    )
    decision.refresh_from_db()
    follow(viewer, membership, decision, assessment, at)
    return decision


def _look_anew(
    viewer: Viewer, appeal: Appeal, decision: Decision, membership: SchemeMembership, at: dt.datetime
) -> None:
    """Give back the paper that was taken, and open the assessment anew unless one is under way."""
    if decision.level_after and appeal.decision.outcome in {Outcome.DOWN, Outcome.REMOVE}:
        Certificate.objects.create(decision=decision, membership=membership)
    kind = Assessment.Kind.INTERIM if membership.state in MEMBERS else Assessment.Kind.INITIAL
    open_assessment(membership=membership, kind=kind, due_on=today(at), by=viewer, at=at, is_sent=True)


def _locked(viewer: Viewer, appeal: Appeal) -> Appeal:
    rows = Appeal.objects.visible_to(viewer).select_related(
        "decision", "membership", "assessment__edition__scheme", "assessment__membership"
    )
    return held(rows.filter(pk=appeal.pk))


def _move(
    viewer: Viewer, appeal: Appeal, to: AppealState, verb: str, at: dt.datetime, *, also: list[str]
) -> None:
    move(
        appeal,
        to=to,
        lifecycle=APPEAL,
        verb=verb,
        by=viewer,
        owner_id=appeal.member_id,
        at=at,
        data=_data(appeal),
        also=also,
    )


def _data(appeal: Appeal) -> dict[str, str]:
    code = appeal.assessment.code
    return {**names(appeal.assessment), "outcome": appeal.decision.outcome, "assessment": code}
