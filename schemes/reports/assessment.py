"""What an assessment found, on paper: the report, the improvement schedule and the improvement notice."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from documents.models import Document, Rendering
from documents.renderings import ViewerIds, rendering
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible
from organisations.queries import viewer_for
from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData
from schemes.definitions.ladder import Line, Result
from schemes.definitions.words import sentence_of, step_sentence
from schemes.lifecycle import AssessmentState, Outcome
from schemes.models import (
    Assessment,
    Decision,
    EvidenceUse,
    ImprovementItem,
    ImprovementNotice,
    Score,
)
from schemes.models.decision import OUTCOME_LABELS
from schemes.queries.papers import KINDS


@dataclass(frozen=True, slots=True)
class Said:
    """One condition of the rule: what it says, whether it holds, and the criteria that stand in its way."""

    sentence: str
    holds: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder with its conditions."""

    title: str
    holds: bool
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion with its score and the evidence that the score relies on."""

    number: int
    criterion: CriterionData
    group: str
    score: Score | None
    level: str
    evidence: tuple[EvidenceUse, ...]


@rendering(KINDS["report"], stored_as=Document.Kind.REPORT)
def assessment_report(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write the report of a decided assessment."""
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = Assessment.objects.visible_to(viewer).filter(state=AssessmentState.DECIDED)
    found = (
        rows.select_related("edition__scheme", "membership", "previous").filter(pk=wanted.subject_id).first()
    )
    if viewer is None or found is None or found.membership is None:
        raise NotVisible
    edition = found.edition.content
    criteria = judged(viewer, found, edition)
    name = f"{_('assessment-report')}-{_slug(found)}.pdf"
    context = {
        **_frame(
            found, _("Assessment report"), _("How an organisation was assessed, criterion by criterion.")
        ),
        "decision": _decision(viewer, found),
        "rungs": rungs_of(edition, found.result),
        "steps": steps_of(edition, found.result),
        "rule_level": _level_in(edition, found.result, "level"),
        "next_level": _level_in(edition, found.result, "next_level"),
        "judged": criteria,
    }
    _log_reads(viewer, criteria)
    return name, render_to_string("schemes/pdf/report.html", context)


@rendering(KINDS["schedule"], stored_as=Document.Kind.REPORT)
def improvement_schedule(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write what has to be done, and by when, as it stands now."""
    viewer, decision = _of_decision(wanted, ids)
    found = decision.assessment
    items = list(
        ImprovementItem.objects.visible_to(viewer).filter(decision=decision).select_related("criterion")
    )
    if not items:
        raise NotVisible
    context = {
        **_frame(found, _("Improvement schedule"), _("What has to be done, and by when.")),
        "decision": decision,
        "outcome": OUTCOME_LABELS[Outcome(decision.outcome)],
        "items": items,
        "done": sum(item.done_at is not None for item in items),
        "last_on": max(item.by_on for item in items),
        "improve_by": decision.membership.improve_by if decision.outcome == Outcome.IMPROVE else None,
    }
    name = f"{_('improvement-schedule')}-{_slug(found)}.pdf"
    return name, render_to_string("schemes/pdf/schedule.html", context)


@rendering(KINDS["notice"], stored_as=Document.Kind.REPORT)
def improvement_notice(wanted: Rendering, ids: ViewerIds) -> tuple[str, str]:
    """Write an improvement notice: what must be done so as not to move down."""
    viewer, decision = _of_decision(wanted, ids)
    found = decision.assessment
    notice = ImprovementNotice.objects.visible_to(viewer).filter(decision=decision).first()
    if notice is None:
        raise NotVisible
    edition = found.edition.content
    lower = _lower(edition, decision)
    context = {
        **_frame(found, _("Improvement notice"), _("What must be done, and by when.")),
        "decision": decision,
        "notice": notice,
        "lower": lower,
        "items": list(
            ImprovementItem.objects.visible_to(viewer).filter(decision=decision).select_related("criterion")
        ),
    }
    name = f"{_('improvement-notice')}-{_slug(found)}.pdf"
    return name, render_to_string("schemes/pdf/notice.html", context)


def rungs_of(edition: EditionData, result: Any) -> list[Rung]:
    """Return what the rule says, line by line and rung by rung; nothing for an edition without a ladder."""
    if not result or not edition.levels:
        return []
    told = Result.from_json(result)
    rungs = []
    for level in edition.levels:
        lines = tuple(_said(edition, line) for line in told.lines_of(level.key))
        if lines:
            rungs.append(Rung(level.title, all(line.holds for line in lines), lines))
    return rungs


def _said(edition: EditionData, line: Line) -> Said:
    missing = tuple(edition.criterion(key).title for key in line.missing)
    return Said(sentence_of(edition, line), line.holds, missing)


def steps_of(edition: EditionData, result: Any) -> list[tuple[str, str]]:
    """Return the shortest way to the next level: a criterion's title, and what would do."""
    if not result or not edition.levels:
        return []
    told = Result.from_json(result)
    if told.next_level is None:
        return []
    return [
        (edition.criterion(step.criterion).title, step_sentence(edition, step, rung=told.next_level))
        for step in told.steps
    ]


def _level_in(edition: EditionData, result: Any, name: str) -> str:
    key = (result or {}).get(name)
    return edition.level(key).title if key and edition.levels else ""


def judged(viewer: Viewer, assessment: Assessment, edition: EditionData) -> list[Judged]:
    """Return every criterion in the edition's order with its score and what the score relies on."""
    rows = Score.objects.visible_to(viewer).filter(assessment=assessment).select_related("criterion")
    scores = {one.criterion.key: one for one in rows}
    uses = {one.code: one for one in EvidenceUse.objects.visible_to(viewer).filter(assessment=assessment)}
    titles = dict(edition.choices())
    groups = {one.key: one.title for one in edition.groups}
    found = []
    for number, criterion in enumerate(edition.criteria, start=1):
        score = scores.get(criterion.key)
        relied = tuple(uses[code] for code in score.relied_on if code in uses) if score else ()
        level = titles.get(score.value, "") if score else ""
        found.append(Judged(number, criterion, groups.get(criterion.group, ""), score, level, relied))
    return found


def _log_reads(viewer: Viewer, criteria: list[Judged]) -> None:
    """Leave a line in the member's read log for every piece of evidence that its scheme body finds named here."""
    uses = {use.pk: use for one in criteria for use in one.evidence if use.member_id is not None}
    seen = [
        Seen(use.pk, use.code, use.title, use.member_id) for use in uses.values() if use.member_id is not None
    ]
    log_reads(by=viewer, model=EvidenceUse, seen=seen, at=timezone.now())


def _of_decision(wanted: Rendering, ids: ViewerIds) -> tuple[Viewer, Decision]:
    viewer = viewer_for(person_id=ids.person_id, organisation_id=ids.organisation_id)
    rows = Decision.objects.visible_to(viewer).select_related("assessment__edition__scheme", "membership")
    decision = rows.filter(pk=wanted.subject_id).first()
    if viewer is None or decision is None:
        raise NotVisible
    decision.assessment.membership = decision.membership
    return viewer, decision


def _decision(viewer: Viewer, assessment: Assessment) -> dict[str, Any]:
    """Return the decisions about an assessment, oldest first: an appeal may have led to a second."""
    rows = list(Decision.objects.visible_to(viewer).filter(assessment=assessment).order_by("pk"))
    return {
        "all": [(one, OUTCOME_LABELS[Outcome(one.outcome)]) for one in rows],
        "last": rows[-1] if rows else None,
        "outcome": OUTCOME_LABELS[Outcome(rows[-1].outcome)] if rows else "",
    }


def _lower(edition: EditionData, decision: Decision) -> str:
    """Return the level that comes next if nothing is done; empty where that is removal."""
    rank = decision.rank_after or 0
    return edition.levels[rank - 2].title if 1 < rank <= len(edition.levels) else ""


def _frame(assessment: Assessment, cover: str, description: str) -> dict[str, Any]:
    """Return what every one of these papers says at its head and foot."""
    membership = assessment.membership
    return {
        "cover": cover,
        "title": membership.member_name if membership else assessment.subject_label,
        "code": assessment.code,
        "made_at": timezone.now(),
        "description": description,
        "assessment": assessment,
        "membership": membership,
        "edition": assessment.edition.content,
        "scheme": assessment.edition.scheme,
    }


def _slug(assessment: Assessment) -> str:
    name = assessment.membership.member_name if assessment.membership else assessment.subject_label
    return "-".join(filter(None, (slugify(name)[:60], assessment.code.lower())))
