"""Questions about CARs, their action plans and what customers answered."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
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
from findings.queries.position import answering_positions
from findings.visibility import Basis
from organisations.models import Organisation
from organisations.visibility import Viewer

# What a standing position answers, if its buyer says so: never a call.
STANDING = [Ask.INFORM.value, Ask.CONFIRM.value]
# The system reads the table itself; the function tells the rest to the owner alone.
_CUSTOMERS = """
SELECT organisation_id FROM findings_auditaccess WHERE audit_id = %(audit)s AND %(basis)s = ANY(bases)
 UNION SELECT organisation_id FROM app.readers_of_audit(%(audit)s) WHERE %(basis)s = ANY(bases)
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


def bases_of(viewer: Viewer, audit_id: int) -> frozenset[str]:
    """Return why the viewer's organisation sees an audit: values of `Basis`."""
    found = AuditAccess.objects.filter(organisation_id=viewer.organisation_id, audit_id=audit_id)
    return frozenset(basis for bases in found.values_list("bases", flat=True) for basis in bases)


def is_customer(viewer: Viewer, audit_id: int) -> bool:
    """Tell whether the viewer sees the audit as a customer of the supplier."""
    return Basis.CUSTOMER in bases_of(viewer, audit_id)


def story_of(viewer: Viewer, finding: Finding) -> PlanStory | None:
    """Return the plan of a CAR with its versions, updates and the answers the viewer may read, or None."""
    plan = ActionPlan.objects.visible_to(viewer).filter(finding=finding).first()
    if plan is None:
        return None
    plan.finding = finding
    versions = list(plan.versions.select_related("document").order_by("number"))
    updates = list(plan.updates.select_related("document").order_by("number"))
    hang_evidence(viewer, versions)
    hang_evidence(viewer, updates)
    return PlanStory(
        plan=plan,
        versions=versions,
        updates=updates,
        responses=list(
            PlanResponse.objects.visible_to(viewer)
            .filter(plan=plan)
            .select_related("person")
            .prefetch_related("organisation")
            .order_by("answered_at", "pk")
        ),
    )


def understanding_of(viewer: Viewer, finding: Finding) -> Understanding | None:
    """Return the site's answers to step 1; only its own organisation has any to read."""
    if viewer.organisation_id != finding.supplier_id:
        return None
    return Understanding.objects.filter(finding=finding).first()


def draft_of(viewer: Viewer, finding: Finding) -> PlanDraft | None:
    """Return what the site has typed so far; only its own organisation has any to read."""
    if viewer.organisation_id != finding.supplier_id:
        return None
    return PlanDraft.objects.filter(finding=finding).first()


def customers_who_see(audit: Audit) -> list[Organisation]:
    """Return the customers that see an audit now, by name.

    For the supplier's own pages and for the system: never to be shown to a customer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMERS, {"audit": audit.pk, "basis": Basis.CUSTOMER.value})
        ids = [row[0] for row in cursor.fetchall()]
    return list(Organisation.objects.filter(pk__in=ids).order_by("name"))


def chain_of(viewer: Viewer, finding: Finding) -> list[Finding]:
    """Return a CAR with its predecessors and successors, oldest first, as far as the viewer may see them."""
    chain = [finding]
    visible = Finding.objects.visible_to(viewer).select_related("audit")
    while chain[0].predecessor_id and (before := visible.filter(pk=chain[0].predecessor_id).first()):
        chain.insert(0, before)
    while after := visible.of_published_audits().filter(predecessor=chain[-1]).first():
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
