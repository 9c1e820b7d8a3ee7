"""One supplier, two customers who know nothing of each other, an audit firm and a stranger."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from ledger.acting import acting
from organisations.models import Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from sourcing.models import Site
from tests.factories import organisations as people
from tests.factories import sourcing as places


@dataclass
class World:
    """Organisations by their part, each with an admin."""

    supplier: Organisation
    other_supplier: Organisation
    buyer: Organisation
    rival: Organisation
    firm: Organisation
    north: Site
    south: Site
    admins: dict[int, Person]
    viewers: dict[int, Viewer]

    def viewer(self, of: Organisation) -> Viewer:
        """Return the admin of an organisation as Viewer."""
        return self.viewers[of.pk]

    @contextmanager
    def as_(self, of: Organisation) -> Iterator[Viewer]:
        """Act as the admin of an organisation."""
        viewer = self.viewer(of)
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            yield viewer


@pytest.fixture
def world(db: Any) -> World:
    """Return the small world: nothing is linked yet."""
    made = {
        "supplier": people.organisation("Meadow Garments", Capability.SUPPLIER),
        "other_supplier": people.organisation("Harbour Packers", Capability.SUPPLIER),
        "buyer": people.organisation("Bright Stores", Capability.BUYER),
        "rival": people.organisation("Rival Retail", Capability.BUYER),
        "firm": people.organisation("Fair Look Audits", Capability.AUDIT_FIRM, is_listed=True),
    }
    memberships = {one.pk: people.membership(one, role=Role.ADMIN) for one in made.values()}
    return World(
        **made,
        north=places.site(made["supplier"], "North Mill"),
        south=places.site(made["supplier"], "South Mill"),
        admins={pk: one.person for pk, one in memberships.items()},
        viewers={pk: viewer_from(one) for pk, one in memberships.items()},
    )


@pytest.fixture
def signed_in(world: World, client_for: Callable[[Person], Client]) -> Callable[[Organisation], Client]:
    """Return a function that signs the admin of an organisation in."""
    return lambda of: client_for(world.admins[of.pk])
