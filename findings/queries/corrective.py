"""Questions about corrective actions, their verification, and more time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from findings.lifecycle import FindingState
from findings.models import (
    CorrectiveAction,
    CorrectiveActionDraft,
    Extension,
    Finding,
    Verification,
)
from findings.models.extension import ExtensionQuerySet
from findings.models.finding import FindingQuerySet
from findings.queries.glance import may_have
from organisations.models import Membership
from organisations.visibility import Viewer
from sourcing.models import SiteAccess

FIRM = "audit_firm"
MOST_COUNTED = 100


@dataclass(frozen=True)
class CorrectionStory:
    """Everything that was said about putting a non-compliance right, oldest first."""

    actions: list[CorrectiveAction] = field(default_factory=list)
    verifications: list[Verification] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)

    @property
    def latest(self) -> CorrectiveAction | None:
        """The version that counts."""
        return self.actions[-1] if self.actions else None

    @property
    def last_word(self) -> Verification | None:
        """The firm's last word, if it is about the latest version."""
        last = self.verifications[-1] if self.verifications else None
        return last if last and self.latest and last.action_id == self.latest.pk else None

    @property
    def waiting(self) -> Extension | None:
        """The request for more time that nobody has answered yet."""
        return next((one for one in self.extensions if not hasattr(one, "answer")), None)

    @property
    def said(self) -> list[tuple[CorrectiveAction, Verification | None]]:
        """Each version with the firm's answer to it, newest first."""
        answers = {one.action_id: one for one in self.verifications}
        return [(one, answers.get(one.pk)) for one in reversed(self.actions)]


def correction_story(viewer: Viewer, finding: Finding) -> CorrectionStory:
    """Return what was done, verified and asked about a non-compliance, for a viewer who sees the finding."""
    if finding.kind != Finding.Kind.NON_COMPLIANCE:
        return CorrectionStory()
    actions: list[CorrectiveAction] = []
    if may_have(finding, "actions"):
        rows = CorrectiveAction.objects.filter(finding=finding).select_related("verification__audit")
        actions = list(rows.order_by("number"))
    answered = [one.verification for one in actions if hasattr(one, "verification")]
    extensions: list[Extension] = []
    if may_have(finding, "extensions"):
        asked = Extension.objects.visible_to(viewer).filter(finding=finding).select_related("answer")
        extensions = list(asked.order_by("pk"))
    return CorrectionStory(actions, sorted(answered, key=lambda one: one.pk), extensions)


def newest_action(finding: Finding) -> CorrectiveAction | None:
    """Return the version of the corrective action that counts."""
    return CorrectiveAction.objects.filter(finding=finding).order_by("-number").first()


def correction_draft_of(viewer: Viewer, finding: Finding) -> CorrectiveActionDraft | None:
    """Return what the site has typed so far; only its own organisation has any to read."""
    if viewer.organisation_id != finding.supplier_id:
        return None
    return CorrectiveActionDraft.objects.filter(finding=finding).first()


def is_verifier(viewer: Viewer, finding: Finding) -> bool:
    """Tell whether the viewer's organisation is the audit firm of record, or one engaged for the site now."""
    if viewer.organisation_id == finding.supplier_id:
        return False
    return viewer.organisation_id == finding.audit_firm_id or _engaged(viewer, finding.site_id)


def is_of_the_site(viewer: Viewer, finding: Finding) -> bool:
    """Tell whether the person wrote for the site, in whatever organisation, or belongs to its supplier."""
    wrote = CorrectiveAction.objects.filter(
        finding=finding, person_id=viewer.person_id, recorded_by_firm=False
    )
    belongs = Membership.objects.filter(
        organisation_id=finding.supplier_id, person_id=viewer.person_id, is_active=True
    )
    return wrote.exists() or belongs.exists()


def waiting_for_verification(viewer: Viewer) -> FindingQuerySet:
    """Return the non-compliances whose corrective action waits for the viewer's firm, with `sent_at`."""
    sent = CorrectiveAction.objects.filter(finding=OuterRef("pk")).order_by("-number")
    own, there = _sent_to_firm(viewer)
    rows = Finding.objects.visible_to(viewer).of_published_audits().filter(pk__in=own.union(there))
    return rows.annotate(sent_at=Subquery(sent.values("submitted_at")[:1]))


def extensions_waiting(viewer: Viewer) -> ExtensionQuerySet:
    """Return the requests for more time that wait: for the viewer's firm, or that the viewer's own site asked."""
    rows = Extension.objects.visible_to(viewer).unanswered().filter(finding__state=FindingState.OPEN)
    own = viewer.organisation_id
    engaged = _engaged_sites(viewer, OuterRef("finding__site_id"))
    return rows.filter(
        Q(supplier_id=own) | ~Q(supplier_id=own) & (Q(finding__audit_firm_id=own) | Q(Exists(engaged)))
    )


def asked_again(findings: Iterable[Finding]) -> dict[int, Extension]:
    """Return the request for more time that waits, by finding; one query for a whole page."""
    rows = Extension.objects.unanswered().filter(finding__in=[one.pk for one in findings])
    return {one.finding_id: one for one in rows}


def due_dates(audit_id: int) -> set[dt.date]:
    """Return the dates by which an audit's open non-compliances are due."""
    rows = Finding.objects.non_compliances().filter(audit_id=audit_id, state=FindingState.OPEN)
    return {one for one in rows.values_list("due_by", flat=True) if one}


def number_to_verify(viewer: Viewer) -> int:
    """Return how much waits for the viewer's firm to check; one more than `MOST_COUNTED` for all beyond it."""
    own, there = _sent_to_firm(viewer)
    most = MOST_COUNTED + 1
    return min(most, own[:most].union(there[:most]).count())


def _sent_to_firm(viewer: Viewer) -> "tuple[QuerySet[Any, Any], QuerySet[Any, Any]]":
    """Return the keys of what is for the viewer's firm to check, by two ways that have an index each.

    What it found itself, and what it is engaged for; its own sites left out, since nobody checks on oneself.
    """
    own = viewer.organisation_id
    sent = Finding.objects.non_compliances().filter(state=FindingState.ACTION_SUBMITTED)
    sent = sent.exclude(supplier_id=own).order_by()
    engaged = SiteAccess.objects.filter(organisation_id=own, bases__contains=[FIRM])
    there = sent.filter(site_id__in=engaged.values("site_id"))
    return sent.filter(audit_firm_id=own).values("pk"), there.values("pk")


def _engaged(viewer: Viewer, site_id: int) -> bool:
    return _engaged_sites(viewer, site_id).exists()


def _engaged_sites(viewer: Viewer, site: Any) -> QuerySet[SiteAccess]:
    return SiteAccess.objects.filter(
        organisation_id=viewer.organisation_id, site_id=site, bases__contains=[FIRM]
    )


def firms_to_verify(finding: Finding) -> list[int]:
    """Return whom the site's words go to: the firm of record; those engaged as well, once it is engaged no more.

    For the system: never to be shown to anybody.
    """
    rows = SiteAccess.objects.filter(site_id=finding.site_id, bases__contains=[FIRM])
    engaged = set(rows.values_list("organisation_id", flat=True)) - {finding.supplier_id}
    return sorted({finding.audit_firm_id} | (set() if finding.audit_firm_id in engaged else engaged))
