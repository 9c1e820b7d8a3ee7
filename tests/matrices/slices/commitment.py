"""Commitments of customers: each between one customer and the supplier."""

from typing import Any

from django.utils import timezone

from findings.actions.commitment import (
    change_commitment,
    confirm_commitment,
    withdraw_commitment,
)
from findings.lifecycle import COMMITMENT, CommitmentState
from findings.models import Commitment, CommitmentStep, CommitmentVersion
from findings.models.said import Support
from tests.matrices.cases import OTHERS, Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import EDITORS, NORTH, READERS
from tests.matrices.slices.call import between, said_between
from tests.matrices.world import World

OTHERS["commitment"] = ("commitment_rival",)
SUPPORT = {"kind": "time", "text": "A year"}


def build(world: World) -> None:
    """Make a commitment of the customer and one of the rival, each with a question and an answer."""
    at, supplier = timezone.now(), world.organisations["supplier"]
    for name, who in (("commitment", "customer"), ("commitment_rival", "rival")):
        customer = world.organisations[who]
        made = Commitment.objects.create(finding=world["car"], customer=customer, made_at=at)
        CommitmentVersion.objects.create(
            commitment=made, number=1, kind="money", amount=5, currency="GBP", text="x", condition="x", at=at
        )
        for side, kind in ((supplier, "asked"), (customer, "answered")):
            CommitmentStep.objects.create(
                commitment=made, organisation=side, kind=kind, version_number=1, text="x", at=at
            )
        world.things[name] = made


CUSTOMER: dict[str, Any] = {"ok": {"customer"}, "forbidden": NORTH, "of": "commitment"}
SITE: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "customer"}, "of": "commitment"}
NEW: dict[str, Any] = {"ok": {"customer", "rival"}, "forbidden": NORTH | {"firm"}, "of": "car"}
PAGES: dict[str, dict[str, Case]] = {
    "findings:commitment_new": {"get": page(**NEW), "post": done(**NEW, body=says(**SUPPORT))},
    "findings:commitment": {"get": page(NORTH | {"customer"}, of="commitment")},
    "findings:commitment_change": {"get": page(**CUSTOMER), "post": done(**CUSTOMER, body=says(**SUPPORT))},
    "findings:commitment_confirm": {"post": done(**SITE)},
    "findings:commitment_ask": {"get": page(**SITE), "post": done(**SITE, body=says(text="When?"))},
    "findings:commitment_answer": {
        "get": page(**CUSTOMER),
        "post": done(**CUSTOMER, body=says(text="In May")),
    },
    "findings:commitment_progress": {
        "get": page(**CUSTOMER),
        "post": done(**CUSTOMER, body=says(progress="behind")),
    },
    "findings:commitment_withdraw": {
        "get": page(**CUSTOMER),
        "post": done(**CUSTOMER, body=says(reason="No budget")),
    },
    "api-car-commitments": {
        "get": api(READERS, of="car"),
        "post": sent(**NEW, status=201, body=says(**SUPPORT)),
    },
    "api-commitment": {
        "get": api(NORTH | {"customer"}, of="commitment"),
        "put": sent(**CUSTOMER, body=says(**SUPPORT)),
    },
    "api-commitment-confirm": {"post": sent(**SITE)},
    "api-commitment-ask": {"post": sent(**SITE, body=says(text="When?"))},
    "api-commitment-answer": {"post": sent(**CUSTOMER, body=says(text="In May"))},
    "api-commitment-progress": {"post": sent(**CUSTOMER, body=says(progress="behind"))},
    "api-commitment-withdraw": {"post": sent(**CUSTOMER, body=says(reason="No budget"))},
}


def _version(known: Facts, reader: Reader, row: Row) -> bool:
    """As its commitment; and the customer who wrote it, for ever."""
    is_author = reader.organisation is not None and row["customer_id"] == reader.organisation
    return is_author or between(known, reader, row)


RULES = {
    "findings.Commitment": between,
    "findings.CommitmentVersion": _version,
    "findings.CommitmentStep": said_between,
}
KEPT = {"currency": "three letters, by a constraint"}
SIDES = frozenset(EDITORS)
LIVES = [
    Life(
        Commitment,
        "commitment",
        COMMITMENT,
        {
            "confirm": (
                now(confirm_commitment, "commitment"),
                {CommitmentState.OFFERED: CommitmentState.CONFIRMED},
                SIDES,
            ),
            "change": (
                now(change_commitment, "commitment", support=Support(**SUPPORT)),  # type: ignore[arg-type]
                {
                    CommitmentState.OFFERED: CommitmentState.OFFERED,
                    CommitmentState.CONFIRMED: CommitmentState.OFFERED,
                },
                frozenset({"customer"}),
            ),
            "withdraw": (
                now(withdraw_commitment, "commitment", reason="No budget"),
                {
                    CommitmentState.OFFERED: CommitmentState.WITHDRAWN,
                    CommitmentState.CONFIRMED: CommitmentState.WITHDRAWN,
                },
                frozenset({"customer"}),
            ),
        },
        frozenset({"onlooker", "limited", "rival", "firm", "ended"}),
        related=("finding__audit",),
    )
]
STORY = (
    ("rival", "findings:commitment_new"),
    ("supplier", "findings:commitment_ask"),
    ("customer", "findings:commitment_answer"),
    ("supplier", "findings:commitment_confirm"),
    ("customer", "findings:commitment_progress"),
    ("customer", "findings:commitment_change"),
    ("customer", "findings:commitment_withdraw"),
)
