"""The verbs of a feedback round: prepare and release it, comment, answer, end it with a summary, or withdraw it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside, tell
from forum.lifecycle import FEEDBACK, FeedbackState
from forum.models import (
    FeedbackComment,
    FeedbackExcerpt,
    FeedbackOutcome,
    FeedbackProject,
    FeedbackRound,
    Group,
    Project,
)
from forum.models.feedback import MOST_QUESTIONS
from forum.models.feedback_facts import PartSaid, RoundSaid
from forum.permissions.feedback import (
    can_answer_comment,
    can_change_round,
    can_comment,
    can_finish,
    can_prepare,
    can_withdraw_round,
)
from forum.queries.feedback import groups_to_invite, groups_to_speak_for, is_answered
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

PREPARED, CHANGED = "forum.feedback_prepared", "forum.feedback_changed"
RELEASED, OPENED, CLOSES_SOON, OVER = (
    "forum.feedback_released",
    "forum.feedback_opened",
    "forum.feedback_closes_soon",
    "forum.feedback_over",
)
COMMENTED, ANSWERED = "forum.feedback_commented", "forum.feedback_answered"
FINISHED, WITHDRAWN = "forum.feedback_finished", "forum.feedback_withdrawn"


def prepare_round(*, viewer: Viewer, group: Group, said: RoundSaid, at: dt.datetime) -> FeedbackRound:
    """Begin a round as a draft, which the people of the group alone read.

    Raises: Forbidden; Refusal "closes-before-it-opens", "closes-in-the-past", "nobody-invited".
    """
    with transaction.atomic():
        can_prepare(viewer, group).require()
        given = _checked(viewer, group, said, at)
        made = FeedbackRound.objects.create(
            group=group, organisation_id=viewer.organisation_id, created_at=at, **given
        )
        tell(verb=PREPARED, by=viewer, group=group, at=at, data={"code": made.code})
    return made


def change_round(*, viewer: Viewer, found: FeedbackRound, said: RoundSaid, at: dt.datetime) -> None:
    """Change a draft.

    Raises: Forbidden; Refusal as for `prepare_round`.
    """
    with transaction.atomic():
        locked = _locked(viewer, found)
        can_change_round(viewer, locked).require()
        given = _checked(viewer, locked.group, said, at)
        for name, value in given.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(given))
        _tell(CHANGED, viewer, locked, at)


def present_project(
    *, viewer: Viewer, found: FeedbackRound, project: Project, said: PartSaid, at: dt.datetime
) -> FeedbackProject:
    """Say what people of other groups read about a project, or say it anew; milestones and updates are copied now.

    Raises: Forbidden; Refusal "too-many-questions", "same-question-twice".
    """
    asked = [one.strip() for one in said.questions if one.strip()]
    if len(asked) > MOST_QUESTIONS:
        raise _refused("too-many-questions", "questions", _("Ask eight questions at most."))
    if len({one.lower() for one in asked}) < len(asked):
        raise _refused("same-question-twice", "questions", _("Two questions are the same."))
    with transaction.atomic():
        locked = _locked(viewer, found)
        can_change_round(viewer, locked).require()
        if project.group_id != locked.group_id:
            raise NotVisible
        words = {"description": said.description.strip(), "language": said.language, "questions": asked}
        rows = FeedbackProject.objects.visible_to(viewer).filter(round=locked, project=project)
        part = rows.first()
        if part is None:
            part = FeedbackProject.objects.create(
                round=locked, group_id=locked.group_id, project=project, **words
            )
        else:
            rows.update(**words)
            FeedbackExcerpt.objects.visible_to(viewer).filter(part=part).delete()
        of: dict[str, object] = {"part": part, "round": locked, "group_id": locked.group_id}
        for one in said.milestones:
            FeedbackExcerpt.objects.create(**of, milestone=one)
        for update in said.updates:
            FeedbackExcerpt.objects.create(**of, update=update)
        _tell(CHANGED, viewer, locked, at)
    return part


def take_out_project(*, viewer: Viewer, part: FeedbackProject, at: dt.datetime) -> None:
    """Leave a project out of a draft.

    Raises: Forbidden.
    """
    with transaction.atomic():
        locked = _locked(viewer, part.round)
        can_change_round(viewer, locked).require()
        FeedbackProject.objects.visible_to(viewer).filter(pk=part.pk).delete()
        _tell(CHANGED, viewer, locked, at)


def release_round(*, viewer: Viewer, found: FeedbackRound, at: dt.datetime) -> None:
    """Let a round open when it says, or now; from here on nothing that it presents changes.

    Promises: people of the invited groups are told when it opens and three days before it closes.
    Raises: Forbidden; Refusal "nothing-presented", "closes-in-the-past", "illegal-move".
    """
    with transaction.atomic():
        locked = _locked(viewer, found)
        can_change_round(viewer, locked).require()
        if not FeedbackProject.objects.visible_to(viewer).filter(round=locked).exists():
            raise Refusal("nothing-presented", _("Say first which project others shall read about."))
        if locked.closes_at <= at:
            raise Refusal("closes-in-the-past", _("Its last day is over. Choose another one first."))
        locked.opens_at = max(locked.opens_at or at, at)
        locked.released_at = at
        _move(viewer, locked, FeedbackState.OPEN, RELEASED, at, "opens_at", "released_at")


def withdraw_round(
    *, viewer: Viewer, found: FeedbackRound, reason: str = "", language: str = "", at: dt.datetime
) -> None:
    """Take a round back: people of other groups read nothing of it any more.

    Raises: Forbidden; Refusal "reason-missing" where it has been released; "illegal-move".
    """
    with transaction.atomic():
        locked = _locked(viewer, found)
        can_withdraw_round(viewer, locked).require()
        if locked.released_at is not None and not reason.strip():
            raise _refused("reason-missing", "reason", _("Say why."))
        locked.withdrawn_at, locked.reason, locked.reason_language = at, reason.strip(), language
        _move(
            viewer,
            locked,
            FeedbackState.WITHDRAWN,
            WITHDRAWN,
            at,
            *("withdrawn_at", "reason", "reason_language"),
        )


def comment(
    *,
    viewer: Viewer,
    part: FeedbackProject,
    question: int,
    body: str,
    from_group: Group | None = None,
    language: str = "",
    at: dt.datetime,
) -> FeedbackComment:
    """Say something about a project, as somebody of an invited group; it stays as it is said.

    Args:
        question: its number from 1, or 0 for the project as a whole. from_group: needed by who is in several.
    Raises: Forbidden; Refusal "no-such-question", "group-missing", "said-already".
    """
    with transaction.atomic():
        found = part.round
        can_comment(viewer, found, at=at).require()
        if not 0 <= question <= len(part.questions):
            raise _refused("no-such-question", "question", _("Choose one of the questions."))
        groups = {one.pk: one for one in groups_to_speak_for(viewer, found)}
        chosen = groups.get(from_group.pk) if from_group else None
        if chosen is None and len(groups) == 1:
            (chosen,) = groups.values()
        if chosen is None:
            raise _refused("group-missing", "from_group", _("Say for which of your groups you speak."))
        try:
            with transaction.atomic():
                made = FeedbackComment.objects.create(
                    round=found,
                    group_id=found.group_id,
                    part=part,
                    question=question,
                    from_group=chosen,
                    person_id=viewer.person_id,
                    organisation_id=viewer.organisation_id,
                    body=body.strip(),
                    language=language,
                    at=at,
                )
        except IntegrityError as error:
            if "feedback_comment_said_once" in str(error):
                raise Refusal("said-already", _("You have said this here already.")) from error
            raise Refusal(
                "round-over", _("Your comment was not taken: this round has just ended.")
            ) from error
        _tell(COMMENTED, viewer, found, at, comment=made.code)
    return made


def answer_comment(
    *,
    viewer: Viewer,
    comment: FeedbackComment,
    answer: str,
    outcome: str,
    language: str = "",
    at: dt.datetime,
) -> None:
    """Answer a comment for the group, once: what it says to it, and what it does about it.

    Raises: Forbidden; Refusal "answered-already", "no-such-outcome".
    """
    if outcome not in FeedbackOutcome.values:
        raise _refused("no-such-outcome", "outcome", _("Say what the group does about it."))
    with transaction.atomic():
        can_answer_comment(viewer, comment).require()
        rows = FeedbackComment.objects.visible_to(viewer).select_for_update(of=("self",))
        locked = rows.get(pk=comment.pk)
        if locked.answered_at is not None:
            raise Refusal("answered-already", _("This comment has its answer already."))
        locked.answer, locked.answer_language = answer.strip(), language
        locked.outcome, locked.answered_at = outcome, at
        locked.save(update_fields=["answer", "answer_language", "outcome", "answered_at"])
        _tell(ANSWERED, viewer, comment.round, at, comment=comment.code)


def finish_round(
    *, viewer: Viewer, found: FeedbackRound, summary: str, language: str = "", at: dt.datetime
) -> None:
    """End a round: the summary is published to everybody who could read it.

    Raises: Forbidden; Refusal "unanswered", "illegal-move".
    """
    with transaction.atomic():
        locked = _locked(viewer, found)
        can_finish(viewer, locked, at=at).require()
        if not is_answered(viewer, locked):
            raise Refusal("unanswered", _("A comment still waits for its answer."))
        locked.summary, locked.summary_language, locked.finished_at = summary.strip(), language, at
        _move(
            viewer,
            locked,
            FeedbackState.FINISHED,
            FINISHED,
            at,
            *("summary", "summary_language", "finished_at"),
        )


def _checked(viewer: Viewer, group: Group, said: RoundSaid, at: dt.datetime) -> dict[str, object]:
    """Return the columns of a round, once its window and its guests make sense."""
    if said.closes_at <= (said.opens_at or at):
        raise _refused("closes-before-it-opens", "closes_at", _("A round closes after it opens."))
    if said.closes_at <= at:
        raise _refused("closes-in-the-past", "closes_at", _("Choose a moment in the future."))
    known = set(groups_to_invite(group, viewer).values_list("pk", flat=True))
    invited = [] if said.for_all else sorted({one.pk for one in said.invited} & known)
    if not said.for_all and not invited:
        raise _refused("nobody-invited", "invited", _("Choose at least one other group."))
    return {
        "title": said.title.strip(),
        "purpose": said.purpose.strip(),
        "language": said.language,
        "zone": said.zone,
        "for_all": said.for_all,
        "invited_ids": invited,
        "opens_at": said.opens_at,
        "closes_at": said.closes_at,
    }


def _locked(viewer: Viewer, found: FeedbackRound) -> FeedbackRound:
    """Return the round as it is now, held until the end of the transaction; nothing for people of other groups."""
    rows = FeedbackRound.objects.visible_to(viewer).select_for_update(of=("self",)).select_related("group")
    locked = rows.filter(pk=found.pk).first()
    if locked is None:
        raise NotVisible
    return locked


def _move(
    viewer: Viewer, found: FeedbackRound, to: FeedbackState, verb: str, at: dt.datetime, *also: str
) -> None:
    move_inside(
        found, to=to, lifecycle=FEEDBACK, verb=verb, by=viewer, group=found.group, at=at, also=list(also)
    )


def _tell(verb: str, viewer: Viewer, found: FeedbackRound, at: dt.datetime, **more: str) -> None:
    tell(verb=verb, by=viewer, group=found.group, at=at, data={"code": found.code, **more})


def _refused(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, fields={field: [sentence]}, status=422)
