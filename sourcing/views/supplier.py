"""Pages of the suppliers that the viewer's organisation is a customer of."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from sourcing.forms.link import LinkFilters
from sourcing.forms.site import SiteFilters
from sourcing.lifecycle import LinkState
from sourcing.models import Site, TradeLink
from sourcing.models.link import TradeLinkQuerySet
from sourcing.permissions import can_propose_to_supplier
from sourcing.queries.knowledge import categories_for
from sourcing.queries.link import (
    LinkCounts,
    link_counts,
    links_matching,
    links_to_suppliers,
    supplier_with_links,
    waiting_for,
)
from sourcing.queries.site import outline_of, site_counts, sites_matching
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb

ORDERS = {"name": ("supplier__name", "id"), "asked": ("proposed_at", "id")}


@member_required
def suppliers(request: ViewerRequest) -> HttpResponse:
    """List the suppliers that we are linked to, were linked to, or wait for."""
    viewer = request.viewer
    every = links_to_suppliers(viewer)
    filters = LinkFilters(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = links_matching(every, side="supplier", text=wanted.get("q", ""), state=wanted.get("state", ""))
    page = keyset_page(
        rows.select_related("supplier"),
        request=request,
        order=chosen_order(request, ORDERS, default="-asked"),
    )
    linked = link_counts(viewer, as_side="buyer")
    counts = site_counts(viewer, [link.supplier_id for link in page.rows if link.state == LinkState.ACCEPTED])
    context = {
        "page": page,
        "rows": [(link, counts.get(link.supplier_id)) for link in page.rows],
        "filters": filters,
        "total": linked.accepted,
        "waiting": _waiting(viewer, every, linked),
        "can_propose": can_propose_to_supplier(viewer),
        "is_empty": not page.rows and not request.GET,
    }
    template = "sourcing/_suppliers.html" if is_partial(request) else "sourcing/suppliers.html"
    return render(request, template, context)


def _waiting(viewer: Viewer, every: TradeLinkQuerySet, counts: LinkCounts) -> list[TradeLink]:
    """Return the first offers to answer; nothing is asked where none waits."""
    return list(waiting_for(viewer, every).select_related("supplier")[:20]) if counts.waiting else []


@member_required
def supplier(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one supplier: our trade link with it, and the sites that we see through it."""
    viewer = request.viewer
    found, links = supplier_with_links(viewer, code)
    sites = Site.objects.visible_to(viewer).filter(organisation_id=found.pk)
    outline = outline_of(sites)
    filters = SiteFilters(request.GET, countries=outline.countries, sectors=outline.sectors)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = sites_matching(
        sites, text=wanted.get("q", ""), country=wanted.get("country", ""), sector=wanted.get("sector", "")
    )
    context = {
        "supplier": found,
        "link": links[0],
        "links": links,
        "total": outline.total,
        "filters": filters,
        "categories": categories_for(outline.sectors),
        "page": keyset_page(rows, request=request, order=("name",)),
        "crumbs": [Crumb(_("Suppliers"), reverse("sourcing:suppliers")), Crumb(found.name)],
    }
    template = "sourcing/_sites.html" if is_partial(request) else "sourcing/supplier.html"
    return render(request, template, context)
