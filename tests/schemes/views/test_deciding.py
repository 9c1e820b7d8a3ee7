"""Assigning, proposing, deciding, giving back and answering appeals, on pages."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisations.models import Person
from organisations.visibility import Role, Viewer
from schemes.actions.appeal import appeal
from schemes.models import Appeal, Assignment, Decision, ImprovementItem, ImprovementNotice, Proposal
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.views.test_scoring import address, person

pytestmark = pytest.mark.django_db(transaction=True)
Browser = Callable[[Viewer], Client]
NO_ROWS = {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0"}


@pytest.fixture
def story() -> Play:
    """A scheme whose steps lie some months back, so that an interim assessment can follow."""
    made = play()
    made.clock = timezone.now() - dt.timedelta(days=300)
    made.apply()
    return made


@pytest.fixture
def browser(client_for: Callable[[Person], Client]) -> Browser:
    """Return a function that gives somebody's browser."""
    return lambda viewer: client_for(person(viewer))


def interim(story: Play) -> None:
    with transaction.atomic():
        story.interim()


def test_a_second_rater_gets_a_part_and_nobody_gets_two(story: Play, browser: Browser) -> None:
    assessment = story.submit()
    story.staff()
    page = browser(story.boss).get(address("assign", assessment))
    offered = {key for key, _name in page.context["second_form"].fields["person"].choices if key}
    assert offered == {str(one.person_id) for one in (story.boss, story.reviewer)}
    sent = {"role": "second_rater", "second_rater-person": str(story.reviewer.person_id)}
    assert browser(story.boss).post(address("assign", assessment), sent).status_code == 302
    with owner_role():
        made = Assignment.objects.in_force().get(role="second_rater")
    assert made.person_id == story.reviewer.person_id
    assert "Second rater" in browser(story.boss).get(address("assign", assessment)).content.decode()
    assert browser(story.boss).post(address("assign", assessment), sent).status_code == 422


def test_the_body_begins_an_assessment_by_hand(story: Play, browser: Browser) -> None:
    story.decide()
    membership = story.membership()
    home = reverse("schemes:membership", args=[membership.code])
    begin = reverse("schemes:interim_begin", args=[membership.code])
    assert begin in browser(story.assessor).get(home).content.decode()
    assert begin not in browser(story.member).get(home).content.decode()
    assert browser(story.member).get(begin).status_code == 403
    over = {"due_on": (timezone.now().date() - dt.timedelta(days=1)).isoformat()}
    answer = browser(story.assessor).post(begin, over)
    assert answer.status_code == 422
    assert "This day is over." in answer.content.decode()
    day = timezone.now().date() + dt.timedelta(days=20)
    answer = browser(story.assessor).post(begin, {"due_on": day.isoformat()})
    made = story.assessment()
    assert answer.headers["Location"] == reverse("schemes:assessment", args=[made.code])
    assert (made.kind, made.due_on, made.state) == ("interim", day, "answering")
    assert browser(story.assessor).get(begin).headers["Location"] == answer.headers["Location"]
    again = browser(story.assessor).post(begin, {"due_on": day.isoformat()})
    assert again.status_code == 422
    assert begin not in browser(story.assessor).get(home).content.decode()


def test_only_independent_people_are_offered(story: Play, browser: Browser) -> None:
    assessment = story.submit()
    close = people.membership(story.body, role=Role.EDITOR)
    people.membership(story.organisation, close.person)
    page = browser(story.boss).get(address("assign", assessment))
    offered = {key for key, _name in page.context["assessor_form"].fields["person"].choices if key}
    assert offered == {
        str(one.person_id) for one in (story.boss, story.assessor, story.decider, story.reviewer)
    }
    said = page.content.decode()
    assert close.person.name in said.split("Not offered")[1]
    assert "Nobody assesses an organisation that they are a member of." in said
    sent = {"role": "assessor", "assessor-person": str(close.person_id)}
    assert browser(story.boss).post(address("assign", assessment), sent).status_code == 422
    with owner_role():
        assert not Assignment.objects.filter(assessment=assessment).exists()


def test_whoever_assesses_is_not_offered_to_decide(story: Play, browser: Browser) -> None:
    assessment = story.submit()
    boss, url = browser(story.boss), address("assign", assessment)
    sent = {"role": "assessor", "assessor-person": str(story.assessor.person_id)}
    assert boss.post(url, sent).status_code == 302
    page = boss.get(url)
    assert str(story.assessor.person_id) not in page.context["decider_form"].fitting
    assert (
        boss.post(url, {"role": "decider", "decider-person": str(story.decider.person_id)}).status_code == 302
    )
    assert not boss.get(url).context["decider_form"].fitting
    with owner_role():
        part = Assignment.objects.get(assessment=assessment, role="assessor")
    assert boss.post(address("assign_end", assessment), {"assignment": part.pk}).status_code == 302
    assert boss.post(address("assign_end", assessment), {"assignment": part.pk}).status_code == 404
    assert browser(story.assessor).get(url).status_code == 403


def test_beginning_opens_the_first_criterion(story: Play, browser: Browser) -> None:
    assessment = story.submit()
    story.staff()
    client = browser(story.assessor)
    assert b"Begin to assess" in client.get(address("assessment", assessment)).content
    answer = client.post(address("start", assessment), follow=True)
    assert answer.redirect_chain[-1][0] == address("score", assessment, "c1")
    assert browser(story.decider).post(address("start", assessment)).status_code == 403


def test_a_proposal_names_what_is_missing(story: Play, browser: Browser) -> None:
    assessment = story.start()
    client = browser(story.assessor)
    page = client.get(address("propose", assessment))
    assert len(page.context["missing"]) == 3
    refused = client.post(address("propose", assessment), {"words": ""})
    assert refused.status_code == 422
    assert b"criteria still need their score and rationale" in refused.content
    story.score("silver")
    page = client.get(address("propose", assessment))
    assert "reaches Silver" in page.content.decode()
    assert client.post(address("propose", assessment), {"words": "All well"}).status_code == 302
    with owner_role():
        assert Proposal.objects.get(assessment=assessment).level == "silver"


def test_an_interim_proposal_says_whether_it_improved(story: Play, browser: Browser) -> None:
    story.decide(values="bronze")
    interim(story)
    assessment = story.start()
    story.score("bronze")
    client, url = browser(story.assessor), address("propose", assessment)
    assert "Beside the last assessment" in client.get(url).content.decode()
    missing = client.post(url, {"words": "x"})
    assert missing.status_code == 422
    assert b"Say whether improvement was shown." in missing.content
    assert client.post(url, {"is_improvement_shown": "no", "words": "Nothing new"}).status_code == 302
    with owner_role():
        assert Proposal.objects.get(assessment=assessment).is_improvement_shown is False


def test_a_second_person_awards_a_level_with_its_schedule(story: Play, browser: Browser) -> None:
    story.propose({"c1": "silver", "c2": "silver", "c3": "bronze"})
    assessment = story.assessment()
    assert browser(story.assessor).get(address("decide", assessment)).status_code == 403
    client, url = browser(story.decider), address("decide", assessment)
    page = client.get(url)
    offered = [key for key, _label in page.context["form"].fields["outcome"].choices]
    assert offered == ["award", "improve"]
    assert ("Continues", "Only for members that hold a level already.") in page.context["not_offered"]
    (line,) = page.context["items"].initial
    assert line["criterion"] == "c3"
    sent = {
        "outcome": "award",
        "reasons": "",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "1",
        "items-0-criterion": "c3",
        "items-0-what": "Train the buyers",
        "items-0-by_on": (timezone.now().date() + dt.timedelta(days=60)).isoformat(),
    }
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert b"Train the buyers" in refused.content
    assert client.post(url, sent | {"reasons": "As the scores say"}).status_code == 302
    with owner_role():
        found = Decision.objects.get(assessment=assessment)
        assert (found.outcome, found.level_after) == ("award", "bronze")
        assert ImprovementItem.objects.get(decision=found).what == "Train the buyers"
    shown = client.get(address("assessment", assessment)).content.decode()
    assert "As the scores say" in shown
    assert "Train the buyers" in shown


def test_another_row_keeps_what_was_typed(story: Play, browser: Browser) -> None:
    story.propose("bronze")
    sent = {"reasons": "Typed", "add_row": "items", **NO_ROWS}
    page = browser(story.decider).post(address("decide", story.assessment()), sent)
    assert page.status_code == 200
    assert b"Typed" in page.content
    assert len(page.context["items"].forms) == 1


def test_no_improvement_leads_to_a_notice_and_not_to_go_on(story: Play, browser: Browser) -> None:
    story.decide(values="bronze")
    interim(story)
    story.propose("bronze", is_improved=False)
    assessment = story.assessment()
    client, url = browser(story.decider), address("decide", assessment)
    page = client.get(url)
    assert [key for key, _label in page.context["form"].fields["outcome"].choices] == ["notice"]
    assert ("Continues", "The assessors saw no continuous improvement.") in page.context["not_offered"]
    bare = {"outcome": "notice", "reasons": "No change", **NO_ROWS}
    refused = client.post(url, bare)
    assert refused.status_code == 422
    assert b"Say what must be done." in refused.content
    forced = client.post(url, {"outcome": "continue", "reasons": "Be kind", **NO_ROWS})
    assert forced.status_code == 422
    by = (timezone.now().date() + dt.timedelta(days=90)).isoformat()
    assert client.post(url, bare | {"words": "Train buyers", "answer_by": by}).status_code == 302
    with owner_role():
        assert ImprovementNotice.objects.get(decision__assessment=assessment).words == "Train buyers"


def test_what_does_not_convince_goes_back(story: Play, browser: Browser) -> None:
    story.propose("bronze")
    assessment = story.assessment()
    client, url = browser(story.decider), address("send_back", assessment)
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Look at the third again"}).status_code == 302
    assert story.assessment().state == "in_assessment"
    assert browser(story.member).get(url).status_code == 403


def test_the_member_is_asked_and_scoring_goes_on(story: Play, browser: Browser) -> None:
    assessment = story.start()
    client, url = browser(story.assessor), address("ask", assessment)
    assert client.post(url, {"question": ""}).status_code == 422
    asked = client.post(f"{url}?criterion=c2", {"criterion": "c2", "question": "Since when?"})
    assert asked.headers["Location"] == address("score", assessment, "c2")
    assert b"Since when?" in client.get(address("score", assessment, "c2")).content
    assert story.assessment().state == "clarification"
    assert client.post(address("go_on", assessment)).status_code == 302
    assert story.assessment().state == "in_assessment"


def test_overdue_answers_are_taken_up(story: Play, browser: Browser) -> None:
    story.decide(values="bronze")
    interim(story)
    assessment, boss = story.assessment(), browser(story.boss)
    page = boss.get(address("assessment", assessment)).content.decode()
    assert "has let its date pass" in page
    later = (timezone.now().date() + dt.timedelta(days=20)).isoformat()
    assert boss.post(address("reschedule", assessment), {"due_on": "2020-01-01"}).status_code == 422
    assert boss.post(address("reschedule", assessment), {"due_on": later, "reason": "Eid"}).status_code == 302
    assert boss.post(address("take_up", assessment)).status_code == 403
    with owner_role(), transaction.atomic():
        assert story.assessment().due_on is not None


def test_an_appeal_is_answered_by_somebody_without_a_part(story: Play, browser: Browser) -> None:
    story.propose("")
    assessment = story.assessment()
    decision = story.decide("improve")
    with as_viewer(story.member) as member:
        made = appeal(viewer=member, decision=decision, reasons="We sent papers", at=story.now())
    url = reverse("schemes:appeal_answer", args=[made.code])
    rows = browser(story.boss).get(reverse("schemes:appeals"))
    assert "One appeal waits for an answer" in rows.content.decode()
    sent = {"is_upheld": "no", "words": "The papers are of another site"}
    for who in (story.assessor, story.decider):
        assert b"You had a part in what is contested." in browser(who).get(url).content
        assert browser(who).post(url, sent).status_code == 403
    reviewer = browser(story.reviewer)
    assert b"Declare your interests" in reviewer.get(url).content
    assert (
        reviewer.post(address("declare", assessment), {"interest": "none", "next": url}).headers["Location"]
        == url
    )
    assert reviewer.post(url, {"is_upheld": "no", "words": ""}).status_code == 422
    assert reviewer.post(url, sent).status_code == 302
    with owner_role():
        assert Appeal.objects.get().state == "rejected"
    assert browser(story.member).get(url).status_code == 403
