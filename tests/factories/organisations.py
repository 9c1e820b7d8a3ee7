"""People, organisations and memberships."""

import itertools

from organisations.models import Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import owner_role

_numbers = itertools.count(1)


def person(name: str = "", email: str = "") -> Person:
    """Make a person who can sign in."""
    number = next(_numbers)
    with owner_role():
        return Person.objects.create_user(
            email=email or f"person{number}@example.org",
            password="long enough to pass",
            name=name or f"Person {number}",
        )


def organisation(name: str = "", *capabilities: Capability, is_listed: bool = False) -> Organisation:
    """Make an organisation; a supplier unless told otherwise."""
    number = next(_numbers)
    with owner_role():
        return Organisation.objects.create(
            name=name or f"Organisation {number}",
            capabilities=[one.value for one in (capabilities or (Capability.SUPPLIER,))],
            country="GB",
            is_listed=is_listed,
        )


def membership(
    of: Organisation, who: Person | None = None, role: Role = Role.ADMIN, site_ids: list[int] | None = None
) -> Membership:
    """Make `who` (a new person unless given) a member of an organisation."""
    with owner_role():
        return Membership.objects.create(
            organisation=of, person=who or person(), role=role, site_ids=site_ids
        )


def viewer(of: Organisation, role: Role = Role.ADMIN, site_ids: list[int] | None = None) -> Viewer:
    """Make a new member and return their Viewer."""
    return viewer_from(membership(of, role=role, site_ids=site_ids))
