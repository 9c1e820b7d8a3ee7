"""The verbs of an audit: open it, change it, start it, send it to the site, take it back."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from findings.actions.review import expect_no_review, expect_review
from findings.lifecycle import AUDIT, AuditState
from findings.models import Audit, Auditor, FollowUpItem, MethodologyVersion
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import AuditFacts, NamedAuditor
from findings.permissions import can_open_audit, can_work_on_audit
from findings.queries.audit import is_engaged
from findings.queries.follow_up import needing_a_visit
from findings.queries.management import ungraded
from findings.queries.review import end_of_review, policy_of, zone_of
from ledger.dates import date_in
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.models import Site


def open_audit(
    *,
    viewer: Viewer,
    site: Site,
    version: MethodologyVersion,
    facts: AuditFacts,
    auditors: Sequence[NamedAuditor],
    parent: Audit | None = None,
    at: dt.datetime,
) -> Audit:
    """Put an audit of a site on the firm's list.

    Promises: state scheduled; a follow-up has the methodology version of the audit it follows, and a full one
    looks at everything there that needs a visit; only the firm sees it; a ledger entry.

    Raises:
        Forbidden: the firm is not engaged for the site, or the role only reads.
        Refusal: `follow-up-of-nothing`, `not-a-follow-up` or `another-site` when `parent` does not fit.
    """
    can_open_audit(viewer, site).require()
    _require_fitting_parent(facts.kind, site, parent)
    with transaction.atomic():
        lock_supplier(site.organisation_id)
        audit = Audit.objects.create(
            site=site,
            audit_firm_id=viewer.organisation_id,
            version=parent.version if parent else version,
            parent=parent,
            created_by_id=viewer.person_id,
            **_columns(facts),
        )
        audit.refresh_from_db()
        _name_auditors(audit, auditors)
        if audit.kind == Audit.Kind.FOLLOW_UP_FULL:
            FollowUpItem.objects.bulk_create(
                FollowUpItem(audit=audit, finding=one) for one in needing_a_visit(viewer, audit)
            )
        record(verb="findings.audit_opened", by=viewer, subject=audit, owner_id=audit.audit_firm_id, at=at)
    return audit


def change_audit(
    *, viewer: Viewer, audit: Audit, facts: AuditFacts, auditors: Sequence[NamedAuditor], at: dt.datetime
) -> Audit:
    """Correct the facts of an audit that is not published.

    Promises: site, firm, methodology and kind stay; the days stay once a finding counts from them.

    Raises:
        Forbidden: see `can_work_on_audit`.
        Refusal: `days-are-used`, when findings are dated by the last day.
    """
    with transaction.atomic():
        audit = locked_audit(viewer, audit)
        can_work_on_audit(viewer, audit).require()
        if facts.ends_on != audit.ends_on and audit.findings.exists():
            raise Refusal(
                "days-are-used",
                _("The findings count from the last day of the audit. It cannot change any more."),
                status=422,
                fields={"ends_on": [_("Findings count from this day. It cannot change any more.")]},
            )
        wanted = {**_columns(facts), "kind": audit.kind}
        before = {
            name: getattr(audit, name) for name, value in wanted.items() if getattr(audit, name) != value
        }
        for name, value in wanted.items():
            setattr(audit, name, value)
        audit.save(update_fields=list(wanted))
        audit.auditors.all().delete()
        _name_auditors(audit, auditors)
        data = {"before": before, "after": {name: wanted[name] for name in before}}
        record(
            verb="findings.audit_changed",
            by=viewer,
            subject=audit,
            owner_id=audit.audit_firm_id,
            at=at,
            data=data,
        )
    return audit


def start_audit(*, viewer: Viewer, audit: Audit, at: dt.datetime) -> Audit:
    """Begin the work on site: from now on findings can be entered.

    What has begun may be finished after the engagement has ended; what has not begun, not begin.

    Raises:
        Refusal: `illegal-move` unless scheduled; `engagement-ended`.
    """
    if audit.state == AuditState.SCHEDULED and not is_engaged(viewer, audit.site_id):
        can_work_on_audit(viewer, audit).require()
        sentence = _("You are no longer engaged for this site. An audit that has not begun cannot begin.")
        raise Refusal("engagement-ended", sentence)
    return _move(
        viewer, audit, AuditState.IN_PROGRESS, "findings.audit_started", at, since=AuditState.SCHEDULED
    )


def submit_audit(*, viewer: Viewer, audit: Audit, at: dt.datetime, days: int | None = None) -> Audit:
    """Send the audit to the site for its comments.

    Promises: state submitted; the supplier sees it from now on and is told how long it can comment, its customers
    do not; the site is reminded before that time is over, and both sides are told when it is.

    Args:
        days: how many days the site has, the day of sending not counted; None for the methodology version's own.

    Raises:
        Refusal: `days-out-of-bounds`.
            `management-not-graded` while the methodology version wants management systems graded first.
    """
    can_work_on_audit(viewer, audit).require()
    if audit.state == AuditState.IN_PROGRESS and (missing := ungraded(viewer, audit)):
        raise Refusal("management-not-graded", missing)
    with transaction.atomic():
        policy = policy_of(audit.version)
        given = policy.days if days is None else days
        if not policy.least <= given <= policy.most:
            sentence = _("Give the site from %(least)s to %(most)s days to comment.") % {
                "least": policy.least,
                "most": policy.most,
            }
            raise Refusal("days-out-of-bounds", sentence, status=422, fields={"days": [sentence]})
        ends_at = end_of_review(zone_of(audit), days=given, at=at)
        audit = _move(
            viewer,
            audit,
            AuditState.SUBMITTED,
            "findings.audit_submitted",
            at,
            since=AuditState.IN_PROGRESS,
            review_ends_at=ends_at,
        )
        expect_review(audit, at)
    return audit


def take_back_audit(*, viewer: Viewer, audit: Audit, at: dt.datetime) -> Audit:
    """Take a submitted audit back to work; the supplier no longer sees it, and is told."""
    with transaction.atomic():
        audit = _move(
            viewer, audit, AuditState.IN_PROGRESS, "findings.audit_taken_back", at, since=AuditState.SUBMITTED
        )
        expect_no_review(audit, at)
    return audit


def lock_supplier(supplier_id: int) -> None:
    """Take the lock under which access rows change: publications of one supplier's audits wait for each other.

    Taken before any row, since the triggers take it after one: so two transactions never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.lock_suppliers(ARRAY[%s::bigint])", [supplier_id])


def locked_audit(viewer: Viewer, audit: Audit) -> Audit:
    """Return the audit as it is now, locked until the end of the transaction; the supplier's lock first.

    Raises:
        Forbidden: see `can_work_on_audit`; the database would show nobody else a row to lock.
    """
    can_work_on_audit(viewer, audit).require()
    lock_supplier(audit.supplier_id)
    return (
        Audit.objects.visible_to(viewer)
        .select_related("version")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=audit.pk)
    )


def _move(
    viewer: Viewer,
    audit: Audit,
    to: AuditState,
    verb: str,
    at: dt.datetime,
    *,
    since: AuditState,
    review_ends_at: dt.datetime | None = None,
) -> Audit:
    with transaction.atomic():
        audit = locked_audit(viewer, audit)
        can_work_on_audit(viewer, audit).require()
        if audit.state != since:
            sentence = _("The audit has moved on meanwhile. Please look at it again.")
            raise Refusal("illegal-move", sentence)
        audit.submitted_at = at if to == AuditState.SUBMITTED else None
        audit.review_ends_at = review_ends_at
        data: dict[str, Any] = {"site": audit.site_name, "firm": audit.audit_firm_name}
        if review_ends_at is not None:
            last_day = date_in(zone_of(audit), review_ends_at - dt.timedelta(seconds=1))
            data["last_day"] = last_day.isoformat()
        move(
            audit,
            to=to,
            lifecycle=AUDIT,
            verb=verb,
            by=viewer,
            owner_id=audit.audit_firm_id if since == AuditState.SCHEDULED else audit.supplier_id,
            at=at,
            data=data,
            also=["submitted_at", "review_ends_at"],
        )
    return audit


def _columns(facts: AuditFacts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "notice": facts.notice,
        "pillars": facts.pillars,
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "reference": facts.reference,
        "summary": facts.summary,
        "language": facts.language if facts.summary else "",
    }


def _name_auditors(audit: Audit, auditors: Sequence[NamedAuditor]) -> None:
    Auditor.objects.bulk_create(
        Auditor(
            audit=audit,
            name=one.name,
            grade=one.grade,
            apsca_number=one.apsca_number,
            validated_on=one.validated_on,
            is_lead=one.is_lead,
        )
        for one in auditors
    )


def _require_fitting_parent(kind: str, site: Site, parent: Audit | None) -> None:
    if (kind in FOLLOW_UPS) != (parent is not None):
        if parent is None:
            raise _wrong_parent("follow-up-of-nothing", _("Say which audit this one follows up."))
        raise _wrong_parent("not-a-follow-up", _("Only a follow-up audit follows another one."))
    if parent is not None and (parent.site_id != site.pk or not parent.is_published):
        raise _wrong_parent("another-site", _("Choose a published audit of the same site."))


def _wrong_parent(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={"parent": [sentence]})
