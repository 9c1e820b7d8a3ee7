"""Who sees a site, and why: the supplier's question on every page."""

from django.utils.translation import gettext as _

from organisations.visibility import Viewer
from sourcing.models import Site, SiteAccess
from sourcing.visibility import Basis


def who_sees_site(viewer: Viewer, site: Site) -> list[tuple[str, str]]:
    """Return (organisation's name, the reason in a sentence) for everyone who sees `site`.

    The owner reads the whole list, its own line first. Anyone else reads of itself and of the owner, and of
    nobody further: customers never learn of each other.
    """
    is_owner = site.organisation_id == viewer.organisation_id
    rows = SiteAccess.objects.filter(site=site).select_related("organisation")
    if not is_owner:
        rows = rows.filter(organisation_id=viewer.organisation_id)
    readers = [
        (row.organisation.name, _reason(row.bases, is_self=row.organisation_id == viewer.organisation_id))
        for row in sorted(
            rows, key=lambda row: (Basis.OWNER not in row.bases, row.organisation.name.casefold())
        )
    ]
    if not is_owner:
        readers.insert(0, (site.organisation.name, _("It owns the site.")))
    return readers


def _reason(bases: list[str], *, is_self: bool) -> str:
    if Basis.OWNER in bases:
        return _("You own the site.")
    reasons = {
        Basis.CUSTOMER: _("Your trade link covers it.") if is_self else _("A customer, by a trade link."),
        Basis.AUDIT_FIRM: _("You are engaged to audit it.")
        if is_self
        else _("An audit firm, engaged for it."),
    }
    return " ".join(reason for basis, reason in reasons.items() if basis in bases)
