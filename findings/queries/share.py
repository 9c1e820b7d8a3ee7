"""Questions about exceptional shares: what the viewer gave, what the viewer received, and what a share opens."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Q, QuerySet

from documents.models import Document
from findings.models import ActionPlan, Audit, Finding, Share
from findings.models.finding import FindingQuerySet
from findings.queries.evidence import hang_evidence
from findings.queries.glance import may_have
from findings.queries.plan import PlanStory
from organisations.models import Person
from organisations.visibility import Viewer


def shares_of_audit(viewer: Viewer, audit: Audit, *, at: datetime) -> list[Share]:
    """Return the shares in force of an audit and its CARs; only the owner has any to read."""
    if not may_have(audit, "shares"):
        return []
    rows = Share.objects.given_by(viewer).in_force(at).filter(audit=audit)
    return list(rows.select_related("finding").order_by("ends_at", "pk"))


def shares_of_finding(viewer: Viewer, finding: Finding, *, at: datetime) -> list[Share]:
    """Return the shares in force through which a finding can be read; only the owner has any to read."""
    if not may_have(finding, "shares"):
        return []
    rows = Share.objects.given_by(viewer).in_force(at).filter(audit_id=finding.audit_id)
    rows = rows.filter(Q(finding=None) | Q(finding=finding)).select_related("finding")
    return list(rows.order_by("ends_at", "pk"))


def same_share(
    viewer: Viewer,
    audit: Audit,
    finding: Finding | None,
    *,
    email: str,
    organisation_id: int | None,
    at: datetime,
) -> Share | None:
    """Return the share in force that shows the same thing to the same recipient, if there is one."""
    rows = Share.objects.given_by(viewer).in_force(at).filter(audit=audit, finding=finding)
    return (
        rows.filter(organisation_id=organisation_id).first()
        if organisation_id
        else rows.filter(email=email).first()
    )


def shared_audit(share: Share) -> Audit:
    """Return the audit of a share that the viewer received as a whole."""
    return Audit.objects.select_related("version").get(pk=share.audit_id)


def shared_findings(share: Share) -> FindingQuerySet:
    """Return what a share that the viewer received shows: every finding of the audit, or the one CAR."""
    rows = Finding.objects.filter(audit_id=share.audit_id)
    if share.finding_id:
        rows = rows.filter(pk=share.finding_id)
    return rows.select_related("requirement__section", "requirement__version").order_by(
        "requirement__section__position", "requirement__item", "pk"
    )


def shared_story(finding: Finding) -> PlanStory | None:
    """Return the plan of a finding that a share shows, without any customer's answer; None before there is one."""
    plan = ActionPlan.objects.filter(finding=finding).first()
    if plan is None:
        return None
    plan.finding = finding
    versions = list(plan.versions.select_related("document").order_by("number"))
    updates = list(plan.updates.select_related("document").order_by("number"))
    hang_evidence(None, versions)
    hang_evidence(None, updates)
    return PlanStory(plan=plan, versions=versions, updates=updates)


def shared_file(story: PlanStory | None, kind: str, number: int) -> Document | None:
    """Return the file of a version ("plan") or update ("update") of a shared plan, or None."""
    if story is None:
        return None
    pieces = story.versions if kind == "plan" else story.updates
    return next((one.document for one in pieces if one.number == number), None)


def people_named(share: Share) -> QuerySet[Person]:
    """Return the people that a share's address reaches now. For the system: never to be shown to the owner."""
    verified = EmailAddress.objects.filter(email__iexact=share.email, verified=True).values("user_id")
    return Person.objects.filter(Q(email=share.email) | Q(pk__in=verified), is_active=True).order_by("pk")


def grant_drift() -> dict[str, int]:
    """Return how many grants the table has that the rule does not give, and how many it lacks. For the system."""
    both = {"stale": _STALE, "missing": _MISSING}
    with connection.cursor() as cursor:
        found = {}
        for name, sql in both.items():
            cursor.execute(sql)
            found[name] = cursor.fetchone()[0]
    return {name: count for name, count in found.items() if count}


_STALE = """SELECT count(*) FROM (SELECT share_id, user_id, organisation_id FROM findings_auditgrant
    EXCEPT SELECT share_id, user_id, organisation_id FROM findings_audit_grant_rule) AS stale"""
_MISSING = """SELECT count(*) FROM (SELECT share_id, user_id, organisation_id FROM findings_audit_grant_rule
    EXCEPT SELECT share_id, user_id, organisation_id FROM findings_auditgrant) AS missing"""


__all__ = [
    "grant_drift",
    "people_named",
    "same_share",
    "shared_audit",
    "shared_file",
    "shared_findings",
    "shared_story",
    "shares_of_audit",
    "shares_of_finding",
]
