"""Applying, the member's home of a scheme, consent and leaving, as its pages show them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from organisations.models import Person
from organisations.visibility import Capability, Role, Viewer
from schemes.lifecycle import Outcome
from schemes.models import SchemeMembership
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, play

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


def signed_in(client_for: ClientFor, who: Viewer) -> Client:
    """Return the browser of somebody."""
    with owner_role():
        return client_for(Person.objects.get(pk=who.person_id))


def text(answer: Any) -> str:
    return str(answer.content.decode())


def at(name: str, *codes: Any) -> str:
    return reverse(f"schemes:{name}", args=codes)


@pytest.fixture
def story() -> Play:
    return play(organisation=people.organisation("Bright Stores", Capability.BUYER))


@pytest.fixture
def own(story: Play, client_for: ClientFor) -> Client:
    return signed_in(client_for, story.member)


def test_application_says_what_is_asked_and_what_a_level_never_says(story: Play, own: Client) -> None:
    assert story.scheme.title in text(own.get(at("memberships")))
    page = text(own.get(at("apply", story.scheme.key)))
    for said in (
        "You answer 3 criteria.",
        "It says what was looked at, and no more.",
        "Every 6 months",
        "Who can see this",
    ):
        assert said in page


def test_consent_is_a_choice_that_nobody_made_beforehand(story: Play, own: Client) -> None:
    url = at("apply", story.scheme.key)
    assert "checked" not in text(own.get(url))
    assert own.post(url, {"message": "Hello"}).status_code == 422
    for consents, answer in ((False, "no"), (True, "yes")):
        got = own.post(url, {"consents": answer, "message": "Hello", "language": "en"})
        membership = story.membership()
        assert (got.status_code, got["Location"]) == (302, at("membership", membership.code))
        assert membership.consents_to_register is consents
        assert own.get(url)["Location"] == at("membership", membership.code)
        assert own.post(at("membership_withdraw", membership.code)).status_code == 302
    with owner_role():
        assert SchemeMembership.objects.count() == 2


def test_nobody_applies_who_may_not(story: Play, client_for: ClientFor) -> None:
    url = at("apply", story.scheme.key)
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    for client in (reader, signed_in(client_for, story.boss)):
        assert client.get(url).status_code == 403
        assert client.post(url, {"consents": "no"}).status_code == 403


def test_home_says_where_one_stands_at_each_step(story: Play, own: Client) -> None:
    story.apply()
    url = at("membership", story.membership().code)
    page = text(own.get(url))
    assert "You have applied to" in page
    assert "has 3 criteria to answer" in page
    story.answer()
    assert "Check and send" in text(own.get(url))
    story.submit()
    assert "An assessor looks" in text(own.get(url))
    story.decide(Outcome.IMPROVE, "")
    page = text(own.get(url))
    assert "you have time to improve until" in page
    assert "Write a policy." in page
    story.decide(Outcome.AWARD, "bronze")
    page = text(own.get(url))
    assert "Bronze" in page
    assert "Next assessment due" in page
    assert "you are here" in page
    story.interim()
    story.decide(Outcome.NOTICE, "bronze", is_improved=False)
    page = text(own.get(url))
    assert "on notice" in page
    assert "Train the buyers." in page
    story.interim()
    story.decide(Outcome.REMOVE, "bronze", is_improved=False)
    page = text(own.get(url))
    assert "no longer a member" in page
    assert "Apply again" in page


def test_line_of_the_schedule_is_marked_done_and_undone(story: Play, own: Client) -> None:
    story.apply()
    decision = story.decide(Outcome.IMPROVE, "")
    with owner_role():
        item = decision.items.get()
    membership = story.membership()
    url = at("improvement_done", membership.code, item.code)
    assert own.post(url, {"done": "yes"}).status_code == 302
    page = text(own.get(at("membership", membership.code)))
    assert "Done on" in page
    assert own.post(url, {"done": "no"}).status_code == 302
    assert "Done on" not in text(own.get(at("membership", membership.code)))
    assert own.get(url).status_code == 405


def test_consent_is_changed_on_any_day(story: Play, own: Client) -> None:
    membership = story.apply()
    url = at("membership_consent", membership.code)
    assert 'value="no" ' in text(own.get(url))
    assert own.post(url, {}).status_code == 422
    assert own.post(url, {"consents": "yes"}).status_code == 302
    assert story.membership().consents_to_register


def test_leaving_says_what_it_means_first(story: Play, own: Client, client_for: ClientFor) -> None:
    story.apply()
    story.decide(Outcome.AWARD, "bronze")
    url = at("membership_withdraw", story.membership().code)
    assert "Your certificate no longer counts" in text(own.get(url))
    reader = signed_in(client_for, people.viewer(story.organisation, Role.VIEWER))
    assert reader.post(url).status_code == 403
    assert own.post(url, {"reason": "Too much work", "language": "en"}).status_code == 302
    assert story.membership().state == "withdrawn"


def test_scheme_body_reads_the_home_without_buttons_and_strangers_nothing(
    story: Play, client_for: ClientFor
) -> None:
    membership = story.apply()
    url = at("membership", membership.code)
    page = text(signed_in(client_for, story.assessor).get(url))
    assert "Bright Stores" in page
    for button in ("membership_withdraw", "membership_consent"):
        assert at(button, membership.code) not in page
    stranger = signed_in(client_for, people.viewer(people.organisation()))
    for name in ("membership", "membership_consent", "membership_withdraw"):
        assert stranger.get(at(name, membership.code)).status_code == 404


def test_only_the_member_says_what_is_done(story: Play, client_for: ClientFor) -> None:
    story.apply()
    decision = story.decide(Outcome.IMPROVE, "")
    with owner_role():
        item = decision.items.get()
    url = at("improvement_done", story.membership().code, item.code)
    assert signed_in(client_for, story.boss).post(url).status_code == 403
    other = play(organisation=story.organisation)
    other.apply()
    elsewhere = at("improvement_done", other.membership().code, item.code)
    assert signed_in(client_for, story.member).post(elsewhere).status_code == 404
