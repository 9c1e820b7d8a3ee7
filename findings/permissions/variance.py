"""Who may speak of a buyer's own code: that buyer and the supplier, nobody else."""

from django.utils.translation import gettext as _

from findings.lifecycle import VarianceState
from findings.models import Variance
from findings.queries.variance import is_customer_of
from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer
from sourcing.models import Site


def can_raise_variances(viewer: Viewer) -> Decision:
    """Editors of a buyer hold their suppliers to its own code."""
    if not viewer.has(Capability.BUYER):
        return denied("not-a-buyer", _("Only a customer has a code of its own for its suppliers."))
    return can_edit(viewer)


def can_raise_variance(viewer: Viewer, site: Site) -> Decision:
    """A customer whose trade link covers the site."""
    if not is_customer_of(viewer, site.pk):
        return denied("not-a-customer", _("Your organisation is not a customer of this site."))
    return can_raise_variances(viewer)


def can_answer_variance(viewer: Viewer, variance: Variance) -> Decision:
    """The supplier answers while it is not closed."""
    if viewer.organisation_id != variance.supplier_id:
        return denied("not-your-site", _("Only the supplier answers this."))
    return _while_it_lasts(viewer, variance)


def can_question_variance(viewer: Viewer, variance: Variance) -> Decision:
    """The buyer asks for more once it has an answer."""
    decision = _of_the_buyer(viewer, variance)
    if decision and variance.state == VarianceState.OPEN:
        return denied("not-answered", _("The supplier has not answered yet."))
    return decision


def can_close_variance(viewer: Viewer, variance: Variance) -> Decision:
    """The buyer who raised it closes it, answered or not."""
    return _of_the_buyer(viewer, variance)


def _of_the_buyer(viewer: Viewer, variance: Variance) -> Decision:
    if viewer.organisation_id != variance.buyer_id:
        return denied("not-yours", _("Only the customer who raised this can do that."))
    return _while_it_lasts(viewer, variance)


def _while_it_lasts(viewer: Viewer, variance: Variance) -> Decision:
    if variance.state == VarianceState.CLOSED:
        return denied("variance-closed", _("This is closed."))
    return can_edit(viewer)
