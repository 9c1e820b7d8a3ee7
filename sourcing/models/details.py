"""What a supplier says about a site, on its way in: from a form, the API or a proposal."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from sourcing.models.site import Site


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
