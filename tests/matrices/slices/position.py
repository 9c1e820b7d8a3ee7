"""Standing positions: of a buyer, for its suppliers."""

from typing import Any

from django.utils import timezone

from findings.actions.position import withdraw_position
from findings.lifecycle import POSITION, PositionState
from findings.models import Position, PositionVersion
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.matrices.cases import OTHERS, Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import BUYERS, MEMBERS, SUPPLIER
from tests.matrices.world import World

OTHERS["position"] = ("position_rival", "position_far")
STANCE = {"text": "Pay fees back", "contact": "Ada", "valid_from": "2026-01-01"}


def build(world: World) -> None:
    """Make a position of the customer, of the rival, and of a buyer with no link to the supplier."""
    for name, who in (("position", "customer"), ("position_rival", "rival"), ("position_far", "unlinked")):
        world.things[name] = _position(world.organisations[who], world["car"].requirement)


def _position(of: Any, requirement: Any) -> Position:
    at = timezone.now()
    made = Position.objects.create(organisation=of, requirement=requirement, stated_at=at)
    PositionVersion.objects.create(
        position=made, number=1, text="x", support="x", contact="x", valid_from=at.date(), at=at
    )
    return made


def _new(world: World) -> dict[str, Any]:
    with owner_role():
        return {**STANCE, "requirement": audits.requirement("5A.A").pk, "in_all_versions": "on"}


OWN: dict[str, Any] = {"ok": {"customer"}, "forbidden": SUPPLIER, "of": "position"}
BY_API = {**STANCE, "methodology": "invented-1.0", "requirement": "5A.A"}
PAGES: dict[str, dict[str, Case]] = {
    "findings:positions": {"get": page()},
    "findings:position_new": {"get": page(BUYERS), "post": done(BUYERS, body=_new)},
    "findings:position": {"get": page(SUPPLIER | {"customer"}, of="position")},
    "findings:position_edit": {"get": page(**OWN), "post": done(**OWN, body=says(**STANCE))},
    "findings:position_withdraw": {"get": page(**OWN), "post": done(**OWN)},
    "api-positions": {
        "get": api(),
        "post": sent(BUYERS, forbidden=MEMBERS - BUYERS, status=201, body=says(**BY_API)),
    },
    "api-position": {
        "get": api(SUPPLIER | {"customer"}, of="position"),
        "put": sent(**OWN, body=says(**STANCE)),
    },
    "api-position-withdraw": {"post": sent(**OWN)},
}


def _read(known: Facts, reader: Reader, row: Row) -> bool:
    """Its buyer, and the suppliers that are linked with it now."""
    return reader.organisation is not None and (
        row["organisation_id"] == reader.organisation
        or any(
            link["buyer_id"] == row["organisation_id"]
            and link["supplier_id"] == reader.organisation
            and link["state"] == "accepted"
            for link in known["sourcing.TradeLink"].values()
        )
    )


RULES = {"findings.Position": _read, "findings.PositionVersion": _read}
LIVES = [
    Life(
        Position,
        "position",
        POSITION,
        {
            "withdraw": (
                now(withdraw_position, "position"),
                {PositionState.STATED: PositionState.WITHDRAWN},
                frozenset({"customer"}),
            )
        },
        frozenset({"supplier", "onlooker", "rival", "firm"}),
        related=("requirement",),
        with_state=lambda state: {
            "withdrawn_at": timezone.now() if state == PositionState.WITHDRAWN else None
        },
    )
]
STORY = (
    ("rival", "findings:position_new"),
    ("customer", "findings:position_edit"),
    ("customer", "findings:position_withdraw"),
)
LISTS = {"findings:positions": "buyer", "api-positions": "buyer"}
NO_LISTS = {"findings:position_new": "a form"}


def grow(small: Any) -> None:
    """Give the buyer one more position, withdrawn, for only one may hold."""
    made = _position(small.buyer.organisation, audits.requirement("1A.C"))
    Position.objects.filter(pk=made.pk).update(state="withdrawn", withdrawn_at=timezone.now())
