"""The views that say who is inside a group and whom a share reaches: what it takes, and each part wrong in turn."""

from typing import Any

import pytest
from django.db import connection

from tests.visibility.bare import ME, OTHER, OWN, PAST, SOMEBODY, THAT, THIS, Bare, Fact

pytestmark = pytest.mark.django_db
Facts = dict[str, Fact]
SOMEONE_ELSE = Fact("organisations_person", {"id": SOMEBODY, "is_active": True, "email": "eve@example.org"})
OPERATOR, NOTICE = 21, 31
INSIDE: Facts = {
    "participant": Fact(
        "forum_participant",
        {"group_id": THIS, "person_id": ME, "organisation_id": OWN, "role": "member", "state": "active"},
    ),
    "group": Fact("forum_group", {"id": THIS, "operator_id": OPERATOR}),
    "member": Fact("organisations_membership", {"person_id": ME, "organisation_id": OWN, "is_active": True}),
    "person": Fact("organisations_person", {"id": ME, "is_active": True, "email": "ada@example.org"}),
    "accepted": Fact("forum_noticeacceptance", {"person_id": ME, "notice_id": NOTICE}),
    "notice": Fact("forum_competitionnotice", {"id": NOTICE, "operator_id": OPERATOR, "number": 2}),
}
NEXT = INSIDE["notice"].but(id=32, number=3)
OUTSIDE: list[tuple[str, dict[str, Any], list[Fact]]] = [
    ("participant", {"state": "invited"}, []),
    ("participant", {"person_id": SOMEBODY}, [SOMEONE_ELSE]),
    ("group", {"operator_id": 22}, []),
    ("group", {"id": THAT}, []),
    ("member", {"person_id": SOMEBODY}, []),
    ("member", {"organisation_id": OTHER}, []),
    ("member", {"is_active": False}, []),
    ("person", {"is_active": False}, [SOMEONE_ELSE]),
    ("accepted", {"person_id": SOMEBODY}, [SOMEONE_ELSE]),
    ("accepted", {"notice_id": 33}, [INSIDE["notice"].but(id=33, operator_id=22)]),
    ("notice", {"operator_id": 22}, []),
    ("notice", {}, [NEXT]),
]
STILL_INSIDE = [NEXT.but(operator_id=22), NEXT.but(number=1)]

SHARED: Facts = {
    "share": Fact("findings_share", {"id": THIS, "email": "", "organisation_id": OWN, "revoked_at": None}),
    "member": INSIDE["member"].but(role="editor"),
    "person": INSIDE["person"],
}
ADDRESSED: Facts = {
    "share": SHARED["share"].but(email="ada@example.org", organisation_id=None),
    "person": INSIDE["person"],
}
SECOND: Facts = {
    "share": ADDRESSED["share"].but(email="ada@work.example"),
    "person": INSIDE["person"],
    "address": Fact("account_emailaddress", {"user_id": ME, "verified": True, "email": "Ada@work.example"}),
}
UNSHARED: list[tuple[Facts, str, dict[str, Any], list[Fact]]] = [
    (SHARED, "share", {"revoked_at": PAST}, []),
    (SHARED, "member", {"organisation_id": OTHER}, []),
    (SHARED, "member", {"is_active": False}, []),
    (SHARED, "member", {"role": "viewer"}, []),
    (SHARED, "member", {"person_id": SOMEBODY}, []),
    (SHARED, "person", {"is_active": False}, [SOMEONE_ELSE]),
    (ADDRESSED, "share", {"revoked_at": PAST}, []),
    (ADDRESSED, "share", {"email": "bob@example.org"}, []),
    (ADDRESSED, "share", {"email": ""}, [SOMEONE_ELSE.but(email="")]),
    (ADDRESSED, "person", {"is_active": False}, []),
    (SECOND, "address", {"user_id": SOMEBODY}, []),
    (SECOND, "address", {"verified": False}, []),
    (SECOND, "address", {"email": "else@work.example"}, []),
    (SECOND, "person", {"is_active": False}, []),
]


def ruled(view: str, columns: str, facts: list[Fact]) -> list[tuple[Any, ...]]:
    """Return what a view says of these facts alone."""
    bare = Bare()
    for fact in facts:
        bare.put(fact.table, [fact.row])
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"SELECT {columns} FROM {view}")  # noqa: S608 - our own views
        found = list(cursor.fetchall())
    bare.back()
    return found


def inside(facts: list[Fact]) -> list[tuple[Any, ...]]:
    columns = "group_id, person_id, organisation_id, is_co_lead, is_guest"
    return ruled("forum_group_access_rule", columns, facts)


def reached(facts: list[Fact]) -> list[tuple[Any, ...]]:
    return ruled("findings_audit_grant_rule", "share_id, user_id, organisation_id", facts)


def changed(facts: Facts, name: str, change: dict[str, Any], more: list[Fact]) -> list[Fact]:
    return [*(facts | {name: facts[name].but(**change)}).values(), *more]


@pytest.mark.parametrize("role", ["member", "co_lead", "guest"])
def test_participant_is_inside(role: str) -> None:
    facts = changed(INSIDE, "participant", {"role": role}, [SOMEONE_ELSE])
    assert inside(facts) == [(THIS, ME, OWN, role == "co_lead", role == "guest")]


@pytest.mark.parametrize(("name", "change", "more"), OUTSIDE)
def test_nobody_is_inside_without(name: str, change: dict[str, Any], more: list[Fact]) -> None:
    assert inside(changed(INSIDE, name, change, more)) == []


@pytest.mark.parametrize("other", STILL_INSIDE, ids=["of another operator", "older"])
def test_other_notices_shut_nobody_out(other: Fact) -> None:
    assert len(inside([*INSIDE.values(), other])) == 1


@pytest.mark.parametrize(("facts", "organisation"), [(SHARED, OWN), (ADDRESSED, None), (SECOND, None)])
def test_share_reaches_whom_it_names(facts: Facts, organisation: int | None) -> None:
    assert reached([*facts.values(), SOMEONE_ELSE]) == [(THIS, ME, organisation)]


def test_share_reaches_admins_as_well() -> None:
    assert reached(changed(SHARED, "member", {"role": "admin"}, [])) == [(THIS, ME, OWN)]


@pytest.mark.parametrize(("facts", "name", "change", "more"), UNSHARED)
def test_share_reaches_nobody_without(
    facts: Facts, name: str, change: dict[str, Any], more: list[Fact]
) -> None:
    assert reached(changed(facts, name, change, more)) == []
