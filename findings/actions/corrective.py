"""The verbs of putting a non-compliance right: say what was done, verify it, send it back."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from findings.actions.evidence import attach
from findings.lifecycle import NON_COMPLIANCE, FindingState
from findings.models import Audit, CorrectiveAction, CorrectiveActionDraft, Finding, Verification
from findings.models.audit import FOLLOW_UPS
from findings.models.corrective import MOST_WHYS
from findings.models.facts import Correction
from findings.permissions.corrective import can_submit_action, can_verify
from findings.queries.corrective import newest_action
from ledger.dates import date_in
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.models import Evidence, Site

SUBMITTED = "findings.action_submitted"
CHANGED = "findings.action_changed"
SEEN = "findings.action_seen"
VERIFIED = "findings.non_compliance_verified"
MORE_NEEDED = "findings.more_needed"


def save_action_draft(
    *, viewer: Viewer, finding: Finding, typed: Mapping[str, list[str]], at: dt.datetime
) -> CorrectiveActionDraft:
    """Keep what the site has typed so far, half-filled as it may be; only its own organisation can read it.

    Raises:
        Forbidden: see `can_submit_action`.
    """
    can_submit_action(viewer, finding).require()
    with transaction.atomic():
        CorrectiveActionDraft.objects.get_or_create(finding=finding, defaults={"saved_at": at})
        draft = CorrectiveActionDraft.objects.select_for_update().get(finding=finding)
        draft.content, draft.person_id, draft.saved_at = {"typed": dict(typed)}, viewer.person_id, at
        draft.revision += 1
        draft.save(update_fields=["content", "person_id", "saved_at", "revision"])
    return draft


def submit_action(
    *,
    viewer: Viewer,
    finding: Finding,
    said: Correction,
    evidence: Sequence[Evidence] = (),
    at: dt.datetime,
) -> CorrectiveAction:
    """Send what was done about a non-compliance to the audit firm.

    Promises: a new append-only version; the finding goes from open to action submitted, or stays there when the
    site puts a better version in place of one that nobody has answered; the draft is used up; the firm is told.

    Args:
        said: what was done and why it had happened. evidence: own pieces that show it.

    Raises:
        Forbidden: see `can_submit_action`.
        Refusal: `no-cause`, `too-many-whys`, `not-done-yet`, `says-too-little`, each at its field.
    """
    with transaction.atomic():
        finding = locked_finding(viewer, finding)
        can_submit_action(viewer, finding).require()
        _require_whole(said, today=today_of(finding, at))
        action = CorrectiveAction.objects.create(
            finding=finding,
            whys=list(said.whys),
            cause=said.cause,
            correction=said.correction,
            prevention=said.prevention,
            responsible=said.responsible,
            done_on=said.done_on,
            language=said.language,
            submitted_at=at,
        )
        action.refresh_from_db()
        attach(viewer=viewer, finding=finding, evidence=evidence, subject=action, at=at)
        CorrectiveActionDraft.objects.filter(finding=finding).delete()
        _send(viewer, finding, action, root_cause=said.whys[-1], at=at)
    return action


def verify(
    *,
    viewer: Viewer,
    finding: Finding,
    method: str,
    result: str,
    reason: str = "",
    audit: Audit | None = None,
    seen: str = "",
    language: str = "",
    number: int | None = None,
    at: dt.datetime,
) -> Verification:
    """Say whether what was done is enough: closed, or more is needed and it is open again.

    Promises: one answer to the newest version, kept for ever; the finding goes to verified and closed, or back
    to open; the site is told. On a visit to a finding about which the site had sent nothing, what was seen is
    written down first as the firm's record, so that the order of things holds.

    Args:
        method: a value of `Verification.Method`.
        result: a value of `Verification.Result`.
        reason: what more is needed; for `closed` as the firm likes.
        audit: the published follow-up audit that looked; for a visit only.
        seen: what the visit saw, where the site had sent nothing; else the reason stands for it.
        number: the version that the verifier has read; a newer one is refused, not judged unread.

    Raises:
        Forbidden: see `can_verify`.
        Refusal: `reason-missing`, `newer-version`, `not-this-visit`.
    """
    with transaction.atomic():
        finding = locked_finding(viewer, finding)
        can_verify(viewer, finding, method=method).require()
        if result == Verification.Result.MORE_NEEDED and not reason.strip():
            raise _refused("reason-missing", "reason", _("Say what more is needed."))
        _require_fitting_visit(viewer, finding, method, audit)
        if finding.state == FindingState.OPEN:
            action = _write_down(viewer, finding, seen or reason, language, at)
        else:
            action = _read_version(finding, number)
        answer = Verification.objects.create(
            action=action,
            method=method,
            audit=audit,
            result=result,
            reason=reason,
            language=language,
            verified_at=at,
        )
        answer.refresh_from_db()
        _follow(viewer, finding, answer, at)
    return answer


def locked_finding(viewer: Viewer, finding: Finding) -> Finding:
    """Return the finding as it is now, held until the end of the transaction.

    Who may change nothing of it cannot hold it either, and gets it as it is: the permission asked next refuses.
    """
    rows = Finding.objects.visible_to(viewer).select_related("audit").filter(pk=finding.pk)
    return rows.select_for_update(of=("self",)).first() or rows.get()


def today_of(finding: Finding, at: dt.datetime) -> dt.date:
    """Return the date where the site is, as far as the reader may know where that is; elsewhere in UTC."""
    known = Site.objects.filter(pk=finding.site_id).values_list("timezone", flat=True).first()
    return date_in(zoneinfo.ZoneInfo(known or "UTC"), at)


def _send(
    viewer: Viewer, finding: Finding, action: CorrectiveAction, *, root_cause: str, at: dt.datetime
) -> None:
    data = {"version": action.number, **_names(finding)}
    if finding.state == FindingState.OPEN:
        finding.root_cause = root_cause
        move(
            finding,
            to=FindingState.ACTION_SUBMITTED,
            lifecycle=NON_COMPLIANCE,
            verb=SUBMITTED,
            by=viewer,
            owner_id=finding.supplier_id,
            at=at,
            data=data,
            also=["root_cause"],
        )
        return
    Finding.objects.filter(pk=finding.pk).update(root_cause=root_cause)
    record(verb=CHANGED, by=viewer, subject=finding, owner_id=finding.supplier_id, at=at, data=data)


def _write_down(
    viewer: Viewer, finding: Finding, seen: str, language: str, at: dt.datetime
) -> CorrectiveAction:
    """Write down what the firm saw, as the action that it then answers."""
    action = CorrectiveAction.objects.create(
        finding=finding,
        correction=seen.strip() or _("Seen on the follow-up visit."),
        language=language,
        recorded_by_firm=True,
        submitted_at=at,
    )
    action.refresh_from_db()
    move(
        finding,
        to=FindingState.ACTION_SUBMITTED,
        lifecycle=NON_COMPLIANCE,
        verb=SEEN,
        by=viewer,
        owner_id=finding.supplier_id,
        at=at,
        data={"version": action.number},
    )
    return action


def _read_version(finding: Finding, number: int | None) -> CorrectiveAction:
    action = newest_action(finding)
    if action is None or number not in {None, action.number}:
        raise Refusal(
            "newer-version", _("The site has sent a newer version meanwhile. Please read that one first.")
        )
    return action


def _follow(viewer: Viewer, finding: Finding, answer: Verification, at: dt.datetime) -> None:
    is_closed = answer.result == Verification.Result.CLOSED
    if is_closed:
        finding.closed_at = at
    move(
        finding,
        to=FindingState.VERIFIED_CLOSED if is_closed else FindingState.OPEN,
        lifecycle=NON_COMPLIANCE,
        verb=VERIFIED if is_closed else MORE_NEEDED,
        by=viewer,
        owner_id=finding.supplier_id,
        at=at,
        data={"method": answer.method, "reason": answer.reason, **_names(finding)},
        also=["closed_at"] if is_closed else [],
    )


def _names(finding: Finding) -> dict[str, str]:
    """The names that a notice needs: those the audit was made under."""
    audit = finding.audit
    return {"site": audit.site_name, "supplier": audit.supplier_name, "firm": audit.audit_firm_name}


def _require_whole(said: Correction, *, today: dt.date) -> None:
    if not said.whys or not all(one.strip() for one in said.whys):
        raise _refused("no-cause", "whys", _("Say at least once why it happened."))
    if len(said.whys) > MOST_WHYS:
        raise _refused("too-many-whys", "whys", _("Five times “why?” is enough."))
    for name in ("cause", "correction", "prevention", "responsible"):
        if not str(getattr(said, name)).strip():
            raise _refused("says-too-little", name, _("Please fill this in."))
    if said.done_on > today:
        raise _refused(
            "not-done-yet", "done_on", _("This day is still to come. Send this once the work is done.")
        )


def _require_fitting_visit(viewer: Viewer, finding: Finding, method: str, audit: Audit | None) -> None:
    if method != Verification.Method.FOLLOW_UP:
        if audit is not None:
            raise _refused("not-this-visit", "audit", _("A review of documents belongs to no visit."))
        return
    fits = (
        audit is not None
        and audit.kind in FOLLOW_UPS
        and audit.is_published
        and audit.site_id == finding.site_id
        and audit.audit_firm_id == viewer.organisation_id
        and audit.ends_on >= finding.audit.ends_on
    )
    if not fits:
        raise _refused(
            "not-this-visit", "audit", _("Name the published follow-up audit of this site that looked at it.")
        )


def _refused(code: str, name: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={name: [sentence]})
