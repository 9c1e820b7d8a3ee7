"""Plans at work: writing together, versions side by side, a way on from an earlier plan, another rhythm."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.models import ActionPlan, RhythmAnswer, RhythmRequest
from tests.matrices.cases import api, done, page, says, sent
from tests.matrices.oracle import Facts, Reader, Row, rules
from tests.matrices.principals import EDITORS, NORTH, READERS
from tests.matrices.world import World

CUSTOMERS = {"customer", "rival"}
NOT_CUSTOMERS = NORTH | {"firm"}
OTHERS_HERE = frozenset({"onlooker", "customer", "rival", "firm"})
WISH = {"rhythm": 6, "reason": "Less would do"}
PLAN = {"root_causes": ["Fees"], "completed_by": "HR"}


def build(world: World) -> None:
    """Let both customers wish for another rhythm; the rival has its answer."""
    plan, now = world["plan"], timezone.now()
    for name, prefix in (("customer", ""), ("rival", "rival_")):
        world.things[f"{prefix}wish"] = RhythmRequest.objects.create(
            plan=plan,
            organisation=world.organisations[name],
            rhythm=ActionPlan.Rhythm.NAMED_DATES,
            named_dates=[now.date() + dt.timedelta(days=90)],
            reason="x",
            asked_at=now,
        )
    RhythmAnswer.objects.create(request=world["rival_wish"], is_accepted=False, reason="x", answered_at=now)


def _pair(known: Facts, reader: Reader, row: Row) -> bool:
    """The customer that wished and the supplier, within the member's sites; nobody else."""
    return rules()["findings.PlanResponse"](known, reader, row)


def _answer(_world: World) -> dict[str, Any]:
    return {"is_accepted": "no", "reason": "Not now"}


RULES = {"findings.RhythmRequest": _pair, "findings.RhythmAnswer": _pair}
KEPT = {"findings.PlanVersion.carried_plan": "a copy of a code"}
SHAPES = {
    "findings.PlanVersion.carried_progress": lambda _word, old: old,
}
PAGES: dict[str, Any] = {
    "findings:plan_versions": {"get": page(READERS, of="car")},
    "findings:shared_plan_versions": {"get": page({"stakeholder"}, of=("share", "car"))},
    "findings:plan_carry": {"post": done(EDITORS, forbidden=OTHERS_HERE, of="car")},
    "findings:rhythm_ask": {
        "get": page(CUSTOMERS, forbidden=NOT_CUSTOMERS, of="car"),
        "post": page(
            {"rival"},
            forbidden=NOT_CUSTOMERS,
            of="car",
            status=302,
            body=says(**WISH),
            otherwise={"customer": 422},  # its first wish still waits
        ),
    },
    "findings:rhythm_answer": {
        "get": page(EDITORS, forbidden={"onlooker", "customer"}, of=("car", "wish")),
        "post": done(EDITORS, forbidden={"onlooker", "customer"}, of=("car", "wish"), body=_answer),
    },
    "api-plan-draft": {
        "get": api(EDITORS, forbidden=OTHERS_HERE, of="car"),
        "put": sent(EDITORS, forbidden=OTHERS_HERE, of="car", body=says(**PLAN)),
    },
    "api-plan-carry": {
        "post": sent(frozenset(), forbidden=OTHERS_HERE, of="car", otherwise=dict.fromkeys(EDITORS, 409))
    },
    "api-plan-rhythm": {
        "get": api(READERS, of="car"),
        "post": sent(
            {"rival"},
            forbidden=NOT_CUSTOMERS,
            of="car",
            status=201,
            body=says(**WISH),
            otherwise={"customer": 409},
        ),
    },
    "api-plan-rhythm-answer": {
        "post": sent(
            EDITORS,
            forbidden={"onlooker", "customer"},
            of=("car", "wish"),
            status=201,
            body=says(is_accepted=False, reason="Not now"),
        )
    },
}
