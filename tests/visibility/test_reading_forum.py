"""Who reads which row of groups and events by the row policies alone: person and organisation, both."""

from typing import Any

import pytest

from ledger.acting import acting
from tests.visibility.bare import (
    ME,
    OTHER,
    OWN,
    PAST,
    SECRET,
    SOMEBODY,
    THAT,
    THIS,
    Bare,
    Columns,
    Fact,
    Held,
    Row,
    Rule,
    assert_shown,
    both,
    combinations,
    either,
    mine,
    never,
    own,
    says,
    there,
)

pytestmark = pytest.mark.django_db
EITHER = (OWN, OTHER)
INSIDE = Fact(
    "forum_groupaccess",
    {"group_id": THIS, "person_id": ME, "organisation_id": OWN, "is_co_lead": False, "is_guest": False},
)
AT = {"event_id": THIS, "person_id": ME, "organisation_id": OWN, "organiser_id": OTHER}
REGISTERED = Fact("forum_registration", AT | {"state": "placed", "kind": "group"})
PLACED = Fact("forum_eventplace", AT | {"is_held": True, "attendance": ""})
ADMIN = Fact(
    "organisations_membership", {"organisation_id": OWN, "person_id": ME, "is_active": True, "role": "admin"}
)
GUEST = Fact("forum_eventguest", {"event_id": THIS, "organisation_id": OWN, "organiser_id": OTHER})
BALLOT = Fact("forum_ballot", {"id": THIS, "group_id": THIS, "state": "closed"})
MINUTES = Fact("forum_minutes", {"id": THIS, "group_id": THIS, "state": "published"})
VERSION = Fact("forum_bodyupdateversion", {"id": THIS, "organisation_id": OTHER, "published_at": PAST})
GROUP = Fact("forum_group", {"id": THIS, "operator_id": OWN})
ADDRESS = Fact("organisations_person", {"id": ME, "email": "Ada@example.org"})

NONE: list[Held] = [()]
OF_GROUPS: list[Held] = [
    (),
    *((INSIDE.but(**row),) for row in ({}, {"is_co_lead": True}, {"is_guest": True})),
    *((INSIDE.but(**row, is_co_lead=True),) for row in ({"person_id": SOMEBODY}, {"organisation_id": OTHER})),
    (INSIDE.but(group_id=THAT, is_co_lead=True),),
]
OF_BALLOTS: list[Held] = [
    *OF_GROUPS,
    *((INSIDE, BALLOT.but(**row)) for row in ({}, {"state": "called"}, {"id": THAT})),
    (BALLOT,),
]
OF_MINUTES: list[Held] = [
    *OF_GROUPS,
    *(
        (INSIDE.but(is_guest=is_guest), MINUTES.but(**row))
        for is_guest in (True, False)
        for row in ({}, {"state": "draft"}, {"id": THAT})
    ),
]
OTHERS = (
    {"person_id": SOMEBODY},
    {"organisation_id": OTHER},
    {"organisation_id": OTHER, "organiser_id": OWN},
)
OF_EVENTS: list[Held] = [
    *OF_GROUPS,
    *((one.but(**row),) for one in (REGISTERED, PLACED) for row in ({}, {"event_id": THAT}, *OTHERS)),
    *((one.but(person_id=SOMEBODY), ADMIN) for one in (REGISTERED, PLACED)),
    *((one.but(person_id=SOMEBODY, organiser_id=OWN),) for one in (REGISTERED, PLACED)),
    *((REGISTERED.but(state=state),) for state in ("waiting", "offered", "withdrawn")),
    *((REGISTERED.but(state="waiting", organiser_id=OWN, **row),) for row in OTHERS[:2]),
    (REGISTERED.but(kind="one"),),
    (PLACED.but(is_held=False),),
    (PLACED.but(attendance="absent"),),
    *(
        tuple(GUEST.but(event_id=key, **row) for key in range(THIS, THIS + 40, 3))
        for row in ({}, {"organisation_id": OTHER, "organiser_id": OWN})
    ),
]
OF_ADMINS: list[Held] = [
    (),
    *((ADMIN.but(**row),) for row in ({}, {"organisation_id": OTHER}, {"person_id": SOMEBODY})),
    *((ADMIN.but(**row),) for row in ({"is_active": False}, {"role": "editor"})),
]
OF_PARTICIPANTS: list[Held] = [
    *((*held, ADDRESS) for held in OF_GROUPS),
    (ADDRESS.but(id=SOMEBODY), ADDRESS.but(email="eve@example.org")),
    *((ADDRESS, GROUP.but(**row)) for row in ({}, {"operator_id": OTHER}, {"id": THAT})),
]


# ---------------------------------------------------------------- grounds
def _of_me(fact: Row) -> bool:
    return (fact["person_id"], fact["organisation_id"]) == (ME, OWN)


def inside(**wanted: Any) -> Rule:
    """Say that this person is inside the group for this organisation, and what else must be so."""
    return there(
        INSIDE.table,
        lambda fact, row: (
            _of_me(fact) and fact["group_id"] == row["group_id"] and fact.items() >= wanted.items()
        ),
    )


def taking_part(one: Fact, column: str = "event_id", **wanted: tuple[Any, ...]) -> Rule:
    """Say that this person is registered for the event, or has a place there, and how."""
    return there(
        one.table,
        lambda fact, row: (
            _of_me(fact)
            and fact["event_id"] == row[column]
            and all(fact[name] in values for name, values in wanted.items())
        ),
    )


def closed(row: Row, held: Held) -> bool:
    """Say that the ballot, seen inside its group, is over."""
    return INSIDE in held and any(
        fact.table == BALLOT.table and (fact.row["id"], fact.row["state"]) == (row["ballot_id"], "closed")
        for fact in held
    )


def published(row: Row, held: Held) -> bool:
    """Say that the minutes are published."""
    return any(
        fact.table == MINUTES.table
        and (fact.row["id"], fact.row["state"]) == (row["minutes_id"], "published")
        for fact in held
    )


def admin(_row: Row, held: Held) -> bool:
    """Say that this person is an active admin of this organisation."""
    return ADMIN in held


def addressed(row: Row, held: Held) -> bool:
    """Say that the invitation goes to this person's address."""
    return there(ADDRESS.table, lambda fact, one: fact["id"] == ME and fact["email"].lower() == one["email"])(
        row, held
    )


def operated(row: Row, held: Held) -> bool:
    """Say that the group is one of the operator for whom this person acts."""
    return there(GROUP.table, lambda fact, one: (fact["id"], fact["operator_id"]) == (one["group_id"], OWN))(
        row, held
    )


# ---------------------------------------------------------------- columns
Spec = tuple[Columns, Rule, list[Held]]
IN_GROUP: Columns = {"group_id": (THIS, THAT)}
AT_EVENT: Columns = {"event_id": (THIS, THAT)}
ORGANISATION: Columns = {"organisation_id": EITHER}
PERSON: Columns = {"person_id": (ME, SOMEBODY)}
ORGANISER: Columns = {"organiser_id": (OTHER, OWN)}
ONESELF = both(mine(), own("organisation_id"))
TO_ALL: Rule = lambda row, held: True  # noqa: E731
FOR_THOSE_INSIDE: Spec = (IN_GROUP, inside(), OF_GROUPS)
FOR_ONESELF: Spec = (ORGANISATION | PERSON, ONESELF, OF_GROUPS)
FOR_EVERY_MEMBER: Spec = ({"id": (THIS, THAT)}, TO_ALL, NONE)
OUT = either(own("organisation_id"), says("published_at", PAST))
OF_MINUTES_OUT = either(inside(is_guest=False), both(inside(), published))
ALL_INSIDE = (
    *(
        "actionitem",
        "agendaitem",
        "attendance",
        "ballot",
        "ballothandover",
        "ballotpaper",
        "decision",
        "issue",
    ),
    *("issuenote", "meeting", "mention", "milestone", "objection", "paper", "post", "postfile", "project"),
    *("projectupdate", "reaction", "seatholding", "thread"),
)
READS: dict[str, Spec] = {
    **{f"forum_{name}": FOR_THOSE_INSIDE for name in ALL_INSIDE},
    **{f"forum_{name}": FOR_ONESELF for name in ("groupaccess", "grouplistening", "threadreading")},
    **{
        f"forum_{name}": FOR_EVERY_MEMBER
        for name in ("auditorlist", "body", "competitionnotice", "group", "stage")
    },
    "forum_seat": FOR_EVERY_MEMBER,
    "forum_auditorentry": (ORGANISATION, own("organisation_id"), NONE),
    "forum_ballotvote": (
        IN_GROUP | ORGANISATION | {"ballot_id": (THIS, THAT)},
        both(inside(), either(own("organisation_id"), closed)),
        OF_BALLOTS,
    ),
    "forum_bodyfigure": (
        ORGANISATION | {"version_id": (THIS, THAT)},
        either(
            own("organisation_id"),
            there(
                VERSION.table,
                lambda fact, row: fact["id"] == row["version_id"] and fact["published_at"] is not None,
            ),
        ),
        [
            (),
            *(
                (VERSION.but(**row),)
                for row in ({}, {"organisation_id": OWN, "published_at": None}, {"id": THAT})
            ),
        ],
    ),
    "forum_bodyupdate": (ORGANISATION | {"published_at": (None, PAST)}, OUT, NONE),
    "forum_bodyupdateversion": (ORGANISATION | {"published_at": (None, PAST)}, OUT, NONE),
    "forum_calendarlink": (PERSON, mine(), NONE),
    "forum_charter": (
        IN_GROUP | {"state": ("draft", "adopted")},
        either(says("state", "adopted"), inside()),
        OF_GROUPS,
    ),
    "forum_event": (
        {
            "opens_to": ("nobody", "organisations", "group", "everyone", "capabilities"),
            "state": ("announced", "draft"),
            **ORGANISER,
            **IN_GROUP,
        },
        either(
            own("organiser_id"),
            both(
                never(says("state", "draft")),
                either(
                    says("opens_to", "everyone", "capabilities"),
                    both(
                        says("opens_to", "organisations"),
                        there(
                            GUEST.table,
                            lambda fact, row: (fact["event_id"], fact["organisation_id"]) == (row["id"], OWN),
                        ),
                    ),
                    both(says("opens_to", "group"), inside()),
                    taking_part(REGISTERED, "id"),
                    taking_part(PLACED, "id"),
                ),
            ),
        ),
        OF_EVENTS,
    ),
    "forum_eventguest": (ORGANISER | ORGANISATION, own("organiser_id", "organisation_id"), NONE),
    "forum_eventmessage": (
        AT_EVENT | ORGANISER | {"reaches": ("placed", "waiting", "all")},
        either(
            own("organiser_id"),
            both(
                says("reaches", "placed", "all"),
                either(taking_part(REGISTERED, state=("placed",)), taking_part(PLACED, is_held=(True,))),
            ),
            both(says("reaches", "waiting", "all"), taking_part(REGISTERED, state=("waiting", "offered"))),
        ),
        OF_EVENTS,
    ),
    "forum_eventplace": (
        ORGANISER | ORGANISATION | PERSON | {"registrant_id": (ME, SOMEBODY)},
        either(
            own("organiser_id"), both(own("organisation_id"), either(mine(), mine("registrant_id"), admin))
        ),
        OF_ADMINS,
    ),
    "forum_joining": (
        AT_EVENT | ORGANISER,
        either(
            own("organiser_id"),
            taking_part(REGISTERED, state=("placed",)),
            taking_part(PLACED, is_held=(True,)),
        ),
        OF_EVENTS,
    ),
    "forum_material": (
        AT_EVENT | ORGANISER | {"released_at": (None, PAST)},
        either(
            own("organiser_id"),
            both(
                says("released_at", PAST),
                either(
                    taking_part(PLACED, is_held=(True,), attendance=("",)),
                    taking_part(REGISTERED, state=("placed",), kind=("group",)),
                ),
            ),
        ),
        OF_EVENTS,
    ),
    "forum_minutes": (
        IN_GROUP | {"state": ("draft", "published")},
        either(inside(is_guest=False), both(inside(), says("state", "published"))),
        OF_GROUPS,
    ),
    "forum_minutesline": (IN_GROUP | {"minutes_id": (THIS, THAT)}, OF_MINUTES_OUT, OF_MINUTES),
    "forum_minutessection": (IN_GROUP | {"minutes_id": (THIS, THAT)}, OF_MINUTES_OUT, OF_MINUTES),
    "forum_minutesreply": (IN_GROUP, inside(is_guest=False), OF_GROUPS),
    "forum_moderationstep": (IN_GROUP, inside(is_co_lead=True), OF_GROUPS),
    "forum_newschoice": (
        ORGANISATION | PERSON | {"stop_hash": (SECRET, "x" * 64)},
        either(ONESELF, says("stop_hash", SECRET)),
        NONE,
    ),
    "forum_bodyfollower": (
        ORGANISATION | PERSON | {"stop_hash": (SECRET, "x" * 64)},
        either(ONESELF, says("stop_hash", SECRET)),
        NONE,
    ),
    "forum_noticeacceptance": (PERSON, mine(), NONE),
    "forum_participant": (
        {
            **IN_GROUP,
            **ORGANISATION,
            **PERSON,
            "state": ("active", "invited", "left"),
            "role": ("co_lead", "guest"),
            "email": ("ada@example.org", "eve@example.org"),
        },
        either(
            ONESELF,
            both(says("state", "invited"), own("organisation_id"), addressed),
            both(says("role", "co_lead"), says("state", "active")),
            inside(is_co_lead=True),
            both(inside(), says("state", "active")),
            both(says("role", "co_lead"), operated),
        ),
        OF_PARTICIPANTS,
    ),
    "forum_postreport": (
        IN_GROUP | ORGANISATION | PERSON,
        either(inside(is_co_lead=True), both(inside(), ONESELF)),
        OF_GROUPS,
    ),
    "forum_postversion": (
        IN_GROUP | ORGANISATION | PERSON,
        either(inside(is_co_lead=True), both(inside(), ONESELF)),
        OF_GROUPS,
    ),
    "forum_registration": (
        ORGANISER | ORGANISATION | PERSON,
        either(own("organiser_id"), both(own("organisation_id"), either(mine(), admin))),
        OF_ADMINS,
    ),
    "forum_series": (
        ORGANISER | {"state": ("draft", "published")},
        either(own("organiser_id"), says("state", "published")),
        NONE,
    ),
}
OF_A_PERSON = {"forum_bodyfollower", "forum_calendarlink", "forum_noticeacceptance", "forum_newschoice"}


@pytest.mark.parametrize("table", READS)
def test_rows_are_read_by_those_who_may(table: str) -> None:
    assert_shown(table, *READS[table])


@pytest.mark.parametrize("table", sorted(READS.keys() - OF_A_PERSON))
def test_whoever_acts_for_no_organisation_reads_nothing(table: str) -> None:
    columns, _rule, holdings = READS[table]
    bare = Bare()
    with acting(person_id=ME, organisation_id=None):
        rows = {row["id"] for row in combinations(columns)}
        bare.put(table, combinations(columns))
        for held in holdings:
            with bare.holding(held):
                assert not bare.shown(table) & rows


def test_nobody_reads_how_votes_stand() -> None:
    bare = Bare()
    with acting(person_id=ME, organisation_id=OWN):
        bare.put("forum_ballottally", [{"id": THIS}])
        assert bare.shown("forum_ballottally") == set()
