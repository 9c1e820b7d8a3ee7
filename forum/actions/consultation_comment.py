"""What is said to a consultation, and what its co-leads do with it."""

import datetime as dt

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import tell
from forum.lifecycle import CONSULTATION_COMMENT, CommentState, RoundState
from forum.models import (
    ConsultationClause,
    ConsultationComment,
    ConsultationContact,
    ConsultationHiding,
    ConsultationResponse,
    ConsultationRound,
)
from forum.models.consultation_facts import PublicSaid
from forum.permissions.consultation import (
    HOURS_TO_CONFIRM,
    can_answer_comment,
    can_comment,
    can_hide_comment,
)
from forum.queries.consultation import digest_of
from ledger import bell
from ledger.codes import new_code
from ledger.refusals import Refusal
from organisations.visibility import Viewer

ASKED, COMMENTED = "forum.consultation_comment_asked", "forum.consultation_commented"
RESPONDED, HIDDEN, SHOWN = (
    "forum.consultation_responded",
    "forum.consultation_comment_hidden",
    "forum.consultation_comment_shown",
)


def comment_on(
    *,
    viewer: Viewer,
    asked: ConsultationRound,
    clause: ConsultationClause | None,
    text: str,
    language: str,
    at: dt.datetime,
) -> ConsultationComment:
    """Comment on a clause, or on the whole, for one's organisation; a comment never changes.

    Promises: saying the very same again leads to the comment that is there.
    Raises: Forbidden "not-open"; Refusal "words-missing".
    """
    words = text.strip()
    if not words:
        raise _refused("words-missing", "text", _("Write something."))
    with transaction.atomic():
        can_comment(viewer, asked, at=at).require()
        own = ConsultationComment.objects.visible_to(viewer).filter(
            round=asked,
            clause=clause,
            person_id=viewer.person_id,
            organisation_id=viewer.organisation_id,
            text=words,
        )
        if found := own.first():
            return found
        try:
            with transaction.atomic():
                made = ConsultationComment.objects.create(
                    group_id=asked.group_id,
                    consultation_id=asked.consultation_id,
                    round=asked,
                    clause=clause,
                    person_id=viewer.person_id,
                    organisation_id=viewer.organisation_id,
                    text=words,
                    language=language,
                    made_at=at,
                )
        except IntegrityError as error:  # it closed at this moment
            raise Refusal("not-open", _("This round takes no comments now.")) from error
        data = {"consultation": asked.consultation.code, "round": asked.number, "comment": made.code}
        tell(verb=COMMENTED, by=viewer, group=asked.group, at=at, data=data)
    return made


def comment_publicly(
    *, asked: ConsultationRound, clause: ConsultationClause | None, said: PublicSaid, at: dt.datetime
) -> None:
    """Take a comment from somebody without an account; it counts once they open the link of the letter.

    Promises: nobody learns whether the address is known here; a second click sends no second letter.
    Raises: Refusal "not-open", "words-missing", "too-many".
    """
    code = new_code()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT app.comment_publicly(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                code,
                asked.code,
                clause.code if clause else "",
                said.text.strip(),
                said.language,
                said.name.strip(),
                said.organisation.strip(),
                said.email,
                digest_of(code),
            ],
        )
        row = cursor.fetchone()
    answer = row[0] if row else "not-open"
    if answer == "not-open":
        raise Refusal("not-open", _("This round takes no comments now."))
    if answer == "words-missing":
        raise Refusal(
            "words-missing", _("Fill in your name, your e-mail address and your comment."), status=422
        )
    if answer == "too-many":
        sentence = _("Too many comments wait for this address. Open the links in the letters first.")
        raise Refusal("too-many", sentence, status=429)
    bell.ring("ledger.relay")


def confirm_comment(*, contact: ConsultationContact, at: dt.datetime) -> None:
    """Let a comment from the public count: whoever presents the secret reads mail at the address.

    Raises: Refusal "link-over": three days have passed, or the round is answered.
    """
    if contact.confirmed_at is not None:
        return
    over = Refusal(
        "link-over", _("This link has run out: it works for three days, and until the round is answered.")
    )
    is_late = contact.asked_at < at - dt.timedelta(hours=HOURS_TO_CONFIRM)
    is_answered = contact.comment.round.state == RoundState.ANSWERED
    if is_late or is_answered or not contact.email:
        raise over
    try:
        with transaction.atomic():
            ConsultationContact.objects.filter(pk=contact.pk, confirmed_at=None).update(confirmed_at=at)
    except IntegrityError as error:
        raise over from error


def forget_address(*, contact: ConsultationContact) -> None:
    """Take the address away from a comment: no more letters; the comment stays."""
    ConsultationContact.objects.filter(pk=contact.pk).update(email="")


def respond(
    *,
    viewer: Viewer,
    comment: ConsultationComment,
    verdict: str,
    reason: str,
    language: str,
    at: dt.datetime,
) -> ConsultationResponse:
    """Answer a comment, or put the answer better; others read it once the whole round is answered.

    Raises: Forbidden; Refusal "reason-missing".
    """
    if not reason.strip():
        raise _refused("reason-missing", "reason", _("Give the reason: it is what people look for."))
    with transaction.atomic():
        can_answer_comment(viewer, comment).require()
        rows = ConsultationResponse.objects.visible_to(viewer).select_for_update(of=("self",))
        row = rows.filter(comment=comment).first()
        if row is None:
            row = ConsultationResponse(
                group_id=comment.group_id,
                round_id=comment.round_id,
                comment=comment,
                organisation_id=viewer.organisation_id,
            )
        row.verdict, row.reason, row.language, row.made_at = verdict, reason.strip(), language, at
        try:
            with transaction.atomic():
                row.save(update_fields=["verdict", "reason", "language", "made_at"] if row.pk else None)
        except IntegrityError as error:
            sentence = _("Somebody else answered, hid or closed this meanwhile. Look at it again.")
            raise Refusal("changed-meanwhile", sentence) from error
        data = {"consultation": comment.consultation.code, "comment": comment.code, "verdict": verdict}
        tell(verb=RESPONDED, by=viewer, group=comment.round.group, at=at, data=data)
    return row


def hide_comment(
    *, viewer: Viewer, comment: ConsultationComment, reason: str, language: str = "", at: dt.datetime
) -> None:
    """Hide an abusive comment from the public, with a reason for the log; its place stays, its words go there.

    Raises: Forbidden; Refusal "reason-missing", "illegal-move".
    """
    _hide(viewer, comment, CommentState.HIDDEN, HIDDEN, reason, language, at)


def show_comment(
    *, viewer: Viewer, comment: ConsultationComment, reason: str, language: str = "", at: dt.datetime
) -> None:
    """Show a hidden comment again, with its words. Raises: Forbidden; Refusal "reason-missing", "illegal-move"."""
    _hide(viewer, comment, CommentState.SHOWN, SHOWN, reason, language, at)


def _hide(
    viewer: Viewer,
    comment: ConsultationComment,
    to: CommentState,
    verb: str,
    reason: str,
    language: str,
    at: dt.datetime,
) -> None:
    if not reason.strip():
        raise _refused("reason-missing", "reason", _("Say why."))
    with transaction.atomic():
        can_hide_comment(viewer, comment).require()
        illegal = Refusal("illegal-move", _("That cannot be done with it any more. Look at it again."))
        before = ConsultationComment.objects.visible_to(viewer).get(pk=comment.pk).state
        if not CONSULTATION_COMMENT.allows(before, to):
            raise illegal
        try:
            with transaction.atomic():
                ConsultationHiding.objects.create(
                    group_id=comment.group_id,
                    organisation_id=viewer.organisation_id,
                    comment=comment,
                    is_shown_again=to == CommentState.SHOWN,
                    reason=reason.strip(),
                    language=language,
                    made_at=at,
                )
        except IntegrityError as error:
            raise illegal from error
        data = {"consultation": comment.consultation.code, "comment": comment.code}
        tell(verb=verb, by=viewer, group=comment.round.group, at=at, data=data)


def _refused(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, fields={field: [sentence]}, status=422)
