"""The member's side of a scheme: who opens and does what; which rows there are says `assessment.py`."""

from typing import Any

from django.utils import timezone

from schemes.models import Clarification, EvidenceUse
from tests.factories import evidence as pieces
from tests.factories.assessments import play
from tests.matrices.cases import Case, api, done, page, says, sent
from tests.matrices.principals import EDITORS, MEMBERS, SCHEME_BODY, SUPPLIER
from tests.matrices.slices.evidence import _picture
from tests.matrices.world import World

SIDES = SUPPLIER | SCHEME_BODY
READ_ONLY = {"onlooker", "limited"}
# Those whose applications `assessment.py` and `assessor.py` have played.
APPLIED = SUPPLIER | {"far_supplier", "customer", "unlinked", "asking", "ended", "former_firm"}
NEW = MEMBERS - APPLIED - SCHEME_BODY
FAR = "far_assessment"
# The far supplier still answers; the body sees that there is an assessment, and does not answer it.
ANSWERING: dict[str, Any] = {"ok": {"far_supplier"}, "forbidden": SCHEME_BODY}
# What was shown and not sent yet is not there for the body.
UNSENT: dict[str, Any] = {"ok": {"far_supplier"}, "of": (FAR, "far_scheme_use")}
OWN: dict[str, Any] = {"ok": EDITORS, "forbidden": READ_ONLY | SCHEME_BODY, "of": "membership"}
CONTESTED: dict[str, Any] = {
    "ok": EDITORS,
    "forbidden": READ_ONLY | SCHEME_BODY,
    "of": ("assessment_decided",),
}
ASKED: dict[str, Any] = {"ok": {"ended"}, "forbidden": SCHEME_BODY, "of": ("work_asked", "question")}
SAID = says(is_relevant="yes", text="We ask.", claimed="bronze", version="9")


def build(world: World) -> None:
    """Name the question that waits for an answer, and show a picture that can be drawn."""
    world.things["question"] = Clarification.objects.get(assessment=world["work_asked"])
    member = world.organisations["ended"]
    picture = _picture(member, world.people["ended"])
    world.things["picture_use"] = EvidenceUse.objects.create(
        evidence=pieces.evidence(member, document=picture, pages=1, note="x", supplied_by="x", language="en"),
        assessment=world["work_asked"],
        criteria=["c1"],
        attached_at=timezone.now(),
    )


def _shown(world: World) -> dict[str, Any]:
    return {"evidence": [world["far_piece"].code], "criteria": ["c1"]}


def _piece(world: World) -> dict[str, Any]:
    return {"evidence": world["far_piece"].code, "criteria": ["c1"]}


def grow(small: Any) -> None:
    """Let the small world's supplier apply to one more scheme."""
    story = play(organisation=small.supplier.organisation, criteria=1)
    story.apply()


PAGES: dict[str, dict[str, Case]] = {
    "schemes:memberships": {"get": page()},
    "schemes:apply": {
        "get": page(NEW, forbidden=SCHEME_BODY, of=("fair-work",), otherwise=dict.fromkeys(APPLIED, 302)),
        "post": done(NEW, forbidden=APPLIED | SCHEME_BODY, of=("fair-work",), body=says(consents="no")),
    },
    "schemes:membership": {"get": page(SIDES, of="membership")},
    "schemes:membership_consent": {
        "get": page(**OWN),
        "post": done(**OWN, body=says(consents="yes")),
    },
    "schemes:membership_withdraw": {"get": page(**OWN), "post": done(**OWN)},
    "schemes:improvement_done": {
        "post": done({"customer"}, forbidden=SCHEME_BODY, of=("membership_customer", "item"))
    },
    "schemes:assessment": {"get": page(SIDES, of="assessment")},
    "schemes:answer_next": {"get": page(SIDES, of=("assessment",), status=302)},
    "schemes:answer": {
        "get": page(SIDES, of=("assessment_decided", "c1")),
        "post": done(**ANSWERING, of=(FAR, "c1"), body=says(is_relevant="yes", text="We ask.", version="1")),
    },
    "schemes:answer_draft": {
        "post": page(**ANSWERING, of=(FAR, "c1"), body=SAID, otherwise={"far_supplier": 409})
    },
    "schemes:assessment_evidence": {"get": page(SIDES, of="assessment")},
    "schemes:evidence_show": {
        "get": page(**ANSWERING, of=FAR),
        "post": done(**ANSWERING, of=FAR, body=_shown),
    },
    "schemes:evidence_use": {"get": page(SIDES, of=("assessment_decided", "scheme_use"))},
    "schemes:evidence_use_file": {"get": page({"ended"} | SCHEME_BODY, of=("work_asked", "picture_use"))},
    "schemes:evidence_use_page": {"get": page({"ended"} | SCHEME_BODY, of=("work_asked", "picture_use", 1))},
    "schemes:evidence_point": {"get": page(**UNSENT), "post": done(**UNSENT, body=says(criteria=["c2"]))},
    "schemes:evidence_detach": {"get": page(**UNSENT), "post": done(**UNSENT)},
    "schemes:submit": {"get": page(**ANSWERING, of=FAR), "post": done(**ANSWERING, of=FAR)},
    "schemes:clarifications": {"get": page(SIDES, of="assessment")},
    "schemes:clarification_answer": {
        "get": page(**ASKED),
        "post": done(**ASKED, body=says(answer="So.")),
    },
    "schemes:decision": {"get": page(SIDES, of=("assessment_decided",))},
    "schemes:appeal": {
        "get": page(**CONTESTED),
        "post": done(**CONTESTED, body=says(reasons="You did not see it.")),
    },
    "schemes:appeal_withdraw": {
        "post": done({"customer"}, forbidden=SCHEME_BODY, of=("assessment_customer",))
    },
}
PAGES |= {
    "api-memberships": {"get": api()},
    "api-membership": {"get": api(SIDES, of="membership")},
    "api-scheme-apply": {
        "post": sent(
            NEW,
            forbidden=APPLIED | SCHEME_BODY,
            of=("fair-work",),
            status=201,
            body=says(consents_to_register=False),
        )
    },
    "api-membership-consent": {"post": sent(**OWN, body=says(consents_to_register=False))},
    "api-membership-leave": {"post": sent(**OWN)},
    "api-assessment": {"get": api(SIDES, of="assessment")},
    "api-answer": {
        "put": sent(**ANSWERING, of=(FAR, "c1"), body=says(text="We ask.", version=1)),
    },
    "api-shown": {
        "get": api(SIDES, of=("assessment_decided",)),
        "post": sent(**ANSWERING, of=(FAR,), status=201, body=_piece),
    },
    "api-shown-piece": {
        "patch": sent(**UNSENT, body=says(criteria=["c2"])),
        "delete": sent(**UNSENT, status=204),
    },
    "api-assessment-submit": {"post": sent(**ANSWERING, of=(FAR,))},
    "api-questions": {"get": api(SIDES, of="assessment")},
    "api-question-answer": {"post": sent(**ASKED, body=says(answer="So."))},
    "api-decision": {"get": api(SIDES, of=("assessment_decided",))},
    "api-appeal": {"post": sent(**CONTESTED, status=201, body=says(reasons="You did not see it."))},
}
LISTS = {"schemes:memberships": "supplier", "api-memberships": "supplier"}
