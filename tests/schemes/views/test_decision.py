"""Checking, sending, being asked, reading the decision line by line, and contesting it."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.visibility import Role
from schemes.actions.appeal import decide_appeal
from schemes.actions.clarification import ask_clarification
from schemes.lifecycle import Outcome
from schemes.models import Appeal, Clarification
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.views.test_membership import at, signed_in, text

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def story() -> Play:
    made = play(criteria=4)
    made.clock -= dt.timedelta(hours=2)  # what pages do now comes after what was played
    made.apply()
    return made


@pytest.fixture
def own(story: Play, client_for: ClientFor) -> Client:
    return signed_in(client_for, story.member)


def test_what_is_missing_is_named_with_its_way_there(story: Play, own: Client) -> None:
    code = story.assessment().code
    page = text(own.get(at("submit", code)))
    assert "4 criteria still need your answer" in page
    assert at("answer", code, "c3") in page
    refused = own.post(at("submit", code))
    assert refused.status_code == 422
    assert "4 criteria still need your answer" in text(refused)
    story.answer()
    page = text(own.get(at("submit", code)))
    assert "Everything is answered. Send it?" in page
    assert "Answered, but nothing is shown for it" in page
    assert own.post(at("submit", code)).status_code == 302
    assert story.assessment().state == "submitted"
    assert own.get(at("submit", code)).status_code == 403


def test_overview_shows_how_far_it_is(story: Play, own: Client, client_for: ClientFor) -> None:
    url = at("assessment", story.assessment().code)
    assert "4 criteria are left to answer" in text(own.get(url))
    story.answer()
    page = text(own.get(url))
    assert "4 of 4 criteria answered" in page
    stranger = signed_in(client_for, people.viewer(people.organisation()))
    assert stranger.get(url).status_code == 404


def _ask(story: Play, question: str = "Who trains the buyers?") -> Clarification:
    with as_viewer(story.assessor) as viewer:
        return ask_clarification(
            viewer=viewer,
            assessment=story.assessment(),
            criterion=story.criteria()[1],
            question=question,
            language="en",
            at=story.now(),
        )


def test_question_is_answered_once(story: Play, own: Client, client_for: ClientFor) -> None:
    story.start()
    asked, code = _ask(story), story.assessment().code
    assert "The assessor" in text(own.get(at("membership", story.membership().code)))
    page = text(own.get(at("clarifications", code)))
    assert "Who trains the buyers?" in page
    url = at("clarification_answer", code, asked.code)
    assert own.post(url, {}).status_code == 422
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    assert reader.post(url, {"answer": "We do"}).status_code == 403
    assert own.post(url, {"answer": "Our own team.", "language": "en"}).status_code == 302
    assert story.assessment().state == "in_assessment"
    assert "Our own team." in text(own.get(at("clarifications", code)))
    assert "Our own team." in text(own.get(at("answer", code, "c2")))
    assert own.get(url).status_code == 403


def test_question_of_another_assessment_is_not_here(story: Play, own: Client) -> None:
    story.start()
    asked = _ask(story)
    other = play(organisation=story.organisation)
    other.apply()
    assert own.get(at("clarification_answer", other.assessment().code, asked.code)).status_code == 404


def test_decision_is_explained_line_by_line(story: Play, own: Client) -> None:
    values = {"c1": "silver", "c2": "silver", "c3": "bronze", "c4": "bronze"}
    code = story.assessment().code
    assert own.get(at("decision", code)).status_code == 404
    story.propose(values)
    assert own.get(at("decision", code)).status_code == 404
    story.decide(Outcome.AWARD)
    page = " ".join(text(own.get(at("decision", code))).split())
    for said in (
        "Level awarded: Bronze",
        "As the scores say.",
        "Every relevant criterion is at Bronze or above.",
        "At Silver or above: 2. Needed: at least 3.",
        "The shortest way to Silver",
        "Bring it to Silver",
        "3. <bdi",
    ):
        assert said in page, said


def test_not_yet_names_what_is_missing(story: Play, own: Client) -> None:
    story.decide(Outcome.IMPROVE, {"c1": "bronze", "c2": "", "c3": "bronze", "c4": "bronze"})
    with owner_role():
        first = story.assessment().previous
    assert first is not None
    page = " ".join(text(own.get(at("decision", first.code))).split())
    assert "3 of 4 relevant criteria are at Bronze or above." in page
    assert "One criterion would do." in page
    assert "Write a policy." in page
    kept = text(own.get(at("assessment", story.assessment().code)))
    assert "Your answers and evidence of last time are here already." in kept


def test_appeal_needs_reasons_and_is_taken_back_or_answered(
    story: Play, own: Client, client_for: ClientFor
) -> None:
    story.decide(Outcome.AWARD, "bronze")
    code = story.assessment().code
    url = at("appeal", code)
    assert at("appeal", code) in text(own.get(at("decision", code)))
    assert own.post(url, {}).status_code == 422
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    assert reader.post(url, {"reasons": "No"}).status_code == 403
    assert own.post(url, {"reasons": "You did not see our training.", "language": "en"}).status_code == 302
    page = text(own.get(url))
    assert "You did not see our training." in page
    assert "Take the appeal back" in page
    assert own.post(url, {"reasons": "Again"}).status_code == 403
    with owner_role():
        made = Appeal.objects.get()
    story.clock = timezone.now()
    story.declare(story.reviewer)
    with as_viewer(story.reviewer) as viewer:
        decide_appeal(viewer=viewer, appeal=made, is_upheld=False, words="We did see it.", at=story.now())
    page = text(own.get(url))
    assert "We did see it." in page
    assert "Take the appeal back" not in page
    assert own.post(at("appeal_withdraw", code)).status_code == 403


def test_appeal_is_taken_back(story: Play, own: Client) -> None:
    story.decide(Outcome.AWARD, "bronze")
    code = story.assessment().code
    assert own.post(at("appeal_withdraw", code)).status_code == 404
    own.post(at("appeal", code), {"reasons": "Hm"})
    assert own.post(at("appeal_withdraw", code)).status_code == 302
    assert "taken back" in text(own.get(at("appeal", code)))


@pytest.mark.parametrize("name", ["assessment", "submit", "assessment_evidence"])
def test_pages_ask_the_same_however_much_is_asked(name: str, client_for: ClientFor) -> None:
    counts = set()
    for criteria in (2, 12):
        made = play(criteria=criteria)
        made.apply()
        made.answer()
        client = signed_in(client_for, made.member)
        url = at(name, made.assessment().code)
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.add(len(asked))
    assert len(counts) == 1, counts
