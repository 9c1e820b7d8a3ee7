"""Who is told of what happens to audits, findings and plans; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Finding
from findings.queries.plan import customers_who_see
from ledger.models import Entry
from ledger.registry import Recipient, notice
from organisations.queries import people_of


def _car_of(entry: Entry) -> Finding:
    return Finding.objects.select_related("audit").get(pk=entry.subject_id)


def _customers(entry: Entry) -> Iterable[Recipient]:
    """Members of the customers that see the CAR now; each is told alone and learns of no other."""
    finding = _car_of(entry)
    return people_of(organisation.pk for organisation in customers_who_see(finding.audit))


def _site(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    finding = _car_of(entry)
    return people_of([finding.supplier_id], site_id=finding.site_id)


def _site_of_plan(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members, while its CAR is still in progress."""
    finding = _car_of(entry)
    return _site(entry) if finding.state == FindingState.IN_PROGRESS else ()


notice("findings.plan_shared", route="findings:finding")(_customers)
notice("findings.plan_updated", route="findings:finding")(_customers)
notice("findings.plan_answered", route="findings:finding")(_site)
notice("findings.update_soon", route="findings:plan_update")(_site_of_plan)
notice("findings.update_due", route="findings:plan_update")(_site_of_plan)
notice("findings.update_late", route="findings:plan_update")(_site_of_plan)


def _audit_of(entry: Entry) -> Audit:
    return Audit.objects.get(pk=entry.subject_id)


@notice("findings.audit_submitted", route="findings:audit")
def _site_that_reads(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site, as long as they can still read the audit."""
    audit = _audit_of(entry)
    can_read = audit.state not in {AuditState.SCHEDULED, AuditState.IN_PROGRESS}
    return people_of([audit.supplier_id], site_id=audit.site_id) if can_read else ()


@notice("findings.audit_taken_back")
def _site_that_read(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    audit = _audit_of(entry)
    return people_of([audit.supplier_id], site_id=audit.site_id)


@notice("findings.audit_published", route="findings:audit")
def _site_and_customers(entry: Entry) -> Iterable[Recipient]:
    """The site's people, then the members of the customers that see the audit now; each is told alone."""
    audit = _audit_of(entry)
    yield from people_of([audit.supplier_id], site_id=audit.site_id)
    yield from people_of(organisation.pk for organisation in customers_who_see(audit))


notice("findings.car_raised", route="findings:finding")(_site)
