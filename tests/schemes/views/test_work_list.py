"""The work list: what is due first, for whom it waits, and at what price."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisations.models import Person
from organisations.visibility import Viewer
from schemes.models import Assessment, SchemeMembership
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, play
from tests.schemes.views.test_scoring import person

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/assessments/"


@pytest.fixture
def story() -> Play:
    made = play()
    made.clock = timezone.now() - dt.timedelta(days=3)
    made.apply()
    return made


@pytest.fixture
def browser(client_for: Callable[[Person], Client]) -> Callable[[Viewer], Client]:
    return lambda viewer: client_for(person(viewer))


def more(story: Play, count: int, *, due_on: dt.date | None = None, state: str = "answering") -> None:
    """Let so many more organisations be under assessment, past every action."""
    at = timezone.now() - dt.timedelta(days=1)
    with owner_role(), transaction.atomic():
        for _number in range(count):
            membership = SchemeMembership.objects.create(
                scheme=story.scheme, member=people.organisation(), applied_at=at
            )
            Assessment.objects.create(
                edition=story.edition,
                membership=membership,
                due_on=due_on,
                state=state,
                opened_at=at,
                submitted_at=at if state != "answering" else None,
            )


def test_what_is_due_first_stands_on_top(story: Play, browser: Callable[[Viewer], Client]) -> None:
    today = timezone.now().date()
    more(story, 1, due_on=today + dt.timedelta(days=9))
    more(story, 1, due_on=today - dt.timedelta(days=9))
    page = browser(story.boss).get(URL)
    due = [line["row"].due_on for line in page.context["rows"]]
    assert due == [today - dt.timedelta(days=9), today + dt.timedelta(days=9), None]
    assert [line["is_late"] for line in page.context["rows"]] == [True, False, False]
    figures = {tile.label: tile.figure for tile in page.context["tiles"]}
    assert figures == {
        "Overdue": 1,
        "Due within 30 days": 1,
        "Waiting for the member": 3,
        "Waiting for an assessor": 0,
        "Waiting for a decision": 0,
    }


def test_filters_narrow_it(story: Play, browser: Callable[[Viewer], Client]) -> None:
    today = timezone.now().date()
    more(story, 2, due_on=today - dt.timedelta(days=9))
    mine = story.start()
    client = browser(story.assessor)

    def found(query: str) -> list[Assessment]:
        return [line["row"] for line in client.get(f"{URL}?{query}").context["rows"]]

    assert len(found("due=overdue")) == 2
    assert found("who=me") == [mine]
    assert len(found("who=nobody")) == 2
    assert found("waits=assessor") == [mine]
    assert len(found("waits=member")) == 2
    assert found("waits=decision") == found("waits=closed") == []
    assert found(f"name={story.organisation.name}") == [mine]
    assert len(found("waits=nonsense&due=nonsense")) == 3
    text = client.get(URL).content.decode()
    assert "You work on one assessment" in text
    part = client.get(f"{URL}?who=me", headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_others_see_none_of_it(story: Play, browser: Callable[[Viewer], Client]) -> None:
    other = play()
    assert [line["row"] for line in browser(other.boss).get(URL).context["rows"]] == []
    member = browser(story.member).get(URL)
    assert (member.status_code, member.headers["Location"]) == (302, reverse("schemes:memberships"))
    assert browser(story.member).get(reverse("schemes:appeals")).status_code == 302


def test_a_page_costs_the_same_with_many_members(story: Play, browser: Callable[[Viewer], Client]) -> None:
    client, shell = browser(story.boss), reverse("organisations:new")
    client.get(URL)

    def statements(url: str = URL) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    more(story, 1, state="in_assessment")
    few = statements()
    assert few - statements(shell) <= 8
    more(story, 60, due_on=timezone.now().date())
    assert statements() == few
    assert client.get(URL).context["page"].has_next
