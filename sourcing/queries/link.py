"""Questions about trade links."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from ledger.refusals import NotVisible
from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.lifecycle import LinkState
from sourcing.models import Site, TradeLink
from sourcing.models.link import TradeLinkQuerySet
from sourcing.models.site import SiteQuerySet


def links_to_suppliers(viewer: Viewer) -> TradeLinkQuerySet:
    """Return the newest link to each supplier that the viewer's organisation is, was or asks to be a customer of."""
    return _newest(TradeLink.objects.visible_to(viewer).filter(buyer_id=viewer.organisation_id))


def links_to_customers(viewer: Viewer) -> TradeLinkQuerySet:
    """Return the newest link to each customer, past and proposed ones too."""
    return _newest(TradeLink.objects.visible_to(viewer).filter(supplier_id=viewer.organisation_id))


def waiting_for(viewer: Viewer, links: TradeLinkQuerySet) -> TradeLinkQuerySet:
    """Narrow `links` to the proposals that the viewer's organisation has to answer."""
    return links.filter(state=LinkState.PROPOSED).exclude(proposed_by_id=viewer.organisation_id)


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """How many links are in force, and how many proposals wait for the viewer's answer."""

    accepted: int
    waiting: int


def link_counts(viewer: Viewer, *, as_side: str) -> LinkCounts:
    """Count the links in which the viewer's organisation is "buyer" or "supplier", by one query.

    A pair has one living link at most, which is its newest: the past is no part of this.
    """
    own = viewer.organisation_id
    waits = Q(state=LinkState.PROPOSED) & ~Q(proposed_by_id=own)
    living = TradeLink.objects.visible_to(viewer).filter(state__in=[LinkState.PROPOSED, LinkState.ACCEPTED])
    counted = living.filter(**{f"{as_side}_id": own}).aggregate(
        accepted=Count("state", filter=Q(state=LinkState.ACCEPTED)), waiting=Count("state", filter=waits)
    )
    return LinkCounts(**counted)


def links_matching(
    links: TradeLinkQuerySet, *, side: str, text: str = "", state: str = ""
) -> TradeLinkQuerySet:
    """Narrow `links` to a state, and to other ends (`side` is "buyer" or "supplier") with `text` in the name."""
    if state:
        links = links.filter(state=state)
    if text:
        links = links.filter(**{f"{side}__name__icontains": text})
    return links


def supplier_with_links(viewer: Viewer, code: str) -> tuple[Organisation, list[TradeLink]]:
    """Return the supplier with public `code` and the viewer's links to it, newest first.

    Raises:
        NotVisible: there is no such supplier, or the viewer's organisation never had to do with it.
    """
    links = list(
        TradeLink.objects.visible_to(viewer)
        .filter(buyer_id=viewer.organisation_id, supplier__code=code.upper())
        .select_related("supplier")
        .order_by("-proposed_at", "-pk")
    )
    if not links:
        raise NotVisible
    return links[0].supplier, links


def sites_shown_by(viewer: Viewer, link: TradeLink) -> SiteQuerySet:
    """Return the sites that `link` shows while it is in force, as far as the viewer sees them; by name."""
    sites = Site.objects.visible_to(viewer).filter(organisation_id=link.supplier_id)
    if not link.covers_all_sites:
        sites = sites.filter(pk__in=link.named_sites.values("site_id"))
    return sites.order_by("name", "pk")


def _newest(links: TradeLinkQuerySet) -> TradeLinkQuerySet:
    later = TradeLink.objects.filter(
        buyer_id=OuterRef("buyer_id"), supplier_id=OuterRef("supplier_id"), pk__gt=OuterRef("pk")
    )
    return links.filter(~Exists(later))
