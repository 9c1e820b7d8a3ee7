"""A consultation from draft to answers: written, opened, made longer, closed, answered, asked once more."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside, tell
from forum.lifecycle import CONSULTATION_ROUND, RoundState
from forum.models import Consultation, ConsultationClause, ConsultationComment, ConsultationRound, Group
from forum.models.consultation import MOST_CLAUSES
from forum.models.consultation_facts import ClauseSaid, ConsultationSaid, WindowSaid
from forum.permissions.consultation import can_consult, can_describe_consultation, can_write_clauses
from forum.permissions.group import can_lead
from forum.queries.consultation import clauses_of
from ledger.codes import new_code
from ledger.refusals import Refusal
from organisations.visibility import Viewer

BEGUN, PLANNED, OPENED = (
    "forum.consultation_begun",
    "forum.consultation_planned",
    "forum.consultation_opened",
)
TAKEN_BACK, EXTENDED = "forum.consultation_taken_back", "forum.consultation_extended"
CLOSES_SOON, CLOSED = "forum.consultation_closes_soon", "forum.consultation_closed"
ANSWERED, NEXT_ROUND = "forum.consultation_answered", "forum.consultation_next_round"


def begin_consultation(
    *, viewer: Viewer, group: Group, said: ConsultationSaid, at: dt.datetime
) -> Consultation:
    """Begin a consultation with a first round to draft; the people of the group read the draft.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_consult(viewer, group).require()
        made = Consultation.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            title=said.title,
            summary=said.summary,
            language=said.language,
            is_public=said.is_public,
            begun_at=at,
        )
        ConsultationRound.objects.create(group=group, consultation=made)
        tell(verb=BEGUN, by=viewer, group=group, at=at, data={"consultation": made.code})
    return made


def describe_consultation(
    *, viewer: Viewer, consultation: Consultation, said: ConsultationSaid, at: dt.datetime
) -> None:
    """Change what a consultation is about and who is asked, until it was opened. Raises: Forbidden."""
    with transaction.atomic():
        can_describe_consultation(viewer, consultation).require()
        consultation.title, consultation.summary = said.title, said.summary
        consultation.language, consultation.is_public = said.language, said.is_public
        consultation.save(update_fields=["title", "summary", "language", "is_public"])


def write_clauses(
    *,
    viewer: Viewer,
    asked: ConsultationRound,
    said: Sequence[ClauseSaid],
    note: str,
    note_language: str,
    at: dt.datetime,
) -> None:
    """Keep the clauses of a draft as they stand in the form; each keeps its identity, whatever its place.

    Promises: a clause that is not sent along is left out of this round, and of this round alone.
    Raises: Forbidden; Refusal "too-many-clauses".
    """
    if len(said) > MOST_CLAUSES:
        raise Refusal("too-many-clauses", _("A document has 120 clauses at most."), status=422)
    with transaction.atomic():
        can_write_clauses(viewer, asked).require()
        ConsultationRound.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        known = {one.identity: one for one in clauses_of(viewer, asked)}
        for place, one in enumerate(said, start=1):
            row = known.pop(one.identity, None)
            if row is None:
                identity = new_code()
                row = ConsultationClause(group_id=asked.group_id, round=asked, identity=identity)
            row.position, row.label, row.title, row.text = place, one.label, one.title, one.text
            row.save(update_fields=["position", "label", "title", "text"] if row.pk else None)
        for gone in known.values():
            gone.delete()
        asked.note, asked.note_language = note, note_language
        asked.save(update_fields=["note", "note_language"])


def open_round(*, viewer: Viewer, asked: ConsultationRound, said: WindowSaid, at: dt.datetime) -> None:
    """Open a round now, or announce it for a later hour; from then on its clauses stay as they are.

    Promises: when it opens the people of the group are told, in a later round whoever commented before as well; they
    are reminded a day before it closes; it closes by itself.
    Raises: Forbidden; Refusal "no-clauses", "closes-before-it-opens", "closes-in-the-past", "illegal-move".
    """
    opens_at = said.opens_at if said.opens_at and said.opens_at > at else at
    if said.closes_at <= opens_at:
        raise _refused("closes-before-it-opens", "closes_at", _("It closes after it opens."))
    if said.closes_at <= at:
        raise _refused("closes-in-the-past", "closes_at", _("Choose a moment in the future."))
    with transaction.atomic():
        can_lead(viewer, asked.group).require()
        if not clauses_of(viewer, asked):
            raise Refusal("no-clauses", _("Write at least one clause first."))
        asked.opens_at, asked.closes_at, asked.zone = opens_at, said.closes_at, said.zone
        is_now = opens_at <= at
        _move(
            asked,
            RoundState.OPEN if is_now else RoundState.PLANNED,
            OPENED if is_now else PLANNED,
            viewer,
            at,
            also=["opens_at", "closes_at", "zone"],
        )


def take_back_round(*, viewer: Viewer, asked: ConsultationRound, at: dt.datetime) -> None:
    """Make an announced round a draft again, before it opens. Raises: Forbidden; Refusal "illegal-move"."""
    with transaction.atomic():
        can_lead(viewer, asked.group).require()
        _move(asked, RoundState.DRAFT, TAKEN_BACK, viewer, at)


def open_announced(*, round_id: int, at: dt.datetime) -> bool:
    """Open an announced round whose hour has come, once; return whether this call did."""
    with transaction.atomic():
        asked = _due(round_id, state=RoundState.PLANNED, opens_at__lte=at)
        if asked is None:
            return False
        _move(asked, RoundState.OPEN, OPENED, None, at)
    return True


def extend_round(
    *, viewer: Viewer, asked: ConsultationRound, closes_at: dt.datetime, at: dt.datetime
) -> None:
    """Let an open round close later; nobody makes it shorter than was said.

    Raises: Forbidden; Refusal "not-later", "not-open".
    """
    with transaction.atomic():
        can_lead(viewer, asked.group).require()
        rows = ConsultationRound.objects.select_for_update(of=("self",))
        found = rows.select_related("group", "consultation").get(pk=asked.pk)
        if not found.is_open_at(at):
            raise Refusal("not-open", _("This round takes no comments now."))
        if found.closes_at is None or closes_at <= found.closes_at:
            raise _refused(
                "not-later", "closes_at", _("Choose a moment after the one at which it closes now.")
            )
        found.closes_at = closes_at
        found.save(update_fields=["closes_at"])
        tell(verb=EXTENDED, by=viewer, group=found.group, at=at, data=codes_of(found))


def close_round(*, viewer: Viewer, asked: ConsultationRound, at: dt.datetime) -> None:
    """Close a round before its hour. Raises: Forbidden; Refusal "illegal-move"."""
    with transaction.atomic():
        can_lead(viewer, asked.group).require()
        asked.closed_at = at
        _move(asked, RoundState.CLOSED, CLOSED, viewer, at, also=["closed_at"])


def close_due_round(*, round_id: int, at: dt.datetime) -> bool:
    """Close a round whose hour is over, once; return whether this call did."""
    with transaction.atomic():
        asked = _due(round_id, state=RoundState.OPEN, closes_at__lte=at)
        if asked is None:
            return False
        asked.closed_at = at
        _move(asked, RoundState.CLOSED, CLOSED, None, at, also=["closed_at"])
    return True


def publish_answers(
    *, viewer: Viewer, asked: ConsultationRound, outcome: str, language: str, at: dt.datetime
) -> None:
    """Give out the answers of a closed round: responses and reasons are read from now on, and stay.

    Promises: no comment is without a response; whoever commented is told.
    Raises: Forbidden; Refusal "responses-missing", "outcome-missing", "illegal-move".
    """
    if not outcome.strip():
        raise _refused("outcome-missing", "outcome", _("Say what came of it."))
    with transaction.atomic():
        can_lead(viewer, asked.group).require()
        waiting = ConsultationComment.objects.visible_to(viewer).filter(round=asked).unanswered().count()
        if waiting:
            raise _missing(waiting)
        asked.answered_at, asked.outcome, asked.outcome_language = at, outcome.strip(), language
        try:
            with transaction.atomic():
                _move(
                    asked,
                    RoundState.ANSWERED,
                    ANSWERED,
                    viewer,
                    at,
                    also=["answered_at", "outcome", "outcome_language"],
                )
        except IntegrityError as error:  # somebody confirmed a comment at this moment
            raise _missing(1) from error


def begin_next_round(
    *, viewer: Viewer, consultation: Consultation, last: ConsultationRound, at: dt.datetime
) -> ConsultationRound:
    """Draft the next round, beginning with the clauses of the last one; each keeps its identity.

    Raises: Forbidden; Refusal "round-not-answered".
    """
    with transaction.atomic():
        can_lead(viewer, consultation.group).require()
        try:
            with transaction.atomic():
                made = ConsultationRound.objects.create(group=consultation.group, consultation=consultation)
        except IntegrityError as error:
            sentence = _("Answer this round first; then the next one can begin.")
            raise Refusal("round-not-answered", sentence) from error
        made.refresh_from_db()
        for one in clauses_of(viewer, last):
            ConsultationClause.objects.create(
                group_id=made.group_id,
                round=made,
                identity=one.identity,
                position=one.position,
                label=one.label,
                title=one.title,
                text=one.text,
            )
        tell(verb=NEXT_ROUND, by=viewer, group=consultation.group, at=at, data=codes_of(made))
    return made


def codes_of(asked: ConsultationRound) -> dict[str, object]:
    """Return what an entry says of a round."""
    return {"consultation": asked.consultation.code, "round": asked.number, "code": asked.code}


def _due(round_id: int, **where: object) -> ConsultationRound | None:
    rows = ConsultationRound.objects.select_for_update(of=("self",)).select_related("group", "consultation")
    return rows.filter(pk=round_id, **where).first()


def _move(
    asked: ConsultationRound,
    to: RoundState,
    verb: str,
    by: Viewer | None,
    at: dt.datetime,
    also: Sequence[str] = (),
) -> None:
    move_inside(
        asked,
        to=to,
        lifecycle=CONSULTATION_ROUND,
        verb=verb,
        by=by,
        group=asked.group,
        at=at,
        data=codes_of(asked),
        also=list(also),
    )


def _missing(waiting: int) -> Refusal:
    sentence = _("Every comment gets a response and a reason first. Still without one: %(count)s.")
    return Refusal("responses-missing", sentence % {"count": waiting})


def _refused(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, fields={field: [sentence]}, status=422)
