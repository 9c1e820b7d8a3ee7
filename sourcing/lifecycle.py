"""States and legal moves of trade links, engagements and imports."""

from enum import StrEnum

from ledger.lifecycles import Lifecycle


class LinkState(StrEnum):
    """A trade link is proposed by either side, accepted by the other, and can be ended by both."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


LINK = Lifecycle(
    name="trade link",
    initial=LinkState.PROPOSED,
    moves={
        LinkState.PROPOSED: frozenset({LinkState.ACCEPTED, LinkState.DECLINED, LinkState.WITHDRAWN}),
        LinkState.ACCEPTED: frozenset({LinkState.ENDED}),
        LinkState.DECLINED: frozenset(),
        LinkState.WITHDRAWN: frozenset(),
        LinkState.ENDED: frozenset(),
    },
)


class EngagementState(StrEnum):
    """An audit firm is asked to audit a site; it accepts or declines, and the engagement ends."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    DECLINED = "declined"
    ENDED = "ended"


ENGAGEMENT = Lifecycle(
    name="engagement",
    initial=EngagementState.PROPOSED,
    moves={
        EngagementState.PROPOSED: frozenset(
            {EngagementState.ACTIVE, EngagementState.DECLINED, EngagementState.ENDED}
        ),
        EngagementState.ACTIVE: frozenset({EngagementState.ENDED}),
        EngagementState.DECLINED: frozenset(),
        EngagementState.ENDED: frozenset(),
    },
)


class ImportState(StrEnum):
    """An uploaded list is read, looked through by a person, and applied as a whole."""

    UPLOADED = "uploaded"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    APPLIED = "applied"
    REFUSED = "refused"
    DISCARDED = "discarded"


IMPORT = Lifecycle(
    name="import",
    initial=ImportState.UPLOADED,
    moves={
        ImportState.UPLOADED: frozenset({ImportState.PREVIEWED, ImportState.REFUSED}),
        ImportState.PREVIEWED: frozenset({ImportState.APPLYING, ImportState.DISCARDED}),
        ImportState.APPLYING: frozenset({ImportState.APPLIED, ImportState.PREVIEWED}),
        ImportState.APPLIED: frozenset(),
        ImportState.REFUSED: frozenset(),
        ImportState.DISCARDED: frozenset(),
    },
)
