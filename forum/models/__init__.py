"""Groups, what they talk and decide about, and events: shapes and invariants."""

from forum.models.action_item import ActionItem
from forum.models.auditor import AuditorEntry, AuditorList, AuditorStatus
from forum.models.ballot import (
    ABSTAIN,
    Ballot,
    BallotHandover,
    BallotOutcome,
    BallotPaper,
    BallotTally,
    BallotVote,
    Majority,
    QuorumUnit,
)
from forum.models.calendar import CalendarLink
from forum.models.charter import Charter
from forum.models.competition import CompetitionNotice, NoticeAcceptance
from forum.models.consultation import (
    Consultation,
    ConsultationClause,
    ConsultationRound,
)
from forum.models.consultation_comment import (
    ConsultationComment,
    ConsultationContact,
    ConsultationHiding,
    ConsultationResponse,
    Verdict,
)
from forum.models.decision import Decision, Objection
from forum.models.event import Event, EventGuest, Joining
from forum.models.feedback import (
    FeedbackComment,
    FeedbackExcerpt,
    FeedbackOutcome,
    FeedbackProject,
    FeedbackRound,
)
from forum.models.group import (
    EntryRule,
    Group,
    GroupAccess,
    GroupKind,
    InsideQuerySet,
    SignedInside,
    Stage,
)
from forum.models.issue import Issue, IssueNote
from forum.models.material import EventMessage, Material
from forum.models.meeting import AgendaItem, Answer, Attendance, Meeting, Paper, Presence
from forum.models.minutes import LineKind, Minutes, MinutesLine, MinutesReply, MinutesSection, ReplyKind
from forum.models.moderation import ModerationStep, PostReport
from forum.models.news import NewsChoice, Rhythm
from forum.models.participant import LeadSide, Participant, ParticipantRole
from forum.models.post import Mention, Post, PostFile, PostVersion, Reaction, ReactionKind
from forum.models.project import SDGS, Milestone, Project, ProjectUpdate
from forum.models.registration import EventPlace, Registration
from forum.models.seat import Constituency, Place, Seat, SeatHolding
from forum.models.series import EventTag, Series
from forum.models.thread import Attention, GroupListening, Thread, ThreadReading
from forum.models.update import Body, BodyFigure, BodyFollower, BodyUpdate, BodyUpdateVersion

__all__ = [
    "ABSTAIN",
    "SDGS",
    "ActionItem",
    "AgendaItem",
    "Answer",
    "Attendance",
    "Attention",
    "AuditorEntry",
    "AuditorList",
    "AuditorStatus",
    "Ballot",
    "BallotHandover",
    "BallotOutcome",
    "BallotPaper",
    "BallotTally",
    "BallotVote",
    "Body",
    "BodyFigure",
    "BodyFollower",
    "BodyUpdate",
    "BodyUpdateVersion",
    "CalendarLink",
    "Charter",
    "CompetitionNotice",
    "Constituency",
    "Consultation",
    "ConsultationClause",
    "ConsultationComment",
    "ConsultationContact",
    "ConsultationHiding",
    "ConsultationResponse",
    "ConsultationRound",
    "Decision",
    "EntryRule",
    "Event",
    "EventGuest",
    "EventMessage",
    "EventPlace",
    "EventTag",
    "FeedbackComment",
    "FeedbackExcerpt",
    "FeedbackOutcome",
    "FeedbackProject",
    "FeedbackRound",
    "Group",
    "GroupAccess",
    "GroupKind",
    "GroupListening",
    "InsideQuerySet",
    "Issue",
    "IssueNote",
    "Joining",
    "LeadSide",
    "LineKind",
    "Majority",
    "Material",
    "Meeting",
    "Mention",
    "Milestone",
    "Minutes",
    "MinutesLine",
    "MinutesReply",
    "MinutesSection",
    "ModerationStep",
    "NewsChoice",
    "NoticeAcceptance",
    "Objection",
    "Paper",
    "Participant",
    "ParticipantRole",
    "Place",
    "Post",
    "PostFile",
    "PostReport",
    "PostVersion",
    "Presence",
    "Project",
    "ProjectUpdate",
    "QuorumUnit",
    "Reaction",
    "ReactionKind",
    "Registration",
    "ReplyKind",
    "Rhythm",
    "Seat",
    "SeatHolding",
    "Series",
    "SignedInside",
    "Stage",
    "Thread",
    "ThreadReading",
    "Verdict",
]
