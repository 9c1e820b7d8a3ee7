"""A worker killed with -9 while it makes a certificate: the paper is made once, and the page recovers."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents import renderings
from documents.models import Document, Rendering
from organisations.models import Person
from schemes.actions.papers import ask_for_paper
from schemes.lifecycle import Outcome
from schemes.queries.papers import papers_of
from tests.conftest import job_role, owner_role
from tests.factories.assessments import Play, as_viewer, play
from tests.journey.test_killed import dies_at, killed_everywhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story() -> Play:
    """A member with a certificate."""
    made = play()
    made.apply()
    made.decide(Outcome.AWARD)
    return made


def asked_for(story: Play) -> Rendering:
    """Have the member ask for its certificate."""
    assessment = story.assessment()
    with as_viewer(story.member) as viewer:
        found = next(
            one for one in papers_of(viewer, [assessment])[assessment.pk] if one.key == "certificate"
        )
        return ask_for_paper(viewer=viewer, paper=found, at=timezone.now())


def test_a_certificate_is_made_once_wherever_its_worker_dies(story: Play) -> None:
    row, clock = asked_for(story), timezone.now()

    def make() -> None:
        renderings.work(
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            rendering_id=row.pk,
            was_lost=True,
            clock=lambda: clock,
        )

    def none_yet() -> None:
        with owner_role():
            assert Document.objects.count() == 0
            Rendering.objects.update(attempts=0)

    kills = killed_everywhere(make, none_yet, step=9)
    with owner_role():
        assert Rendering.objects.get().state == Rendering.State.DONE
        assert Document.objects.count() == 1
    assert kills >= 3


def test_the_page_goes_on_showing_progress_and_then_the_paper(
    story: Play, client_for: Callable[..., Client]
) -> None:
    row, clock = asked_for(story), timezone.now()
    with owner_role():
        person = Person.objects.get(pk=story.member.person_id)
    client = client_for(person, story.member.organisation_id)
    arguments = [story.assessment().code, "certificate"]
    address = reverse("schemes:assessment_paper", args=arguments)

    def make(at: dt.datetime) -> bool:
        return renderings.work(
            organisation_id=row.organisation_id,
            person_id=row.person_id,
            rendering_id=row.pk,
            clock=lambda: at,
        )

    assert dies_at(12, lambda: make(clock))
    shown = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-busy="true"' in shown
    assert not make(clock), "the claim of the dead worker still holds"
    later = clock + renderings.LEASE + dt.timedelta(seconds=1)
    with job_role():
        assert renderings.ring_pending(later) == 1
    assert make(later)
    shown = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert reverse("schemes:assessment_paper_file", args=arguments) in shown
    with owner_role():
        assert Document.objects.count() == 1
