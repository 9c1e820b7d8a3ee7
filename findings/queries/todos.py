"""What findings let wait for a member: parts of one statement, each kind of thing with its few most urgent rows.

Every part asks in the viewer's scope, and row security asks again. Nothing here is counted: a case, which only the
people named in it may know of, stands here for them alone and says nothing of itself.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import DateField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from findings.lifecycle import (
    AuditState,
    CallState,
    CommitmentState,
    FindingState,
    IncidentState,
    RequestState,
    VarianceState,
)
from findings.models import (
    ActionPlan,
    Audit,
    Call,
    Commitment,
    EvidenceRequest,
    Extension,
    Finding,
    IncidentAccess,
    IntroductionAnswer,
    IntroductionAsk,
    RhythmRequest,
    SiteReply,
    Standing,
    Variance,
    Verification,
)
from findings.models.audit import FOLLOW_UPS
from findings.queries.corrective import extensions_waiting, waiting_for_verification
from findings.queries.finding import overdue
from findings.queries.plan import answers_waiting
from findings.queries.review import disputes_waiting
from organisations.queries.waiting import NOTHING, part
from organisations.visibility import Capability, Viewer
from sourcing.models import Evidence
from sourcing.queries.engagement import waiting_for_firm
from sourcing.queries.link import links_to_customers, links_to_suppliers, waiting_for

SOON = dt.timedelta(days=14)
EXPIRING = dt.timedelta(days=30)
NEWS = dt.timedelta(days=7)
# A site's last day ends at its own midnight; so long before, it is that very date in UTC almost everywhere.
INTO_LAST_DAY = dt.timedelta(hours=11)


def parts_of(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the parts for the viewer as what its organisation is: at most eight rows of a kind each."""
    open_cases = IncidentAccess.objects.of(viewer).exclude(incident__state=IncidentState.CLOSED)
    yield part(open_cases, "case", code=NOTHING, order=("pk",))[:1]
    if viewer.has(Capability.SUPPLIER):
        yield from _of_sites(viewer, at, on)
        yield from _together_at_sites(viewer, on)
    if viewer.has(Capability.BUYER):
        yield from _of_buyer(viewer, on)
    if viewer.has(Capability.AUDIT_FIRM):
        yield from _of_firm(viewer, on)


def _own(viewer: Viewer, model: type[Model]) -> "QuerySet[Any, Any]":
    rows: QuerySet[Any, Any] = model.objects.visible_to(viewer)  # type: ignore[attr-defined]
    return rows.filter(supplier_id=viewer.organisation_id)


def _of_sites(viewer: Viewer, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """What audits ask of the viewer's own sites."""
    finished = SiteReply.objects.filter(
        audit=OuterRef("pk"), kind=SiteReply.Kind.FINISHED, said_at__gte=OuterRef("submitted_at")
    )
    reading = _own(viewer, Audit).filter(state=AuditState.SUBMITTED, review_ends_at__gt=at)
    yield part(
        reading.exclude(Exists(finished)),
        "review",
        who="site_name",
        state="state",
        on=F("review_ends_at") - Value(INTO_LAST_DAY),
        order=("review_ends_at",),
    )
    ncs = _own(viewer, Finding).non_compliances().of_published_audits().filter(state=FindingState.OPEN)  # type: ignore[attr-defined]
    word = Verification.objects.filter(action__finding=OuterRef("pk")).order_by("-pk")
    sent_back = ncs.annotate(
        said=Subquery(word.values("result")[:1]), why=Subquery(word.values("reason")[:1])
    ).filter(said=Verification.Result.MORE_NEEDED)
    yield part(
        sent_back, "sent_back", who="title", note="why", state="state", on="due_by", order=("due_by", "pk")
    )
    untouched = ncs.exclude(Exists(word.filter(result=Verification.Result.MORE_NEEDED)))
    site = "audit__site_name"
    for kind, rows in (
        ("overdue", untouched.filter(due_by__lt=on)),
        ("due", untouched.filter(due_by__range=(on, on + SOON))),
    ):
        yield part(rows, kind, who="title", note=site, state="state", on="due_by", order=("due_by", "pk"))
    answered = _own(viewer, Extension).filter(
        answer__answered_at__gt=at - NEWS, finding__state=FindingState.OPEN
    )
    for kind, is_granted in (("more_time", True), ("no_more_time", False)):
        yield part(
            answered.filter(answer__is_granted=is_granted),
            kind,
            code="finding__code",
            who="finding__title",
            note="answer__reason",
            state="finding__state",
            on="finding__due_by",
            order=("finding__due_by", "pk"),
        )


def _together_at_sites(viewer: Viewer, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """What customers and shared work ask of the viewer's own sites."""
    own = viewer.organisation_id
    cars = _own(viewer, Finding).cars().of_published_audits()  # type: ignore[attr-defined]
    without = cars.filter(has_plan=False, state=FindingState.OPEN)
    site = "audit__site_name"
    yield part(without, "no_plan", who="title", note=site, state="state", order=("first_raised_on", "pk"))
    plans = _own(viewer, ActionPlan).filter(
        finding__state=FindingState.IN_PROGRESS, next_update_on__lte=on + SOON
    )
    yield part(
        plans,
        "report",
        code="finding__code",
        who="finding__title",
        state="finding__state",
        on="next_update_on",
        order=("next_update_on", "pk"),
    )
    links = waiting_for(viewer, links_to_customers(viewer))
    yield part(
        links, "customer", who="buyer__name", state="state", on="proposed_at", order=("proposed_at", "pk")
    )
    calls = _own(viewer, Call).filter(state=CallState.PROPOSED, waits_for_id=own)
    yield part(
        calls,
        "call",
        who="customer__name",
        note="finding__title",
        state="state",
        on="changed_at",
        order=("changed_at", "pk"),
    )
    asked = _own(viewer, EvidenceRequest).filter(state=RequestState.OPEN)
    yield part(
        asked,
        "evidence_asked",
        who="asker_name",
        note="finding__title",
        state="state",
        on="asked_at",
        order=("asked_at", "pk"),
    )
    wishes = _own(viewer, RhythmRequest).filter(answer=None)
    yield part(
        wishes,
        "rhythm",
        code="plan__finding__code",
        who="organisation__name",
        note="plan__finding__title",
        on="asked_at",
        order=("asked_at", "pk"),
    )
    promised = _own(viewer, Commitment).filter(state=CommitmentState.OFFERED)
    yield part(
        promised,
        "commitment",
        who="customer__name",
        note="finding__title",
        state="state",
        on="made_at",
        order=("made_at", "pk"),
    )
    own_codes = _own(viewer, Variance).filter(state=VarianceState.OPEN)
    yield part(
        own_codes,
        "variance",
        who="buyer__name",
        note="title",
        state="state",
        on=Coalesce("due_on", Cast("raised_at", DateField())),
        order=("due_on", "pk"),
    )
    pieces = Evidence.objects.visible_to(viewer).in_force()
    yield part(
        pieces.filter(expires_on__range=(on - NEWS, on + EXPIRING)),
        "expiring",
        who="title",
        on="expires_on",
        order=("expires_on", "pk"),
    )


def _of_buyer(viewer: Viewer, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """What suppliers ask of the viewer as their customer, and what is gravest at them."""
    own = viewer.organisation_id
    grave = (
        Finding.objects.visible_to(viewer)
        .of_published_audits()
        .filter(overdue(on), severity=Finding.Severity.BUSINESS_CRITICAL)
        .filter(supplier_id__in=Standing.objects.of_suppliers(viewer).values("supplier_id"))
        .exclude(supplier_id=own)
    )
    yield part(
        grave,
        "grave",
        who="audit__supplier_name",
        note="title",
        state="state",
        on="due_by",
        order=("due_by", "pk"),
    )
    plans = answers_waiting(viewer)
    yield part(
        plans,
        "plan",
        code="finding__code",
        who="audit__supplier_name",
        note="finding__title",
        state="finding__state",
        on="first_shared_at",
        order=("-first_shared_at", "-pk"),
    )
    calls = Call.objects.visible_to(viewer).filter(
        state=CallState.PROPOSED, waits_for_id=own, customer_id=own
    )
    yield part(
        calls,
        "call",
        who="finding__audit__supplier_name",
        note="finding__title",
        state="state",
        on="changed_at",
        order=("changed_at", "pk"),
    )
    answered = Variance.objects.visible_to(viewer).filter(buyer_id=own, state=VarianceState.ANSWERED)
    yield part(
        answered,
        "variance_answered",
        who="site__organisation__name",
        note="title",
        state="state",
        order=("pk",),
    )
    said = IntroductionAnswer.objects.filter(ask=OuterRef("pk"))
    asks = IntroductionAsk.objects.visible_to(viewer).filter(customer_id=own, closed_at=None)
    yield part(
        asks.exclude(Exists(said)),
        "introduction",
        who="finding__audit__supplier_name",
        note="finding__title",
        on="asked_at",
        order=("asked_at", "pk"),
    )
    links = waiting_for(viewer, links_to_suppliers(viewer))
    yield part(
        links, "supplier", who="supplier__name", state="state", on="proposed_at", order=("proposed_at", "pk")
    )


def _of_firm(viewer: Viewer, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """What sites ask of the viewer's audit firm, and what lies on its desks."""
    own = viewer.organisation_id
    yield part(
        disputes_waiting(viewer),
        "dispute",
        code=Coalesce("finding__code", "audit__code"),
        who="audit__site_name",
        note=Coalesce("finding__title", NOTHING),
        state=Coalesce("finding__kind", Value("audit")),
        on="said_at",
        order=("said_at", "pk"),
    )
    sent = waiting_for_verification(viewer)
    yield part(
        sent,
        "to_verify",
        who="audit__site_name",
        note="title",
        state="state",
        on="sent_at",
        order=("sent_at", "pk"),
    )
    asked = extensions_waiting(viewer).filter(~Q(supplier_id=own))
    yield part(
        asked,
        "extension",
        who="finding__audit__site_name",
        note="finding__title",
        state="finding__state",
        on="asked_at",
        order=("asked_at", "pk"),
    )
    yield part(
        waiting_for_firm(viewer),
        "engagement",
        who="supplier__name",
        state="state",
        on="proposed_at",
        order=("proposed_at", "pk"),
    )
    audits = Audit.objects.visible_to(viewer).filter(audit_firm_id=own)
    is_visit_soon = Q(state=AuditState.SCHEDULED, kind__in=FOLLOW_UPS, ends_on__lte=on + SOON)
    for kind, narrowed in (
        ("at_work", audits.filter(state=AuditState.IN_PROGRESS)),
        ("follow_up", audits.filter(is_visit_soon)),
        ("with_site", audits.filter(state=AuditState.SUBMITTED)),
        (
            "scheduled",
            audits.filter(state=AuditState.SCHEDULED, ends_on__lte=on + SOON).exclude(is_visit_soon),
        ),
    ):
        yield part(narrowed, kind, who="site_name", state="state", on="ends_on", order=("ends_on", "pk"))
