"""Who is told of what happens to audits, findings and plans; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from findings.lifecycle import FindingState
from findings.models import Finding
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
