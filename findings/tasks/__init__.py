"""What this app does when something falls due; one module per noun, all of them loaded at start."""

from findings.tasks import access, corrective, incident, plan, review, share, together

__all__ = ["access", "corrective", "incident", "plan", "review", "share", "together"]
