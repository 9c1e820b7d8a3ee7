"""Who reads which row of schemes, assessments, ratings and the tracker by the row policies alone."""

from typing import Any

import pytest

from tests.visibility.bare import (
    ME,
    OTHER,
    OWN,
    PAST,
    SOMEBODY,
    THAT,
    THIS,
    Columns,
    Fact,
    Held,
    Rule,
    assert_shown,
    both,
    either,
    mine,
    own,
    policed,
    says,
    there,
)

pytestmark = pytest.mark.django_db
EITHER = (OWN, OTHER)
ASSESSED = Fact(
    "schemes_assessment",
    {"id": THIS, "member_id": OWN, "body_id": OTHER, "submitted_at": None, "decided_at": None},
)
EDITION = Fact("schemes_edition", {"id": THIS, "scheme_id": THIS, "state": "draft"})
SCHEME = Fact("schemes_scheme", {"id": THIS, "body_id": OWN, "is_public": False})
RATING = Fact("schemes_rating", {"id": THIS, "initiative_id": THIS, "body_id": OTHER, "state": "published"})
INITIATIVE = Fact("schemes_initiative", {"id": THIS, "organisation_id": OWN, "body_id": OTHER})
ISSUE = Fact("schemes_issue", {"id": THIS, "keeper_id": OTHER, "published_at": PAST})

OF_ASSESSMENTS: list[Held] = [
    (),
    *(
        (ASSESSED.but(**sides, **times),)
        for sides in ({}, {"member_id": OTHER, "body_id": OWN}, {"member_id": OTHER})
        for times in ({}, {"submitted_at": PAST}, {"decided_at": PAST}, {"submitted_at": PAST, "id": THAT})
    ),
    (ASSESSED.but(decided_at=PAST, id=THAT),),
]
OF_SCHEMES: list[Held] = [
    (),
    *((SCHEME.but(**row),) for row in ({}, {"body_id": OTHER, "is_public": True}, {"id": THAT})),
]
OF_EDITIONS: list[Held] = [
    *((EDITION.but(state=state), SCHEME) for state in ("draft", "in_force")),
    (EDITION.but(state="in_force", id=THAT),),
    *OF_SCHEMES,
]
OF_RATINGS: list[Held] = [
    (),
    *(
        (RATING.but(body_id=body, state=s),)
        for body in EITHER
        for s in ("scoring", "with_initiative", "published")
    ),
    (RATING.but(id=THAT),),
    *(
        (RATING.but(state="with_initiative"), INITIATIVE.but(**row))
        for row in (
            {},
            {"organisation_id": OTHER, "published_at": PAST},
            {"organisation_id": OTHER},
            {"id": THAT},
        )
    ),
]
OF_INITIATIVES: list[Held] = [
    (),
    *((INITIATIVE.but(**row),) for row in ({}, {"organisation_id": OTHER, "body_id": OWN}, {"id": THAT})),
]
OF_ISSUES: list[Held] = [
    (),
    (ISSUE,),
    (ISSUE.but(published_at=None),),
    (ISSUE.but(published_at=None, keeper_id=OWN),),
    (ISSUE.but(id=THAT),),
]


# ---------------------------------------------------------------- grounds
def once(column: str) -> Rule:
    """Say that the assessment, which is seen from either side, has come so far."""
    return there(
        "schemes_assessment",
        lambda fact, row: (
            fact["id"] == row["assessment_id"]
            and fact[column] is not None
            and OWN in {fact["member_id"], fact["body_id"]}
        ),
    )


EDITION_SHOWN = there(
    "schemes_edition", lambda fact, row: fact["id"] == row["edition_id"] and fact["state"] != "draft"
)


def edition(row: dict[str, Any], held: Held) -> bool:
    """Say that the edition shows: it is out, or its scheme is one's own."""
    is_own = SCHEME in held and EDITION in held and row["edition_id"] == THIS
    return EDITION_SHOWN(row, held) or is_own


def rating(row: dict[str, Any], held: Held, *states: str) -> bool:
    """Say that the rating shows: published, one's own, or sent to one's own initiative; in these states if any."""
    with_us = there(
        "schemes_initiative",
        lambda fact, one: (fact["id"], fact["organisation_id"]) == (one["initiative_id"], OWN),
    )
    return there(
        "schemes_rating",
        lambda fact, one: (
            fact["id"] == one["rating_id"]
            and (not states or fact["state"] in states)
            and (
                fact["state"] == "published"
                or fact["body_id"] == OWN
                or (fact["state"] == "with_initiative" and with_us(fact, held))
            )
        ),
    )(row, held)


PUBLISHED_ISSUE = there(
    "schemes_issue", lambda fact, row: fact["id"] == row["issue_id"] and fact["published_at"] is not None
)
SCORED: Rule = lambda row, held: rating(row, held, "with_initiative", "published")  # noqa: E731

# ---------------------------------------------------------------- columns
Spec = tuple[Columns, Rule, list[Held]]
SIDES: Columns = {"member_id": EITHER, "body_id": EITHER}
ASSESSMENT: Columns = SIDES | {"assessment_id": (THIS, THAT)}
BODY: Columns = {"body_id": EITHER}
KEEPER: Columns = {"keeper_id": EITHER}
PUBLIC: Columns = {"is_public": (True, False)}
PUBLISHED: Columns = {"published_at": (None, PAST)}
SUBMITTED = either(own("member_id"), both(own("body_id"), once("submitted_at")))
DECIDED = either(own("body_id"), both(own("member_id"), once("decided_at")))
OF_SIDES: Spec = (ASSESSMENT, own("member_id", "body_id"), OF_ASSESSMENTS)
NONE: list[Held] = [()]
READS: dict[str, Spec] = {
    "schemes_answer": (ASSESSMENT, SUBMITTED, OF_ASSESSMENTS),
    "schemes_appeal": OF_SIDES,
    "schemes_assessment": (SIDES, own("member_id", "body_id"), NONE),
    "schemes_assignment": (BODY | {"assessment_id": (THIS, THAT)}, own("body_id"), OF_ASSESSMENTS),
    "schemes_certificate": (SIDES, own("member_id", "body_id"), OF_ASSESSMENTS),
    "schemes_citation": ({"rating_id": (THIS, THAT)}, rating, OF_RATINGS),
    "schemes_clarification": OF_SIDES,
    "schemes_companyreply": (
        KEEPER | {"issue_id": (THIS, THAT)},
        either(own("keeper_id"), PUBLISHED_ISSUE),
        OF_ISSUES,
    ),
    "schemes_contribution": (
        KEEPER | {"state": ("held", "shown", "declined")},
        either(own("keeper_id"), says("state", "shown")),
        NONE,
    ),
    "schemes_contributionsender": (KEEPER, own("keeper_id"), NONE),
    "schemes_criterion": ({"edition_id": (THIS, THAT)}, edition, OF_EDITIONS),
    "schemes_decision": OF_SIDES,
    "schemes_declaration": (BODY | {"assessment_id": (THIS, THAT)}, own("body_id"), OF_ASSESSMENTS),
    "schemes_edition": (
        {"state": ("draft", "in_force", "retired"), "scheme_id": (THIS, THAT)},
        either(
            says("state", "in_force", "retired"),
            there(
                "schemes_scheme", lambda fact, row: (fact["id"], fact["body_id"]) == (row["scheme_id"], OWN)
            ),
        ),
        OF_SCHEMES,
    ),
    "schemes_evidenceuse": (ASSESSMENT, SUBMITTED, OF_ASSESSMENTS),
    "schemes_improvementitem": (SIDES, own("member_id", "body_id"), OF_ASSESSMENTS),
    "schemes_improvementnotice": (SIDES, own("member_id", "body_id"), OF_ASSESSMENTS),
    "schemes_indicatorscore": (
        {"rating_id": (THIS, THAT), "person_id": (ME, SOMEBODY)},
        either(both(mine(), rating), SCORED),
        OF_RATINGS,
    ),
    "schemes_initiative": (
        BODY | PUBLISHED | {"organisation_id": EITHER},
        either(says("published_at", PAST), own("body_id", "organisation_id")),
        NONE,
    ),
    "schemes_issue": (KEEPER | PUBLISHED, either(says("published_at", PAST), own("keeper_id")), NONE),
    "schemes_level": ({"edition_id": (THIS, THAT)}, edition, OF_EDITIONS),
    "schemes_proposal": (ASSESSMENT, DECIDED, OF_ASSESSMENTS),
    "schemes_rating": (
        BODY | {"state": ("scoring", "with_initiative", "published"), "initiative_id": (THIS, THAT)},
        either(
            says("state", "published"),
            own("body_id"),
            both(
                says("state", "with_initiative"),
                there(
                    "schemes_initiative",
                    lambda fact, row: (fact["id"], fact["organisation_id"]) == (row["initiative_id"], OWN),
                ),
            ),
        ),
        OF_INITIATIVES,
    ),
    "schemes_ratingreply": ({"rating_id": (THIS, THAT)}, rating, OF_RATINGS),
    "schemes_scheme": (BODY | PUBLIC, either(says("is_public", True), own("body_id")), NONE),
    "schemes_schememembership": (SIDES, own("member_id", "body_id"), NONE),
    "schemes_score": (ASSESSMENT, DECIDED, OF_ASSESSMENTS),
    "schemes_scoreversion": (ASSESSMENT, DECIDED, OF_ASSESSMENTS),
    "schemes_steprecord": (
        KEEPER | {"issue_id": (THIS, THAT)},
        either(own("keeper_id"), PUBLISHED_ISSUE),
        OF_ISSUES,
    ),
    "schemes_trackedcompany": (KEEPER | PUBLIC, either(says("is_public", True), own("keeper_id")), NONE),
    "schemes_tracking": (KEEPER | PUBLIC, either(says("is_public", True), own("keeper_id")), NONE),
}
OPEN = {"schemes_registerentry"}  # members who consent to be named there


@pytest.mark.parametrize("table", READS)
def test_rows_are_read_by_those_who_may(table: str) -> None:
    assert_shown(table, *READS[table])


def test_every_table_of_schemes_is_asked() -> None:
    assert policed("schemes") == OPEN | READS.keys()
