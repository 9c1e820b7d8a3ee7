"""Who may show what was found to somebody outside, and end that."""

from django.utils.translation import gettext as _

from findings.models import Audit, Share
from findings.queries.plan import bases_of
from findings.visibility import Basis
from ledger.refusals import Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer


def can_share_outside(viewer: Viewer, audit: Audit) -> Decision:
    """The owner alone shows a published audit of its site, or a CAR of it, to somebody outside."""
    if not audit.is_published:
        return denied(
            "audit-not-published", _("The audit is not published yet. You can share it after that.")
        )
    if Basis.OWNER not in bases_of(viewer, audit.pk):
        return denied("not-your-site", _("Only the supplier itself shares what was found at its site."))
    return can_edit(viewer)


def can_end_share(viewer: Viewer, share: Share) -> Decision:
    """Whoever works for the owner ends a share at once; its recipient has nothing to end."""
    if viewer.organisation_id != share.owner_id:
        return denied("not-your-share", _("Only the supplier who shared this can end it."))
    return can_edit(viewer)
