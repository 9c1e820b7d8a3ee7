"""Publishing an audit: the firm's deliberate act, after which customers see it and nothing in it changes."""

import datetime as dt
import zoneinfo

from django.db import transaction

from findings.actions.audit import locked_audit
from findings.actions.follow_up import apply_results
from findings.actions.review import expect_no_review
from findings.lifecycle import AUDIT, CAR, NON_COMPLIANCE, AuditState, FindingState
from findings.models import Audit, Finding, Reassessment
from findings.permissions import can_work_on_audit
from findings.queries.audit import (
    OpenCar,
    earlier_audits,
    findings_of,
    obstacles,
    open_cars,
    open_non_compliances,
    tallies,
)
from ledger.dates import date_in
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.models import Site


def publish_audit(*, viewer: Viewer, audit: Audit, at: dt.datetime) -> Audit:
    """Publish an audit that the site has had.

    Promises, in one transaction: customers whose trade link covers the site see it from now on and are told;
    the supplier is told, and told of each new CAR by itself. A periodic audit closes every earlier open CAR of
    the site (superseded by this audit), supersedes the earlier published audits of the same methodology and
    their open non-compliances. A follow-up verifies what it looked at. Ledger entries for each.

    Raises:
        Forbidden: see `can_work_on_audit`.
        Refusal: `illegal-move` unless it is submitted; `not-ready` with one sentence per thing missing,
            among them every open CAR of the site that this audit has not looked at anew, the site's time to
            comment, and each dispute without an answer.
    """
    with transaction.atomic():
        audit = locked_audit(viewer, audit)
        can_work_on_audit(viewer, audit).require()
        if audit.state == AuditState.SUBMITTED:
            _require_ready(viewer, audit, at)
        cars, earlier = open_cars(viewer, audit), _earlier(viewer, audit)
        leftovers = list(open_non_compliances(viewer, earlier))
        _publish(viewer, audit, cars, at)
        expect_no_review(audit, at)
        apply_results(viewer=viewer, audit=audit, at=at)
        for one in cars:
            _close_car(viewer, audit, one, at)
        for finding in leftovers:
            _supersede_finding(viewer, audit, finding, at)
        for before in earlier:
            _supersede_audit(viewer, audit, before, at)
    return audit


def today_at(audit: Audit, at: dt.datetime) -> dt.date:
    """Return the date where the audit's site is, as far as that is known; elsewhere in UTC."""
    known = Site.objects.filter(pk=audit.site_id).values_list("timezone", flat=True).first()
    return date_in(zoneinfo.ZoneInfo(known or "UTC"), at)


def _require_ready(viewer: Viewer, audit: Audit, at: dt.datetime) -> None:
    missing = obstacles(viewer, audit, on=today_at(audit, at), at=at)
    if missing:
        raise Refusal(
            "not-ready",
            " ".join(one.sentence for one in missing),
            fields={one.code: [one.sentence] for one in missing},
        )


def _earlier(viewer: Viewer, audit: Audit) -> list[Audit]:
    if audit.kind != Audit.Kind.PERIODIC:
        return []
    return list(earlier_audits(viewer, audit))


def _publish(viewer: Viewer, audit: Audit, cars: list[OpenCar], at: dt.datetime) -> None:
    tally = tallies(viewer, [audit])[audit.pk]
    data = {
        **_names(audit),
        "non_compliances": tally.non_compliances,
        "cars": tally.cars,
        "good_examples": tally.good_examples,
        "cars_met": sum(
            one.reassessment is not None and one.reassessment.result == Reassessment.Result.MET
            for one in cars
        ),
    }
    audit.published_at = at
    move(
        audit,
        to=AuditState.PUBLISHED,
        lifecycle=AUDIT,
        verb="findings.audit_published",
        by=viewer,
        owner_id=audit.supplier_id,
        at=at,
        data=data,
        also=["published_at"],
    )
    for car in findings_of(viewer, audit).cars():
        details = {"requirement": car.requirement.printed_code, "continues": car.predecessor_id is not None}
        record(
            verb="findings.car_raised",
            by=viewer,
            subject=car,
            owner_id=car.supplier_id,
            at=at,
            data=details | _names(audit),
        )


def _names(audit: Audit) -> dict[str, str]:
    """Return what the words of a notice name."""
    return {"site": audit.site_name, "supplier": audit.supplier_name, "firm": audit.audit_firm_name}


def _close_car(viewer: Viewer, audit: Audit, one: OpenCar, at: dt.datetime) -> None:
    car, result = one.car, one.reassessment.result if one.reassessment else ""
    car.superseded_by, car.closed_at = audit, at
    move(
        car,
        to=FindingState.CLOSED,
        lifecycle=CAR,
        verb="findings.car_closed",
        by=viewer,
        owner_id=car.supplier_id,
        at=at,
        data={"result": result, "audit": audit.code},
        also=["superseded_by", "closed_at"],
    )


def _supersede_finding(viewer: Viewer, audit: Audit, finding: Finding, at: dt.datetime) -> None:
    finding.superseded_by = audit
    move(
        finding,
        to=FindingState.SUPERSEDED,
        lifecycle=NON_COMPLIANCE,
        verb="findings.non_compliance_superseded",
        by=viewer,
        owner_id=finding.supplier_id,
        at=at,
        data={"audit": audit.code},
        also=["superseded_by"],
    )


def _supersede_audit(viewer: Viewer, audit: Audit, before: Audit, at: dt.datetime) -> None:
    move(
        before,
        to=AuditState.SUPERSEDED,
        lifecycle=AUDIT,
        verb="findings.audit_superseded",
        by=viewer,
        owner_id=before.supplier_id,
        at=at,
        data={"audit": audit.code},
    )
