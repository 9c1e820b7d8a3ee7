"""Saving what the member says about a criterion, as often as it types."""

import datetime as dt
from dataclasses import asdict, replace

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from organisations.visibility import Viewer
from schemes.actions.assessment import names
from schemes.actions.locks import locked_assessment, refused
from schemes.actions.overtaken import Overtaken
from schemes.models import Answer, Assessment, Criterion
from schemes.models.facts import AnswerSaid
from schemes.permissions.assessment import can_answer

ANSWERED = "schemes.answered"


def save_answer(
    *,
    viewer: Viewer,
    assessment: Assessment,
    criterion: Criterion,
    said: AnswerSaid,
    version: int,
    at: dt.datetime,
) -> Answer:
    """Keep what the member says about a criterion, half-written as it may be.

    Promises: nobody overwrites a colleague; what says the same again is not saved again; one ledger entry
    per criterion, with its first words.

    Args:
        version: of the answer that the writer began with; 0 when there was none.

    Raises:
        Forbidden: see `can_answer`.
        Overtaken: somebody saved another version; carries their words.
        Refusal: `not-asked` for a criterion of another edition; `unknown-level` at `claimed`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_answer(viewer, assessment).require()
        said = _tidied(assessment, criterion, said)
        found = Answer.objects.visible_to(viewer).filter(assessment=assessment, criterion=criterion).first()
        if found is None:
            return _first(viewer, assessment, criterion, said, at)
        if said_in(found) == said:
            return found
        if found.version != version:
            raise Overtaken(theirs=asdict(said_in(found)), version=found.version, person_id=found.person_id)
        values = {**asdict(said), "version": version + 1, "person_id": viewer.person_id, "saved_at": at}
        Answer.objects.filter(pk=found.pk).update(**values)
        found.refresh_from_db()
    return found


def said_in(answer: Answer) -> AnswerSaid:
    """Return what a saved answer says."""
    return AnswerSaid(
        text=answer.text,
        language=answer.language,
        claimed=answer.claimed,
        is_relevant=answer.is_relevant,
        reason=answer.reason,
    )


def _first(
    viewer: Viewer, assessment: Assessment, criterion: Criterion, said: AnswerSaid, at: dt.datetime
) -> Answer:
    answer = Answer.objects.create(assessment=assessment, criterion=criterion, saved_at=at, **asdict(said))
    answer.refresh_from_db()
    record(
        verb=ANSWERED,
        by=viewer,
        subject=assessment,
        owner_id=viewer.organisation_id,
        at=at,
        data={**names(assessment), "criterion": criterion.title},
    )
    return answer


def _tidied(assessment: Assessment, criterion: Criterion, said: AnswerSaid) -> AnswerSaid:
    if criterion.edition_id != assessment.edition_id:
        raise refused("not-asked", "criterion", _("This assessment does not ask that."))
    if said.claimed and said.claimed not in dict(assessment.edition.content.choices()):
        raise refused("unknown-level", "claimed", _("Choose one of the levels of this scheme."))
    if said.is_relevant:
        return replace(said, reason="")
    return replace(said, claimed="")
