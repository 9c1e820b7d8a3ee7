"""The assessor's side: the work list, scores, proposals, decisions and appeals.

Four more organisations are assessed by the body: one has sent its answers, one is scored, one was asked something, and
one has let its date pass. The body's admin has declared nothing, so what is inside leads to the declaration first.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from organisations.models import Membership
from schemes.actions.clarification import ask_clarification
from schemes.models import Assessment, Assignment
from tests.conftest import owner_role
from tests.factories.assessments import as_viewer
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.principals import MEMBERS, SCHEME_BODY, SUPPLIER
from tests.matrices.slices.assessment import _play
from tests.matrices.world import World

LATER = (timezone.now().date() + dt.timedelta(days=60)).isoformat()


def build(world: World) -> None:
    """Let four more organisations stand at different steps."""
    sent_in = _play(world, "unlinked")
    sent_in.apply()
    sent_in.submit()
    sent_in.staff()
    scored = _play(world, "asking")
    scored.apply()
    scored.start()
    scored.score()
    asked = _play(world, "ended")
    asked.apply()
    asked.start()
    with as_viewer(asked.assessor) as viewer:
        ask_clarification(viewer=viewer, assessment=asked.assessment(), question="x", at=asked.now())
    late = _play(world, "former_firm")
    late.apply()
    Assessment.objects.filter(pk=late.assessment().pk).update(due_on=dt.date(2026, 1, 20))
    contested = _play(world, "customer")
    contested.clock = timezone.now() - dt.timedelta(days=1)
    contested.declare(contested.boss)
    world.things |= {
        "work_sent": sent_in.assessment(),
        "work_scored": scored.assessment(),
        "work_asked": asked.assessment(),
        "work_late": late.assessment(),
    }


def _part(world: World) -> dict[str, Any]:
    with owner_role():
        return {"assignment": Assignment.objects.get(assessment=world["work_scored"], role="assessor").pk}


def _colleague(world: World) -> dict[str, Any]:
    with owner_role():
        found = Membership.objects.get(person=world.people["reviewer"])
    return {"membership": found.code, "role": "assessor"}


SCORE = {"choice": "bronze", "rationale": "x", "version": "1", "to": "next"}
SCORE_BY_API = {"version": 1, "value": "bronze", "rationale": "x"}
NO_ROWS = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}
REST = MEMBERS - SCHEME_BODY
OPEN_TO_BODY: dict[str, Any] = {"ok": SCHEME_BODY, "otherwise": dict.fromkeys(REST, 302)}
BEGINS: dict[str, Any] = {"ok": SCHEME_BODY, "forbidden": {"customer"}, "of": "membership_customer"}
C1 = ("work_scored", "c1")
DECLARE_FIRST = {"body": 302}
ASSESSES: dict[str, Any] = {
    "ok": {"assessor"},
    "forbidden": {"decider", "asking"},
    "otherwise": DECLARE_FIRST,
    "of": "work_scored",
}
LOOKS: dict[str, Any] = {
    "ok": {"assessor", "decider"},
    "forbidden": {"asking"},
    "otherwise": DECLARE_FIRST,
    "of": C1,
}
DECIDES: dict[str, Any] = {
    "ok": {"decider"},
    "forbidden": {"assessor", *SUPPLIER},
    "otherwise": DECLARE_FIRST,
    "of": "assessment",
}
BOSS: dict[str, Any] = {"ok": {"body"}, "forbidden": {"assessor", "decider", "asking"}, "of": "work_scored"}
LATE: dict[str, Any] = {"ok": SCHEME_BODY, "forbidden": {"former_firm"}, "of": "work_late"}
BY_ASSESSOR: dict[str, Any] = {
    "ok": {"assessor"},
    "forbidden": {"body", "decider", "asking"},
    "of": "work_scored",
}
BY_DECIDER: dict[str, Any] = {
    "ok": {"decider"},
    "forbidden": {"body", "assessor", *SUPPLIER},
    "of": "assessment",
}
NO_PART: dict[str, Any] = {"ok": {"body"}, "forbidden": {"assessor", "decider", "customer"}, "of": "appeal"}

PAGES: dict[str, dict[str, Case]] = {
    "schemes:assessments": {"get": page(**OPEN_TO_BODY)},
    "schemes:overdue": {"get": page(status=302, of="2026-07-16")},
    "schemes:interim_begin": {"get": page(**BEGINS), "post": done(**BEGINS, body=says(due_on=LATER))},
    "schemes:appeals": {"get": page(**OPEN_TO_BODY)},
    "schemes:declare": {
        "get": page(SCHEME_BODY, forbidden={"asking"}, of="work_scored"),
        "post": done(SCHEME_BODY, forbidden={"asking"}, of="work_scored", body=says(interest="none")),
    },
    "schemes:assign": {"get": page(**BOSS), "post": page(**BOSS, status=422, body=says(role="decider"))},
    "schemes:assign_end": {"post": done(**BOSS, body=_part)},
    "schemes:start": {
        "post": done({"assessor"}, forbidden={"decider", "unlinked"}, otherwise=DECLARE_FIRST, of="work_sent")
    },
    "schemes:go_on": {
        "post": done({"assessor"}, forbidden={"body", "decider", "ended"}, of="work_asked"),
    },
    "schemes:take_up": {"post": done(**LATE)},
    "schemes:reschedule": {"get": page(**LATE), "post": done(**LATE, body=says(due_on=LATER))},
    "schemes:ask": {"get": page(**ASSESSES), "post": done(**ASSESSES, body=says(question="Why?"))},
    "schemes:score_next": {"get": page(SCHEME_BODY, forbidden={"asking"}, of="work_scored", status=302)},
    "schemes:score": {
        "get": page(**LOOKS),
        "post": done(**(ASSESSES | {"of": C1}), body=says(**SCORE)),
    },
    "schemes:score_keep": {
        "post": page({"assessor"}, forbidden={"body", "decider", "asking"}, of=C1, body=says(**SCORE)),
    },
    "schemes:score_bar": {"get": page(**LOOKS)},
    "schemes:propose": {"get": page(**ASSESSES), "post": done(**ASSESSES)},
    "schemes:decide": {
        "get": page(**DECIDES),
        "post": done(**DECIDES, body=says(outcome="continue", reasons="x", **NO_ROWS)),
    },
    "schemes:send_back": {"get": page(**DECIDES), "post": done(**DECIDES, body=says(reason="x"))},
    "schemes:appeal_answer": {
        "get": page(SCHEME_BODY, forbidden={"customer"}, of="appeal"),
        "post": done(**NO_PART, body=says(is_upheld="no", words="x")),
    },
    "api-work-list": {"get": api()},
    "api-scheme-appeals": {"get": api()},
    "api-scores": {
        "get": api({"assessor", "decider"}, forbidden={"body", "asking"}, of="work_scored"),
    },
    "api-score": {"put": sent(**(BY_ASSESSOR | {"of": C1}), body=says(**SCORE_BY_API))},
    "api-declare": {
        "post": sent(
            SCHEME_BODY,
            forbidden={"asking"},
            of="work_scored",
            body=says(has_conflict=False, is_supporter=False),
        )
    },
    "api-assign": {"post": sent(**BOSS, body=_colleague)},
    "api-assessment-start": {
        "post": sent({"assessor"}, forbidden={"body", "decider", "unlinked"}, of="work_sent")
    },
    "api-assessment-go-on": {
        "post": sent({"assessor"}, forbidden={"body", "decider", "ended"}, of="work_asked")
    },
    "api-assessment-ask": {"post": sent(**BY_ASSESSOR, body=says(question="Why?"))},
    "api-propose": {"post": sent(**BY_ASSESSOR)},
    "api-send-back": {"post": sent(**BY_DECIDER, body=says(reason="x"))},
    "api-decide": {"post": sent(**BY_DECIDER, body=says(outcome="continue", reasons="x"))},
    "api-appeal-answer": {"post": sent(**NO_PART, body=says(is_upheld=False, words="x"))},
}
KEPT = {"schemes.Clarification.answer": "empty until it is answered, by a constraint"}
# Only a scheme body has rows here, and the small world has none.
NO_LISTS = {
    "schemes:assessments": "counted in tests/schemes/views/test_work_list.py",
    "schemes:appeals": "counted in tests/schemes/views/test_work_list.py",
    "api-work-list": "counted in tests/schemes/api/test_assessing.py",
    "api-scheme-appeals": "counted in tests/schemes/api/test_assessing.py",
}
