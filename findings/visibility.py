"""Why an organisation may see an audit: the words kept in `AuditAccess.bases`.

The rule itself is one SQL view, `findings_audit_access_rule` (migration `0002_access`). It builds on
`sourcing_site_access`, so that ending a trade link or an engagement closes the audits behind it in the same
transaction. Triggers keep the table `findings_audit_access` in step with the view.
"""

from enum import StrEnum


class Basis(StrEnum):
    """Why an organisation sees an audit and what hangs on it."""

    OWNER = "owner"
    CUSTOMER = "customer"
    AUDIT_FIRM = "audit_firm"
