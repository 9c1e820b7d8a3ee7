"""Attaching evidence to what it proves; asking a site for evidence, and answering."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from findings.lifecycle import EVIDENCE_REQUEST, RequestState
from findings.models import Audit, EvidenceRequest, EvidenceUse, Finding
from findings.permissions.evidence import (
    can_answer_request,
    can_ask_for_evidence,
    can_attach,
    can_take_back_request,
)
from findings.visibility import Audience
from ledger.entries import draft, record, record_all
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.actions.evidence import SameFile, add_evidence
from sourcing.models import Evidence, Site
from sourcing.models.evidence_facts import EvidenceFacts
from sourcing.queries.evidence import kind_named


def attach(
    *,
    viewer: Viewer,
    finding: Finding | None,
    evidence: Sequence[Evidence],
    subject: models.Model,
    audit: Audit | None = None,
    at: datetime,
) -> list[EvidenceUse]:
    """Attach own evidence to a thing under an audit, for those who see that thing.

    Promises: one use per piece and thing, however often it is said; the database copies what readers may know;
    nobody sees more than `subject.evidence_audience` says (see `findings.visibility.Audience`); a ledger entry.
    Call it in the transaction that makes the subject.

    Args:
        finding: what it is about; None for a thing of the audit as a whole, then `audit` is given.
        evidence: own pieces, in the order in which they are to stand.
        subject: a saved row of this app that belongs to the audit.

    Raises:
        Forbidden: see `can_attach`.
    """
    audience, counterpart = audience_of(subject)
    for piece in evidence:
        can_attach(viewer, piece, audience).require()
    place = finding.audit_id if finding is not None else audit.pk if audit is not None else None
    if place is None:
        raise ValueError("Evidence is attached under an audit: give the finding or the audit.")
    about = {"subject_kind": subject._meta.label_lower, "subject_id": subject.pk}
    with transaction.atomic():
        uses, entries = [], []
        for piece in evidence:
            use, is_new = EvidenceUse.objects.get_or_create(
                evidence=piece,
                **about,
                defaults={
                    "audit_id": place,
                    "finding": finding,
                    "audience": audience,
                    "counterpart_id": counterpart,
                    "owner_id": viewer.organisation_id,
                    "person_id": viewer.person_id,
                    "attached_at": at,
                },
            )
            uses.append(use)
            if is_new:
                entries.append(
                    draft(
                        verb="findings.evidence_attached",
                        by=viewer,
                        subject=piece,
                        owner_id=piece.organisation_id,
                        at=at,
                        data={"to": finding.title if finding else str(subject), "use": use.code},
                    )
                )
        if entries:
            record_all(entries)
    return uses


def audience_of(subject: models.Model) -> tuple[Audience, int | None]:
    """Return who sees what is attached to a thing; a thing that says nothing shows it to nobody else."""
    audience = Audience(getattr(subject, "evidence_audience", Audience.OWNER))
    if audience != Audience.PAIR:
        return audience, None
    return audience, subject.evidence_counterpart_id  # type: ignore[attr-defined]


def gather(
    *,
    viewer: Viewer,
    finding: Finding,
    chosen: Sequence[Evidence] = (),
    file: "UploadedFile[bytes] | None" = None,
    kind: str = "",
    title: str = "",
    shows_workers: bool | None = None,
    at: datetime,
) -> list[Evidence]:
    """Return the chosen pieces, and the new file among them: kept once, about the finding's site and requirement.

    A file that is here already counts as chosen. Call it in the transaction that attaches, so that nothing is
    half-saved.

    Args:
        file: a new one, with its `kind` and whether it `shows_workers`; `title` is its name unless given.

    Raises:
        Refusal: `shows-workers` for a file that shows workers, since it could not be attached; or as for
            `sourcing.actions.evidence.add_evidence`.
    """
    found = list(chosen)
    if not file:
        return found
    if shows_workers is None:
        raise _refused("say-if-it-shows-workers", _("Say whether the file shows workers."), "shows_workers")
    if shows_workers:
        raise _refused(
            "shows-workers",
            _(
                "Cover names, faces, ID and bank numbers in a copy of this file and add the copy."
                " Others cannot see a file that shows workers."
            ),
            "shows_workers",
        )
    facts = EvidenceFacts(
        kind=kind or "other",
        title=(title.strip() or (file.name or "").rpartition(".")[0] or _("Evidence"))[:200],
        requirements=(finding.requirement.printed_code,),
    )
    try:
        piece = add_evidence(
            viewer=viewer,
            facts=facts,
            sites=list(Site.objects.owned_by(viewer).filter(pk=finding.site_id)),
            file=file,
            shows_workers=False,
            at=at,
        )
    except SameFile as same:
        if same.existing is None:
            raise
        piece = same.existing
    return found if piece in found else [*found, piece]


def ask_for_evidence(
    *, viewer: Viewer, finding: Finding, kind: str, message: str, language: str = "", at: datetime
) -> EvidenceRequest:
    """Ask the site for evidence on a finding; only the two sides read it.

    Promises: one open request per asker, finding and kind; a ledger entry; the site is told.

    Raises:
        Forbidden: see `can_ask_for_evidence`. Refusal: `unknown-kind`; `asked-already`.
    """
    can_ask_for_evidence(viewer, finding).require()
    if kind_named(kind) is None:
        raise _refused("unknown-kind", _("Choose what kind of evidence you need."), "kind")
    with transaction.atomic():
        asked = EvidenceRequest.objects.visible_to(viewer).filter(
            finding=finding, asker_id=viewer.organisation_id, kind=kind, state=RequestState.OPEN
        )
        if asked.exists():
            raise Refusal(
                "asked-already", _("You have asked for this already. The site has not answered yet.")
            )
        request = EvidenceRequest.objects.create(
            finding=finding,
            audit_id=finding.audit_id,
            supplier_id=finding.supplier_id,
            asker_id=viewer.organisation_id,
            kind=kind,
            message=message.strip(),
            language=language,
            person_id=viewer.person_id,
            asked_at=at,
        )
        request.refresh_from_db()
        data = {"title": finding.title, "site": finding.audit.site_name, "asker": request.asker_name}
        record(
            verb="findings.evidence_asked",
            by=viewer,
            subject=request,
            owner_id=request.supplier_id,
            at=at,
            data=data,
        )
    return request


def answer_with_evidence(
    *,
    viewer: Viewer,
    request: EvidenceRequest,
    evidence: Sequence[Evidence],
    answer: str = "",
    language: str = "",
    at: datetime,
) -> EvidenceRequest:
    """Answer with own evidence: whoever asked sees it, and nobody else.

    Raises:
        Forbidden: see `can_answer_request`, `can_attach`. Refusal: `no-evidence` when nothing is chosen.
    """
    if not evidence:
        raise _refused("no-evidence", _("Choose or add at least one piece of evidence."), "evidence")
    with transaction.atomic():
        request = _locked(viewer, request)
        can_answer_request(viewer, request).require()
        finding = Finding.objects.visible_to(viewer).get(pk=request.finding_id)
        attach(viewer=viewer, finding=finding, evidence=evidence, subject=request, at=at)
        return _answer(request, RequestState.ANSWERED, viewer, finding, answer, language, at)


def decline_request(
    *, viewer: Viewer, request: EvidenceRequest, answer: str, language: str = "", at: datetime
) -> EvidenceRequest:
    """Say why there is no evidence to give, or none that may be given.

    Raises:
        Forbidden: see `can_answer_request`. Refusal: `reason-missing`.
    """
    if not answer.strip():
        raise _refused("reason-missing", _("Say in a sentence why not."), "answer")
    with transaction.atomic():
        request = _locked(viewer, request)
        can_answer_request(viewer, request).require()
        finding = Finding.objects.visible_to(viewer).get(pk=request.finding_id)
        return _answer(request, RequestState.DECLINED, viewer, finding, answer, language, at)


def take_back_request(*, viewer: Viewer, request: EvidenceRequest, at: datetime) -> EvidenceRequest:
    """Take a request back that nobody has answered.

    Raises:
        Forbidden: see `can_take_back_request`.
    """
    with transaction.atomic():
        request = _locked(viewer, request)
        can_take_back_request(viewer, request).require()
        finding = Finding.objects.filter(pk=request.finding_id).first()
        return _answer(request, RequestState.WITHDRAWN, viewer, finding, "", "", at)


def _answer(
    request: EvidenceRequest,
    to: RequestState,
    viewer: Viewer,
    finding: Finding | None,
    answer: str,
    language: str,
    at: datetime,
) -> EvidenceRequest:
    request.answer, request.answer_language, request.answered_at = answer.strip(), language, at
    data = {"title": finding.title if finding else "", "asker": request.asker_name}
    move(
        request,
        to=to,
        lifecycle=EVIDENCE_REQUEST,
        verb=f"findings.evidence_request_{to.value}",
        by=viewer,
        owner_id=request.supplier_id,
        at=at,
        data=data,
        also=["answer", "answer_language", "answered_at"],
    )
    return request


def _locked(viewer: Viewer, request: EvidenceRequest) -> EvidenceRequest:
    return EvidenceRequest.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=request.pk)


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
