"""Sites, trade links and engagements."""

import itertools

from django.utils import timezone

from organisations.models import Organisation
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, Site, TradeLink, TradeLinkSite
from tests.conftest import owner_role

_numbers = itertools.count(1)


def site(of: Organisation, name: str = "") -> Site:
    """Make a site of a supplier."""
    with owner_role():
        return Site.objects.create(
            organisation=of, name=name or f"Site {next(_numbers)}", country="BD", address="Road 1"
        )


def link(
    buyer: Organisation, supplier: Organisation, *sites: Site, state: LinkState = LinkState.ACCEPTED
) -> TradeLink:
    """Make a trade link proposed by the buyer; without `sites` it covers all of them."""
    now = timezone.now()
    with owner_role():
        made = TradeLink.objects.create(
            buyer=buyer,
            supplier=supplier,
            proposed_by=buyer,
            proposed_at=now,
            state=LinkState.PROPOSED,
            covers_all_sites=not sites,
        )
        TradeLinkSite.objects.bulk_create([TradeLinkSite(link=made, site=one) for one in sites])
        if state != LinkState.PROPOSED:
            made.state, made.answered_at = LinkState.ACCEPTED, now
            made.save(update_fields=["state", "answered_at"])
        if state == LinkState.ENDED:
            made.state, made.ended_at = state, now
            made.save(update_fields=["state", "ended_at"])
        return made


def engagement(of: Site, firm: Organisation, state: EngagementState = EngagementState.ACTIVE) -> Engagement:
    """Make an engagement of an audit firm for a site."""
    with owner_role():
        return Engagement.objects.create(site=of, audit_firm=firm, state=state, proposed_at=timezone.now())
