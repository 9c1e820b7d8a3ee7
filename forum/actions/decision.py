"""The verbs of a decision: propose it, object, answer, settle it, withdraw it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside, tell
from forum.lifecycle import DECISION, DecisionState
from forum.models import Ballot, Decision, Group, Meeting, Objection
from forum.permissions.work import can_object, can_settle, can_withdraw_decision, can_work
from forum.queries.ballot import own_holding
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

PROPOSED, OBJECTED, ANSWERED = (
    "forum.decision_proposed",
    "forum.decision_objected",
    "forum.objection_answered",
)
AGREED, RESOLVED, WITHDRAWN = (
    "forum.decision_agreed",
    "forum.decision_resolved",
    "forum.decision_withdrawn",
)


def propose(
    *,
    viewer: Viewer,
    group: Group,
    title: str,
    proposal: str,
    language: str = "",
    ballot: Ballot | None = None,
    meeting: Meeting | None = None,
    at: dt.datetime,
) -> Decision:
    """Propose something; the seats are told, and its words never change from now on.

    Args:
        meeting: of this group, from which it came; its minutes show it.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_work(viewer, group).require()
        made = Decision.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            title=title.strip(),
            proposal=proposal.strip(),
            language=language,
            ballot=ballot,
            meeting=meeting,
            proposed_at=at,
        )
        tell(verb=PROPOSED, by=viewer, group=group, at=at, data={"code": made.code})
    return made


def object_to(
    *, viewer: Viewer, decision: Decision, reason: str, language: str = "", at: dt.datetime
) -> Objection:
    """Say for the viewer's seat why it does not agree; the decision waits for an answer then.

    Raises: Forbidden; Refusal "objected-already", "settled".
    """
    with transaction.atomic():
        holding = own_holding(viewer, decision.group)
        locked = _locked(viewer, decision)
        can_object(viewer, locked, holding).require()
        if holding is None:
            raise NotVisible
        try:
            with transaction.atomic():
                made = Objection.objects.create(
                    decision=locked,
                    seat_id=holding.seat_id,
                    organisation_id=viewer.organisation_id,
                    reason=reason.strip(),
                    language=language,
                    raised_at=at,
                )
        except IntegrityError as error:
            if "objection_once_per_seat" not in str(error):
                raise
            raise Refusal("objected-already", _("Your seat has objected already.")) from error
        if locked.state == DecisionState.PROPOSED:
            _move(viewer, locked, DecisionState.OBJECTED, OBJECTED, at)
        else:
            tell(verb=OBJECTED, by=viewer, group=decision.group, at=at, data={"code": decision.code})
    return made


def answer_objection(
    *, viewer: Viewer, objection: Objection, answer: str, language: str = "", at: dt.datetime
) -> None:
    """Answer an objection, once.

    Raises: Forbidden; Refusal "answered-already".
    """
    with transaction.atomic():
        can_settle(viewer, objection.decision).require()
        rows = Objection.objects.select_for_update(of=("self",)).visible_to(viewer)
        locked = rows.get(pk=objection.pk)
        if locked.answer:
            raise Refusal("answered-already", _("This objection has its answer already."))
        locked.answer, locked.answer_language, locked.answered_at = answer.strip(), language, at
        locked.save(update_fields=["answer", "answer_language", "answered_at"])
        group = objection.decision.group
        data = {"code": objection.decision.code, "objection": objection.code}
        tell(verb=ANSWERED, by=viewer, group=group, at=at, data=data)


def settle(*, viewer: Viewer, decision: Decision, at: dt.datetime) -> None:
    """Say that the group agrees: by consensus where no seat objected, resolved where every objection has its answer.

    Raises: Forbidden; Refusal "unanswered", "illegal-move".
    """
    with transaction.atomic():
        can_settle(viewer, decision).require()
        locked = _locked(viewer, decision)
        if locked.state != DecisionState.OBJECTED:
            _move(viewer, locked, DecisionState.CONSENSUS, AGREED, at)
            return
        if Objection.objects.visible_to(viewer).filter(decision=locked, answer="").exists():
            raise Refusal("unanswered", _("An objection still waits for its answer."))
        _move(viewer, locked, DecisionState.RESOLVED, RESOLVED, at)


def withdraw_decision(*, viewer: Viewer, decision: Decision, at: dt.datetime) -> None:
    """Take a proposal back; objections and answers stay readable.

    Raises: Forbidden; Refusal "illegal-move".
    """
    with transaction.atomic():
        can_withdraw_decision(viewer, decision).require()
        _move(viewer, _locked(viewer, decision), DecisionState.WITHDRAWN, WITHDRAWN, at)


def _locked(viewer: Viewer, decision: Decision) -> Decision:
    rows = Decision.objects.select_for_update(of=("self",)).visible_to(viewer).select_related("group")
    found = rows.filter(pk=decision.pk).first()
    if found is None:
        raise NotVisible
    return found


def _move(viewer: Viewer, decision: Decision, to: DecisionState, verb: str, at: dt.datetime) -> None:
    is_end = to != DecisionState.OBJECTED
    decision.settled_at = at if is_end else None
    move_inside(
        decision,
        to=to,
        lifecycle=DECISION,
        verb=verb,
        by=viewer,
        group=decision.group,
        at=at,
        also=["settled_at"] if is_end else [],
    )
