"""The verbs of a customer's commitment: make it, change it, say how it goes, take it back; receive it, ask."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from findings.lifecycle import COMMITMENT, CommitmentState
from findings.models import Commitment, CommitmentStep, CommitmentVersion, Finding
from findings.models.said import Support
from findings.permissions.together import can_answer_commitment, can_change_commitment, can_commit
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Viewer


def commit_support(*, viewer: Viewer, finding: Finding, support: Support, at: datetime) -> Commitment:
    """Commit support to a supplier's CAR; it stays between this customer and the supplier.

    Promises: the commitment with its first version; the supplier is told, and nobody else.
    Raises: Forbidden, see `can_commit`; Refusal `ends-before-it-begins`, `currency-missing`, `words-missing`.
    """
    can_commit(viewer, finding).require()
    _require_sense(support)
    with transaction.atomic():
        commitment = Commitment.objects.create(
            finding=finding, customer_id=viewer.organisation_id, made_at=at
        )
        commitment.refresh_from_db()
        commitment.finding = finding
        _add_version(viewer, commitment, 1, support, at)
        _record(viewer, commitment, "findings.support_committed", at)
    return commitment


def change_commitment(
    *, viewer: Viewer, commitment: Commitment, support: Support, at: datetime
) -> Commitment:
    """Change a commitment by a new version; the earlier ones stay readable, and the supplier looks anew."""
    can_change_commitment(viewer, commitment).require()
    _require_sense(support)
    with transaction.atomic():
        commitment = _locked(viewer, commitment)
        can_change_commitment(viewer, commitment).require()
        _add_version(viewer, commitment, commitment.versions.count() + 1, support, at)
        verb = "findings.commitment_changed"
        if commitment.state == CommitmentState.CONFIRMED:
            _move(viewer, commitment, CommitmentState.OFFERED, verb, at)
        else:
            _record(viewer, commitment, verb, at)
    return commitment


def confirm_commitment(*, viewer: Viewer, commitment: Commitment, at: datetime) -> Commitment:
    """Confirm that the supplier has received the version in force; it promises nothing in return."""
    can_answer_commitment(viewer, commitment).require()
    with transaction.atomic():
        commitment = _locked(viewer, commitment)
        can_answer_commitment(viewer, commitment).require()
        _move(viewer, commitment, CommitmentState.CONFIRMED, "findings.commitment_confirmed", at)
        _say(viewer, commitment, CommitmentStep.Kind.CONFIRMED, at)
    return commitment


def ask_about_commitment(
    *, viewer: Viewer, commitment: Commitment, text: str, language: str = "", at: datetime
) -> CommitmentStep:
    """Ask the customer about its commitment."""
    can_answer_commitment(viewer, commitment).require()
    return _speak(
        viewer, commitment, CommitmentStep.Kind.ASKED, "findings.commitment_asked", text, language, at
    )


def answer_about_commitment(
    *, viewer: Viewer, commitment: Commitment, text: str, language: str = "", at: datetime
) -> CommitmentStep:
    """Answer the supplier's question."""
    can_change_commitment(viewer, commitment).require()
    kind = CommitmentStep.Kind.ANSWERED
    return _speak(viewer, commitment, kind, "findings.commitment_answered", text, language, at)


def say_progress(
    *, viewer: Viewer, commitment: Commitment, progress: str, text: str = "", language: str = "", at: datetime
) -> CommitmentStep:
    """Say in honest words how a commitment goes."""
    can_change_commitment(viewer, commitment).require()
    with transaction.atomic():
        commitment = _locked(viewer, commitment)
        can_change_commitment(viewer, commitment).require()
        commitment.progress = progress
        commitment.save(update_fields=["progress"])
        kind = CommitmentStep.Kind.PROGRESS
        step = _say(viewer, commitment, kind, at, progress=progress, text=text, language=language)
        _record(viewer, commitment, "findings.commitment_progressed", at, {"progress": progress})
    return step


def withdraw_commitment(
    *, viewer: Viewer, commitment: Commitment, reason: str, language: str = "", at: datetime
) -> Commitment:
    """Take a commitment back, with the reason; what was promised stays readable."""
    can_change_commitment(viewer, commitment).require()
    _require_words(reason, "reason")
    with transaction.atomic():
        commitment = _locked(viewer, commitment)
        can_change_commitment(viewer, commitment).require()
        _say(viewer, commitment, CommitmentStep.Kind.WITHDRAWN, at, text=reason, language=language)
        _move(viewer, commitment, CommitmentState.WITHDRAWN, "findings.commitment_withdrawn", at)
    return commitment


def _speak(
    viewer: Viewer,
    commitment: Commitment,
    kind: CommitmentStep.Kind,
    verb: str,
    text: str,
    language: str,
    at: datetime,
) -> CommitmentStep:
    _require_words(text, "text")
    with transaction.atomic():
        commitment = _locked(viewer, commitment)
        step = _say(viewer, commitment, kind, at, text=text, language=language)
        _record(viewer, commitment, verb, at)
    return step


def _add_version(viewer: Viewer, commitment: Commitment, number: int, support: Support, at: datetime) -> None:
    CommitmentVersion.objects.create(
        commitment=commitment, number=number, person_id=viewer.person_id, at=at, **asdict(support)
    )


def _say(
    viewer: Viewer, commitment: Commitment, kind: CommitmentStep.Kind, at: datetime, **said: Any
) -> CommitmentStep:
    return CommitmentStep.objects.create(
        commitment=commitment,
        organisation_id=viewer.organisation_id,
        person_id=viewer.person_id,
        kind=kind,
        version_number=commitment.versions.count(),
        at=at,
        **said,
    )


def _locked(viewer: Viewer, commitment: Commitment) -> Commitment:
    rows = Commitment.objects.visible_to(viewer).select_related("finding__audit")
    return rows.select_for_update(of=("self",)).get(pk=commitment.pk)


def _about(commitment: Commitment) -> dict[str, Any]:
    audit = commitment.finding.audit
    return {
        "title": commitment.finding.title,
        "site_name": audit.site_name,
        "supplier_name": audit.supplier_name,
        "customer_name": Organisation.objects.get(pk=commitment.customer_id).name,
    }


def _move(viewer: Viewer, commitment: Commitment, to: CommitmentState, verb: str, at: datetime) -> None:
    move(
        commitment,
        to=to,
        lifecycle=COMMITMENT,
        verb=verb,
        by=viewer,
        owner_id=commitment.supplier_id,
        at=at,
        data=_about(commitment),
    )


def _record(
    viewer: Viewer, commitment: Commitment, verb: str, at: datetime, more: Mapping[str, Any] | None = None
) -> None:
    data = {**_about(commitment), **(more or {})}
    record(verb=verb, by=viewer, subject=commitment, owner_id=commitment.supplier_id, at=at, data=data)


def _require_sense(support: Support) -> None:
    _require_words(support.text, "text")
    if (support.amount is None) != (not support.currency):
        raise _refused("currency-missing", _("Write the amount and its currency, or neither."), "currency")
    if support.from_on and support.to_on and support.to_on < support.from_on:
        raise _refused("ends-before-it-begins", _("This day is before the first one."), "to_on")


def _require_words(text: str, field: str) -> None:
    if not text.strip():
        raise _refused("words-missing", _("Write a sentence."), field)


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
