"""What each role may do in an organisation, and what an organisation may be and ask for."""

import itertools

import pytest

from organisations.permissions import (
    can_administer,
    can_change_role,
    can_edit,
    can_end_membership,
    can_invite,
    can_make_token,
    can_revoke_token,
)
from organisations.visibility import FREE_CAPABILITIES, RANK, RESOURCES, SCOPES, SEES_OTHERS, Capability, Role
from tests.findings.permissions.asking import THEM, US, Line, answer, named, thing, viewer

ADMIN, EDITOR, READER = (viewer(role=role) for role in (Role.ADMIN, Role.EDITOR, Role.VIEWER))
ORDER = (Role.VIEWER, Role.EDITOR, Role.ADMIN)


def membership(**facts: object) -> object:
    """Return a colleague's membership."""
    return thing(**({"organisation_id": US, "person_id": 8, "role": "editor"} | facts))


def token(**facts: object) -> object:
    """Return a colleague's token."""
    return thing(**({"organisation_id": US, "person_id": 8} | facts))


LINES: list[Line] = [
    *((can_edit, (one,), "") for one in (ADMIN, EDITOR)),
    (can_edit, (READER,), "read-only-role"),
    (can_administer, (ADMIN,), ""),
    *((can_administer, (one,), "not-an-admin") for one in (EDITOR, READER)),
    (can_end_membership, (ADMIN, membership()), ""),
    (can_end_membership, (ADMIN, membership(role="admin")), ""),
    (can_end_membership, (ADMIN, membership(organisation_id=THEM)), "not-your-organisation"),
    (can_end_membership, (ADMIN, membership(organisation_id=THEM, person_id=7)), "not-your-organisation"),
    (can_end_membership, (READER, membership(person_id=7)), ""),
    (can_end_membership, (EDITOR, membership(role="viewer")), "not-an-admin"),
    (can_make_token, (READER,), ""),
    (can_make_token, (viewer(role=Role.ADMIN, scopes=frozenset({"sites:read"})),), "browser-only"),
    (can_make_token, (viewer(scopes=frozenset()),), "browser-only"),
    (can_revoke_token, (READER, token(person_id=7)), ""),
    (can_revoke_token, (ADMIN, token()), ""),
    (can_revoke_token, (EDITOR, token()), "not-an-admin"),
    (can_revoke_token, (EDITOR, token(person_id=7, organisation_id=THEM)), "not-an-admin"),
]


@pytest.mark.parametrize("line", LINES, ids=named)
def test_roles_allow_and_refuse(line: Line) -> None:
    assert answer(line) == line[2]


@pytest.mark.parametrize(("mine", "current", "wanted"), list(itertools.product(Role, Role, Role)))
def test_only_admins_give_roles(mine: Role, current: Role, wanted: Role) -> None:
    code = "" if mine == Role.ADMIN else "not-an-admin"
    assert can_change_role(viewer(role=mine), current=current, wanted=wanted).code == code
    assert can_invite(viewer(role=mine), role=wanted).code == code


@pytest.mark.parametrize(("mine", "asked"), list(itertools.product(ORDER, ORDER)))
def test_roles_include_those_below(mine: Role, asked: Role) -> None:
    assert viewer(role=mine).is_at_least(asked) is (ORDER.index(mine) >= ORDER.index(asked))
    assert (RANK[mine] >= RANK[asked]) is (ORDER.index(mine) >= ORDER.index(asked))


@pytest.mark.parametrize(("one", "other"), list(itertools.product(Capability, Capability)))
def test_capabilities_are_what_an_organisation_is(one: Capability, other: Capability) -> None:
    assert viewer(US, one).has(other) is (one is other)


def test_what_an_organisation_may_call_itself_and_what_a_program_may_ask_for() -> None:
    assert all(viewer(US, *FREE_CAPABILITIES).has(one) for one in FREE_CAPABILITIES)
    assert {str(one) for one in FREE_CAPABILITIES} == {"buyer", "supplier", "stakeholder"}
    assert {str(one) for one in SEES_OTHERS} == {
        *("buyer", "audit_firm", "scheme_body", "stakeholder", "operator"),
    }
    known = (
        *("organisations", "sites", "register", "imports", "trade-links", "engagements"),
        *("methodologies", "audits", "findings", "plans", "evidence", "documents", "schemes"),
    )
    assert known == RESOURCES
    assert {f"{one}:{verb}" for one in known for verb in ("read", "write")} == SCOPES
