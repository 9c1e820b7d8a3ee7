"""Groups, what they talk and decide about, and events: shapes and invariants."""

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
from forum.models.charter import Charter
from forum.models.competition import CompetitionNotice, NoticeAcceptance
from forum.models.event import Event, EventGuest, Joining
from forum.models.group import (
    EntryRule,
    Group,
    GroupAccess,
    GroupKind,
    InsideQuerySet,
    SignedInside,
    Stage,
)
from forum.models.material import EventMessage, Material
from forum.models.moderation import ModerationStep, PostReport
from forum.models.news import NewsChoice, Rhythm
from forum.models.participant import LeadSide, Participant, ParticipantRole
from forum.models.post import Mention, Post, PostFile, PostVersion, Reaction, ReactionKind
from forum.models.registration import EventPlace, Registration
from forum.models.seat import Constituency, Place, Seat, SeatHolding
from forum.models.series import EventTag, Series
from forum.models.thread import Attention, GroupListening, Thread, ThreadReading
from forum.models.update import Body, BodyFigure, BodyFollower, BodyUpdate, BodyUpdateVersion

__all__ = [
    "ABSTAIN",
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
    "Charter",
    "CompetitionNotice",
    "Constituency",
    "EntryRule",
    "Event",
    "EventGuest",
    "EventMessage",
    "EventPlace",
    "EventTag",
    "Group",
    "GroupAccess",
    "GroupKind",
    "GroupListening",
    "InsideQuerySet",
    "Joining",
    "LeadSide",
    "Majority",
    "Material",
    "Mention",
    "ModerationStep",
    "NewsChoice",
    "NoticeAcceptance",
    "Participant",
    "ParticipantRole",
    "Place",
    "Post",
    "PostFile",
    "PostReport",
    "PostVersion",
    "QuorumUnit",
    "Reaction",
    "ReactionKind",
    "Registration",
    "Rhythm",
    "Seat",
    "SeatHolding",
    "Series",
    "SignedInside",
    "Stage",
    "Thread",
    "ThreadReading",
]
