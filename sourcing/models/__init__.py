"""Shape and invariants of suppliers' sites, trade links, engagements and registers."""

from sourcing.models.engagement import Engagement
from sourcing.models.evidence import Evidence, EvidenceSite
from sourcing.models.imports import ImportRow, MatchDecision, SiteImport
from sourcing.models.link import TradeLink, TradeLinkSite
from sourcing.models.place import Place
from sourcing.models.register import ExternalId, RegisterEntry
from sourcing.models.site import Site, SiteAccess

__all__ = [
    "Engagement",
    "Evidence",
    "EvidenceSite",
    "ExternalId",
    "ImportRow",
    "MatchDecision",
    "Place",
    "RegisterEntry",
    "Site",
    "SiteAccess",
    "SiteImport",
    "TradeLink",
    "TradeLinkSite",
]
