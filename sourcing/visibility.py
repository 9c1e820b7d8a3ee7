"""Why an organisation may see a site: the words kept in `SiteAccess.bases`.

The rule itself is one SQL view, `sourcing_site_access_rule` (migration `0002_access`); triggers keep the table
`sourcing_site_access` in step with it inside the transaction that changes a trade link, a site or an engagement.
"""

from enum import StrEnum


class Basis(StrEnum):
    """Why an organisation sees a site."""

    OWNER = "owner"
    CUSTOMER = "customer"
    AUDIT_FIRM = "audit_firm"
