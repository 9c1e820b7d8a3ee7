"""What a follow-up audit follows up, what was seen of it, and a finding that is found again."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.corrective import verify
from findings.actions.finding import add_finding, kind_of
from findings.lifecycle import AuditState
from findings.models import Audit, Finding, FollowUpItem, Verification, WorkplaceRequirement
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import BREACH, Said
from findings.permissions import can_enter_findings, can_work_on_audit
from findings.queries.finding import NOT_CLOSED
from findings.queries.follow_up import RAISED_AGAIN, followable, items_of
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer


def choose_scope(
    *, viewer: Viewer, audit: Audit, findings: Sequence[Finding], at: dt.datetime
) -> list[FollowUpItem]:
    """Say which non-compliances a follow-up audit looks at; what was said of those that stay is kept.

    Raises:
        Forbidden: see `can_work_on_audit`.
        Refusal: `not-a-follow-up`, `audit-with-the-site`, or `not-followable` for what the audit it follows did not
            find, what is closed, and every CAR.
    """
    with transaction.atomic():
        audit = _current(viewer, audit)
        can_work_on_audit(viewer, audit).require()
        if audit.kind not in FOLLOW_UPS:
            raise Refusal("not-a-follow-up", _("Only a follow-up audit follows another one."))
        if audit.state == AuditState.SUBMITTED:
            raise Refusal(
                "audit-with-the-site", _("The site is reading this audit. Take it back to work first.")
            )
        kept = {item.finding_id: item for item in items_of(viewer, audit)}
        offered = set(followable(viewer, audit).values_list("pk", flat=True)) | kept.keys()
        wanted = {one.pk for one in findings}
        if not wanted <= offered:
            raise Refusal(
                "not-followable",
                _(
                    "A follow-up looks at open non-compliances of the audit that it follows, and at nothing else."
                ),
                status=422,
            )
        FollowUpItem.objects.filter(audit=audit).exclude(finding_id__in=wanted).delete()
        for key in sorted(wanted - kept.keys()):
            FollowUpItem.objects.create(audit=audit, finding_id=key)
        record(
            verb="findings.follow_up_chosen",
            by=viewer,
            subject=audit,
            owner_id=audit.audit_firm_id,
            at=at,
            data={"count": len(wanted)},
        )
    return items_of(viewer, audit)


def note_result(
    *,
    viewer: Viewer,
    audit: Audit,
    finding: Finding,
    result: str,
    note: str = "",
    language: str = "",
    at: dt.datetime,
) -> FollowUpItem:
    """Write down what was seen of one non-compliance. Nothing moves before the follow-up is published.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `note-missing` when more is needed and nobody says what.
        NotVisible: the audit does not follow it up.
    """
    with transaction.atomic():
        audit = _current(viewer, audit)
        can_enter_findings(viewer, audit).require()
        rows = FollowUpItem.objects.visible_to(viewer).select_for_update(of=("self",))
        item = rows.filter(audit=audit, finding=finding).first()
        if item is None:
            raise NotVisible
        if result == FollowUpItem.Result.MORE_NEEDED and not note.strip():
            sentence = _("Say what more is needed.")
            raise Refusal("note-missing", sentence, status=422, fields={"note": [sentence]})
        item.result, item.note, item.language = result, note.strip(), language
        item.save(update_fields=["result", "note", "language"])
        record(
            verb="findings.follow_up_noted",
            by=viewer,
            subject=audit,
            owner_id=audit.audit_firm_id,
            at=at,
            data={"finding": finding.code, "result": result},
        )
    return item


def apply_results(*, viewer: Viewer, audit: Audit, at: dt.datetime) -> None:
    """Verify each non-compliance that a published follow-up looked at; what ended meanwhile stays as it is."""
    for item in items_of(viewer, audit):
        if item.result and item.finding.state in NOT_CLOSED:
            verify(
                viewer=viewer,
                finding=item.finding,
                method=Verification.Method.FOLLOW_UP,
                result=item.result,
                reason=item.note,
                audit=audit,
                seen=item.note,
                language=item.language,
                at=at,
            )


def raise_again(*, viewer: Viewer, audit: Audit, earlier: Finding, at: dt.datetime) -> Finding:
    """Write a finding of the last audit again: its words are a start, and readers see that it was found before.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `raised-already`; `not-before` for another site, an audit that is not published, and a CAR, which a
            periodic audit looks at anew instead; `other-version` when this version has no such requirement.
    """
    with transaction.atomic():
        can_enter_findings(viewer, audit).require()
        if (
            earlier.kind not in RAISED_AGAIN
            or earlier.site_id != audit.site_id
            or earlier.audit_id == audit.pk
            or not earlier.audit.is_published
        ):
            raise Refusal(
                "not-before", _("Only what an earlier audit of this site found can be found again.")
            )
        if Finding.objects.visible_to(viewer).filter(audit=audit, repeats=earlier).exists():
            raise Refusal("raised-already", _("You have raised this again already."))
        requirement = _same_requirement(audit, earlier)
        is_nc = earlier.kind == Finding.Kind.NON_COMPLIANCE
        finding = add_finding(
            viewer=viewer,
            audit=audit,
            requirement=requirement,
            nature=BREACH if is_nc else earlier.kind,
            said=Said(
                title=earlier.title,
                description=earlier.description,
                extent=earlier.extent,
                severity=earlier.severity if is_nc else None,
                verification=earlier.verification if is_nc else None,
                law_reference=earlier.law_reference,
                language=earlier.language,
            ),
            at=at,
        )
        finding.repeats = earlier
        finding.save(update_fields=["repeats"])
    return finding


def _same_requirement(audit: Audit, earlier: Finding) -> WorkplaceRequirement:
    rows = WorkplaceRequirement.objects.filter(
        version_id=audit.version_id, printed_code=earlier.requirement.printed_code
    ).select_related("section")
    requirement = rows.first()
    nature = BREACH if earlier.kind == Finding.Kind.NON_COMPLIANCE else earlier.kind
    if requirement is None or kind_of(requirement, nature) != earlier.kind:
        raise Refusal(
            "other-version",
            _("In this methodology version the requirement is another one. Please write the finding anew."),
        )
    return requirement


def _current(viewer: Viewer, audit: Audit) -> Audit:
    rows = Audit.objects.visible_to(viewer).select_related("version")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=audit.pk)
