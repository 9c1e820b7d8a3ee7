"""Questions about what a follow-up audit follows up, and what the last audit of a site found."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from findings.models import Audit, Auditor, Finding, FollowUpItem, MethodologyVersion
from findings.models.audit import FOLLOW_UPS, AuditQuerySet
from findings.models.finding import FindingQuerySet
from findings.queries.finding import NOT_CLOSED
from findings.queries.glance import may_have
from organisations.visibility import Viewer

RAISED_AGAIN = (Finding.Kind.NON_COMPLIANCE, Finding.Kind.OBSERVATION)


@dataclass(frozen=True)
class FoundBefore:
    """A finding of the last audit, and the one that says it again now, if there is one."""

    finding: Finding
    again: Finding | None
    may_raise: bool


def items_of(viewer: Viewer, audit: Audit) -> list[FollowUpItem]:
    """Return what a follow-up audit follows up, in the order of the catalogue; nothing for other audits."""
    if audit.kind not in FOLLOW_UPS:
        return []
    rows = (
        FollowUpItem.objects.visible_to(viewer)
        .filter(audit=audit)
        .order_by("finding__requirement__section__position", "finding__requirement__item", "pk")
    )
    return list(rows.select_related("finding__requirement__section", "finding__audit"))


def followable(viewer: Viewer, audit: Audit) -> FindingQuerySet:
    """Return the non-compliances that a follow-up can look at: those of the audit it follows that are not closed.

    Never a CAR: only a later periodic audit looks at one anew.
    """
    rows = Finding.objects.visible_to(viewer).non_compliances()
    return (
        rows.filter(audit=audit.parent, state__in=NOT_CLOSED)
        .select_related("requirement__section")
        .order_by("requirement__section__position", "requirement__item", "pk")
    )


def needing_a_visit(viewer: Viewer, audit: Audit) -> FindingQuerySet:
    """Return those of them that a desktop review cannot close."""
    return followable(viewer, audit).filter(verification=Finding.Verification.FOLLOW_UP)


def follow_up_obstacles(viewer: Viewer, audit: Audit) -> list[tuple[str, str]]:
    """Return what a follow-up still has to say before it is published, as code and sentence."""
    if audit.kind not in FOLLOW_UPS:
        return []
    rows = FollowUpItem.objects.visible_to(viewer).filter(
        audit=audit, result="", finding__state__in=NOT_CLOSED
    )
    waiting = rows.count()
    if not waiting:
        return []
    sentence = _("Say what you saw of each non-compliance that you follow up. Still to do: %(count)s.")
    return [("follow-up-not-done", sentence % {"count": waiting})]


def last_audit(viewer: Viewer, audit: Audit) -> Audit | None:
    """Return the published audit of the site before this one, follow-ups left out; as far as the viewer sees it."""
    return _before(viewer, audit.site_id, audit.ends_on).exclude(pk=audit.pk).first()


def found_before(viewer: Viewer, audit: Audit, last: Audit) -> list[FoundBefore]:
    """Return what the last audit found, CARs left out, with what this one says about it again."""
    again = {
        one.repeats_id: one
        for one in Finding.objects.visible_to(viewer).filter(audit=audit, repeats__isnull=False)
    }
    rows = (
        Finding.objects.visible_to(viewer)
        .filter(audit=last)
        .exclude(kind=Finding.Kind.CAR)
        .exclude(state="withdrawn")
        .select_related("requirement__section")
        .order_by("requirement__section__position", "requirement__item", "pk")
    )
    return [FoundBefore(one, again.get(one.pk), one.kind in RAISED_AGAIN) for one in rows]


def repeats_of(viewer: Viewer, finding: Finding) -> tuple[Finding | None, list[Finding]]:
    """Return the finding that this one repeats, and those that repeat it, as far as the viewer may see them."""
    visible = Finding.objects.visible_to(viewer).select_related("audit")
    earlier = visible.filter(pk=finding.repeats_id).first() if finding.repeats_id else None
    if not may_have(finding, "repeated"):
        return earlier, []
    return earlier, list(visible.of_published_audits().filter(repeats=finding).order_by("raised_on", "pk"))


def live_version(version: MethodologyVersion, on: dt.date) -> MethodologyVersion | None:
    """Return a version that is live on a day: this one, or the newest of the same methodology that has replaced it."""
    rows = MethodologyVersion.objects.filter(name=version.name, live_from__lte=on)
    return rows.order_by("-live_from").first()


def auditors_of(audit: Audit) -> list[dict[str, object]]:
    """Return the auditors as a form begins with them; each number is to be looked up anew."""
    rows = Auditor.objects.filter(audit=audit).order_by("-is_lead", "name")
    return [dict(row) for row in rows.values("name", "grade", "apsca_number", "is_lead")]


def _before(viewer: Viewer, site_id: int, ends_on: dt.date) -> AuditQuerySet:
    rows = Audit.objects.visible_to(viewer).published().filter(site_id=site_id, ends_on__lte=ends_on)
    return rows.exclude(kind__in=FOLLOW_UPS).select_related("version").order_by("-ends_on", "-pk")
