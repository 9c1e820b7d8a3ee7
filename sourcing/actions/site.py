"""What suppliers do with their sites."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Self

from django.db import transaction

from ledger.entries import record
from organisations.visibility import Viewer
from sourcing.models import Site
from sourcing.permissions import can_add_site, can_change_site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDetails:
    """What a supplier says about one of its sites.

    Args:
        country: ISO 3166-1, two letters.
        kind: one of `Site.Kind`.
        workers: how many people work there, if known.
        latitude, longitude: degrees (WGS 84), both or neither.
        timezone: name in the time-zone database.
        closed_on: the day work ended there; None while it goes on.
    """

    name: str
    country: str
    timezone: str
    address: str = ""
    kind: str = Site.Kind.FACTORY
    sector: str = ""
    workers: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    closed_on: date | None = None

    @classmethod
    def of(cls, site: Site) -> Self:
        """Return what `site` says now."""
        return cls(**{field.name: getattr(site, field.name) for field in fields(cls)})


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
