"""What tests of things between two organisations share: who acts, what each side sees, and what was said."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from django.utils import timezone

from findings.actions.call import agree_call, propose_call
from findings.actions.commitment import commit_support
from findings.actions.position import state_position
from findings.models import Call, Commitment, Finding, Position
from findings.models.said import Stance, Support
from ledger.acting import acting
from ledger.models import Delivery
from ledger.relay import relay
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from tests.factories.world import World, world

Role = Callable[[], AbstractContextManager[None]]
NOW = timezone.now().replace(microsecond=0)
SOON = NOW + dt.timedelta(days=3)
EVERYONE = ("as_supplier", "as_buyer", "as_other_buyer", "as_firm", "as_stranger")


def with_customers(as_owner: Role) -> World:
    """Make a supplier whose two customers are buyers."""
    made = world()
    with as_owner():
        for one in (made.buyer, made.other_buyer):
            Organisation.objects.filter(pk=one.organisation_id).update(capabilities=[Capability.BUYER])
    return made


def eyes(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def car(scene: World) -> Finding:
    rows = Finding.objects.select_related("audit", "requirement__section", "requirement__version")
    return rows.get(pk=scene.car.pk)


def seen(scene: World, model: type[Any]) -> dict[str, int]:
    """Return how many rows each side sees through row security alone, and through `visible_to`."""
    found = {}
    for who in EVERYONE:
        viewer = getattr(scene, who)
        with eyes(viewer):
            found[who] = model.objects.count()
            assert model.objects.visible_to(viewer).count() == found[who]
    return found


def only(supplier: int, buyer: int, other: int = 0) -> dict[str, int]:
    return {
        "as_supplier": supplier,
        "as_buyer": buyer,
        "as_other_buyer": other,
        "as_firm": 0,
        "as_stranger": 0,
    }


# ---------------------------------------------------------------- calls
def asked(scene: World, **more: Any) -> Call:
    """Have the buyer ask for a call."""
    with eyes(scene.as_buyer):
        return propose_call(
            viewer=scene.as_buyer,
            finding=car(scene),
            times=[SOON, SOON + dt.timedelta(days=1)],
            at=NOW,
            **more,
        )[0]


def agreed(scene: World) -> Call:
    call = asked(scene)
    with eyes(scene.as_supplier):
        return agree_call(viewer=scene.as_supplier, call=call, starts_at=SOON, at=NOW)


def told(as_job: Role, at: dt.datetime = NOW) -> list[tuple[str, str]]:
    with as_job():
        relay(at)
        rows = Delivery.objects.filter(channel="email").order_by("pk")
        return [
            (row.verb.removeprefix("findings."), row.person.email)  # type: ignore[union-attr]
            for row in rows.select_related("person")
        ]


# ---------------------------------------------------------------- commitments
MONEY = Support(kind="money", text="We pay half of the fees back.", amount=Decimal(5000), currency="GBP")


def committed(scene: World) -> Commitment:
    with eyes(scene.as_buyer):
        return commit_support(viewer=scene.as_buyer, finding=car(scene), support=MONEY, at=NOW)


# ---------------------------------------------------------------- standing positions
def stance(**changes: Any) -> Stance:
    said = {
        "text": "Pay fees back.",
        "contact": "Ada",
        "valid_from": NOW.date(),
        "support": "We share",
        **changes,
    }
    return Stance(**said)


def stated(scene: World, **changes: Any) -> Position:
    with eyes(scene.as_buyer):
        return state_position(
            viewer=scene.as_buyer,
            requirement=car(scene).requirement,
            in_all_versions=True,
            stance=stance(**changes),
            at=NOW,
        )
