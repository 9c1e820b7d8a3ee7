"""Questions about CARs, their action plans and what customers answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from findings.lifecycle import FindingState
from findings.models import (
    ActionPlan,
    Ask,
    Audit,
    AuditAccess,
    Finding,
    PlanDraft,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Understanding,
)
from findings.models.plan import PlanQuerySet
from findings.queries.evidence import hang_evidence
from findings.queries.glance import may_have, may_have_evidence
from findings.queries.position import answering_positions
from findings.visibility import Basis
from organisations.models import Organisation
from organisations.visibility import Viewer

# What a standing position answers, if its buyer says so: never a call.
STANDING = [Ask.INFORM.value, Ask.CONFIRM.value]
# The system reads the table itself; the function tells the rest to the owner alone.
_CUSTOMERS = """
SELECT organisation_id FROM findings_auditaccess WHERE audit_id = %s AND %s = ANY(bases)
 UNION SELECT organisation_id FROM app.readers_of_audit(%s) WHERE %s = ANY(bases)
"""


@dataclass(frozen=True)
class PlanStory:
    """A plan with everything that was shared about it, as far as the viewer may see."""

    plan: ActionPlan
    versions: list[PlanVersion]
    updates: list[PlanUpdate]
    responses: list[PlanResponse] = field(default_factory=list)

    @property
    def latest(self) -> PlanVersion:
        """The version in force."""
        return self.versions[-1]

    @property
    def progress(self) -> dict[int, str]:
        """The last word of progress per action of the version in force, by position."""
        words = self.latest.begun
        for update in self.updates:
            if update.version_number == self.latest.number:
                words |= {position: one["progress"] for position, one in enumerate(update.actions)}
        return words


# Why an organisation sees an audit, by the two, while one page is read; see `bases_known`.
_KNOWN: ContextVar[dict[tuple[int, int], frozenset[str]] | None] = ContextVar("bases_known", default=None)


@contextmanager
def bases_known(viewer: Viewer, audit_id: int, bases: frozenset[str] | None) -> Iterator[None]:
    """Let `bases_of` answer from what was fetched with a page's subject, if it was; for pages that only read."""
    token = _KNOWN.set({} if bases is None else {(viewer.organisation_id, audit_id): bases})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def bases_of(viewer: Viewer, audit_id: int) -> frozenset[str]:
    """Return why the viewer's organisation sees an audit: values of `Basis`."""
    known = (_KNOWN.get() or {}).get((viewer.organisation_id, audit_id))
    if known is not None:
        return known
    found = AuditAccess.objects.filter(organisation_id=viewer.organisation_id, audit_id=audit_id)
    return frozenset(basis for bases in found.values_list("bases", flat=True) for basis in bases)


def is_customer(viewer: Viewer, audit_id: int) -> bool:
    """Tell whether the viewer sees the audit as a customer of the supplier."""
    return Basis.CUSTOMER in bases_of(viewer, audit_id)


def story_of(viewer: Viewer, finding: Finding) -> PlanStory | None:
    """Return the plan of a CAR with its versions, updates and the answers the viewer may read, or None."""
    if not may_have(finding, "plan"):
        return None
    plan = ActionPlan.objects.visible_to(viewer).filter(finding=finding).first()
    if plan is None:
        return None
    plan.finding = finding
    versions = list(plan.versions.select_related("document").order_by("number"))
    updates = list(plan.updates.select_related("document").order_by("number")) if plan.updates_shared else []
    hang_evidence(viewer, versions, is_there=may_have_evidence(finding, PlanVersion))
    hang_evidence(viewer, updates, is_there=may_have_evidence(finding, PlanUpdate))
    responses = _responses(viewer, plan) if may_have(finding, "responses") else []
    return PlanStory(plan=plan, versions=versions, updates=updates, responses=responses)


def _responses(viewer: Viewer, plan: ActionPlan) -> list[PlanResponse]:
    rows = PlanResponse.objects.visible_to(viewer).filter(plan=plan).select_related("person")
    return list(rows.prefetch_related("organisation").order_by("answered_at", "pk"))


def understanding_of(viewer: Viewer, finding: Finding) -> Understanding | None:
    """Return the site's answers to step 1; only its own organisation has any to read."""
    if viewer.organisation_id != finding.supplier_id or not may_have(finding, "understanding"):
        return None
    return Understanding.objects.filter(finding=finding).first()


def draft_of(viewer: Viewer, finding: Finding) -> PlanDraft | None:
    """Return what the site has typed so far; only its own organisation has any to read."""
    if viewer.organisation_id != finding.supplier_id or not may_have(finding, "draft"):
        return None
    return PlanDraft.objects.filter(finding=finding).first()


def customers_who_see(audit: Audit) -> list[Organisation]:
    """Return the customers that see an audit now, by name.

    For the supplier's own pages and for the system: never to be shown to a customer.
    """
    asked = (audit.pk, Basis.CUSTOMER.value) * 2
    ids = RawSQL(_CUSTOMERS, asked)  # noqa: S611 - our own words
    return list(Organisation.objects.filter(pk__in=ids).order_by("name"))


def chain_of(viewer: Viewer, finding: Finding) -> list[Finding]:
    """Return a CAR with its predecessors and successors, oldest first, as far as the viewer may see them."""
    chain = [finding]
    visible = Finding.objects.visible_to(viewer).select_related("audit")
    while chain[0].predecessor_id and (before := visible.filter(pk=chain[0].predecessor_id).first()):
        chain.insert(0, before)
    published = visible.of_published_audits()
    while may_have(chain[-1], "successor") and (after := published.filter(predecessor=chain[-1]).first()):
        chain.append(after)
    return chain


def answers_waiting(viewer: Viewer) -> PlanQuerySet:
    """Return the plans that wait for an answer of the viewer's organisation, newest first.

    The version in force asks for something, neither an answer nor a standing position of its own is about it, and
    the CAR goes on.
    """
    customer_of = AuditAccess.objects.filter(
        organisation_id=viewer.organisation_id, bases__contains=[Basis.CUSTOMER]
    )
    newest = PlanVersion.objects.filter(plan=OuterRef("pk")).order_by("-number")
    answered = PlanResponse.objects.filter(
        organisation_id=viewer.organisation_id, plan=OuterRef("pk"), version_number=OuterRef("latest")
    )
    return (
        ActionPlan.objects.visible_to(viewer)
        .filter(audit_id__in=customer_of.values("audit_id"))
        .exclude(finding__state=FindingState.CLOSED)
        .annotate(
            latest=Subquery(newest.values("number")[:1]), asks=Subquery(newest.values("content__asks")[:1])
        )
        .exclude(asks=[Ask.INFORM.value])
        .exclude(Exists(answered))
        .exclude(Exists(answering_positions(viewer, on=timezone.localdate())), asks__contained_by=STANDING)
        .order_by("-first_shared_at", "-pk")
    )
