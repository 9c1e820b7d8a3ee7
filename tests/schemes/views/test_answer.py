"""The self-assessment: saved as one types, resumed, and never overwritten by a colleague."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from organisations.visibility import Role
from schemes.lifecycle import Outcome
from schemes.models import Answer
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, play
from tests.schemes.views.test_membership import at, signed_in, text
from web.merging import packed

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def story() -> Play:
    made = play(guidance={})
    made.apply()
    return made


@pytest.fixture
def own(story: Play, client_for: ClientFor) -> Client:
    return signed_in(client_for, story.member)


def typed(said: str = "We ask everybody.", **more: Any) -> dict[str, Any]:
    blank = {"text": "", "claimed": "", "is_relevant": "yes", "reason": ""}
    return {
        "is_relevant": "yes",
        "text": said,
        "claimed": "bronze",
        "reason": "",
        "language": "en",
        "version": "0",
        "base": packed(blank),
    } | more


def saved(key: str = "c1") -> Answer:
    with owner_role():
        return Answer.objects.get(criterion__key=key)


def test_begin_leads_to_the_first_that_has_no_answer(story: Play, own: Client) -> None:
    code = story.assessment().code
    assert own.get(at("answer_next", code))["Location"] == at("answer", code, "c1")
    assert own.post(at("answer", code, "c1"), typed())["Location"] == at("answer", code, "c2")
    assert own.get(at("answer_next", code))["Location"] == at("answer", code, "c2")
    half = typed("", is_relevant="no", claimed="")
    assert own.post(at("answer", code, "c2"), half)["Location"] == at("answer", code, "c3")
    assert own.get(at("answer_next", code))["Location"] == at("answer", code, "c2")
    why = half | {"version": "1", "reason": "We have no agency workers."}
    assert own.post(at("answer", code, "c2"), why).status_code == 302
    assert own.post(at("answer", code, "c3"), typed())["Location"] == at("submit", code)
    assert own.get(at("answer_next", code))["Location"] == at("submit", code)
    assert saved("c2").reason == "We have no agency workers."


@pytest.mark.parametrize(
    ("go", "leads"),
    [("before", ("answer", "c1")), ("all", ("assessment",)), ("next", ("answer", "c3"))],
)
def test_each_button_saves_and_leads_on(story: Play, own: Client, go: str, leads: tuple[str, ...]) -> None:
    code = story.assessment().code
    answer = own.post(at("answer", code, "c2"), typed(go=go))
    assert answer["Location"] == at(leads[0], code, *leads[1:])
    assert saved("c2").text == "We ask everybody."


def test_show_evidence_saves_first(story: Play, own: Client) -> None:
    code = story.assessment().code
    answer = own.post(at("answer", code, "c2"), typed(go="show"))
    assert answer["Location"] == f"{at('evidence_show', code)}?criterion=c2"
    assert saved("c2").version == 1


def test_draft_saves_and_says_what_the_next_save_is_compared_with(story: Play, own: Client) -> None:
    url = at("answer_draft", story.assessment().code, "c1")
    told = json.loads(own.post(url, typed("We")).content)["fields"]
    assert told["version"] == "1"
    again = json.loads(own.post(url, typed("We ask", **told)).content)["fields"]
    assert again["version"] == "2"
    assert (saved().text, saved().version) == ("We ask", 2)


def test_save_that_was_on_its_way_when_the_form_was_sent_is_no_second_version(
    story: Play, own: Client
) -> None:
    code = story.assessment().code
    own.post(at("answer_draft", code, "c1"), typed("We ask"))
    assert own.post(at("answer", code, "c1"), typed("We ask everybody.")).status_code == 302
    assert saved().text == "We ask everybody."


def test_colleague_who_comes_second_sees_both_and_nothing_is_lost(
    story: Play, own: Client, client_for: ClientFor
) -> None:
    code = story.assessment().code
    colleague = signed_in(client_for, people.viewer(story.organisation, Role.EDITOR))
    assert colleague.post(at("answer", code, "c1"), typed("Theirs")).status_code == 302
    told = own.post(at("answer_draft", code, "c1"), typed("Mine"))
    assert told.status_code == 409
    assert "saved this criterion too" in json.loads(told.content)["note"]
    answer = own.post(at("answer", code, "c1"), typed("Mine", claimed="silver"))
    assert answer.status_code == 409
    page = text(answer)
    for said in ("Mine", "Theirs", "Bronze", "Silver"):
        assert said in page
    assert saved().text == "Theirs"
    hidden = {name: answer.context[name] for name in ("version", "base")}
    settled = typed("Mine", claimed="silver") | hidden | {"keep-text": "theirs", "keep-claimed": "mine"}
    assert own.post(at("answer", code, "c1"), settled).status_code == 302
    assert (saved().text, saved().claimed, saved().version) == ("Theirs", "silver", 2)


def test_what_only_the_colleague_changed_is_put_into_the_form(
    story: Play, own: Client, client_for: ClientFor
) -> None:
    code = story.assessment().code
    colleague = signed_in(client_for, people.viewer(story.organisation, Role.EDITOR))
    colleague.post(at("answer", code, "c1"), typed("Theirs", claimed=""))
    answer = own.post(at("answer", code, "c1"), typed("", claimed="bronze"))
    assert answer.status_code == 409
    assert not answer.context["merge"].conflicts
    assert "Theirs" in text(answer)


@pytest.mark.parametrize(
    "more", [{"claimed": "platinum"}, {"text": "x" * 10_001}, {"is_relevant": "perhaps"}]
)
def test_bad_input_is_refused_beside_its_field(story: Play, own: Client, more: dict[str, Any]) -> None:
    code = story.assessment().code
    assert own.post(at("answer", code, "c1"), typed() | more).status_code == 422
    assert own.post(at("answer_draft", code, "c1"), typed() | more).status_code == 409


def test_criterion_of_another_edition_is_not_there(story: Play, own: Client) -> None:
    assert own.get(at("answer", story.assessment().code, "c9")).status_code == 404


def test_once_sent_it_is_only_read(story: Play, own: Client, client_for: ClientFor) -> None:
    code, body = story.assessment().code, signed_in(client_for, story.assessor)
    assert body.get(at("answer", code, "c1")).status_code == 403
    story.submit()
    for client in (own, body):
        assert "We do Criterion 1." in text(client.get(at("answer", code, "c1")))
    assert own.post(at("answer", code, "c1"), typed()).status_code == 403
    told = own.post(at("answer_draft", code, "c1"), typed())
    assert (told.status_code, "They stay as they were sent" in text(told)) == (409, True)


def test_scores_are_read_with_the_decision_and_not_before(story: Play, own: Client) -> None:
    story.propose("bronze")
    url = at("answer", story.assessment().code, "c1")
    assert "Seen in the papers." not in text(own.get(url))
    story.decide(Outcome.AWARD)
    assert "Seen in the papers." in text(own.get(url))


def test_readers_and_strangers_do_not_write(story: Play, client_for: ClientFor) -> None:
    url = at("answer", story.assessment().code, "c1")
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    assert reader.post(url, typed()).status_code == 403
    stranger = signed_in(client_for, people.viewer(people.organisation()))
    assert stranger.post(url, typed()).status_code == 404
