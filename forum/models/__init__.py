"""Groups, what they talk and decide about, and events: shapes and invariants."""

from forum.models.auditor import AuditorEntry, AuditorList, AuditorStatus
from forum.models.charter import Charter
from forum.models.competition import CompetitionNotice, NoticeAcceptance
from forum.models.group import (
    EntryRule,
    Group,
    GroupAccess,
    GroupKind,
    InsideQuerySet,
    SignedInside,
    Stage,
)
from forum.models.participant import LeadSide, Participant, ParticipantRole
from forum.models.seat import Constituency, Place, Seat, SeatHolding
from forum.models.update import Body, BodyFigure, BodyFollower, BodyUpdate, BodyUpdateVersion

__all__ = [
    "AuditorEntry",
    "AuditorList",
    "AuditorStatus",
    "Body",
    "BodyFigure",
    "BodyFollower",
    "BodyUpdate",
    "BodyUpdateVersion",
    "Charter",
    "CompetitionNotice",
    "Constituency",
    "EntryRule",
    "Group",
    "GroupAccess",
    "GroupKind",
    "InsideQuerySet",
    "LeadSide",
    "NoticeAcceptance",
    "Participant",
    "ParticipantRole",
    "Place",
    "Seat",
    "SeatHolding",
    "SignedInside",
    "Stage",
]
