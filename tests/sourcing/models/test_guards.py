"""What one side may not decide alone, held by the database against raw SQL too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement
from tests.conftest import owner_role
from tests.factories import sourcing as places
from tests.sourcing.conftest import World

Case = Callable[[World], tuple[str, str, list[Any]]]


def _accept_own_proposal(world: World) -> tuple[str, str, list[Any]]:
    link = places.link(world.buyer, world.supplier, state=LinkState.PROPOSED)
    return "buyer", "UPDATE sourcing_tradelink SET state = 'accepted' WHERE id = %s", [link.pk]


def _revive_link(world: World) -> tuple[str, str, list[Any]]:
    link = places.link(world.buyer, world.supplier, state=LinkState.ENDED)
    return "buyer", "UPDATE sourcing_tradelink SET state = 'accepted' WHERE id = %s", [link.pk]


def _widen_link(world: World) -> tuple[str, str, list[Any]]:
    link = places.link(world.buyer, world.supplier, world.north)
    return "buyer", "UPDATE sourcing_tradelink SET covers_all_sites = true WHERE id = %s", [link.pk]


def _name_a_site(world: World) -> tuple[str, str, list[Any]]:
    link = places.link(world.buyer, world.supplier, world.north)
    return (
        "buyer",
        "INSERT INTO sourcing_tradelinksite (link_id, site_id) VALUES (%s, %s)",
        [link.pk, world.south.pk],
    )


def _revive_engagement(world: World) -> tuple[str, str, list[Any]]:
    engagement = places.engagement(world.north, world.firm)
    with owner_role():
        Engagement.objects.filter(pk=engagement.pk).update(state=EngagementState.ENDED)
    return "firm", "UPDATE sourcing_engagement SET state = 'active' WHERE id = %s", [engagement.pk]


def _accept_for_the_firm(world: World) -> tuple[str, str, list[Any]]:
    engagement = places.engagement(world.north, world.firm, EngagementState.PROPOSED)
    return "supplier", "UPDATE sourcing_engagement SET state = 'active' WHERE id = %s", [engagement.pk]


def _engage_at_once(world: World) -> tuple[str, str, list[Any]]:
    statement = """INSERT INTO sourcing_engagement
                     (code, site_id, supplier_id, audit_firm_id, state, note, answer, place, proposed_at)
                   VALUES ('FORGED0001', %s, %s, %s, 'active', '', '', '{}', now())"""
    return "supplier", statement, [world.north.pk, world.supplier.pk, world.firm.pk]


def _rename_the_place(world: World) -> tuple[str, str, list[Any]]:
    engagement = places.engagement(world.north, world.firm, EngagementState.PROPOSED)
    return "firm", """UPDATE sourcing_engagement SET place = '{"name": "x"}' WHERE id = %s""", [engagement.pk]


def _give_a_site_away(world: World) -> tuple[str, str, list[Any]]:
    statement = "UPDATE sourcing_site SET organisation_id = %s WHERE id = %s"
    return "supplier", statement, [world.other_supplier.pk, world.north.pk]


REFUSED: list[Case] = [
    _accept_own_proposal,
    _revive_link,
    _widen_link,
    _name_a_site,
    _revive_engagement,
    _accept_for_the_firm,
    _engage_at_once,
    _rename_the_place,
    _give_a_site_away,
]


@pytest.mark.parametrize("case", REFUSED)
def test_database_refuses(world: World, case: Case) -> None:
    who, statement, params = case(world)
    acting = world.as_(getattr(world, who))
    with acting, connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement, params)


def test_same_statements_pass_from_the_side_that_may(world: World) -> None:
    link = places.link(world.buyer, world.supplier, state=LinkState.PROPOSED)
    engagement = places.engagement(world.north, world.firm, EngagementState.PROPOSED)
    with world.as_(world.supplier), connection.cursor() as cursor:
        cursor.execute("UPDATE sourcing_tradelink SET state = 'accepted' WHERE id = %s", [link.pk])
        assert cursor.rowcount == 1
        cursor.execute("UPDATE sourcing_tradelink SET covers_all_sites = true WHERE id = %s", [link.pk])
    with world.as_(world.firm), connection.cursor() as cursor:
        cursor.execute("UPDATE sourcing_engagement SET state = 'active' WHERE id = %s", [engagement.pk])
        assert cursor.rowcount == 1


def test_place_of_an_engagement_is_what_the_site_is_called(world: World) -> None:
    engagement = places.engagement(world.north, world.firm, EngagementState.PROPOSED)
    with owner_role():
        engagement.refresh_from_db()
    assert (engagement.place["name"], engagement.place["country"]) == ("North Mill", "BD")
