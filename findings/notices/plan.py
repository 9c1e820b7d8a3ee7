"""Who is told of what happens to CARs and their plans; the words are in `templates/findings/mail/`."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.lifecycle import FindingState
from findings.models import Finding
from findings.queries.plan import customers_who_see
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

FINDING = "findings:finding"


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


def _site_that_is_answered(entry: Entry) -> Iterable[Recipient]:
    """The site; of an answer that asks for a call the call's own letter tells, with what there is to do."""
    return () if entry.data.get("kind") == "call" else _site(entry)


notice("findings.plan_shared", route="findings:finding")(_customers)
notice("findings.plan_updated", route="findings:finding")(_customers)
notice("findings.plan_answered", route="findings:finding")(_site_that_is_answered)
notice("findings.update_soon", route="findings:plan_update")(_site_of_plan)
notice("findings.update_due", route="findings:plan_update")(_site_of_plan)
notice("findings.update_late", route="findings:plan_update")(_site_of_plan)


def _asked_customer(entry: Entry) -> Iterable[Recipient]:
    """The one customer that an entry is about, while it sees the CAR as a customer."""
    customer = entry.data.get("customer")
    named = [one.pk for one in customers_who_see(_car_of(entry).audit) if one.pk == customer]
    return people_of(named)


notice("findings.rhythm_asked", route="findings:finding")(_site)
notice("findings.rhythm_answered", route="findings:finding")(_asked_customer)
notice("findings.refund_recorded", route="findings:refunds")(_asked_customer)
notice("findings.refund_taken_back", route="findings:refunds")(_asked_customer)
notice("findings.wages_recorded", route="findings:wages")(_customers)
notice("findings.car_raised", route="findings:finding")(_site)

phrase("findings.car_raised", _("“%(what)s” was raised, to be worked on together."), route=FINDING)
phrase("findings.car_understood", _("%(who)s answered the three questions about “%(what)s”."), route=FINDING)
phrase("findings.car_in_progress", _("“%(what)s” is in progress: a plan is shared."), route=FINDING)
phrase("findings.car_reassessed", _("%(who)s looked at “%(what)s” anew."), route=FINDING)
phrase("findings.car_closed", _("A later periodic audit closed “%(what)s”."), route=FINDING)
phrase(
    "findings.plan_shared", _("%(who)s shared version %(version)s of the plan on “%(what)s”."), route=FINDING
)
phrase("findings.plan_updated", _("%(who)s reported what has changed about “%(what)s”."), route=FINDING)
phrase(
    "findings.plan_carried_on",
    _("%(who)s began the plan on “%(what)s” from plan %(plan)s, version %(version)s."),
    route=FINDING,
)
phrase(
    "findings.rhythm_asked", _("%(who)s asked for another rhythm of reports on “%(what)s”."), route=FINDING
)
phrase(
    "findings.rhythm_answered", _("%(who)s answered a wish for another rhythm on “%(what)s”."), route=FINDING
)
phrase("findings.refund_group_added", _("%(who)s added the group “%(group)s” to the refunds."), route=FINDING)
phrase("findings.refund_group_corrected", _("%(who)s corrected the group “%(group)s”."), route=FINDING)
phrase("findings.refund_recorded", _("%(who)s recorded payment %(payment)s to workers."), route=FINDING)
phrase("findings.refund_taken_back", _("%(who)s took a payment to workers back."), route=FINDING)
phrase(
    "findings.wages_recorded", _("%(who)s recorded what workers earn beside a living wage."), route=FINDING
)
phrase("findings.plan_answered", _("%(who)s answered the plan on “%(what)s”."), route=FINDING)
phrase("findings.update_soon", _("A report on “%(what)s” is due in a week."), route=FINDING)
phrase("findings.update_due", _("A report on “%(what)s” is due."), route=FINDING)
phrase("findings.update_late", _("The report on “%(what)s” is a week late."), route=FINDING)
