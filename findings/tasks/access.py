"""The nightly comparison of who sees what with the rule that says so."""

from datetime import datetime

from findings.queries.drift import audit_drift, standing_drift
from findings.queries.share import grant_drift
from ledger.registry import nightly


class AuditAccessDrifted(RuntimeError):
    """The table that says who sees which audit differs from its rule."""


@nightly("findings.access")
def check_audit_access(at: datetime) -> None:
    """Raise the alarm when somebody sees more or fewer audits than the rule gives."""
    found = audit_drift()
    if found:
        raise AuditAccessDrifted(str(found))


class GrantsDrifted(RuntimeError):
    """The table that says whom a share reaches differs from its rule."""


@nightly("findings.grants")
def check_grants(at: datetime) -> None:
    """Raise the alarm when a share reaches more or fewer people than the rule gives."""
    found = grant_drift()
    if found:
        raise GrantsDrifted(str(found))


class StandingDrifted(RuntimeError):
    """The counts of sites or suppliers differ from the rows they count."""


@nightly("findings.standing")
def check_standing(at: datetime) -> None:
    """Raise the alarm when a count is not what its rule gives."""
    found = [one for one in standing_drift() if one]
    if found:
        raise StandingDrifted(", ".join(map(str, found)))
