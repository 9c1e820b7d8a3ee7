"""Papers of this app; one module per kind, all of them loaded at start."""

from findings.reports import incident, plan, table

__all__ = ["incident", "plan", "table"]
