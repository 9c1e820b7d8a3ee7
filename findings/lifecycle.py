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
    RECORDED = "recorded"


NON_COMPLIANCE = Lifecycle(
    name="non-compliance",
    initial=FindingState.OPEN,
    moves={
        FindingState.OPEN: frozenset({FindingState.ACTION_SUBMITTED, FindingState.SUPERSEDED}),
        FindingState.ACTION_SUBMITTED: frozenset(
            {FindingState.VERIFIED_CLOSED, FindingState.OPEN, FindingState.SUPERSEDED}
        ),
        FindingState.VERIFIED_CLOSED: frozenset(),
        FindingState.SUPERSEDED: frozenset(),
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
