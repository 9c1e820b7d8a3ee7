"""The assessor's side over the API: the same verbs, the same refusals."""

import datetime as dt
from collections.abc import Callable, Mapping

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from organisations.models import Person
from organisations.visibility import Viewer
from schemes.models import Decision
from tests.conftest import owner_role
from tests.factories.assessments import Play, play
from tests.schemes.views.test_scoring import person
from tests.schemes.views.test_work_list import more

pytestmark = pytest.mark.django_db(transaction=True)
Browser = Callable[[Viewer], Client]
API = "/api/v1/assessments"


@pytest.fixture
def story() -> Play:
    made = play()
    made.clock = timezone.now() - dt.timedelta(days=2)
    made.apply()
    return made


@pytest.fixture
def browser(client_for: Callable[[Person], Client]) -> Browser:
    return lambda viewer: client_for(person(viewer))


def send(
    client: Client, url: str, body: Mapping[str, object], *, method: str = "post"
) -> tuple[int, dict[str, object]]:
    answer = getattr(client, method)(url, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_an_assessment_goes_from_sent_to_decided(story: Play, browser: Browser) -> None:
    code = story.submit().code
    story.staff()
    assessor, decider = browser(story.assessor), browser(story.decider)
    assert send(assessor, f"{API}/{code}/start/", {}) == (200, {"code": code, "state": "in_assessment"})
    for key in ("c1", "c2", "c3"):
        said = {"version": 0, "value": "silver", "rationale": "Seen."}
        status, saved = send(assessor, f"{API}/{code}/scores/{key}/", said, method="put")
        assert (status, saved["version"], saved["is_whole"]) == (200, 1, True)
    found = assessor.get(f"{API}/{code}/scores/").json()
    assert found["result"]["level"] == "silver"
    status, stands = send(assessor, f"{API}/{code}/propose/", {})
    assert (status, stands["state"]) == (200, "proposed")
    status, refused = send(assessor, f"{API}/{code}/decide/", {"outcome": "award", "reasons": "Mine"})
    assert (status, refused["code"]) == (403, "own-assessment")
    early = {"outcome": "award", "reasons": "x", "effective_on": "2020-01-01"}
    status, refused = send(decider, f"{API}/{code}/decide/", early)
    assert (status, refused["code"]) == (422, "backdated")
    status, stands = send(decider, f"{API}/{code}/decide/", {"outcome": "award", "reasons": "As scored"})
    assert (status, stands["state"]) == (200, "decided")
    with owner_role():
        assert Decision.objects.get(assessment__code=code).level_after == "silver"


def test_a_second_writer_is_refused_and_overwrites_nothing(story: Play, browser: Browser) -> None:
    code = story.start().code
    client, url = browser(story.assessor), f"{API}/{code}/scores/c1/"
    assert send(client, url, {"version": 0, "value": "bronze", "rationale": "One"}, method="put")[0] == 200
    status, refused = send(client, url, {"version": 0, "value": "gold", "rationale": "Two"}, method="put")
    assert (status, refused["code"]) == (409, "changed-meanwhile")
    status, refused = send(client, url, {"version": 1, "value": "tin"}, method="put")
    assert (status, refused["code"]) == (422, "unknown-level")
    assert send(client, f"{API}/{code}/scores/c9/", {"version": 0}, method="put")[0] == 404
    scores = client.get(f"{API}/{code}/scores/").json()["scores"]
    assert [(one["criterion"], one["rationale"]) for one in scores] == [("c1", "One"), ("c2", ""), ("c3", "")]


def test_the_lists_cost_the_same_with_many_rows(story: Play, browser: Browser) -> None:
    client = browser(story.boss)

    def statements(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = [statements(url) for url in (f"{API}/", "/api/v1/scheme-appeals/")]
    more(story, 30, due_on=timezone.now().date())
    assert [statements(url) for url in (f"{API}/", "/api/v1/scheme-appeals/")] == few
    rows = client.get(f"{API}/?due=soon").json()["results"]
    assert len(rows) == 30
    assert rows[0]["criteria"] == 3
    with transaction.atomic():
        assert browser(story.member).get(f"{API}/").json()["results"] == []
