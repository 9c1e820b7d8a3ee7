"""Papers of memberships and assessments: which there are to make, what each is about, and how far it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models

from documents.models import Rendering
from ledger.models.subjects import kind_of
from organisations.visibility import Viewer
from schemes.lifecycle import AssessmentState
from schemes.models import Assessment, Certificate, Decision, ImprovementItem, ImprovementNotice

# Kind of paper, as addresses have it → kind of rendering.
KINDS = {
    "report": "schemes.assessment_report_pdf",
    "schedule": "schemes.improvement_schedule_pdf",
    "notice": "schemes.improvement_notice_pdf",
    "certificate": "schemes.certificate_pdf",
}


@dataclass(frozen=True, slots=True)
class PaperKind:
    """One paper of an assessment.

    Args:
        key: one of `KINDS`. subject: what the rendering is about: the assessment, or one of its decisions.
        rendering: how far the viewer's organisation has it; None before anybody there asked.
    """

    key: str
    assessment: Assessment
    subject: models.Model
    rendering: Rendering | None = None
    certificate: Certificate | None = None


def papers_of(viewer: Viewer, assessments: Sequence[Assessment]) -> dict[int, list[PaperKind]]:
    """Return the papers of assessments that the viewer sees, by the assessment's id: five questions, however many.

    A report comes with the decision; a schedule, a notice or a certificate when the decision gave one. Where an appeal
    led to a second decision, the newest that gave one counts.
    """
    ids = [one.pk for one in assessments]
    decisions = {one.pk: one for one in Decision.objects.visible_to(viewer).filter(assessment__in=ids)}
    scheduled = set(
        ImprovementItem.objects.visible_to(viewer)
        .filter(decision__in=decisions)
        .values_list("decision_id", flat=True)
    )
    noticed = set(
        ImprovementNotice.objects.visible_to(viewer)
        .filter(decision__in=decisions)
        .values_list("decision_id", flat=True)
    )
    rows = Certificate.objects.visible_to(viewer).filter(decision__in=decisions)
    certified = {one.decision_id: one for one in rows}
    found: dict[int, list[PaperKind]] = {}
    for assessment in assessments:
        own = [one for key, one in sorted(decisions.items()) if one.assessment_id == assessment.pk]
        papers = []
        if assessment.state == AssessmentState.DECIDED and assessment.membership_id is not None:
            papers.append(PaperKind("report", assessment, assessment))
        if newest := _newest(own, scheduled):
            papers.append(PaperKind("schedule", assessment, newest))
        if newest := _newest(own, noticed):
            papers.append(PaperKind("notice", assessment, newest))
        if newest := _newest(own, certified):
            papers.append(PaperKind("certificate", assessment, newest, certificate=certified[newest.pk]))
        found[assessment.pk] = papers
    return _with_renderings(viewer, found)


def _newest(decisions: Sequence[Decision], among: Iterable[int]) -> Decision | None:
    known = set(among)
    return next((one for one in reversed(decisions) if one.pk in known), None)


def _with_renderings(viewer: Viewer, found: dict[int, list[PaperKind]]) -> dict[int, list[PaperKind]]:
    subjects = {paper.subject.pk for papers in found.values() for paper in papers}
    rows = Rendering.objects.filter(
        organisation_id=viewer.organisation_id, kind__in=KINDS.values(), subject_id__in=subjects
    ).select_related("document")
    made = {(one.kind, one.subject_kind, one.subject_id): one for one in rows}
    return {
        pk: [
            PaperKind(
                paper.key,
                paper.assessment,
                paper.subject,
                made.get((KINDS[paper.key], kind_of(paper.subject), paper.subject.pk)),
                paper.certificate,
            )
            for paper in papers
        ]
        for pk, papers in found.items()
    }


def certificates_of(viewer: Viewer, membership_id: int) -> models.QuerySet[Certificate]:
    """Return the certificates of a membership, newest first."""
    return Certificate.objects.visible_to(viewer).filter(membership=membership_id).order_by("-pk")
