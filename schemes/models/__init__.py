"""Schemes: editions and what is assessed by them."""

from schemes.models.answer import Answer
from schemes.models.appeal import Appeal
from schemes.models.assessment import Assessment, Assignment, Declaration, Proposal
from schemes.models.certificate import Certificate, CertificateStatus, RegisterEntry
from schemes.models.clarification import Clarification
from schemes.models.decision import Decision, ImprovementItem, ImprovementNotice
from schemes.models.definition import Criterion, Edition, Level, Scheme, Shape, Subject
from schemes.models.evidence import EvidenceUse
from schemes.models.initiative import (
    Initiative,
)
from schemes.models.membership import SchemeMembership
from schemes.models.rating import (
    Citation,
    IndicatorScore,
    Rating,
    RatingReply,
)
from schemes.models.score import Score, ScoreVersion
from schemes.models.tracker import (
    CompanyReply,
    Contribution,
    ContributionSender,
    Issue,
    StepRecord,
    TrackedCompany,
    Tracking,
)

__all__ = [
    "Answer",
    "Appeal",
    "Assessment",
    "Assignment",
    "Certificate",
    "CertificateStatus",
    "Citation",
    "Clarification",
    "CompanyReply",
    "Contribution",
    "ContributionSender",
    "Criterion",
    "Decision",
    "Declaration",
    "Edition",
    "EvidenceUse",
    "ImprovementItem",
    "ImprovementNotice",
    "IndicatorScore",
    "Initiative",
    "Issue",
    "Level",
    "Proposal",
    "Rating",
    "RatingReply",
    "RegisterEntry",
    "Scheme",
    "SchemeMembership",
    "Score",
    "ScoreVersion",
    "Shape",
    "StepRecord",
    "Subject",
    "TrackedCompany",
    "Tracking",
]
