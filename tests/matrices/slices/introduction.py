"""Introductions: the one way in which two customers learn of each other, and what it must not tell before."""

from typing import Any

from django.utils import timezone

from findings.actions.introduction import complete_introduction, end_introduction
from findings.lifecycle import INTRODUCTION, IntroductionState
from findings.models import Introduced, Introduction, IntroductionAnswer, IntroductionAsk
from tests.matrices.cases import OTHERS, Case, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _within
from tests.matrices.principals import EDITORS, NORTH, READERS
from tests.matrices.slices.call import between
from tests.matrices.world import World

OTHERS["introduction"] = ("introduction_made",)
OTHERS["ask"] = ("ask_rival", "ask_made")


def build(world: World) -> None:
    """Make one introduction of customer and rival, and a second round to which both have said yes."""
    _round(world, "_made")
    Introduction.objects.filter(pk=world["introduction_made"].pk).update(
        state="made", closed_at=timezone.now()
    )
    world.things["introduced"] = Introduced.objects.order_by("pk").first()
    _round(world, "")


def _round(world: World, name: str) -> None:
    at = timezone.now()
    made = Introduction.objects.create(finding=world["car"], opened_at=at)
    world.things[f"introduction{name}"] = made
    for who in ("customer", "rival"):
        ask = IntroductionAsk.objects.create(
            introduction=made, customer=world.organisations[who], asked_at=at
        )
        IntroductionAnswer.objects.create(
            ask=ask,
            kind="agreed",
            contact_name="x",
            contact_email="x@example.org",
            reason="x",
            has_read_notice=True,
            at=at,
        )
        world.things[f"ask{name}" if who == "customer" else f"ask_rival{name}"] = ask


def _both(world: World) -> dict[str, Any]:
    return {"customers": [world.organisations[who].code for who in ("customer", "rival")]}


# The supplier sees each question, too; its own place is the round.
ASKED: dict[str, Any] = {"ok": {"customer"}, "forbidden": NORTH, "of": "ask"}
ROUND: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker"}, "of": "introduction"}
YES = {"contact_name": "Ada", "contact_email": "ada@example.org"}
NEW: dict[str, Any] = {"forbidden": {"onlooker", "customer", "rival", "firm"}, "of": "car"}
PAGES: dict[str, dict[str, Case]] = {
    # A round is open already, so a second one is refused with the form filled.
    "findings:introduction_new": {
        "get": page(EDITORS, **NEW),
        "post": page(EDITORS, **NEW, status=422, body=_both),
    },
    "findings:introduction": {"get": page(NORTH, of="introduction")},
    "findings:introduction_complete": {"post": done(**ROUND)},
    "findings:introduction_end": {"post": done(**ROUND)},
    "findings:introduction_asked": {
        "get": page({"customer"}, of="ask", otherwise=dict.fromkeys(NORTH, 302)),
    },
    "findings:introduction_agree": {
        "get": page(**ASKED),
        "post": done(**ASKED, body=says(**YES, has_read_notice="on")),
    },
    "findings:introduction_decline": {"get": page(**ASKED), "post": done(**ASKED, body=says(reason="No"))},
    "findings:introduction_take_back": {"get": page(**ASKED), "post": done(**ASKED)},
    "api-car-introductions": {
        "get": api(READERS, of="car"),
        "post": sent(EDITORS, **NEW, status=422, body=_both),
    },
    "api-car-asked": {"get": api(READERS, of="car")},
    "api-introduction-complete": {"post": sent(**ROUND)},
    "api-introduction-end": {"post": sent(**ROUND)},
    "api-introduction-agree": {"post": sent(**ASKED, body=says(**YES, has_read_notice=True))},
    "api-introduction-decline": {"post": sent(**ASKED, body=says(reason="No"))},
    "api-introduction-take-back": {"post": sent(**ASKED)},
}


def _round_of(known: Facts, reader: Reader, row: Row) -> bool:
    """The supplier's people of the site alone."""
    site = known["findings.Audit"][row["audit_id"]]["site_id"]
    return (
        reader.organisation is not None
        and row["supplier_id"] == reader.organisation
        and _within(reader, site)
    )


def _answer(known: Facts, reader: Reader, row: Row) -> bool:
    """The customer who gave it, for ever, and the supplier."""
    is_author = reader.organisation is not None and row["customer_id"] == reader.organisation
    return is_author or _round_of(known, reader, row)


RULES = {
    "findings.Introduction": _round_of,
    "findings.IntroductionAsk": between,
    "findings.IntroductionAnswer": _answer,
    "findings.Introduced": between,
}
LIVES = [
    Life(
        Introduction,
        "introduction",
        INTRODUCTION,
        {
            "complete": (
                now(complete_introduction, "introduction"),
                {IntroductionState.ASKING: IntroductionState.MADE},
                frozenset(EDITORS),
            ),
            "end": (
                now(end_introduction, "introduction"),
                {IntroductionState.ASKING: IntroductionState.ENDED},
                frozenset(EDITORS),
            ),
        },
        frozenset({"onlooker", "limited", "customer", "rival", "firm"}),
        related=("finding__audit",),
        with_state=lambda state: {"closed_at": None if state == IntroductionState.ASKING else timezone.now()},
    )
]
# The last yes of two makes the introduction, without any further deed.
STORY = (("customer", "findings:introduction_decline"), ("customer", "findings:introduction_agree"))
