"""Calls: each between one customer and the supplier."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.actions.call import agree_call, cancel_call, decline_call, propose_times
from findings.lifecycle import CALL, CallState
from findings.models import Call, CallStep
from organisations.visibility import Viewer
from tests.matrices.cases import OTHERS, Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _shown_to, _within
from tests.matrices.principals import EDITORS, NORTH, READERS
from tests.matrices.world import World

SOON = timezone.now().replace(microsecond=0) + dt.timedelta(days=9)
TYPED = SOON.strftime("%Y-%m-%dT%H:%M")
BOTH = NORTH | {"customer"}
WORKERS = EDITORS | {"customer"}
WATCHING = {"onlooker", "firm"}
OTHERS["call"] = ("call_rival", "call_past")


def build(world: World) -> None:
    """Make a call that the customer asked for, one of the rival, and one of the customer that is over."""
    at, car = timezone.now(), world["car"]
    supplier = world.organisations["supplier"]
    for name, who in (("call", "customer"), ("call_rival", "rival"), ("call_past", "customer")):
        customer = world.organisations[who]
        call = Call.objects.create(
            finding=car,
            customer=customer,
            opened_by=customer,
            waits_for=supplier,
            customer_zone="Europe/London",
            opened_at=at,
            changed_at=at,
        )
        for side, kind, times in (
            (customer, CallStep.Kind.PROPOSED, [SOON.isoformat()]),
            (supplier, CallStep.Kind.JOINING, []),
        ):
            CallStep.objects.create(
                call=call,
                organisation=side,
                kind=kind,
                times=times,
                text="x",
                person=world.people[who],
                at=at,
            )
        world.things[name] = call
    past = world["call_past"]
    starts_at = at - dt.timedelta(hours=1)
    CallStep.objects.create(
        call=past, organisation=supplier, kind=CallStep.Kind.AGREED, times=[starts_at.isoformat()], at=at
    )
    CallStep.objects.create(call=past, organisation=supplier, kind=CallStep.Kind.NOTE, text="x", at=at)
    Call.objects.filter(pk=past.pk).update(state="agreed", waits_for=None, starts_at=starts_at, sequence=1)


def _proposal(world: World) -> dict[str, Any]:
    return {
        "customers": [world.organisations["customer"].code],
        "time_1": TYPED,
        "minutes": "45",
        "text": "Fees",
    }


def _proposal_by_api(world: World) -> dict[str, Any]:
    return {"customers": [world.organisations["customer"].code], "times": [SOON.isoformat()], "text": "Fees"}


ANSWERS: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "customer"}, "of": "call"}
CANCELS: dict[str, Any] = {"ok": {"customer"}, "forbidden": NORTH, "of": "call"}
SPEAKS: dict[str, Any] = {"ok": WORKERS, "forbidden": {"onlooker"}}
PAGES: dict[str, dict[str, Case]] = {
    "findings:call_new": {
        "get": page({*WORKERS, "rival"}, forbidden=WATCHING, of="car"),
        "post": done({*WORKERS, "rival"}, forbidden=WATCHING, of="car", body=_proposal),
    },
    "findings:call": {"get": page(BOTH, of="call")},
    "findings:call_file": {"get": page(BOTH, of="call_past")},
    "findings:call_accept": {
        "get": page(**ANSWERS),
        "post": done(**ANSWERS, body=says(time=SOON.isoformat())),
    },
    "findings:call_propose": {"get": page(**ANSWERS), "post": done(**ANSWERS, body=says(time_1=TYPED))},
    "findings:call_decline": {"get": page(**ANSWERS), "post": done(**ANSWERS, body=says(reason="Eid"))},
    "findings:call_cancel": {"get": page(**CANCELS), "post": done(**CANCELS, body=says(reason="Ill"))},
    "findings:call_joining": {
        "get": page(**SPEAKS, of="call"),
        "post": done(**SPEAKS, of="call", body=says(joining="+44")),
    },
    "findings:call_note": {
        "get": page(**SPEAKS, of="call_past"),
        "post": done(**SPEAKS, of="call_past", body=says(text="We pay half")),
    },
    "api-car-calls": {
        "get": api(READERS, of="car"),
        "post": sent({*WORKERS, "rival"}, forbidden=WATCHING, of="car", status=201, body=_proposal_by_api),
    },
    "api-call": {"get": api(BOTH, of="call")},
    "api-call-accept": {"post": sent(**ANSWERS, body=says(starts_at=SOON.isoformat()))},
    "api-call-propose": {"post": sent(**ANSWERS, body=says(times=[SOON.isoformat()]))},
    "api-call-decline": {"post": sent(**ANSWERS, body=says(reason="Eid"))},
    "api-call-cancel": {"post": sent(**CANCELS, body=says(reason="Ill"))},
    "api-call-joining": {"post": sent(**SPEAKS, of="call", body=says(joining="+44"))},
    "api-call-note": {"post": sent(**SPEAKS, of="call_past", body=says(text="We pay half"))},
}


def between(known: Facts, reader: Reader, row: Row) -> bool:
    """The supplier's people of the site, and the one customer while its link shows it the site."""
    site = known["findings.Audit"][row["audit_id"]]["site_id"]
    if reader.organisation is not None and row["supplier_id"] == reader.organisation:
        return _within(reader, site)
    is_customer = reader.organisation is not None and row["customer_id"] == reader.organisation
    return is_customer and site in _shown_to(known, reader)


def said_between(known: Facts, reader: Reader, row: Row) -> bool:
    """As `between`; and whoever wrote it, for ever."""
    is_author = reader.organisation is not None and row["organisation_id"] == reader.organisation
    if is_author and row["supplier_id"] != reader.organisation:
        return True
    return between(known, reader, row)


RULES = {"findings.Call": between, "findings.CallStep": said_between}
KEPT = {"supplier_zone": "a name that the time-zone database knows", "customer_zone": "as supplier_zone"}
SHAPES = {"findings.CallStep.times": lambda _word, old: old}


def _agree(viewer: Viewer, row: Call) -> Any:
    return agree_call(viewer=viewer, call=row, starts_at=SOON, at=timezone.now())


def _with_state(state: str) -> dict[str, Any]:
    if state == CallState.PROPOSED:
        return {"starts_at": None}
    return {"waits_for_id": None, "starts_at": SOON if state == CallState.AGREED else None}


SIDES = frozenset(WORKERS)
# Whoever was asked answers; whoever proposed takes it back.
NARROWER = {
    ("customer", "propose other times", "proposed"),
    ("supplier", "cancel", "proposed"),
    ("editor", "cancel", "proposed"),
}
LIVES = [
    Life(
        Call,
        "call",
        CALL,
        {
            "accept": (_agree, {CallState.PROPOSED: CallState.AGREED}, frozenset(EDITORS)),
            "propose other times": (
                now(propose_times, "call", times=[SOON]),
                {CallState.PROPOSED: CallState.PROPOSED, CallState.AGREED: CallState.PROPOSED},
                SIDES,
            ),
            "decline": (
                now(decline_call, "call", reason="Eid"),
                {CallState.PROPOSED: CallState.DECLINED},
                frozenset(EDITORS),
            ),
            "cancel": (
                now(cancel_call, "call", reason="Ill"),
                {CallState.PROPOSED: CallState.CANCELLED, CallState.AGREED: CallState.CANCELLED},
                SIDES,
            ),
        },
        frozenset({"onlooker", "limited", "rival", "firm", "ended"}),
        related=("finding__audit",),
        with_state=_with_state,
    )
]
STORY = (
    ("editor", "findings:call_new"),
    ("supplier", "findings:call_accept"),
    ("customer", "findings:call_joining"),
    ("customer", "findings:call_note"),
    ("customer", "findings:call_cancel"),
)
