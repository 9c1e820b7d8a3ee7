"""The member's side over the API: the same verbs as the pages, the same refusals."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organisations.visibility import Role
from schemes.actions.clarification import ask_clarification
from schemes.lifecycle import Outcome
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.views.test_membership import signed_in

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def story() -> Play:
    made = play()
    made.clock -= dt.timedelta(hours=2)
    return made


@pytest.fixture
def own(story: Play, client_for: ClientFor) -> Client:
    return signed_in(client_for, story.member)


def at(name: str, *codes: Any) -> str:
    return reverse(f"api-{name}", args=codes)


def send(client: Client, verb: str, address: str, body: dict[str, Any]) -> Any:
    return getattr(client, verb)(address, body, content_type="application/json")


def test_program_applies_answers_shows_and_sends(story: Play, own: Client) -> None:
    apply = at("scheme-apply", story.scheme.key)
    assert send(own, "post", apply, {}).status_code == 400
    made = send(own, "post", apply, {"consents_to_register": False})
    assert made.status_code == 201, made.content
    membership = made.json()
    assert (membership["state"], membership["scheme"]) == ("applied", story.scheme.key)
    again = send(own, "post", apply, {"consents_to_register": True})
    assert (again.status_code, again.json()["code"]) == (403, "applied-already")
    assert [one["code"] for one in own.get(at("memberships")).json()["results"]] == [membership["code"]]
    code = membership["assessment"]
    early = send(own, "post", at("assessment-submit", code), {})
    assert (early.status_code, early.json()["code"]) == (422, "not-all-answered")
    for key in ("c1", "c2", "c3"):
        said = send(own, "put", at("answer", code, key), {"text": "We ask.", "version": 0})
        assert (said.status_code, said.json()["version"]) == (200, 1), said.content
    piece = pieces.evidence(story.organisation)
    shown = send(own, "post", at("shown", code), {"evidence": piece.code, "criteria": ["c1"]})
    assert shown.status_code == 201, shown.content
    use = at("shown-piece", code, shown.json()["code"])
    assert send(own, "patch", use, {"criteria": ["c1", "c2"]}).json()["criteria"] == ["c1", "c2"]
    read = own.get(at("assessment", code)).json()
    assert (read["answered"], read["asked"]) == (3, 3)
    assert read["answers"][1]["evidence"] == [shown.json()["code"]]
    assert send(own, "post", at("assessment-submit", code), {}).json()["state"] == "submitted"
    assert own.delete(use).status_code == 403
    assert len(own.get(at("shown", code)).json()) == 1


def test_second_writer_is_told(story: Play, own: Client, client_for: ClientFor) -> None:
    story.apply()
    url = at("answer", story.assessment().code, "c1")
    colleague = signed_in(client_for, people.viewer(story.organisation, Role.EDITOR))
    assert send(colleague, "put", url, {"text": "Theirs", "version": 0}).status_code == 200
    told = send(own, "put", url, {"text": "Mine", "version": 0})
    assert (told.status_code, told.json()["code"]) == (409, "changed-meanwhile")
    assert send(own, "put", at("answer", story.assessment().code, "c9"), {"version": 0}).status_code == 404


def test_questions_decision_and_appeal(story: Play, own: Client) -> None:
    story.apply()
    story.start()
    code = story.assessment().code
    with as_viewer(story.assessor) as viewer:
        asked = ask_clarification(
            viewer=viewer, assessment=story.assessment(), question="Who?", at=story.now()
        )
    (waiting,) = own.get(at("questions", code)).json()
    assert waiting["question"] == "Who?"
    answered = send(own, "post", at("question-answer", code, asked.code), {"answer": "We."})
    assert (answered.status_code, answered.json()["answer"]) == (200, "We.")
    assert own.get(at("decision", code)).status_code == 404
    story.decide(Outcome.AWARD, {"c1": "silver", "c2": "bronze", "c3": "bronze"})
    found = own.get(at("decision", code)).json()
    assert (found["outcome"], found["level_after"], found["next_level"]) == ("award", "bronze", "Silver")
    assert any(line["holds"] for line in found["lines"])
    assert found["shortest"]
    made = send(own, "post", at("appeal", code), {"reasons": "You did not see it."})
    assert made.status_code == 201, made.content
    twice = send(own, "post", at("appeal", code), {"reasons": "Again"})
    assert (twice.status_code, twice.json()["code"]) == (403, "appealed-already")


def test_consent_and_leaving(story: Play, own: Client, client_for: ClientFor) -> None:
    code = story.apply().code
    said = send(own, "post", at("membership-consent", code), {"consents_to_register": True})
    assert said.json()["consents_to_register"] is True
    stranger = signed_in(client_for, people.viewer(people.organisation()))
    assert stranger.get(at("membership", code)).status_code == 404
    assert own.get(at("membership", code)).json()["state"] == "applied"
    left = send(own, "post", at("membership-leave", code), {"reason": "No time"})
    assert (left.json()["state"], left.json()["assessment"]) == ("withdrawn", None)
