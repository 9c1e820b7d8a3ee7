"""Shape and invariants of audits, findings and action plans."""

from findings.models.audit import Audit, AuditAccess, Auditor
from findings.models.content import Action, Ask, PlanContent
from findings.models.finding import Finding, Reassessment
from findings.models.methodology import ClosurePolicy, MethodologyVersion, Section, WorkplaceRequirement
from findings.models.plan import ActionPlan, PlanDraft, PlanResponse, PlanUpdate, PlanVersion, Understanding
from findings.models.share import AuditGrant, Share

__all__ = [
    "Action",
    "ActionPlan",
    "Ask",
    "Audit",
    "AuditAccess",
    "AuditGrant",
    "Auditor",
    "ClosurePolicy",
    "Finding",
    "MethodologyVersion",
    "PlanContent",
    "PlanDraft",
    "PlanResponse",
    "PlanUpdate",
    "PlanVersion",
    "Reassessment",
    "Section",
    "Share",
    "Understanding",
    "WorkplaceRequirement",
]
