"""An assessor asks, the member answers."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.actions.assessment import names
from schemes.actions.locks import locked_assessment, refused
from schemes.lifecycle import ASSESSMENT, AssessmentState
from schemes.models import Assessment, Clarification, Criterion
from schemes.permissions.assessment import can_answer_question, can_ask
from schemes.queries.assessment import open_questions

ASKED = "schemes.clarification_asked"
ANSWERED = "schemes.clarification_answered"


def ask_clarification(
    *,
    viewer: Viewer,
    assessment: Assessment,
    question: str,
    criterion: Criterion | None = None,
    language: str = "",
    at: dt.datetime,
) -> Clarification:
    """Ask the member something, about one criterion or about the whole.

    Promises: the assessment waits for clarification until every question is answered, or an assessor goes on without.

    Raises:
        Forbidden: see `can_ask`. Refusal: `nothing-said` at `question`; `not-asked` at `criterion`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_ask(viewer, assessment).require()
        if not question.strip():
            raise refused("nothing-said", "question", _("Write what you would like to know."))
        if criterion is not None and criterion.edition_id != assessment.edition_id:
            raise refused("not-asked", "criterion", _("This assessment does not ask that."))
        asked = Clarification.objects.create(
            assessment=assessment,
            criterion=criterion,
            question=question.strip(),
            language=language,
            asked_at=at,
        )
        asked.refresh_from_db()
        _tell(viewer, ASKED, assessment, asked, AssessmentState.CLARIFICATION, at)
    return asked


def answer_clarification(
    *, viewer: Viewer, clarification: Clarification, answer: str, language: str = "", at: dt.datetime
) -> Clarification:
    """Answer a question, once; after the last one the assessment goes on.

    Raises:
        Forbidden: see `can_answer_question`. Refusal: `answered-already`; `nothing-said` at `answer`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, clarification.assessment)
        can_answer_question(viewer, assessment).require()
        asked = Clarification.objects.visible_to(viewer).select_related("criterion").get(pk=clarification.pk)
        if asked.answered_at is not None:
            raise Refusal("answered-already", _("A colleague has answered this already."))
        if not answer.strip():
            raise refused("nothing-said", "answer", _("Write your answer."))
        asked.answer, asked.answer_language = answer.strip(), language
        asked.answered_at, asked.answered_by_id = at, viewer.person_id
        asked.save(update_fields=["answer", "answer_language", "answered_at", "answered_by"])
        waits = open_questions(assessment) > 0
        to = AssessmentState.CLARIFICATION if waits else AssessmentState.IN_ASSESSMENT
        _tell(viewer, ANSWERED, assessment, asked, to, at)
    return asked


def _tell(
    viewer: Viewer,
    verb: str,
    assessment: Assessment,
    asked: Clarification,
    to: AssessmentState,
    at: dt.datetime,
) -> None:
    criterion = asked.criterion.title if asked.criterion else ""
    data = {**names(assessment), "clarification": asked.code, "criterion": criterion}
    owner = assessment.owner_id
    if assessment.state == to:
        record(verb=verb, by=viewer, subject=assessment, owner_id=owner, at=at, data=data)
        return
    move(assessment, to=to, lifecycle=ASSESSMENT, verb=verb, by=viewer, owner_id=owner, at=at, data=data)
