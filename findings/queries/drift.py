"""Whether the table that says who sees which audit still equals the rule it is made from."""

from sourcing.queries.drift import Drift, compare


def audit_drift() -> Drift:
    """Compare the table with the rule, both ways; the asking role must see every row."""
    columns = "organisation_id, audit_id, owner_id, bases::varchar[]"
    return compare("findings_auditaccess", "findings_audit_access_rule", columns)
