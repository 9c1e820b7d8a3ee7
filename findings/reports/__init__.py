"""Papers of this app; one module per kind, all of them loaded at start."""

from findings.reports import plan

__all__ = ["plan"]
