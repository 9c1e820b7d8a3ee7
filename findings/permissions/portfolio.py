"""Who may keep views of a portfolio, follow them and take lists away."""

from django.utils.translation import gettext as _

from findings.models import SavedView, TableExport
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Role, Viewer


def can_see_portfolio(viewer: Viewer) -> Decision:
    """Members of buyers follow their suppliers."""
    if not viewer.has(Capability.BUYER):
        return denied("not-a-buyer", _("Only a buyer has a portfolio of suppliers."))
    return ALLOWED


def can_keep_views(viewer: Viewer) -> Decision:
    """Editors and admins of a buyer keep views for everyone in it."""
    return can_see_portfolio(viewer) and can_edit(viewer)


def can_change_view(viewer: Viewer, view: SavedView) -> Decision:
    """Whoever kept a view removes it, and so does an admin."""
    decision = can_keep_views(viewer)
    if decision and view.person_id != viewer.person_id and viewer.role != Role.ADMIN:
        return denied(
            "not-your-view", _("Only the colleague who kept this view, or an admin, can remove it.")
        )
    return decision


def can_follow(viewer: Viewer) -> Decision:
    """Everyone who sees the portfolio may be told about it."""
    return can_see_portfolio(viewer)


def can_take_list(viewer: Viewer, kind: str) -> Decision:
    """Everyone takes away what they can read; the portfolio is a buyer's."""
    return can_see_portfolio(viewer) if kind == TableExport.Kind.PORTFOLIO else ALLOWED
