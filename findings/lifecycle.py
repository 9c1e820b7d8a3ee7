"""States and legal moves of audits, non-compliances and collaborative action required findings (CARs)."""

from enum import StrEnum

from ledger.lifecycles import Lifecycle


class AuditState(StrEnum):
    """Publication is the audit firm's deliberate act; a published audit never changes."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


AUDIT = Lifecycle(
    name="audit",
    initial=AuditState.SCHEDULED,
    moves={
        AuditState.SCHEDULED: frozenset({AuditState.IN_PROGRESS}),
        AuditState.IN_PROGRESS: frozenset({AuditState.SUBMITTED}),
        AuditState.SUBMITTED: frozenset({AuditState.IN_PROGRESS, AuditState.PUBLISHED}),
        AuditState.PUBLISHED: frozenset({AuditState.SUPERSEDED}),
        AuditState.SUPERSEDED: frozenset(),
    },
)


class FindingState(StrEnum):
    """One column for all kinds; a database constraint says which kind may be in which state."""

    OPEN = "open"
    ACTION_SUBMITTED = "action_submitted"
    VERIFIED_CLOSED = "verified_closed"
    SUPERSEDED = "superseded"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    RECORDED = "recorded"


NON_COMPLIANCE = Lifecycle(
    name="non-compliance",
    initial=FindingState.OPEN,
    moves={
        # Withdrawn by a revision: the audit firm found that it should never have been raised.
        FindingState.OPEN: frozenset(
            {FindingState.ACTION_SUBMITTED, FindingState.SUPERSEDED, FindingState.WITHDRAWN}
        ),
        FindingState.ACTION_SUBMITTED: frozenset(
            {
                FindingState.VERIFIED_CLOSED,
                FindingState.OPEN,
                FindingState.SUPERSEDED,
                FindingState.WITHDRAWN,
            }
        ),
        FindingState.VERIFIED_CLOSED: frozenset(),
        FindingState.SUPERSEDED: frozenset(),
        FindingState.WITHDRAWN: frozenset(),
    },
)

# A plan uploaded after publication is the only way from open to in progress; only a later periodic audit closes.
# Nobody closes a CAR by hand, auditors included.
CAR = Lifecycle(
    name="collaborative action required",
    initial=FindingState.OPEN,
    moves={
        FindingState.OPEN: frozenset({FindingState.IN_PROGRESS, FindingState.CLOSED}),
        FindingState.IN_PROGRESS: frozenset({FindingState.CLOSED}),
        FindingState.CLOSED: frozenset(),
    },
)


class RequestState(StrEnum):
    """Evidence is asked for; the site answers by attaching some or by saying why not; the asker may take it back."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


EVIDENCE_REQUEST = Lifecycle(
    name="request for evidence",
    initial=RequestState.OPEN,
    moves={
        RequestState.OPEN: frozenset({RequestState.ANSWERED, RequestState.DECLINED, RequestState.WITHDRAWN}),
        RequestState.ANSWERED: frozenset(),
        RequestState.DECLINED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
    },
)


class VarianceState(StrEnum):
    """Where a site falls short of one buyer's own code: between the two of them."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


VARIANCE = Lifecycle(
    name="variance",
    initial=VarianceState.OPEN,
    moves={
        VarianceState.OPEN: frozenset({VarianceState.ANSWERED, VarianceState.CLOSED}),
        VarianceState.ANSWERED: frozenset({VarianceState.OPEN, VarianceState.CLOSED}),
        VarianceState.CLOSED: frozenset(),
    },
)


class CallState(StrEnum):
    """A call of one customer with the supplier: whoever was asked last answers."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


CALL = Lifecycle(
    name="call",
    initial=CallState.PROPOSED,
    moves={
        CallState.PROPOSED: frozenset(
            {CallState.PROPOSED, CallState.AGREED, CallState.DECLINED, CallState.CANCELLED}
        ),
        CallState.AGREED: frozenset({CallState.PROPOSED, CallState.CANCELLED}),
        CallState.DECLINED: frozenset(),
        CallState.CANCELLED: frozenset(),
    },
)


class CommitmentState(StrEnum):
    """What a customer commits: a new version asks the supplier anew whether it was received."""

    OFFERED = "offered"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


COMMITMENT = Lifecycle(
    name="commitment",
    initial=CommitmentState.OFFERED,
    moves={
        CommitmentState.OFFERED: frozenset({CommitmentState.CONFIRMED, CommitmentState.WITHDRAWN}),
        CommitmentState.CONFIRMED: frozenset({CommitmentState.OFFERED, CommitmentState.WITHDRAWN}),
        CommitmentState.WITHDRAWN: frozenset(),
    },
)


class PositionState(StrEnum):
    """A standing position holds until its date or until it is withdrawn."""

    STATED = "stated"
    WITHDRAWN = "withdrawn"


POSITION = Lifecycle(
    name="standing position",
    initial=PositionState.STATED,
    moves={PositionState.STATED: frozenset({PositionState.WITHDRAWN}), PositionState.WITHDRAWN: frozenset()},
)


class IntroductionState(StrEnum):
    """A round of introduction: customers are asked, then it is made or it ends without one."""

    ASKING = "asking"
    MADE = "made"
    ENDED = "ended"


INTRODUCTION = Lifecycle(
    name="introduction",
    initial=IntroductionState.ASKING,
    moves={
        IntroductionState.ASKING: frozenset({IntroductionState.MADE, IntroductionState.ENDED}),
        IntroductionState.MADE: frozenset(),
        IntroductionState.ENDED: frozenset(),
    },
)


class IncidentState(StrEnum):
    """A case is reported, acted on, closed with a report, and opened again when it was not over."""

    REPORTED = "reported"
    ACTING = "acting"
    CLOSED = "closed"


INCIDENT = Lifecycle(
    name="case",
    initial=IncidentState.REPORTED,
    moves={
        IncidentState.REPORTED: frozenset({IncidentState.ACTING, IncidentState.CLOSED}),
        IncidentState.ACTING: frozenset({IncidentState.CLOSED}),
        IncidentState.CLOSED: frozenset({IncidentState.ACTING}),
    },
)


class ReplyState(StrEnum):
    """A comment is said; a dispute waits for the audit firm's answer, or is taken back by the site."""

    SAID = "said"
    OPEN = "open"
    ACCEPTED = "accepted"
    KEPT = "kept"
    TAKEN_BACK = "taken_back"


# It runs beside the finding: whatever becomes of a dispute, it closes nothing.
DISPUTE = Lifecycle(
    name="dispute",
    initial=ReplyState.OPEN,
    moves={
        ReplyState.OPEN: frozenset({ReplyState.ACCEPTED, ReplyState.KEPT, ReplyState.TAKEN_BACK}),
        ReplyState.ACCEPTED: frozenset(),
        ReplyState.KEPT: frozenset(),
        ReplyState.TAKEN_BACK: frozenset(),
    },
)
