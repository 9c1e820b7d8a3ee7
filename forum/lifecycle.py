"""States of groups, of their work and of events, and the legal moves between them."""

from enum import StrEnum

from ledger.lifecycles import Lifecycle


# ---------------------------------------------------------------- groups
class GroupState(StrEnum):
    """A closed group is read only; it may be opened again."""

    ACTIVE = "active"
    CLOSED = "closed"


GROUP = Lifecycle(
    name="group",
    initial=GroupState.ACTIVE,
    moves={
        GroupState.ACTIVE: frozenset({GroupState.CLOSED}),
        GroupState.CLOSED: frozenset({GroupState.ACTIVE}),
    },
)


class ParticipantState(StrEnum):
    """Asked by the person, or invited by a co-lead; whoever is active stays so until it ends, once."""

    ASKED = "asked"
    INVITED = "invited"
    ACTIVE = "active"
    DECLINED = "declined"
    ENDED = "ended"


_ANSWERED = frozenset({ParticipantState.ACTIVE, ParticipantState.DECLINED, ParticipantState.ENDED})
PARTICIPANT = Lifecycle(
    name="participant",
    initial=ParticipantState.ASKED,
    moves={
        ParticipantState.ASKED: _ANSWERED,
        ParticipantState.INVITED: _ANSWERED,
        ParticipantState.ACTIVE: frozenset({ParticipantState.ENDED}),
        ParticipantState.DECLINED: frozenset(),
        ParticipantState.ENDED: frozenset(),
    },
)


class CharterState(StrEnum):
    """What is adopted never changes; the newest adopted one is in force."""

    DRAFT = "draft"
    ADOPTED = "adopted"


CHARTER = Lifecycle(
    name="charter",
    initial=CharterState.DRAFT,
    moves={
        CharterState.DRAFT: frozenset({CharterState.ADOPTED}),
        CharterState.ADOPTED: frozenset(),
    },
)


# ---------------------------------------------------------------- updates of outside bodies
class UpdateState(StrEnum):
    """A draft is the body's own; what is published stays, corrected by versions, until it is withdrawn."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


UPDATE = Lifecycle(
    name="update of a body",
    initial=UpdateState.DRAFT,
    moves={
        UpdateState.DRAFT: frozenset({UpdateState.PUBLISHED, UpdateState.WITHDRAWN}),
        UpdateState.PUBLISHED: frozenset({UpdateState.WITHDRAWN}),
        UpdateState.WITHDRAWN: frozenset(),
    },
)


# ---------------------------------------------------------------- work
class BallotState(StrEnum):
    """Called until it is closed, which time does and nobody else; or withdrawn before that, and never counted."""

    CALLED = "called"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


BALLOT = Lifecycle(
    name="ballot",
    initial=BallotState.CALLED,
    moves={
        BallotState.CALLED: frozenset({BallotState.CLOSED, BallotState.WITHDRAWN}),
        BallotState.CLOSED: frozenset(),
        BallotState.WITHDRAWN: frozenset(),
    },
)


# ---------------------------------------------------------------- discussion
class PostState(StrEnum):
    """A co-lead hides a post and may show it again; its author deletes it, for good."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    DELETED = "deleted"


POST = Lifecycle(
    name="post",
    initial=PostState.SHOWN,
    moves={
        PostState.SHOWN: frozenset({PostState.HIDDEN, PostState.DELETED}),
        PostState.HIDDEN: frozenset({PostState.SHOWN, PostState.DELETED}),
        PostState.DELETED: frozenset(),
    },
)


class ReportState(StrEnum):
    """A co-lead hides the reported post, or lets it stand."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


POST_REPORT = Lifecycle(
    name="report of a post",
    initial=ReportState.OPEN,
    moves={
        ReportState.OPEN: frozenset({ReportState.UPHELD, ReportState.DISMISSED}),
        ReportState.UPHELD: frozenset(),
        ReportState.DISMISSED: frozenset(),
    },
)


# ---------------------------------------------------------------- events
class SeriesState(StrEnum):
    """A series is prepared by its organiser, then read by everyone signed in."""

    DRAFT = "draft"
    PUBLISHED = "published"


SERIES = Lifecycle(
    name="series",
    initial=SeriesState.DRAFT,
    moves={SeriesState.DRAFT: frozenset({SeriesState.PUBLISHED}), SeriesState.PUBLISHED: frozenset()},
)


class EventState(StrEnum):
    """Published events take registrations; closed ones do not any more, but their waiting list goes on."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    HELD = "held"
    CANCELLED = "cancelled"


TAKES_PLACE = frozenset({EventState.PUBLISHED, EventState.CLOSED})
EVENT = Lifecycle(
    name="event",
    initial=EventState.DRAFT,
    moves={
        EventState.DRAFT: frozenset({EventState.PUBLISHED, EventState.CANCELLED}),
        EventState.PUBLISHED: frozenset({EventState.CLOSED, EventState.HELD, EventState.CANCELLED}),
        EventState.CLOSED: frozenset({EventState.PUBLISHED, EventState.HELD, EventState.CANCELLED}),
        EventState.HELD: frozenset(),
        EventState.CANCELLED: frozenset(),
    },
)


class RegistrationState(StrEnum):
    """An offer counts as a place held, so that nobody else can have it while it lasts."""

    WAITING = "waiting"
    OFFERED = "offered"
    PLACED = "placed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


HOLDING = frozenset({RegistrationState.OFFERED, RegistrationState.PLACED})
OPEN_REGISTRATIONS = HOLDING | {RegistrationState.WAITING}
REGISTRATION = Lifecycle(
    name="registration",
    initial=RegistrationState.WAITING,
    moves={
        RegistrationState.WAITING: frozenset({RegistrationState.OFFERED, RegistrationState.CANCELLED}),
        RegistrationState.OFFERED: frozenset(
            {
                RegistrationState.PLACED,
                RegistrationState.DECLINED,
                RegistrationState.EXPIRED,
                RegistrationState.CANCELLED,
            }
        ),
        RegistrationState.PLACED: frozenset({RegistrationState.CANCELLED}),
        RegistrationState.DECLINED: frozenset(),
        RegistrationState.EXPIRED: frozenset(),
        RegistrationState.CANCELLED: frozenset(),
    },
)


# ---------------------------------------------------------------- meetings
class MeetingState(StrEnum):
    """A meeting was held or called off; neither is undone."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


MEETING = Lifecycle(
    name="meeting",
    initial=MeetingState.PLANNED,
    moves={
        MeetingState.PLANNED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
        MeetingState.HELD: frozenset(),
        MeetingState.CANCELLED: frozenset(),
    },
)


class MinutesState(StrEnum):
    """Written together, put to the group, agreed, given out; what is agreed never changes."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"


MINUTES = Lifecycle(
    name="minutes",
    initial=MinutesState.DRAFT,
    moves={
        MinutesState.DRAFT: frozenset({MinutesState.PROPOSED}),
        MinutesState.PROPOSED: frozenset({MinutesState.DRAFT, MinutesState.APPROVED}),
        MinutesState.APPROVED: frozenset({MinutesState.PUBLISHED}),
        MinutesState.PUBLISHED: frozenset(),
    },
)


# ---------------------------------------------------------------- more work
class ProjectState(StrEnum):
    """Planned, under way, and in the end done or stopped; what was stopped may be taken up again."""

    PLANNED = "planned"
    ACTIVE = "active"
    DONE = "done"
    STOPPED = "stopped"


PROJECT = Lifecycle(
    name="project",
    initial=ProjectState.PLANNED,
    moves={
        ProjectState.PLANNED: frozenset({ProjectState.ACTIVE, ProjectState.STOPPED}),
        ProjectState.ACTIVE: frozenset({ProjectState.DONE, ProjectState.STOPPED}),
        ProjectState.DONE: frozenset(),
        ProjectState.STOPPED: frozenset({ProjectState.ACTIVE}),
    },
)


class MilestoneState(StrEnum):
    """Ahead of us, reached, or given up."""

    OPEN = "open"
    REACHED = "reached"
    DROPPED = "dropped"


MILESTONE = Lifecycle(
    name="milestone",
    initial=MilestoneState.OPEN,
    moves={
        MilestoneState.OPEN: frozenset({MilestoneState.REACHED, MilestoneState.DROPPED}),
        MilestoneState.REACHED: frozenset({MilestoneState.OPEN}),
        MilestoneState.DROPPED: frozenset({MilestoneState.OPEN}),
    },
)


class ActionItemState(StrEnum):
    """Somebody's to do until it is done or no longer wanted."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


ACTION_ITEM = Lifecycle(
    name="action item",
    initial=ActionItemState.OPEN,
    moves={
        ActionItemState.OPEN: frozenset({ActionItemState.DONE, ActionItemState.CANCELLED}),
        ActionItemState.DONE: frozenset(),
        ActionItemState.CANCELLED: frozenset(),
    },
)


class DecisionState(StrEnum):
    """Proposed until nobody objects; objected to, it is resolved once every objection has its answer."""

    PROPOSED = "proposed"
    CONSENSUS = "consensus"
    OBJECTED = "objected"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


DECISION = Lifecycle(
    name="decision",
    initial=DecisionState.PROPOSED,
    moves={
        DecisionState.PROPOSED: frozenset(
            {DecisionState.CONSENSUS, DecisionState.OBJECTED, DecisionState.WITHDRAWN}
        ),
        DecisionState.CONSENSUS: frozenset(),
        DecisionState.OBJECTED: frozenset({DecisionState.RESOLVED, DecisionState.WITHDRAWN}),
        DecisionState.RESOLVED: frozenset(),
        DecisionState.WITHDRAWN: frozenset(),
    },
)


class IssueState(StrEnum):
    """An issue stands from meeting to meeting until it is closed; it may come up again."""

    OPEN = "open"
    CLOSED = "closed"


ISSUE = Lifecycle(
    name="issue",
    initial=IssueState.OPEN,
    moves={
        IssueState.OPEN: frozenset({IssueState.CLOSED}),
        IssueState.CLOSED: frozenset({IssueState.OPEN}),
    },
)


class FeedbackState(StrEnum):
    """Prepared by co-leads, open to other groups, and finished with a summary; or withdrawn before that."""

    DRAFT = "draft"
    OPEN = "open"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


FEEDBACK = Lifecycle(
    name="feedback round",
    initial=FeedbackState.DRAFT,
    moves={
        FeedbackState.DRAFT: frozenset({FeedbackState.OPEN, FeedbackState.WITHDRAWN}),
        FeedbackState.OPEN: frozenset({FeedbackState.FINISHED, FeedbackState.WITHDRAWN}),
        FeedbackState.FINISHED: frozenset(),
        FeedbackState.WITHDRAWN: frozenset(),
    },
)


# ---------------------------------------------------------------- consultations
class RoundState(StrEnum):
    """Drafted, announced for a later hour, open for comments, closed, and answered comment by comment."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    ANSWERED = "answered"


BEGUN_ROUNDS = frozenset({RoundState.OPEN, RoundState.CLOSED, RoundState.ANSWERED})
CONSULTATION_ROUND = Lifecycle(
    name="round of a consultation",
    initial=RoundState.DRAFT,
    moves={
        RoundState.DRAFT: frozenset({RoundState.PLANNED, RoundState.OPEN}),
        RoundState.PLANNED: frozenset({RoundState.DRAFT, RoundState.OPEN}),
        RoundState.OPEN: frozenset({RoundState.CLOSED}),
        RoundState.CLOSED: frozenset({RoundState.ANSWERED}),
        RoundState.ANSWERED: frozenset(),
    },
)


class CommentState(StrEnum):
    """Waiting until its address is confirmed; then shown, unless a co-lead hides it."""

    WAITING = "waiting"
    SHOWN = "shown"
    HIDDEN = "hidden"


CONSULTATION_COMMENT = Lifecycle(
    name="comment on a consultation",
    initial=CommentState.WAITING,
    moves={
        CommentState.WAITING: frozenset({CommentState.SHOWN}),
        CommentState.SHOWN: frozenset({CommentState.HIDDEN}),
        CommentState.HIDDEN: frozenset({CommentState.SHOWN}),
    },
)
