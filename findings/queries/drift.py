"""Whether the table that says who sees which audit still equals the rule it is made from."""

from findings.models.standing import Counts
from sourcing.queries.drift import Drift, compare


def audit_drift() -> Drift:
    """Compare the table with the rule, both ways; the asking role must see every row."""
    columns = "organisation_id, audit_id, owner_id, bases::varchar[]"
    return compare("findings_auditaccess", "findings_audit_access_rule", columns)


def standing_drift() -> list[Drift]:
    """Compare the counts of sites and of suppliers with their rules, both ways; the asking role must see every row."""
    names = [one.attname for one in Counts._meta.fields]
    counts = ", ".join(f"{name}::date[]" if name == "due_dates" else name for name in names)
    pair = f"organisation_id, supplier_id, supplier_name, supplier_country, sites, next_due_on, {counts}"
    return [
        compare("findings_sitestanding", "findings_site_standing_rule", f"site_id, {counts}"),
        compare("findings_standing", "findings_standing_rule", pair),
    ]
