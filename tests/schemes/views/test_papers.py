"""The pages that offer papers: for the member and the scheme body, and for nobody else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from documents.models import Rendering
from documents.renderings import work
from organisations.models import Person
from organisations.visibility import Viewer
from schemes.lifecycle import Outcome
from schemes.models import Certificate
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, play

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def story() -> Play:
    """A member with a certificate."""
    made = play()
    made.apply()
    made.decide(Outcome.AWARD)
    return made


def browser(client_for: ClientFor, viewer: Viewer) -> Client:
    with owner_role():
        person = Person.objects.get(pk=viewer.person_id)
    return client_for(person, viewer.organisation_id)


def test_both_sides_find_the_papers_that_there_are(story: Play, client_for: ClientFor) -> None:
    with owner_role():
        certificate = Certificate.objects.get()
    for viewer in (story.member, story.boss):
        client = browser(client_for, viewer)
        for name, code in (
            ("papers", story.membership().code),
            ("assessment_papers", story.assessment().code),
        ):
            answer = client.get(reverse(f"schemes:{name}", args=[code]))
            assert answer.status_code == 200
            text = answer.content.decode()
            assert "Assessment report" in text
            assert "Improvement notice" not in text
        text = client.get(reverse("schemes:papers", args=[story.membership().code])).content.decode()
        assert certificate.code in text
        assert f"/verify/{certificate.code}/badge.svg?newest=1" in text
        assert "&lt;a href=" in text


def test_a_paper_is_asked_for_made_and_taken(story: Play, client_for: ClientFor) -> None:
    client, code = browser(client_for, story.member), story.assessment().code
    address = reverse("schemes:assessment_paper", args=[code, "certificate"])
    file_address = reverse("schemes:assessment_paper_file", args=[code, "certificate"])
    assert client.get(file_address).status_code == 404
    answer = client.post(address)
    assert answer["Location"] == reverse("schemes:assessment_papers", args=[code])
    partial = client.get(address, headers={"HX-Request": "true"})
    assert b"hx-get" in partial.content
    with owner_role():
        row = Rendering.objects.get()
    assert work(organisation_id=row.organisation_id, person_id=row.person_id, rendering_id=row.pk)
    assert file_address in client.get(address, headers={"HX-Request": "true"}).content.decode()
    taken = client.get(file_address)
    assert taken["Content-Type"] == "application/pdf"
    assert "attachment" in taken["Content-Disposition"]
    other = browser(client_for, story.boss)
    assert other.get(file_address).status_code == 404, "each side has papers of its own"
    client.post(address)
    with owner_role():
        assert Rendering.objects.get().state == Rendering.State.QUEUED


@pytest.mark.parametrize("kind", ["notice", "schedule", "nonsense"])
def test_what_no_decision_gave_is_not_there(story: Play, client_for: ClientFor, kind: str) -> None:
    client = browser(client_for, story.member)
    for name in ("assessment_paper", "assessment_paper_file"):
        assert client.get(reverse(f"schemes:{name}", args=[story.assessment().code, kind])).status_code == 404
    assert (
        client.post(reverse("schemes:assessment_paper", args=[story.assessment().code, kind])).status_code
        == 404
    )
    with owner_role():
        assert not Rendering.objects.exists()


def test_strangers_find_nothing(story: Play, client_for: ClientFor) -> None:
    stranger = browser(client_for, people.viewer(people.organisation()))
    code = story.assessment().code
    for address in (
        reverse("schemes:papers", args=[story.membership().code]),
        reverse("schemes:assessment_papers", args=[code]),
        reverse("schemes:assessment_paper", args=[code, "report"]),
        reverse("schemes:assessment_paper_file", args=[code, "report"]),
    ):
        assert stranger.get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert stranger.post(reverse("schemes:assessment_paper", args=[code, "report"])).status_code == 404


def test_before_the_decision_the_page_says_what_will_come(client_for: ClientFor) -> None:
    story = play()
    story.apply()
    answer = browser(client_for, story.member).get(reverse("schemes:papers", args=[story.membership().code]))
    assert "No papers yet" in answer.content.decode()
