"""What can be translated, and the translations beside it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from findings.models import CorrectiveAction, Finding, PlanVersion, Translation
from findings.queries.glance import may_have
from ledger.models.subjects import kind_of
from organisations.visibility import Viewer

Subject = Finding | PlanVersion | CorrectiveAction


@dataclass(frozen=True, slots=True)
class Piece:
    """One text of an original.

    Args:
        name: of its field, `actions.0.what`; a translation keeps its words by this name.
        label: what it is, in the reader's language. text: what was written.
    """

    name: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One translation as a page shows it.

    Args:
        lines: label, original and translation, of each text that was translated.
        is_stale: whether the original has been corrected since.
    """

    translation: Translation
    lines: list[tuple[Piece, str]] = field(default_factory=list)
    is_stale: bool = False


def texts_of(subject: Subject) -> list[Piece]:
    """Return the texts of an original that somebody may translate, in the order in which pages show them."""
    if isinstance(subject, Finding):
        found = _of_finding(subject)
    elif isinstance(subject, PlanVersion):
        found = list(_of_plan(subject))
    else:
        found = _of_action(subject)
    return [one for one in found if one.text.strip()]


def _of_finding(finding: Finding) -> list[Piece]:
    return [
        Piece("title", _("Title"), finding.title),
        Piece("description", _("What was found"), finding.description),
        Piece("objective_evidence", _("Evidence seen"), finding.objective_evidence),
        Piece("law_reference", _("Local law"), finding.law_reference),
    ]


def _of_action(action: CorrectiveAction) -> list[Piece]:
    whys = [Piece(f"whys.{n}", _("Why it happened"), why) for n, why in enumerate(action.whys)]
    return [
        *whys,
        Piece("correction", _("What was done"), action.correction),
        Piece("prevention", _("So that it does not happen again"), action.prevention),
        Piece("responsible", _("Who looks after it"), action.responsible),
    ]


def _of_plan(version: PlanVersion) -> Iterable[Piece]:
    said = version.said
    for n, cause in enumerate(said.root_causes):
        yield Piece(f"root_causes.{n}", _("Why it happens"), cause)
    for n, action in enumerate(said.actions):
        yield Piece(f"actions.{n}.what", _("Action"), action.what)
        yield Piece(f"actions.{n}.who", _("Who"), action.who)
        yield Piece(f"actions.{n}.support", _("Help needed"), action.support)
        yield Piece(f"actions.{n}.measure", _("How one sees that it works"), action.measure)
    for n, one in enumerate(said.stakeholders):
        yield Piece(f"stakeholders.{n}", _("Who needs to be involved"), one)
    yield Piece("investigation", _("Looked into so far"), said.investigation)
    for n, one in enumerate(said.initiatives):
        yield Piece(f"initiatives.{n}", _("Programmes and studies"), one)


def sum_of(subject: Subject) -> str:
    """Return a sum over an original's texts, by which a later reader sees whether they are still the same."""
    said = [[one.name, one.text] for one in texts_of(subject)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def part_of(viewer: Viewer, finding: Finding, part: str) -> Subject | None:
    """Return the finding, its newest plan or its newest corrective action, for a viewer who sees the finding.

    Args:
        part: "finding", "plan" or "action".
    """
    if part == "finding":
        return finding
    if part == "plan":
        return PlanVersion.objects.filter(plan__finding=finding).order_by("-number").first()
    if part == "action":
        return CorrectiveAction.objects.filter(finding=finding).order_by("-number").first()
    return None


def translations_of(viewer: Viewer, finding: Finding) -> list[Translation]:
    """Return the newest translations of a finding and what hangs on it that the viewer may read."""
    if not may_have(finding, "translations"):
        return []
    rows = Translation.objects.visible_to(viewer).filter(finding=finding).newest()
    return sorted(rows, key=lambda one: (one.language, one.organisation_name, one.pk))


def beside(subject: Subject, translations: Iterable[Translation]) -> list[Shown]:
    """Return those translations that are of one original, with its texts beside them."""
    pieces, now = texts_of(subject), sum_of(subject)
    return [
        Shown(
            one,
            [(piece, one.words[piece.name]) for piece in pieces if one.words.get(piece.name)],
            one.original != now,
        )
        for one in translations
        if one.subject_kind == kind_of(subject) and one.subject_id == subject.pk
    ]


def own_newest(viewer: Viewer, subject: Subject, language: str, *, is_shared: bool) -> Translation | None:
    """Return the last version of the viewer's organisation's translation of an original into a language."""
    rows = Translation.objects.visible_to(viewer).filter(
        organisation_id=viewer.organisation_id,
        subject_kind=kind_of(subject),
        subject_id=subject.pk,
        language=language,
        is_shared=is_shared,
    )
    return rows.order_by("-number").first()
