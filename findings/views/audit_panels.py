"""What the nouns around an audit's life add to its page."""

from typing import Any

from django.utils import timezone

from findings.lifecycle import AuditState
from findings.models import Audit, SiteReply
from findings.models.audit import FOLLOW_UPS
from findings.permissions.review import can_reply, can_revise
from findings.queries.follow_up import auditors_of, found_before, items_of, last_audit, live_version
from findings.queries.glance import may_have
from findings.queries.review import policy_of, replies_to_whole, review_of
from findings.queries.revision import revisions_of
from organisations.queries import fetch
from organisations.visibility import Viewer


def life_of(viewer: Viewer, audit: Audit) -> dict[str, Any]:
    """Return the site's say, corrections, and what is looked at again, for the page of an audit."""
    return _replies(viewer, audit) | _revisions(viewer, audit) | _again(viewer, audit)


def _replies(viewer: Viewer, audit: Audit) -> dict[str, Any]:
    is_firm = viewer.organisation_id == audit.audit_firm_id
    waiting = SiteReply.objects.visible_to(viewer).open().filter(audit=audit).select_related("finding")
    return {
        "replies": replies_to_whole(viewer, audit),
        "disputes": list(waiting.order_by("said_at", "pk")) if is_firm and may_have(audit, "replies") else [],
        "review": review_of(audit, at=timezone.now()) if audit.state == AuditState.SUBMITTED else None,
        "review_policy": policy_of(audit.version) if audit.state == AuditState.IN_PROGRESS else None,
        "may_reply": can_reply(viewer, audit),
        "answers_disputes": is_firm,
        "takes_back": viewer.organisation_id == audit.supplier_id,
    }


def _revisions(viewer: Viewer, audit: Audit) -> dict[str, Any]:
    if not audit.is_published:
        return {"revisions": [], "may_revise": False}
    return {"revisions": revisions_of(viewer, audit), "may_revise": can_revise(viewer, audit)}


def _again(viewer: Viewer, audit: Audit) -> dict[str, Any]:
    """What a follow-up looks at; for the firm that writes a periodic audit, what the last one found."""
    if audit.kind in FOLLOW_UPS:
        return {"follows_up": items_of(viewer, audit), "is_follow_up": True}
    is_written = viewer.organisation_id == audit.audit_firm_id and not audit.is_published
    if not is_written or audit.kind != Audit.Kind.PERIODIC:
        return {}
    last = last_audit(viewer, audit)
    return {"last_audit": last, "found_before": found_before(viewer, audit, last)} if last else {}


def begin_from(viewer: Viewer, code: str, kind: str = "") -> tuple[dict[str, Any], list[dict[str, object]]]:
    """Return what a new audit takes over from the last one, and its auditors; nothing without one."""
    if not code:
        return {}, []
    last = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version", "site"))
    initial: dict[str, Any] = {"site": last.site.code, "kind": Audit.Kind.PERIODIC, "pillars": last.pillars}
    version = live_version(last.version, timezone.localdate())
    if kind in FOLLOW_UPS:
        initial |= {"kind": kind, "parent": last.code, "version": ""}
    elif version is not None:
        initial["version"] = version.key
    return initial, auditors_of(last) if last.audit_firm_id == viewer.organisation_id else []
