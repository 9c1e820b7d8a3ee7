"""Correcting a published audit: a new revision that keeps the old one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.audit import lock_supplier
from findings.actions.review import settle
from findings.lifecycle import NON_COMPLIANCE, FindingState
from findings.models import Audit, AuditRevision, Finding, SiteReply
from findings.models.facts import JUDGED, WORDS, NamedAuditor
from findings.permissions.review import can_answer_dispute, can_revise
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Correction:
    """What a revision changes; what is not named stays.

    Args:
        summary: of the audit. auditors: all of them, the lead among them.
        findings: by code, column → value; columns are `WORDS`, for a non-compliance also `JUDGED`.
        withdrawn: codes of non-compliances found in error.
    """

    summary: str | None = None
    auditors: Sequence[NamedAuditor] | None = None
    findings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    withdrawn: Sequence[str] = ()


def revise_audit(
    *,
    viewer: Viewer,
    audit: Audit,
    correction: Correction,
    reason: str,
    language: str = "",
    settles: SiteReply | None = None,
    at: dt.datetime,
) -> AuditRevision:
    """Correct a published audit.

    Promises, in one transaction: the audit as it was stays readable, word for word; the changes are there for
    everyone who sees the audit; a withdrawn non-compliance counts no more; the site and the customers are told; a
    dispute that this settles is answered with the reason. A CAR keeps its kind and its state.

    Raises:
        Forbidden: see `can_revise`.
        Refusal: `nothing-changed`, `reason-missing`, `car-has-none` for a severity, date or withdrawal of what is
            no non-compliance, `not-open` to withdraw what has ended, `no-lead-auditor`, `before-it-was-raised`,
            `words-missing`.
        NotVisible: a code that is not of this audit.
    """
    if not reason.strip():
        raise _refused(
            "reason-missing",
            "reason",
            _("Write why the audit is corrected. Everyone who sees it reads this."),
        )
    with transaction.atomic():
        audit = _locked(viewer, audit)
        can_revise(viewer, audit).require()
        found = {one.code: one for one in Finding.objects.visible_to(viewer).filter(audit=audit)}
        changes = _changes(audit, found, correction)
        if not changes:
            raise Refusal("nothing-changed", _("Nothing is different from before."), status=422)
        if settles is not None:
            can_answer_dispute(viewer, settles).require()
        revision = AuditRevision.objects.create(
            audit=audit,
            reason=reason.strip(),
            language=language,
            changes=changes,
            settles=settles,
            made_by_id=viewer.person_id,
            made_at=at,
        )
        revision.refresh_from_db()
        _tell(viewer, audit, found, changes, revision, at)
        if settles is not None:
            settle(viewer=viewer, reply=settles, is_accepted=True, reason=reason, language=language, at=at)
    return revision


def _locked(viewer: Viewer, audit: Audit) -> Audit:
    can_revise(viewer, audit).require()
    lock_supplier(audit.supplier_id)
    rows = Audit.objects.visible_to(viewer).select_for_update(of=("self",), no_key=True)
    return rows.select_related("version").get(pk=audit.pk)


def _changes(audit: Audit, found: Mapping[str, Finding], correction: Correction) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if correction.summary is not None and correction.summary.strip() != audit.summary:
        changes["audit"] = {"summary": correction.summary.strip()}
    if correction.auditors is not None and (named := _auditors(audit, correction.auditors)):
        changes["auditors"] = named
    words = {code: _words(_of(found, code), said) for code, said in correction.findings.items()}
    if words := {code: said for code, said in words.items() if said}:
        changes["findings"] = words
    for code in correction.withdrawn:
        _require_withdrawable(_of(found, code))
    if correction.withdrawn:
        changes["withdrawn"] = list(dict.fromkeys(correction.withdrawn))
    return changes


def _of(found: Mapping[str, Finding], code: str) -> Finding:
    if code not in found:
        raise NotVisible
    return found[code]


def _words(finding: Finding, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs, as values of JSON."""
    allowed = WORDS + JUDGED if finding.kind == Finding.Kind.NON_COMPLIANCE else WORDS
    if any(said.get(name) for name in said if name not in allowed):
        sentence = _("A finding of this kind has no severity, no date and no verification.")
        raise _refused("car-has-none", "severity", sentence)
    for name in ("title", "description"):
        if name in said and not str(said[name]).strip():
            raise _refused("words-missing", name, _("This cannot be empty."))
    due_on = said.get("due_on")
    if due_on is not None and due_on < finding.raised_on:
        raise _refused("before-it-was-raised", "due_on", _("This day is before the finding was raised."))
    changed = {name: said[name] for name in allowed if name in said and said[name] != getattr(finding, name)}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value for name, value in changed.items()
    }


def _auditors(audit: Audit, named: Sequence[NamedAuditor]) -> list[dict[str, Any]]:
    if sum(one.is_lead for one in named) != 1:
        raise _refused("no-lead-auditor", "auditors", _("Name the auditors, one of them as the lead."))
    now = {
        NamedAuditor(one.name, one.grade, one.apsca_number, one.validated_on, one.is_lead)
        for one in audit.auditors.all()
    }
    if now == set(named):
        return []
    return [
        asdict(one) | {"validated_on": one.validated_on.isoformat() if one.validated_on else None}
        for one in named
    ]


def _require_withdrawable(finding: Finding) -> None:
    if finding.kind != Finding.Kind.NON_COMPLIANCE:
        raise _refused("car-has-none", "withdraw", _("Only a non-compliance can be withdrawn."))
    if not NON_COMPLIANCE.allows(finding.state, FindingState.WITHDRAWN):
        raise _refused("not-open", "withdraw", _("This has ended already. It cannot be withdrawn any more."))


def _tell(
    viewer: Viewer,
    audit: Audit,
    found: Mapping[str, Finding],
    changes: Mapping[str, Any],
    revision: AuditRevision,
    at: dt.datetime,
) -> None:
    names = {"site": audit.site_name, "supplier": audit.supplier_name, "firm": audit.audit_firm_name}
    withdrawn = changes.get("withdrawn", [])
    about: list[tuple[str, Finding, dict[str, Any]]] = [
        ("findings.finding_corrected", found[code], {"fields": sorted(said)})
        for code, said in changes.get("findings", {}).items()
    ]
    # The trigger has moved it, as the lifecycle allows: no other way leads there.
    about += [
        ("findings.finding_withdrawn", found[code], {"before": found[code].state, "after": "withdrawn"})
        for code in withdrawn
    ]
    for verb, finding, data in about:
        record(
            verb=verb,
            by=viewer,
            subject=finding,
            owner_id=audit.supplier_id,
            at=at,
            data=data | {"revision": revision.number},
        )
    record(
        verb="findings.audit_revised",
        by=viewer,
        subject=audit,
        owner_id=audit.supplier_id,
        at=at,
        data=names | {"revision": revision.number, "withdrawn": len(withdrawn)},
    )


def _refused(code: str, name: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={name: [sentence]})
