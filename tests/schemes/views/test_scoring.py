"""The scoring screen: shown to whoever declared, saved while typed, and merged when two write at once."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisations.models import Person
from organisations.visibility import Role, Viewer
from schemes.actions.evidence import attach
from schemes.actions.people import assign
from schemes.models import Assessment, Assignment, Score, ScoreVersion
from sourcing.definitions.kinds import kinds
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db(transaction=True)
Clients = Callable[[Person], Client]


@pytest.fixture
def story() -> Play:
    """A scheme whose steps lie in the last days."""
    made = play()
    made.clock = timezone.now() - dt.timedelta(days=3)
    made.apply()
    return made


@pytest.fixture
def browser(client_for: Clients) -> Callable[[Viewer], Client]:
    """Return a function that gives somebody's browser."""
    return lambda viewer: client_for(person(viewer))


def person(viewer: Viewer) -> Person:
    """Return the person behind a viewer."""
    with owner_role():
        return Person.objects.get(pk=viewer.person_id)


def second_assessor(story: Play) -> Viewer:
    """Give the assessment a second assessor, who has declared."""
    second = people.viewer(story.body, Role.EDITOR)
    with as_viewer(story.boss) as boss:
        assign(
            viewer=boss,
            assessment=story.assessment(),
            person=person(second),
            role=Assignment.Role.ASSESSOR,
            at=story.now(),
        )
    story.declare(second)
    return second


def score_of(assessment: Assessment, key: str) -> Score:
    with owner_role():
        return Score.objects.get(assessment=assessment, criterion__key=key)


def address(name: str, assessment: Assessment, *more: str) -> str:
    return reverse(f"schemes:{name}", args=[assessment.code, *more])


def test_the_screen_shows_question_answer_and_last_score(
    browser: Callable[[Viewer], Client],
) -> None:
    story = play()
    story.clock = timezone.now() - dt.timedelta(days=300)
    story.apply()
    story.decide(values="bronze")
    with transaction.atomic():
        story.interim()
    assessment = story.start()
    page = browser(story.assessor).get(address("score", assessment, "c1"))
    assert page.status_code == 200
    text = page.content.decode()
    for said in (
        "What criterion 1 asks.",
        "We do Criterion 1.",
        "Seen in the papers.",
        "The last assessment",
    ):
        assert said in text
    assert "The same words as in the last assessment." in text


def test_saving_leads_to_the_next_criterion(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    client = browser(story.assessor)
    sent = {"choice": "silver", "rationale": "Seen.", "version": "0", "base": "{}", "to": "next"}
    answer = client.post(address("score", assessment, "c1"), sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, address("score", assessment, "c2"))
    found = score_of(assessment, "c1")
    assert (found.value, found.rationale, found.version) == ("silver", "Seen.", 1)
    last = client.post(address("score", assessment, "c3"), sent)
    assert last.headers["Location"] == address("assessment", assessment)


@pytest.mark.parametrize("is_new", [True, False])
def test_two_connections_that_save_at_once_lose_nothing(
    story: Play, browser: Callable[[Viewer], Client], is_new: bool
) -> None:
    """Two requests, each on a connection of its own, meet at the same row: one is saved, the other sees both."""
    assessment, other = story.start(), second_assessor(story)
    clients = {"Papers of May show it.": browser(story.assessor), "Talks in June say so.": browser(other)}
    url, version = address("score", assessment, "c1"), "0"
    if not is_new:
        story.score("bronze")
        version = "1"
    start = threading.Barrier(2)

    def save(words: str) -> tuple[str, int, str]:
        try:
            start.wait()
            sent = {"choice": "gold", "rationale": words, "version": version, "base": "{}", "to": "next"}
            answer = clients[words].post(url, sent)
            return words, answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = {code: (words, page) for words, code, page in pool.map(save, clients)}
    assert set(answers) == {302, 409}
    kept, (lost, merge) = answers[302][0], answers[409]
    found = score_of(assessment, "c1")
    assert (found.rationale, found.version) == (kept, int(version) + 1)
    assert kept in merge
    assert lost in merge
    assert 'id="merge"' in merge
    with owner_role():
        assert list(found.versions.order_by("version").values_list("rationale", flat=True))[-1] == kept


def test_a_score_without_reasons_comes_back_filled(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    client = browser(story.assessor)
    answer = client.post(address("score", assessment, "c1"), {"rationale": "No level", "to": "next"})
    assert answer.status_code == 422
    assert b"Choose the level that is reached." in answer.content
    assert b"No level" in answer.content
    answer = client.post(address("score", assessment, "c1"), {"choice": "gold", "to": "next"})
    assert b"Say what this level rests on." in answer.content
    sent = {"choice": "bronze", "rationale": "x", "towards_plan": "A course", "to": "next"}
    assert client.post(address("score", assessment, "c1"), sent).status_code == 422
    with owner_role():
        assert not Score.objects.filter(assessment=assessment).exists()


def test_a_plan_with_its_month_is_kept(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    sent = {
        "choice": "bronze",
        "rationale": "x",
        "towards_plan": "A course for buyers",
        "likely_on": "2027-05",
        "version": "0",
        "to": "next",
    }
    assert browser(story.assessor).post(address("score", assessment, "c1"), sent).status_code == 302
    found = score_of(assessment, "c1")
    assert (found.is_working_towards, found.likely_on) == (True, dt.date(2027, 5, 1))
    gone = {"choice": "-not-relevant", "reason": "No buyers here", "version": "1", "to": "next"}
    assert browser(story.assessor).post(address("score", assessment, "c1"), gone).status_code == 302
    found = score_of(assessment, "c1")
    assert (found.is_relevant, found.reason, found.is_working_towards) == (False, "No buyers here", False)


def test_typing_is_saved_with_its_version(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    client, keep = browser(story.assessor), address("score_keep", assessment, "c1")
    assert client.post(keep, {"version": "0"}).status_code == 204
    waiting = client.post(keep, {"rationale": "Half a sen", "version": "0"})
    assert waiting.status_code == 409
    assert "Choose a level" in json.loads(waiting.content)["note"]
    first = json.loads(client.post(keep, {"choice": "bronze", "rationale": "Half", "version": "0"}).content)
    assert first["fields"]["version"] == "1"
    sent = {"choice": "bronze", "rationale": "Half a sentence", **first["fields"]}
    second = json.loads(client.post(keep, sent).content)
    assert second["fields"]["version"] == "2"
    assert score_of(assessment, "c1").rationale == "Half a sentence"
    with owner_role():
        assert ScoreVersion.objects.filter(assessment=assessment).count() == 2


def test_two_assessors_never_overwrite_each_other(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    first, second = browser(story.assessor), browser(second_assessor(story))
    url = address("score", assessment, "c1")
    mine = {"choice": "bronze", "rationale": "Papers of May", "version": "0", "base": "{}", "to": "next"}
    assert first.post(url, mine).status_code == 302
    theirs = {"choice": "silver", "rationale": "Talks in June", "version": "0", "base": "{}", "to": "next"}
    keep = second.post(address("score_keep", assessment, "c1"), theirs)
    assert keep.status_code == 409
    assert "saved this too" in json.loads(keep.content)["note"]
    merge = second.post(url, theirs)
    assert merge.status_code == 409
    text = merge.content.decode()
    assert "Papers of May" in text
    assert "Talks in June" in text
    assert score_of(assessment, "c1").rationale == "Papers of May"
    again = theirs | {
        "version": str(merge.context["version"]),
        "base": merge.context["base"],
        "keep-choice": "mine",
        "keep-rationale": "both",
    }
    assert second.post(url, again).status_code == 302
    found = score_of(assessment, "c1")
    assert (found.value, found.rationale) == ("silver", "Papers of May\n\nTalks in June")
    with owner_role():
        assert ScoreVersion.objects.filter(assessment=assessment).count() == 2


def test_what_only_the_other_changed_is_taken(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    first, second = browser(story.assessor), browser(second_assessor(story))
    url = address("score", assessment, "c1")
    begun = {"choice": "bronze", "rationale": "Papers", "version": "0", "base": "{}", "to": "next"}
    assert first.post(url, begun).status_code == 302
    opened = second.get(url).context
    assert first.post(url, begun | {"choice": "silver", "version": "1"}).status_code == 302
    sent = {"choice": "bronze", "rationale": "Papers and talks", "base": opened["base"], "version": "1"}
    merge = second.post(url, sent)
    assert merge.status_code == 409
    assert merge.context["merge"].is_clean
    assert merge.context["form"]["choice"].value() == "silver"
    assert merge.context["form"]["rationale"].value() == "Papers and talks"


def test_ones_own_save_of_a_moment_ago_is_nobody_elses(
    story: Play, browser: Callable[[Viewer], Client]
) -> None:
    assessment = story.start()
    client, url = browser(story.assessor), address("score", assessment, "c1")
    sent = {"choice": "bronze", "rationale": "Half", "version": "0", "base": "{}"}
    assert client.post(address("score_keep", assessment, "c1"), sent).status_code == 200
    assert client.post(url, sent | {"rationale": "Whole"}).status_code == 302
    assert score_of(assessment, "c1").rationale == "Whole"


def test_going_on_takes_along_what_is_typed(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    client, url = browser(story.assessor), address("score", assessment, "c2")
    nothing = client.post(url, {"to": "go-c1", "version": "0"})
    assert nothing.headers["Location"] == address("score", assessment, "c1")
    half = client.post(url, {"to": "go-next", "version": "0", "choice": "gold"})
    assert half.headers["Location"] == address("score", assessment, "c3")
    assert (score_of(assessment, "c2").value, score_of(assessment, "c2").is_whole) == ("gold", False)
    lost = client.post(url, {"to": "go-next", "version": "1", "choice": "gold", "likely_on": "some day"})
    assert lost.status_code == 422
    assert b"some day" in lost.content
    no_level = client.post(address("score", assessment, "c3"), {"to": "go-c1", "rationale": "words"})
    assert no_level.status_code == 422
    assert b"words" in no_level.content


def test_nothing_opens_before_a_declaration(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    new = people.viewer(story.body, Role.EDITOR)
    client, url = browser(new), address("score", assessment, "c1")
    answer = client.get(url)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(address("declare", assessment))
    page = client.get(address("assessment", assessment))
    assert b"First say what your part in it is" in page.content
    assert b"We do Criterion 1." not in page.content
    answer = client.post(address("declare", assessment), {"interest": "none", "next": url})
    assert answer.headers["Location"] == url
    shown = client.get(url)
    assert shown.status_code == 200
    assert b"You do not work on this assessment." in shown.content
    assert client.post(url, {"choice": "gold", "rationale": "x"}).status_code == 403


def test_an_interest_closes_it_for_good(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    new = people.viewer(story.body, Role.EDITOR)
    client = browser(new)
    empty = client.post(address("declare", assessment), {"interest": "supporter"})
    assert empty.status_code == 422
    said = {"interest": "supporter", "words": "I sit on its advisory board"}
    assert client.post(address("declare", assessment), said).headers["Location"] == reverse(
        "schemes:assessments"
    )
    assert client.get(address("score", assessment, "c1")).status_code == 403
    page = client.get(address("assessment", assessment))
    assert b"Nobody assesses an organisation that they support." in page.content


def test_a_declared_interest_hands_the_work_to_somebody_else(
    story: Play, browser: Callable[[Viewer], Client]
) -> None:
    assessment = story.start()
    said = {"interest": "conflict", "words": "My sister works there"}
    browser(story.assessor).post(address("declare", assessment), said)
    with owner_role():
        rows = Assignment.objects.filter(assessment=assessment, person_id=story.assessor.person_id)
        assert not rows.filter(ended_at=None).exists()
    page = browser(story.boss).get(address("assign", assessment))
    assert b"My sister works there" not in page.content.split(b"Not offered")[1]
    assert b"A conflict of interest was declared." in page.content


def test_the_member_reads_no_score(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    client = browser(story.member)
    for name in ("score", "score_bar"):
        assert client.get(address(name, assessment, "c1")).status_code == 403
    stranger = browser(people.viewer(people.organisation()))
    assert stranger.get(address("score", assessment, "c1")).status_code == 404


def test_the_bar_counts_and_explains(story: Play, browser: Callable[[Viewer], Client]) -> None:
    assessment = story.start()
    story.score({"c1": "silver", "c2": "silver", "c3": "bronze"})
    text = browser(story.assessor).get(address("score_bar", assessment, "c1")).content.decode()
    assert "3 of 3 scored" in text
    assert "At Silver or above: 2. Needed: at least 3." in text
    assert "The shortest way to Silver" in text


def test_the_piece_that_is_looked_at_comes_with_its_questions(
    story: Play, browser: Callable[[Viewer], Client]
) -> None:
    assessment = story.assessment()
    piece = pieces.evidence(story.organisation, kind="policy", title="Our rules")
    with as_viewer(story.member) as member:
        use = attach(viewer=member, assessment=assessment, evidence=piece, criteria=["c1"], at=timezone.now())
    story.start()
    page = browser(story.assessor).get(f"{address('score', assessment, 'c1')}?show={use.code}")
    assert all(check.ask in page.content.decode() for check in kinds()["policy"].checks)
