"""Why an organisation may see an audit (the words kept in `AuditAccess.bases`), and who sees what is attached.

The rule itself is one SQL view, `findings_audit_access_rule` (migration `0002_access`). It builds on
`sourcing_site_access`, so that ending a trade link or an engagement closes the audits behind it in the same
transaction. Triggers keep the table `findings_audit_access` in step with the view.
"""

from enum import StrEnum


class Basis(StrEnum):
    """Why an organisation sees an audit and what hangs on it."""

    OWNER = "owner"
    CUSTOMER = "customer"
    AUDIT_FIRM = "audit_firm"  # it made the audit itself
    ENGAGED = "engaged"  # another firm made it, at a site for which this one is engaged now


class Audience(StrEnum):
    """Who sees evidence where it is attached.

    A model says so itself: `evidence_audience = Audience.AUDIT` on the class; for `PAIR` also a property
    `evidence_counterpart_id`. A model that says nothing keeps what is attached to it to the owner of the evidence.
    """

    AUDIT = "audit"  # everyone who sees the audit, now or later
    PAIR = "pair"  # the owner and one other organisation, while that one sees the audit
    OWNER = "owner"  # the owner alone
