"""Who is told, in which words; one module per noun, all of them loaded at start."""

from findings.notices import audit, plan, share

__all__ = ["audit", "plan", "share"]
