"""Shape and invariants of audits, findings and action plans."""

from findings.models.audit import Audit, AuditAccess, Auditor
from findings.models.audit_import import AuditImport
from findings.models.call import Call, CallStep
from findings.models.commitment import Commitment, CommitmentStep, CommitmentVersion
from findings.models.content import Action, Ask, PlanContent
from findings.models.corrective import CorrectiveAction, CorrectiveActionDraft, Verification
from findings.models.entry import FindingDraft
from findings.models.evidence import EvidenceRequest, EvidenceUse
from findings.models.extension import Extension, ExtensionAnswer
from findings.models.finding import Finding, Reassessment
from findings.models.follow_up import FollowUpItem
from findings.models.incident import Incident, IncidentAccess, IncidentMember, IncidentRead, IncidentSide
from findings.models.incident_work import IncidentDemand, IncidentReport, IncidentStep, IncidentTask
from findings.models.introduction import Introduced, Introduction, IntroductionAnswer, IntroductionAsk
from findings.models.management import ManagementElement, ManagementGrade, ManagementRating
from findings.models.methodology import (
    ClosurePolicy,
    ClosurePolicyChange,
    ManagementSystems,
    MethodologyVersion,
    Section,
    WorkplaceRequirement,
)
from findings.models.photo import Photo
from findings.models.plan import ActionPlan, PlanDraft, PlanResponse, PlanUpdate, PlanVersion, Understanding
from findings.models.position import Position, PositionVersion
from findings.models.refunds import RefundGroup, RefundPayment
from findings.models.review import ReviewPolicy, SiteReply
from findings.models.revision import AuditRevision
from findings.models.rhythm import RhythmAnswer, RhythmRequest
from findings.models.saved_view import SavedView, Subscription
from findings.models.share import AuditGrant, Share
from findings.models.standing import SiteStanding, Standing
from findings.models.table_export import TableExport
from findings.models.translation import Translation
from findings.models.variance import Variance, VarianceReply
from findings.models.wages import WageGroup, WageReview

__all__ = [
    "Action",
    "ActionPlan",
    "Ask",
    "Audit",
    "AuditAccess",
    "AuditGrant",
    "AuditImport",
    "AuditRevision",
    "Auditor",
    "Call",
    "CallStep",
    "ClosurePolicy",
    "ClosurePolicyChange",
    "Commitment",
    "CommitmentStep",
    "CommitmentVersion",
    "CorrectiveAction",
    "CorrectiveActionDraft",
    "EvidenceRequest",
    "EvidenceUse",
    "Extension",
    "ExtensionAnswer",
    "Finding",
    "FindingDraft",
    "FollowUpItem",
    "Incident",
    "IncidentAccess",
    "IncidentDemand",
    "IncidentMember",
    "IncidentRead",
    "IncidentReport",
    "IncidentSide",
    "IncidentStep",
    "IncidentTask",
    "Introduced",
    "Introduction",
    "IntroductionAnswer",
    "IntroductionAsk",
    "ManagementElement",
    "ManagementGrade",
    "ManagementRating",
    "ManagementSystems",
    "MethodologyVersion",
    "Photo",
    "PlanContent",
    "PlanDraft",
    "PlanResponse",
    "PlanUpdate",
    "PlanVersion",
    "Position",
    "PositionVersion",
    "Reassessment",
    "RefundGroup",
    "RefundPayment",
    "ReviewPolicy",
    "RhythmAnswer",
    "RhythmRequest",
    "SavedView",
    "Section",
    "Share",
    "SiteReply",
    "SiteStanding",
    "Standing",
    "Subscription",
    "TableExport",
    "Translation",
    "Understanding",
    "Variance",
    "VarianceReply",
    "Verification",
    "WageGroup",
    "WageReview",
    "WorkplaceRequirement",
]
