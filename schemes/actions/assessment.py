"""The verbs of an assessment: open, submit, take up, start, propose, send back."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.entries import record
from ledger.models import Actor
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.actions.locks import locked_assessment, refused
from schemes.lifecycle import ASSESSMENT, AssessmentState
from schemes.models import Assessment, Proposal, SchemeMembership
from schemes.permissions.assessment import (
    can_go_on,
    can_propose,
    can_reschedule,
    can_send_back,
    can_start,
    can_submit,
    can_take_up,
)
from schemes.permissions.membership import can_begin_interim
from schemes.queries.assessment import edition_in_force, unanswered
from schemes.queries.score import as_json, result_of, unscored

OPENED = "schemes.assessment_opened"
SUBMITTED = "schemes.submitted"
TAKEN_UP = "schemes.taken_up"
RESCHEDULED = "schemes.rescheduled"
STARTED = "schemes.assessment_started"
WENT_ON = "schemes.went_on"
PROPOSED = "schemes.proposed"
SENT_BACK = "schemes.sent_back"


def open_assessment(
    *,
    membership: SchemeMembership,
    kind: str,
    due_on: dt.date | None,
    by: Actor | None,
    at: dt.datetime,
    is_sent: bool = False,
) -> Assessment | None:
    """Open the next assessment of a membership by the edition in force; None when one is under way already.

    Promises: the member's answers and evidence of the last one are carried over, as far as the edition still asks for
    them. Once for one date, however often it is said. For reactions and handlers (role job) and other actions; people
    come by `begin_interim`.

    Args:
        is_sent: the scheme body looks anew at what was sent, after an appeal.
    """
    edition = edition_in_force(membership.scheme)
    rows = Assessment.objects.filter(membership=membership)
    if edition is None or rows.under_way().exists():
        return None
    previous = rows.filter(state=AssessmentState.DECIDED).order_by("-pk").first()
    is_planned = kind == Assessment.Kind.INTERIM and due_on is not None and not is_sent
    if is_planned and rows.filter(kind=kind, due_on=due_on).exists():
        return None
    assessment = Assessment.objects.create(
        edition=edition,
        membership=membership,
        kind=kind,
        due_on=due_on,
        previous=previous,
        state=AssessmentState.SUBMITTED if is_sent else AssessmentState.ANSWERING,
        submitted_at=at if is_sent else None,
        opened_at=at,
    )
    assessment.refresh_from_db()
    record(
        verb=OPENED,
        by=by,
        subject=assessment,
        owner_id=membership.member_id,
        at=at,
        data={**names(assessment), "kind": kind, "due_on": due_on.isoformat() if due_on else ""},
    )
    return assessment


def begin_interim(
    *, viewer: Viewer, membership: SchemeMembership, due_on: dt.date, at: dt.datetime
) -> Assessment:
    """Open an interim assessment by hand, before its date comes.

    Raises:
        Forbidden: see `can_begin_interim`. Refusal: `assessment-under-way`; `day-over` at `due_on`.
    """
    can_begin_interim(viewer, membership).require()
    if due_on < today(at):
        raise refused("day-over", "due_on", _("This day is over. Choose one that is still to come."))
    with transaction.atomic():
        kind = Assessment.Kind.INTERIM
        opened = open_assessment(membership=membership, kind=kind, due_on=due_on, by=viewer, at=at)
        if opened is None:
            raise Refusal("assessment-under-way", _("An assessment of this member is under way already."))
    return opened


def submit(*, viewer: Viewer, assessment: Assessment, at: dt.datetime) -> Assessment:
    """Send the answers: from now on the scheme body reads them and the evidence, and they stay as they are.

    Raises:
        Forbidden: see `can_submit`. Refusal: `not-all-answered`, naming what is missing.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_submit(viewer, assessment).require()
        if missing := unanswered(assessment):
            titles = ", ".join(f"“{one.title}”" for one in missing[:3]) + (" …" if len(missing) > 3 else "")
            sentence = ngettext(
                "%(n)s criterion still needs your answer: %(titles)s.",
                "%(n)s criteria still need your answer: %(titles)s.",
                len(missing),
            ) % {"n": len(missing), "titles": titles}
            raise Refusal("not-all-answered", sentence, status=422)
        return _submitted(viewer, assessment, SUBMITTED, at)


def take_up(*, viewer: Viewer, assessment: Assessment, at: dt.datetime) -> Assessment:
    """Go on without a member that let its date pass: what it has said so far counts as sent.

    Raises:
        Forbidden: see `can_take_up`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_take_up(viewer, assessment, on=today(at)).require()
        return _submitted(viewer, assessment, TAKEN_UP, at)


def reschedule(
    *, viewer: Viewer, assessment: Assessment, due_on: dt.date, reason: str = "", at: dt.datetime
) -> Assessment:
    """Move the date by which the member's answers are due; the dates after it stay.

    Raises:
        Forbidden: see `can_reschedule`. Refusal: `day-over` at `due_on`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_reschedule(viewer, assessment).require()
        if due_on < today(at):
            raise refused("day-over", "due_on", _("This day is over. Choose one that is still to come."))
        before, assessment.due_on = assessment.due_on, due_on
        assessment.save(update_fields=["due_on"])
        record(
            verb=RESCHEDULED,
            by=viewer,
            subject=assessment,
            owner_id=assessment.owner_id,
            at=at,
            data={
                **names(assessment),
                "before": before.isoformat() if before else "",
                "after": due_on.isoformat(),
                "reason": reason.strip(),
            },
        )
    return assessment


def start_assessing(*, viewer: Viewer, assessment: Assessment, at: dt.datetime) -> Assessment:
    """Begin to assess what the member has sent.

    Raises:
        Forbidden: see `can_start`: a clean declaration comes first.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_start(viewer, assessment).require()
        _move(viewer, assessment, AssessmentState.IN_ASSESSMENT, STARTED, at)
    return assessment


def go_on(*, viewer: Viewer, assessment: Assessment, at: dt.datetime) -> Assessment:
    """Go on assessing without waiting for the answers that are still missing.

    Raises:
        Forbidden: see `can_go_on`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_go_on(viewer, assessment).require()
        _move(viewer, assessment, AssessmentState.IN_ASSESSMENT, WENT_ON, at)
    return assessment


def propose(
    *,
    viewer: Viewer,
    assessment: Assessment,
    is_improvement_shown: bool | None = None,
    words: str = "",
    language: str = "",
    at: dt.datetime,
) -> Proposal:
    """Lay the result before whoever decides: the rule over the scores as they stand, frozen with its explanation.

    Args:
        is_improvement_shown: of an interim assessment, whether the member showed continuous improvement.
        words: what the assessor says about that.

    Raises:
        Forbidden: see `can_propose`. Refusal: `not-all-scored`; `say-if-improvement-shown`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_propose(viewer, assessment).require()
        if missing := unscored(assessment):
            titles = ", ".join(f"“{one.title}”" for one in missing[:3]) + (" …" if len(missing) > 3 else "")
            sentence = ngettext(
                "%(n)s criterion still needs its score and rationale: %(titles)s.",
                "%(n)s criteria still need their score and rationale: %(titles)s.",
                len(missing),
            ) % {"n": len(missing), "titles": titles}
            raise Refusal("not-all-scored", sentence, status=422)
        if assessment.kind == Assessment.Kind.INTERIM and is_improvement_shown is None:
            sentence = _("Say whether the member showed continuous improvement.")
            raise refused("say-if-improvement-shown", "is_improvement_shown", sentence)
        found = result_of(assessment, on=today(at))
        proposal = Proposal.objects.create(
            assessment=assessment,
            level=(found.level if found else None) or "",
            result=as_json(found),
            is_improvement_shown=is_improvement_shown,
            words=words.strip(),
            language=language if words.strip() else "",
            proposed_at=at,
        )
        proposal.refresh_from_db()
        assessment.proposed_at = at
        _move(
            viewer, assessment, AssessmentState.PROPOSED, PROPOSED, at, also=["proposed_at"], is_inside=True
        )
    return proposal


def send_back(
    *, viewer: Viewer, assessment: Assessment, reason: str, language: str = "", at: dt.datetime
) -> Assessment:
    """Give a proposal back to the assessors; only the scheme body reads why.

    Raises:
        Forbidden: see `can_send_back`. Refusal: `reason-missing`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_send_back(viewer, assessment).require()
        if not reason.strip():
            raise refused("reason-missing", "reason", _("Say what the assessors should look at again."))
        assessment.proposed_at = None
        _move(
            viewer,
            assessment,
            AssessmentState.IN_ASSESSMENT,
            SENT_BACK,
            at,
            data={"reason": reason.strip(), "language": language},
            also=["proposed_at"],
            is_inside=True,
        )
    return assessment


def today(at: dt.datetime) -> dt.date:
    """Return the day that a scheme counts by: it has one calendar for all its members, in UTC."""
    return at.astimezone(dt.UTC).date()


def names(assessment: Assessment) -> dict[str, str]:
    """Return the names that a notice needs, as both sides may read them."""
    membership = assessment.membership
    return {
        "scheme": assessment.edition.scheme.title,
        "member": membership.member_name if membership else assessment.subject_label,
        "body": membership.body_name if membership else "",
    }


def _submitted(viewer: Viewer, assessment: Assessment, verb: str, at: dt.datetime) -> Assessment:
    assessment.submitted_at = at
    _move(viewer, assessment, AssessmentState.SUBMITTED, verb, at, also=["submitted_at"])
    return assessment


def _move(
    viewer: Viewer,
    assessment: Assessment,
    to: AssessmentState,
    verb: str,
    at: dt.datetime,
    *,
    data: dict[str, str] | None = None,
    also: list[str] | None = None,
    is_inside: bool = False,
) -> None:
    """Move an assessment; `is_inside` keeps the entry to the scheme body."""
    move(
        assessment,
        to=to,
        lifecycle=ASSESSMENT,
        verb=verb,
        by=viewer,
        owner_id=assessment.body_id if is_inside else assessment.owner_id,
        at=at,
        data={**names(assessment), **(data or {})},
        also=also or [],
    )
