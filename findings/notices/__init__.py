"""Who is told, in which words; one module per noun, all of them loaded at start."""

from findings.notices import audit, corrective, incident, methodology, plan, review, share, together, variance

__all__ = [
    "audit",
    "corrective",
    "incident",
    "methodology",
    "plan",
    "review",
    "share",
    "together",
    "variance",
]
