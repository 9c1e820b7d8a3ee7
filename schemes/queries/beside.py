"""What stands beside a criterion while it is scored: evidence, the last assessment, questions, earlier versions."""

from dataclasses import dataclass

from django.db.models import Q

from organisations.visibility import Viewer
from schemes.models import Answer, Assessment, Clarification, Criterion, EvidenceUse, Score, ScoreVersion

MOST_VERSIONS = 20


@dataclass(frozen=True, slots=True)
class Before:
    """The same criterion in the assessment before: as it was answered and scored."""

    assessment: Assessment
    answer: Answer | None
    score: Score | None


def evidence_for(viewer: Viewer, assessment: Assessment, criterion: Criterion) -> list[EvidenceUse]:
    """Return what points at a criterion, and what its score relies on, newest first."""
    rows = EvidenceUse.objects.visible_to(viewer).filter(assessment=assessment)
    relied = Score.objects.visible_to(viewer).filter(assessment=assessment, criterion=criterion)
    codes = next(iter(relied.values_list("relied_on", flat=True)), [])
    wanted = Q(criteria__contains=[criterion.key]) | Q(code__in=codes)
    return list(rows.filter(wanted).order_by("-attached_at", "-pk"))


def before(viewer: Viewer, assessment: Assessment, criterion: Criterion) -> Before | None:
    """Return the criterion of the same key in the previous assessment; None where it was not asked."""
    last = assessment.previous
    if last is None:
        return None
    about = {"assessment": last, "criterion__key": criterion.key}
    answer = Answer.objects.visible_to(viewer).filter(**about).first()
    score = Score.objects.visible_to(viewer).filter(**about).first()
    return Before(last, answer, score) if answer or score else None


def questions_on(
    viewer: Viewer, assessment: Assessment, criterion: Criterion | None = None
) -> list[Clarification]:
    """Return what was asked in an assessment, or about one criterion of it, in order."""
    rows = Clarification.objects.visible_to(viewer).filter(assessment=assessment).select_related("criterion")
    return list(rows if criterion is None else rows.filter(criterion=criterion))


def versions_of(viewer: Viewer, score: Score | None) -> list[ScoreVersion]:
    """Return the last versions of a score, the newest first."""
    if score is None:
        return []
    rows = ScoreVersion.objects.visible_to(viewer).filter(score=score).select_related("person")
    return list(rows.order_by("-version")[:MOST_VERSIONS])
