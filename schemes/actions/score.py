"""Saving what an assessor says about a criterion; two of them never overwrite each other."""

import datetime as dt
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from organisations.visibility import Viewer
from schemes.actions.assessment import names
from schemes.actions.locks import locked_assessment, refused
from schemes.actions.overtaken import Overtaken
from schemes.models import Assessment, Criterion, EvidenceUse, Score
from schemes.models.facts import ScoreSaid
from schemes.permissions.assessment import can_score
from schemes.queries.score import texts_of

SCORED = "schemes.scored"


def save_score(
    *,
    viewer: Viewer,
    assessment: Assessment,
    criterion: Criterion,
    said: ScoreSaid,
    version: int,
    at: dt.datetime,
) -> Score:
    """Keep what an assessor says about a criterion, half-written as it may be.

    Promises: every version is kept; nobody overwrites a colleague; what says the same again is not saved again;
    an entry in the scheme body's ledger when a criterion is scored or its value changes. The member sees nothing
    of it before the decision.

    Args:
        version: of the score that the writer began with; 0 when there was none.

    Raises:
        Forbidden: see `can_score`.
        Overtaken: somebody saved another version; carries their words.
        Refusal: `not-asked` for a criterion of another edition; `unknown-level` at `value`; `unknown-evidence` at
            `relied_on`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_score(viewer, assessment).require()
        said = _tidied(viewer, assessment, criterion, said)
        found = Score.objects.visible_to(viewer).filter(assessment=assessment, criterion=criterion).first()
        if found is None:
            score = Score.objects.create(
                assessment=assessment, criterion=criterion, saved_at=at, **_columns(said)
            )
            score.refresh_from_db()
            _record(viewer, score, assessment, criterion, None, at)
            return score
        before = said_in(found)
        if before == said:
            return found
        if found.version != version:
            raise Overtaken(theirs=texts_of(asdict(before)), version=found.version, person_id=found.person_id)
        values = {**_columns(said), "version": version + 1, "person_id": viewer.person_id, "saved_at": at}
        Score.objects.filter(pk=found.pk).update(**values)
        found.refresh_from_db()
        if (before.value, before.is_relevant) != (said.value, said.is_relevant):
            _record(viewer, found, assessment, criterion, before.value, at)
    return found


def said_in(score: Score) -> ScoreSaid:
    """Return what a saved score says."""
    return ScoreSaid(
        value=score.value,
        is_relevant=score.is_relevant,
        reason=score.reason,
        rationale=score.rationale,
        language=score.language,
        relied_on=tuple(score.relied_on),
        is_working_towards=score.is_working_towards,
        towards_plan=score.towards_plan,
        likely_on=score.likely_on,
    )


def _columns(said: ScoreSaid) -> dict[str, Any]:
    return {**asdict(said), "relied_on": list(said.relied_on)}


def _tidied(viewer: Viewer, assessment: Assessment, criterion: Criterion, said: ScoreSaid) -> ScoreSaid:
    if criterion.edition_id != assessment.edition_id:
        raise refused("not-asked", "criterion", _("This assessment does not ask that."))
    if said.value and said.value not in dict(assessment.edition.content.choices()):
        raise refused("unknown-level", "value", _("Choose one of the levels of this scheme."))
    if assessment.membership_id is not None and said.relied_on:
        uses = EvidenceUse.objects.visible_to(viewer).filter(assessment=assessment)
        if set(said.relied_on) - set(uses.values_list("code", flat=True)):
            sentence = _("Choose from the evidence of this assessment.")
            raise refused("unknown-evidence", "relied_on", sentence)
    said = replace(said, relied_on=tuple(dict.fromkeys(said.relied_on)))
    nothing = {"value": "", "is_working_towards": False}
    said = replace(said, **({"reason": ""} if said.is_relevant else nothing))
    if not said.is_working_towards:
        return replace(said, towards_plan="", likely_on=None)
    return replace(said, likely_on=said.likely_on and said.likely_on.replace(day=1))


def _record(
    viewer: Viewer,
    score: Score,
    assessment: Assessment,
    criterion: Criterion,
    before: str | None,
    at: dt.datetime,
) -> None:
    titles = dict(assessment.edition.content.choices())
    data: dict[str, Any] = {
        **names(assessment),
        "criterion": criterion.title,
        "after": titles.get(score.value, ""),
        "version": score.version,
    }
    if before is not None:
        data["before"] = titles.get(before, "")
    record(verb=SCORED, by=viewer, subject=assessment, owner_id=assessment.body_id, at=at, data=data)
