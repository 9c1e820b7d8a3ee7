"""What suppliers do with their sites."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from ledger.entries import record
from organisations.visibility import Viewer
from sourcing.models import Site
from sourcing.models.details import SiteDetails
from sourcing.permissions import can_add_site, can_change_site


def add_site(*, viewer: Viewer, details: SiteDetails, at: datetime) -> Site:
    """Add a site to the viewer's organisation: customers whose link covers all sites see it at once.

    Raises:
        Forbidden: `not-a-supplier`, `limited-to-sites`, `read-only-role`.
    """
    can_add_site(viewer).require()
    with transaction.atomic():
        site = Site.objects.create(organisation_id=viewer.organisation_id, **asdict(details))
        record(
            verb="sourcing.site_added",
            by=viewer,
            subject=site,
            owner_id=site.organisation_id,
            at=at,
            data={"after": asdict(details)},
        )
    return site


def change_site(*, viewer: Viewer, site: Site, details: SiteDetails, at: datetime) -> Site:
    """Write down what a site is now; the ledger keeps what it was. Without a difference nothing happens.

    Raises:
        Forbidden: `not-the-owner`, `read-only-role`.
    """
    can_change_site(viewer, site).require()
    with transaction.atomic():
        site = Site.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=site.pk)
        before, after = asdict(SiteDetails.of(site)), asdict(details)
        changed = [name for name, value in after.items() if before[name] != value]
        if not changed:
            return site
        for name in changed:
            setattr(site, name, after[name])
        site.save(update_fields=[*changed, "updated_at"])
        record(
            verb="sourcing.site_changed",
            by=viewer,
            subject=site,
            owner_id=site.organisation_id,
            at=at,
            data={
                "before": {name: before[name] for name in changed},
                "after": {name: after[name] for name in changed},
            },
        )
    return site
