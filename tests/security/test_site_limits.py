"""A member limited to some sites learns nothing of the others, whichever page tells of them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ledger.acting import acting
from ledger.entries import record
from ledger.reads import log_read
from organisations.models import Membership
from organisations.visibility import Role
from sourcing.models import Site
from tests.factories.organisations import membership
from tests.factories.sourcing import site
from tests.factories.world import World, world

pytestmark = pytest.mark.django_db
HIDDEN = "Hidden Unit 9"


@pytest.fixture
def scene() -> World:
    return world()


@pytest.fixture
def hidden(scene: World) -> Site:
    """Another site of the supplier, about which there are entries and lines of the read log."""
    made = site(scene.supplier.organisation, HIDDEN)
    at = timezone.now()
    for who in (scene.as_supplier, scene.as_buyer):
        with acting(person_id=who.person_id, organisation_id=who.organisation_id):
            record(verb="sourcing.site_changed", by=who, subject=made, owner_id=made.organisation_id, at=at)
            log_read(by=who, subject=made, owner_id=made.organisation_id, at=at)
    return made


@pytest.fixture
def limited(scene: World) -> Membership:
    return membership(scene.supplier.organisation, role=Role.EDITOR, site_ids=[scene.site.pk])


@pytest.mark.parametrize("route", ["detail", "activity", "reads"])
def test_limited_member_reads_of_no_other_site(
    scene: World, hidden: Site, limited: Membership, client_for: Callable[..., Client], route: str
) -> None:
    path = reverse(f"organisations:{route}")
    assert HIDDEN in client_for(scene.supplier.person).get(path).content.decode()
    assert HIDDEN not in client_for(limited.person).get(path).content.decode()
    assert client_for(limited.person).get(reverse("sourcing:site", args=[hidden.code])).status_code == 404


def test_limited_member_still_reads_what_they_did(
    scene: World, limited: Membership, client_for: Callable[..., Client]
) -> None:
    with acting(person_id=limited.person_id, organisation_id=limited.organisation_id):
        record(
            verb="sourcing.site_changed",
            by=limited,
            subject=scene.site,
            owner_id=scene.site.organisation_id,
            at=timezone.now(),
        )
    page = client_for(limited.person).get(reverse("organisations:activity")).content.decode()
    assert scene.site.name in page
