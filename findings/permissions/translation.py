"""Who may write a translation, and who may show one to others."""

from django.utils.translation import gettext as _

from findings.models import Finding
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Viewer


def can_translate(viewer: Viewer, finding: Finding) -> Decision:
    """Whoever sees the original and may write for their organisation translates it, at least for themselves."""
    return can_edit(viewer)


def can_share_translation(viewer: Viewer, finding: Finding) -> Decision:
    """The supplier and the audit firm of record show theirs to all who see the original.

    A customer's would tell the other customers of the supplier who it is.
    """
    decision = can_translate(viewer, finding)
    if not decision:
        return decision
    if viewer.organisation_id not in {finding.supplier_id, finding.audit_firm_id}:
        return denied(
            "translation-is-your-own",
            _("Only the supplier and the audit firm show a translation to everyone. Yours stays with you."),
        )
    return ALLOWED
