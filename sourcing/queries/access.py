"""Who sees a site, and why: the supplier's question on every page."""

from django.db import connection
from django.utils.translation import gettext as _

from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.models import Site, SiteAccess
from sourcing.visibility import Basis


def who_sees_site(viewer: Viewer, site: Site) -> list[tuple[str, str]]:
    """Return (organisation's name, the reason in a sentence) for everyone who sees `site`.

    The owner reads the whole list, its own line first. Anyone else reads of itself and of the owner, and of
    nobody further: customers never learn of each other.
    """
    is_owner = site.organisation_id == viewer.organisation_id
    bases = _readers_of(site) if is_owner else _own_bases(viewer, site)
    names = dict(Organisation.objects.filter(pk__in=bases).values_list("pk", "name"))
    readers = [
        (names[pk], _reason(bases[pk], is_self=pk == viewer.organisation_id))
        for pk in sorted(names, key=lambda pk: (Basis.OWNER not in bases[pk], names[pk].casefold()))
    ]
    if not is_owner:
        readers.insert(0, (site.organisation.name, _("It owns the site.")))
    return readers


def _readers_of(site: Site) -> dict[int, list[str]]:
    """Return everyone's bases by organisation; the database tells them to the owner alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisation_id, bases FROM app.readers_of_site(%s)", [site.pk])
        return dict(cursor.fetchall())


def _own_bases(viewer: Viewer, site: Site) -> dict[int, list[str]]:
    rows = SiteAccess.objects.filter(site=site, organisation_id=viewer.organisation_id)
    return dict(rows.values_list("organisation_id", "bases"))


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
