"""A buyer's own code: between that buyer and the supplier. The audit firm and other customers never see a word."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.actions.variance import answer_variance, close_variance, question_variance
from findings.lifecycle import VARIANCE, VarianceState
from findings.models import Variance, VarianceReply
from organisations.models import Organisation
from sourcing.models import Site
from tests.factories import sourcing as places
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _within
from tests.matrices.principals import BUYERS, EDITORS, MEMBERS, NORTH

TWO = NORTH | {"customer"}
SAID = {"clause": "4.2 Dormitories", "title": "No lockers", "description": "Seen in June"}


def variance(buyer: Organisation, site: Site, **fields: Any) -> Variance:
    """Make a variance; the role that owns the tables is in force."""
    made = Variance.objects.create(buyer=buyer, site=site, raised_at=timezone.now(), **(SAID | fields))
    made.refresh_from_db()
    return made


def _reply(to: Variance, kind: str = "answer") -> VarianceReply:
    return VarianceReply.objects.create(variance=to, kind=kind, message="x", said_at=timezone.now())


def build(world: Any) -> None:
    """Two of the customer, one of them answered, and one of the rival."""
    of = world.organisations
    world.things["variance"] = variance(
        of["customer"], world["north"], severity="Red", due_on=dt.date(2026, 7, 1), finding=world["nc"]
    )
    answered = variance(of["customer"], world["north"])
    _reply(answered)
    answered.state = VarianceState.ANSWERED
    answered.save(update_fields=["state"])
    world.things["variance_answered"] = answered
    world.things["variance_rival"] = variance(of["rival"], world["north"])
    _reply(world.things["variance_rival"])


PAGES: dict[str, dict[str, Case]] = {
    "findings:variances": {"get": page()},
    "findings:variance_new": {
        "get": page(BUYERS),
        "post": done(
            {"customer", "rival"},
            body=lambda world: {**SAID, "site": world["north"].code},
            otherwise=dict.fromkeys(BUYERS - {"customer", "rival"}, 422),
        ),
    },
    "findings:variance": {"get": page(TWO, of="variance")},
    "findings:variance_answer": {
        "post": done(EDITORS, forbidden={"onlooker", "customer"}, of="variance", body=says(message="Done"))
    },
    "findings:variance_question": {
        "post": done({"customer"}, forbidden=NORTH, of="variance_answered", body=says(message="And?"))
    },
    "findings:variance_close": {"post": done({"customer"}, forbidden=NORTH, of="variance")},
    "api-variances": {
        "get": api(),
        "post": sent(
            {"customer", "rival"},
            status=201,
            forbidden=NORTH | {"firm"},
            body=lambda world: {**SAID, "site": world["north"].code},
            otherwise=dict.fromkeys(MEMBERS - NORTH - {"customer", "rival", "firm"}, 404),
        ),
    },
    "api-variance": {"get": api(TWO, of="variance")},
    "api-variance-answer": {
        "post": sent(EDITORS, forbidden={"onlooker", "customer"}, of="variance", body=says(message="Done"))
    },
    "api-variance-question": {
        "post": sent({"customer"}, forbidden=NORTH, of="variance_answered", body=says(message="And?"))
    },
    "api-variance-close": {"post": sent({"customer"}, forbidden=NORTH, of="variance")},
}


def _two(_known: Facts, reader: Reader, row: Row) -> bool:
    """The buyer who raised it, and the supplier's people of that site."""
    if reader.organisation is None:
        return False
    is_supplier = row["supplier_id"] == reader.organisation and _within(reader, row["site_id"])
    return row["buyer_id"] == reader.organisation or is_supplier


def _reply_of_two(known: Facts, reader: Reader, row: Row) -> bool:
    return _two(known, reader, known["findings.Variance"][row["variance_id"]])


RULES = {"findings.Variance": _two, "findings.VarianceReply": _reply_of_two}
LIVES = [
    Life(
        Variance,
        "variance_answered",
        VARIANCE,
        {
            "answer": (
                now(answer_variance, "variance", message="Done"),
                {
                    VarianceState.OPEN: VarianceState.ANSWERED,
                    VarianceState.ANSWERED: VarianceState.ANSWERED,
                },
                EDITORS,
            ),
            "ask for more": (
                now(question_variance, "variance", message="And?"),
                {VarianceState.ANSWERED: VarianceState.OPEN},
                frozenset({"customer"}),
            ),
            "close": (
                now(close_variance, "variance"),
                {VarianceState.OPEN: VarianceState.CLOSED, VarianceState.ANSWERED: VarianceState.CLOSED},
                frozenset({"customer"}),
            ),
        },
        frozenset({"onlooker", "limited", "rival", "firm", "far_supplier"}),
    )
]
LISTS = {"findings:variances": "buyer", "api-variances": "buyer"}
NO_LISTS = {"findings:variance_new": "a form"}


def grow(small: Any) -> None:
    """Add one variance of the buyer."""
    site = places.site(small.supplier.organisation)
    variance(small.buyer.organisation, site)
