"""The pages of feedback rounds, as their group and people of other groups open and fill them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from forum.models import FeedbackComment, FeedbackProject, FeedbackRound
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as people
from tests.factories import forum_feedback as make
from tests.factories import forum_work as work

Browser = Callable[[Viewer], Client]


@pytest.fixture
def asking(db: Any) -> make.Asking:
    return make.asking()


@pytest.fixture
def browser(client_for: Any) -> Browser:
    return lambda who: client_for(people.membership_of(who).person, who.organisation_id)


def _inside(route: str, asking: make.Asking, *more: str) -> str:
    return reverse(f"forum:feedback_{route}", args=[asking.room.group.key, *more])


def _clock(**ahead: int) -> str:
    return (timezone.localtime(timezone.now()) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M")


def _one(model: Any) -> Any:
    with owner_role():
        return model.objects.get()


def _round(asking: make.Asking, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Our guide",
        "purpose": "What is missing?",
        "zone": "Europe/London",
        "closes_at": _clock(days=20),
        "whom": "chosen",
        "invited": [asking.asked.key],
    } | fields


def test_a_co_lead_prepares_and_releases_a_round(asking: make.Asking, browser: Browser) -> None:
    lead, new = browser(asking.room.lead), _inside("new", asking)
    milestone = work.milestone(asking.project, asking.room.lead)
    update = work.update(asking.project, asking.room.lead)
    assert lead.get(new).status_code == 200
    for wrong, said in (
        ({"invited": []}, "Choose at least one other group."),
        ({"closes_at": _clock(days=-1)}, "closes after it opens"),
        ({"opens_at": _clock(days=21)}, "closes after it opens"),
        ({"closes_at": "soon"}, "Write a day and a time"),
        ({"closes_at": "2027-03-28T01:30"}, "never show this time"),
        ({"closes_at": "2027-10-31T01:30"}, "show this time twice"),
    ):
        answer = lead.post(new, _round(asking, **wrong))
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "What is missing?" in answer.content.decode()
    answer = lead.post(new, _round(asking, closes_at="2027-10-31T01:30", closes_at_meant="later"))
    found = _one(FeedbackRound)
    page = _inside("round", asking, found.code)
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert found.closes_at.isoformat() == "2027-10-31T01:30:00+00:00"
    assert lead.post(_inside("release", asking, found.code)).status_code == 409
    edit = _inside("edit", asking, found.code)
    assert "2027-10-31T01:30" in lead.get(edit).content.decode()
    assert lead.post(edit, _round(asking, whom="all")).status_code == 302
    present = _inside("present", asking, found.code, asking.project.code)
    assert lead.get(present).status_code == 200
    shown = {"description": "A guide", "milestones": [milestone.pk], "updates": [update.pk]}
    assert lead.post(present, shown | {"questions": "Same?\nsame?"}).status_code == 422
    assert lead.post(present, shown | {"questions": "\n".join("abcdefghi")}).status_code == 422
    assert lead.post(present, shown | {"questions": "x" * 301}).status_code == 422
    assert lead.post(present, shown | {"questions": "Short?"}).status_code == 302
    assert "Short?" in lead.get(present).content.decode()
    part = _one(FeedbackProject)
    take_out = _inside("take_out", asking, found.code, part.code)
    assert lead.post(take_out).status_code == 302
    assert lead.post(present, shown).status_code == 302
    assert "Release it" in lead.get(page).content.decode()
    assert lead.post(_inside("release", asking, found.code)).status_code == 302
    found = _one(FeedbackRound)
    assert (found.state, found.for_all, found.invited_ids) == ("open", True, [])
    for again in (edit, present, _inside("release", asking, found.code)):
        assert lead.post(again, shown).status_code == 403
    guest = browser(asking.guest).get(reverse("forum:feedback_read", args=[found.code]))
    assert milestone.title in guest.content.decode()
    assert update.body in guest.content.decode()
    assert asking.room.group.title in guest.content.decode()


def test_somebody_of_an_invited_group_comments_and_is_answered(asking: make.Asking, browser: Browser) -> None:
    found, part = make.opened(asking)
    guest, lead = browser(asking.guest), browser(asking.room.lead)
    read = reverse("forum:feedback_read", args=[found.code])
    say = reverse("forum:feedback_comment", args=[found.code, part.code])
    assert say in guest.get(read).content.decode()
    assert 'value="2"' in guest.get(f"{say}?question=2").content.decode()
    empty = guest.post(say, {"question": "1", "body": " "})
    assert empty.status_code == 422
    assert guest.post(say, {"question": "9", "body": "Agencies"}).status_code == 422
    answer = guest.post(say, {"question": "1", "body": "Agencies"})
    assert (answer.status_code, answer["Location"]) == (302, read)
    twice = guest.post(say, {"question": "1", "body": "Agencies"})
    assert (twice.status_code, "You have said this here already." in twice.content.decode()) == (422, True)
    comment = _one(FeedbackComment)
    page = _inside("round", asking, found.code)
    reply = _inside("answer", asking, comment.code)
    assert reply in lead.get(page).content.decode()
    assert "Agencies" in lead.get(reply).content.decode()
    half = lead.post(reply, {"answer": "A chapter follows"})
    assert (half.status_code, "A chapter follows" in half.content.decode()) == (422, True)
    assert lead.post(reply, {"answer": "A chapter follows", "outcome": "taken"}).status_code == 302
    assert lead.post(reply, {"answer": "Another", "outcome": "taken"}).status_code == 422
    shown = guest.get(read).content.decode()
    assert "A chapter follows" in shown
    assert "The group takes it up" in shown
    about = f"{read}?about={part.code}-1"
    assert "Agencies" in guest.get(about).content.decode()
    assert "Agencies" not in guest.get(f"{read}?about={part.code}-2").content.decode()
    for odd in ("x", f"{part.code}-99", f"{part.code}-", f"{part.code}-²", "\0-1"):
        assert guest.get(read, {"about": odd}).status_code == 200


def test_the_group_itself_is_led_inside_and_others_find_nothing(
    asking: make.Asking, browser: Browser
) -> None:
    found, part = make.opened(asking)
    read = reverse("forum:feedback_read", args=[found.code])
    say = reverse("forum:feedback_comment", args=[found.code, part.code])
    inside = browser(asking.room.guest).get(read)
    assert (inside.status_code, inside["Location"]) == (302, _inside("round", asking, found.code))
    assert browser(asking.room.buyer).post(say, {"question": "0", "body": "x"}).status_code == 403
    foreign = browser(asking.stranger)
    unknown = reverse("forum:feedback_read", args=["ABCDEFGHJKMN"])
    assert foreign.get(read).status_code == foreign.get(unknown).status_code == 404
    assert foreign.get(say).status_code == 404
    assert browser(asking.room.outsider).get(read).status_code == 404
    assert browser(asking.guest).get(_inside("round", asking, found.code)).status_code == 403


def test_a_round_is_finished_with_a_summary(asking: make.Asking, browser: Browser) -> None:
    found, _part, said = make.over(asking)
    lead = browser(asking.room.lead)
    finish, page = _inside("finish", asking, found.code), _inside("round", asking, found.code)
    assert lead.post(finish, {"summary": "So"}).status_code == 422
    assert "waits for an answer" in lead.get(page).content.decode()
    assert "has comments that wait for an answer" in lead.get("/").content.decode()
    make.answered(said)
    assert finish in lead.get(page).content.decode()
    assert lead.post(finish, {"summary": ""}).status_code == 422
    assert lead.post(finish, {"summary": "Agencies come in"}).status_code == 302
    shown = browser(asking.other).get(reverse("forum:feedback_read", args=[found.code]))
    assert "Agencies come in" in shown.content.decode()
    assert lead.get(_inside("withdraw", asking, found.code)).status_code == 403


def test_a_round_is_withdrawn_with_a_reason_once_others_have_read_it(
    asking: make.Asking, browser: Browser
) -> None:
    found, _part = make.opened(asking)
    lead, withdraw = browser(asking.room.lead), _inside("withdraw", asking, found.code)
    assert lead.get(withdraw).status_code == 200
    assert lead.post(withdraw, {"reason": ""}).status_code == 422
    assert lead.post(withdraw, {"reason": "A name stood in it"}).status_code == 302
    read = reverse("forum:feedback_read", args=[found.code])
    assert browser(asking.guest).get(read).status_code == 404
    assert "A name stood in it" in lead.get(_inside("round", asking, found.code)).content.decode()
    bare = make.draft(asking.room.group, asking.room.lead)
    assert lead.post(_inside("withdraw", asking, bare.code), {}).status_code == 302


def test_rounds_are_found_from_the_work_of_both_groups(asking: make.Asking, browser: Browser) -> None:
    found, _part = make.opened(asking)
    inside, outside = browser(asking.room.buyer), browser(asking.guest)
    read = reverse("forum:feedback_read", args=[found.code])
    own = _inside("round", asking, found.code)
    for route, client, where in (
        ("group_work", inside, own),
        ("feedback_rounds", inside, own),
    ):
        page = client.get(reverse(f"forum:{route}", args=[asking.room.group.key]))
        assert where in page.content.decode()
    for route in ("group_work", "feedback_rounds"):
        page = outside.get(reverse(f"forum:{route}", args=[asking.asked.key]))
        assert read in page.content.decode()
    people.participant(asking.elsewhere, asking.room.guest)
    bare = browser(asking.room.guest).get(reverse("forum:group_work", args=[asking.elsewhere.key]))
    assert read not in bare.content.decode()


def test_many_comments_ask_no_more_questions(asking: make.Asking, browser: Browser) -> None:
    found, part = make.opened(asking)
    guest, lead = browser(asking.guest), browser(asking.room.lead)
    pages = (
        (guest, reverse("forum:feedback_read", args=[found.code])),
        (lead, _inside("round", asking, found.code)),
    )
    make.comment(part, asking.guest, asking.asked)
    before = [_asked(client, page) for client, page in pages]
    for number in range(40):
        make.comment(part, asking.other, asking.asked, body=f"And {number}")
    assert [_asked(client, page) for client, page in pages] == before
    assert max(before) <= 20


def _asked(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)
