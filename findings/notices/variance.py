"""Who is told of a buyer's own code: the other one of the two, nobody else."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.models import Variance
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import people_of

VARIANCE = "findings:variance"


def _supplier(entry: Entry) -> Iterable[Recipient]:
    """The supplier's members who work on the site."""
    variance = Variance.objects.get(pk=entry.subject_id)
    return people_of([variance.supplier_id], site_id=variance.site_id)


def _buyer(entry: Entry) -> Iterable[Recipient]:
    """The members of the customer who raised it."""
    return people_of([Variance.objects.get(pk=entry.subject_id).buyer_id])


notice("findings.variance_raised", route=VARIANCE)(_supplier)
notice("findings.variance_answered", route=VARIANCE)(_buyer)
notice("findings.variance_questioned", route=VARIANCE)(_supplier)
notice("findings.variance_closed", route=VARIANCE)(_supplier)

phrase("findings.variance_raised", _("%(who)s raised “%(what)s” against its own code."), route=VARIANCE)
phrase("findings.variance_answered", _("%(who)s answered “%(what)s”."), route=VARIANCE)
phrase("findings.variance_added", _("%(who)s added to the answer on “%(what)s”."), route=VARIANCE)
phrase("findings.variance_questioned", _("%(who)s asked for more about “%(what)s”."), route=VARIANCE)
phrase("findings.variance_closed", _("%(who)s closed “%(what)s”."), route=VARIANCE)
