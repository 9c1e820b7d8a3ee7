"""Questions about evidence in use: what is attached to a thing, where a piece was used, what would serve again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from findings.models import Audit, EvidenceRequest, EvidenceUse, Finding
from findings.models.evidence import EvidenceUseQuerySet, RequestQuerySet
from findings.queries.glance import may_have, may_have_evidence
from ledger.models import ReadLog
from organisations.visibility import Viewer
from sourcing.models import Evidence
from sourcing.queries.evidence import fitting_evidence, with_site_names

OFFERED = 30
SHARED_KINDS = ("findings.planversion", "findings.planupdate")


@dataclass(frozen=True, slots=True)
class Offer:
    """An own piece that would serve again, with where it was used before, newest first."""

    evidence: Evidence
    uses: list[EvidenceUse] = field(default_factory=list)


def evidence_of(viewer: Viewer, subject: models.Model) -> list[EvidenceUse]:
    """Return what is attached to one thing and the viewer may see, in the order in which it was attached.

    Whoever asks has fetched the thing itself for the viewer: a use says nothing about seeing its subject.
    """
    if isinstance(subject, Finding) and not may_have_evidence(subject, Finding):
        return []
    return evidence_of_many(viewer, [subject])[subject.pk]


def evidence_of_many(viewer: Viewer, subjects: Iterable[models.Model]) -> dict[int, list[EvidenceUse]]:
    """Return what is attached to each of several things of one kind, by their keys; one query for all."""
    wanted = list(subjects)
    found: dict[int, list[EvidenceUse]] = defaultdict(list)
    if not wanted:
        return found
    rows = EvidenceUse.objects.visible_to(viewer).filter(
        subject_kind=wanted[0]._meta.label_lower, subject_id__in=[one.pk for one in wanted]
    )
    for use in rows.order_by("attached_at", "pk"):
        found[use.subject_id].append(use)
    return found


def hang_evidence(viewer: Viewer | None, subjects: Sequence[models.Model], *, is_there: bool = True) -> None:
    """Give each of several things of one kind what is attached to it: `.evidence_uses`; one query for all.

    Args:
        viewer: who reads; None for a reader of an exceptional share, to whom row security alone opens the rows.
        is_there: False when a glance has found nothing attached to things of this kind here.
    """
    if not subjects or not is_there:
        for one in subjects:
            one.evidence_uses = []  # type: ignore[attr-defined]
        return
    rows = EvidenceUse.objects.visible_to(viewer) if viewer else EvidenceUse.objects.filter(audience="audit")
    kind, ids = subjects[0]._meta.label_lower, [one.pk for one in subjects]
    found: dict[int, list[EvidenceUse]] = defaultdict(list)
    for use in rows.filter(subject_kind=kind, subject_id__in=ids).order_by("attached_at", "pk"):
        found[use.subject_id].append(use)
    for one in subjects:
        one.evidence_uses = found[one.pk]  # type: ignore[attr-defined]


def shared_evidence(finding: Finding, code: str) -> EvidenceUse | None:
    """Return what is attached to the plan or a report of a finding that an exceptional share opens, or None."""
    rows = EvidenceUse.objects.filter(finding=finding, audience="audit", subject_kind__in=SHARED_KINDS)
    return rows.select_related("document").filter(code=code.upper()).first()


def uses_of(viewer: Viewer, evidence: Evidence) -> EvidenceUseQuerySet:
    """Return where an own piece is attached, newest first."""
    rows = EvidenceUse.objects.visible_to(viewer).filter(evidence=evidence)
    return rows.order_by("-attached_at", "-pk")


def with_places(viewer: Viewer, uses: Iterable[EvidenceUse]) -> list[EvidenceUse]:
    """Give each use its audit and finding, as far as the viewer sees them, by two queries."""
    rows = list(uses)
    audits = Audit.objects.visible_to(viewer).in_bulk({one.audit_id for one in rows})
    findings = Finding.objects.visible_to(viewer).in_bulk({one.finding_id for one in rows if one.finding_id})
    for one in rows:
        one.place = findings.get(one.finding_id or 0)  # type: ignore[attr-defined]
        one.of_audit = audits.get(one.audit_id)  # type: ignore[attr-defined]
    return rows


def reusable_for(
    viewer: Viewer, finding: Finding, *, on: dt.date, kind: str = "", limit: int = OFFERED
) -> list[Offer]:
    """Return own pieces that would serve for a finding, what fits best first, each with where it was used.

    Best fits what served for the same requirement before, then what says it proves it, then its kind and site.
    """
    rows = fitting(viewer, finding, on=on, kind=kind)[:limit]
    pieces = with_site_names(viewer, rows)
    used = EvidenceUse.objects.visible_to(viewer).filter(evidence__in=pieces).order_by("-attached_at", "-pk")
    by_piece: dict[int, list[EvidenceUse]] = defaultdict(list)
    for use in with_places(viewer, used[: 10 * limit]):
        by_piece[use.evidence_id].append(use)
    return [Offer(piece, by_piece[piece.pk]) for piece in pieces]


def fitting(viewer: Viewer, finding: Finding, *, on: dt.date, kind: str = "") -> Any:
    """Return own pieces for a finding as rows, what fits best first: what a form lets one choose from."""
    code = finding.requirement.printed_code
    before = EvidenceUse.objects.filter(
        owner_id=viewer.organisation_id, finding__requirement__printed_code=code
    )
    return fitting_evidence(
        viewer,
        on=on,
        site_id=finding.site_id,
        kind=kind,
        requirements=[code],
        used_before=list(before.values_list("evidence_id", flat=True).distinct()[:200]),
    )


def already_there(viewer: Viewer, finding: Finding, *, kind: str = "") -> list[EvidenceUse]:
    """Return what others have attached at the finding's site for the same requirement, or of the kind asked for.

    Shown before somebody asks: it is what the viewer sees anyway, newest first.
    """
    code = finding.requirement.printed_code
    fits = models.Q(finding__requirement__printed_code=code)
    if kind:
        fits |= models.Q(kind=kind)
    rows = EvidenceUse.objects.visible_to(viewer).filter(
        fits, audit__site_id=finding.site_id, retired_at=None
    )
    unique: dict[int, EvidenceUse] = {}
    for use in rows.exclude(owner_id=viewer.organisation_id).order_by("-attached_at", "-pk")[:60]:
        unique.setdefault(use.evidence_id, use)
    return with_places(viewer, list(unique.values())[:10])


def requests_on(viewer: Viewer, finding: Finding) -> RequestQuerySet:
    """Return what was asked about a finding, as far as the viewer asks or is asked, newest first."""
    if not may_have(finding, "requests"):
        return EvidenceRequest.objects.none()
    rows = EvidenceRequest.objects.visible_to(viewer).filter(finding=finding)
    return rows.order_by("-asked_at", "-pk")


def requests_listed(viewer: Viewer) -> RequestQuerySet:
    """Return what the viewer's organisation asks and is asked, for a list."""
    return EvidenceRequest.objects.visible_to(viewer)


def readers_of_evidence(viewer: Viewer, evidence: Evidence, uses: Sequence[EvidenceUse]) -> list[ReadLog]:
    """Return who of other organisations opened a piece where it is attached, or its file; newest first."""
    seen = models.Q(subject_kind=EvidenceUse._meta.label_lower, subject_id__in=[one.pk for one in uses])
    if evidence.document_id:
        seen |= models.Q(subject_kind="documents.document", subject_id=evidence.document_id)
    rows = ReadLog.objects.filter(seen, owner_id=viewer.organisation_id)
    return list(rows.select_related("person", "organisation").order_by("-at", "-pk")[:30])
