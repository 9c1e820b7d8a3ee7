"""Who may do what with audits, findings and action plans; one module per noun."""

from findings.permissions.audit import can_enter_findings, can_open_audit, can_open_audits, can_work_on_audit
from findings.permissions.plan import can_respond, can_share_plan, can_understand, can_update_plan
from findings.permissions.share import can_end_share, can_share_outside

__all__ = [
    "can_end_share",
    "can_enter_findings",
    "can_open_audit",
    "can_open_audits",
    "can_respond",
    "can_share_outside",
    "can_share_plan",
    "can_understand",
    "can_update_plan",
    "can_work_on_audit",
]
