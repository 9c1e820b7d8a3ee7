"""States and legal moves of schemes' editions, memberships and assessments."""

from enum import StrEnum

from ledger.lifecycles import Lifecycle


class EditionState(StrEnum):
    """An edition in force is followed by the next; neither ever changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


EDITION = Lifecycle(
    name="edition",
    initial=EditionState.DRAFT,
    moves={
        EditionState.DRAFT: frozenset({EditionState.PUBLISHED}),
        EditionState.PUBLISHED: frozenset({EditionState.RETIRED}),
        EditionState.RETIRED: frozenset(),
    },
)


class MembershipState(StrEnum):
    """How an organisation stands with a scheme; every step but leaving follows from a decision."""

    APPLIED = "applied"
    IMPROVING = "improving"
    MEMBER = "member"
    ON_NOTICE = "on_notice"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


# An appeal that is upheld takes back what the decision did: that is the way back from improving, notice and removal.
MEMBERSHIP = Lifecycle(
    name="membership of a scheme",
    initial=MembershipState.APPLIED,
    moves={
        MembershipState.APPLIED: frozenset(
            {MembershipState.IMPROVING, MembershipState.MEMBER, MembershipState.WITHDRAWN}
        ),
        MembershipState.IMPROVING: frozenset(
            {
                MembershipState.MEMBER,
                MembershipState.REMOVED,
                MembershipState.WITHDRAWN,
                MembershipState.APPLIED,
            }
        ),
        MembershipState.MEMBER: frozenset({MembershipState.ON_NOTICE, MembershipState.WITHDRAWN}),
        MembershipState.ON_NOTICE: frozenset(
            {MembershipState.MEMBER, MembershipState.REMOVED, MembershipState.WITHDRAWN}
        ),
        MembershipState.REMOVED: frozenset({MembershipState.IMPROVING, MembershipState.ON_NOTICE}),
        MembershipState.WITHDRAWN: frozenset(),
    },
)
OPEN_MEMBERSHIPS = (
    MembershipState.APPLIED,
    MembershipState.IMPROVING,
    MembershipState.MEMBER,
    MembershipState.ON_NOTICE,
)
MEMBERS = (MembershipState.MEMBER, MembershipState.ON_NOTICE)


class AssessmentState(StrEnum):
    """One scoring: the member answers, assessors score, a second person decides."""

    ANSWERING = "answering"
    SUBMITTED = "submitted"
    IN_ASSESSMENT = "in_assessment"
    CLARIFICATION = "clarification"
    PROPOSED = "proposed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


ASSESSMENT = Lifecycle(
    name="assessment",
    initial=AssessmentState.ANSWERING,
    moves={
        AssessmentState.ANSWERING: frozenset({AssessmentState.SUBMITTED, AssessmentState.WITHDRAWN}),
        AssessmentState.SUBMITTED: frozenset({AssessmentState.IN_ASSESSMENT, AssessmentState.WITHDRAWN}),
        AssessmentState.IN_ASSESSMENT: frozenset(
            {AssessmentState.CLARIFICATION, AssessmentState.PROPOSED, AssessmentState.WITHDRAWN}
        ),
        AssessmentState.CLARIFICATION: frozenset({AssessmentState.IN_ASSESSMENT, AssessmentState.WITHDRAWN}),
        # Back to work, when whoever decides is not convinced.
        AssessmentState.PROPOSED: frozenset(
            {AssessmentState.IN_ASSESSMENT, AssessmentState.DECIDED, AssessmentState.WITHDRAWN}
        ),
        AssessmentState.DECIDED: frozenset(),
        AssessmentState.WITHDRAWN: frozenset(),
    },
)
CLOSED_ASSESSMENTS = (AssessmentState.DECIDED, AssessmentState.WITHDRAWN)


class Outcome(StrEnum):
    """What a decision says; `schemes.queries.decision` tells which may follow from what."""

    AWARD = "award"
    IMPROVE = "improve"
    CONTINUE = "continue"
    MOVE_UP = "move_up"
    NOTICE = "notice"
    DOWN = "down"
    REMOVE = "remove"
    UPHOLD_APPEAL = "uphold_appeal"


class AppealState(StrEnum):
    """A member may contest any decision; somebody who had no part in it answers."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


APPEAL = Lifecycle(
    name="appeal",
    initial=AppealState.OPEN,
    moves={
        AppealState.OPEN: frozenset({AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN}),
        AppealState.UPHELD: frozenset(),
        AppealState.REJECTED: frozenset(),
        AppealState.WITHDRAWN: frozenset(),
    },
)


class ContributionState(StrEnum):
    """What the public sends to the company tracker: nothing of it shows before a person has looked."""

    HELD = "held"
    SHOWN = "shown"
    DECLINED = "declined"


CONTRIBUTION = Lifecycle(
    name="contribution",
    initial=ContributionState.HELD,
    moves={
        ContributionState.HELD: frozenset({ContributionState.SHOWN, ContributionState.DECLINED}),
        ContributionState.SHOWN: frozenset(),
        ContributionState.DECLINED: frozenset(),
    },
)


class RatingState(StrEnum):
    """Two people rate, agree, the initiative has its say, and only then it is published; never changed after."""

    SCORING = "scoring"
    COMPARING = "comparing"
    WITH_INITIATIVE = "with_initiative"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


RATING = Lifecycle(
    name="rating",
    initial=RatingState.SCORING,
    moves={
        RatingState.SCORING: frozenset({RatingState.COMPARING, RatingState.WITHDRAWN}),
        RatingState.COMPARING: frozenset({RatingState.WITH_INITIATIVE, RatingState.WITHDRAWN}),
        RatingState.WITH_INITIATIVE: frozenset(
            {RatingState.COMPARING, RatingState.PUBLISHED, RatingState.WITHDRAWN}
        ),
        RatingState.PUBLISHED: frozenset(),
        RatingState.WITHDRAWN: frozenset(),
    },
)
