"""Questions about sites."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from organisations.visibility import Viewer
from sourcing.models import Engagement, Site, TradeLink
from sourcing.models.engagement import EngagementQuerySet
from sourcing.models.link import TradeLinkQuerySet
from sourcing.models.site import SiteQuerySet


def sites_matching(
    sites: SiteQuerySet, *, text: str = "", country: str = "", sector: str = "", is_open: bool | None = None
) -> SiteQuerySet:
    """Narrow visible `sites` to those in a country, of a sector, with `text` in the name, address or code."""
    if text:
        sites = sites.filter(Q(name__icontains=text) | Q(address__icontains=text) | Q(code__iexact=text))
    if country:
        sites = sites.filter(country=country)
    if sector:
        sites = sites.filter(sector=sector)
    if is_open is not None:
        sites = sites.filter(closed_on__isnull=is_open)
    return sites


@dataclass(frozen=True, slots=True)
class Outline:
    """What a list of sites holds: how many, in which countries (codes) and of which sectors."""

    total: int
    countries: list[str]
    sectors: list[str]


def outline_of(sites: SiteQuerySet) -> Outline:
    """Return what `sites` hold, by one question."""
    found = sites.order_by().aggregate(
        total=Count("pk"),
        countries=ArrayAgg("country", distinct=True, default=[]),
        sectors=ArrayAgg("sector", distinct=True, default=[]),
    )
    return Outline(found["total"], sorted(found["countries"]), sorted(filter(None, found["sectors"])))


def site_counts(viewer: Viewer, organisation_ids: Iterable[int]) -> dict[int, int]:
    """Return how many sites the viewer sees of each of these organisations; none is left out as zero."""
    wanted = list(organisation_ids)
    rows = (
        Site.objects.visible_to(viewer)
        .filter(organisation_id__in=wanted)
        .order_by()
        .values("organisation_id")
        .annotate(number=Count("pk"))
    )
    return dict.fromkeys(wanted, 0) | {row["organisation_id"]: row["number"] for row in rows}


def links_covering(viewer: Viewer, site: Site) -> TradeLinkQuerySet:
    """Return the links in force that show `site`; a customer gets its own alone."""
    covers = Q(covers_all_sites=True) | Q(named_sites__site=site)
    links = TradeLink.objects.visible_to(viewer).accepted().filter(covers, supplier_id=site.organisation_id)
    return links.distinct().select_related("buyer").order_by("answered_at", "pk")


def engagements_of(viewer: Viewer, site: Site) -> EngagementQuerySet:
    """Return the engagements for `site` that the viewer may know of, newest first."""
    rows = Engagement.objects.visible_to(viewer).filter(site=site)
    return rows.select_related("audit_firm").order_by("-proposed_at", "-pk")
