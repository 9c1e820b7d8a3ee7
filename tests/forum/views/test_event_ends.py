"""Small ends of events: bookings, materials that go, offers at home, pages that have grown stale."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from config.todos import todos_from, todos_of
from forum.models import Event, EventPlace, Material, Registration
from ledger import relay
from ledger.models import Delivery, Entry
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role
from tests.conftest import job_role, owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture
def host() -> Organisation:
    return people.organisation("Fair Works Network", Capability.STAKEHOLDER)


def _member(of: Organisation | None = None, role: Role = Role.EDITOR) -> Membership:
    return people.membership(of or people.organisation(), role=role)


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_booking_is_changed_on_its_page(host: Organisation, client_for: Browser) -> None:
    event, one = make.event(host, capacity=4), _member()
    row = make.registration(
        event, one.organisation, one.person, kind="group", quantity=3, names=("Ana", "Bo", "Cy")
    )
    client, path = client_for(one.person), f"/events/registrations/{row.code}/places/"
    assert path in _text(client.get(f"/events/registrations/{row.code}/"))
    assert "Ana" in _text(client.get(path))
    refused = client.post(path, {"quantity": "2"})
    assert refused.status_code == 422
    assert "Mark one person who does not come." in _text(refused)
    with owner_role():
        bo = EventPlace.objects.get(name="Bo")
    assert client.post(path, {"quantity": "2", "goes": [bo.code]}).status_code == 302
    assert client.post(path, {"quantity": "5"}).status_code == 422
    assert client.post(path, {"quantity": "4", "names": "Di\nEf"}).status_code == 302
    with owner_role():
        named = EventPlace.objects.order_by("number").values_list("name", flat=True)
        assert sorted(named) == ["Ana", "Cy", "Di", "Ef"]
        assert Event.objects.get().places_held == 4
    assert client_for(_member(host).person).get(path).status_code == 403


def test_a_material_that_is_taken_away_leaves_no_dead_link(host: Organisation, client_for: Browser) -> None:
    event = make.event(host, starts_in=-dt.timedelta(hours=3), state="held")
    came = _member()
    make.registration(event, came.organisation, came.person)
    client, reader = client_for(_member(host).person), client_for(came.person)
    for name in ("Slides", "Notes"):
        file = SimpleUploadedFile("slides.txt", name.encode(), "text/plain")
        client.post(f"/events/{event.code}/materials/add/", {"title": name, "file": file})
    client.post(f"/events/{event.code}/materials/release/")
    with owner_role():
        slides, notes = (Material.objects.get(title=name) for name in ("Slides", "Notes"))
    path = f"/events/materials/{slides.code}/remove/"
    assert reader.post(path).status_code == 403
    assert path in _text(client.get(f"/events/{event.code}/people/"))
    assert "Take “Slides” away?" in _text(client.get(path))
    assert client.post(path).status_code == 302
    page = _text(reader.get(f"/events/{event.code}/"))
    assert "Slides" not in page
    assert "Notes" in page
    assert reader.get(f"/events/materials/{slides.code}/").status_code == 404
    assert client.post(path).status_code == 404  # pressed twice
    with owner_role():
        assert Entry.objects.get(verb="forum.material_removed").data["material"] == "Slides"
    client.post(f"/events/materials/{notes.code}/remove/")
    with job_role():
        relay.relay(timezone.now())
    with owner_role():  # nothing is left to take, so nobody is led there
        assert not Delivery.objects.filter(entry__verb="forum.materials_released").exists()


def test_home_tells_of_a_place_that_is_kept(host: Organisation) -> None:
    event, one, other = make.event(host, capacity=1), _member(), _member()
    row = make.registration(event, one.organisation, one.person, "offered")
    viewer, at = viewer_from(one), timezone.now()
    with make.as_viewer(viewer):
        (todo,) = todos_from(todos_of(viewer, at=at, on=at.date()), at.date())
        assert todo.url == f"/events/registrations/{row.code}/"
        assert (todo.who, todo.what) == ("Who sews our workwear?", "has a place that is kept for you")
        assert todo.note.startswith("until ")
        late = at + dt.timedelta(hours=49)
        assert todos_of(viewer, at=late, on=late.date()) == []
    with make.as_viewer(viewer_from(other)):
        assert todos_of(viewer_from(other), at=at, on=at.date()) == []


# ---------------------------------------------------------------- stale pages and double clicks
def test_yes_from_a_page_that_has_grown_old_says_what_became_of_the_offer(
    host: Organisation, client_for: Browser
) -> None:
    event, one = make.event(host, capacity=1), _member()
    ended = timezone.now() - dt.timedelta(hours=1)
    row = make.registration(event, one.organisation, one.person, "offered", offer_ends_at=ended)
    client = client_for(one.person)
    page = _text(client.post(f"/events/registrations/{row.code}/accept/", follow=True))
    assert "The time of this offer is over. The place went to the next in line." in page
    with owner_role():
        assert Registration.objects.get().state == "offered"  # the tick ends it


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("expired", "There is no offer to answer any more."),
        ("cancelled", "There is no offer to answer any more."),
        ("waiting", "There is no offer to answer any more."),
    ],
)
def test_an_answer_to_what_is_no_offer_any_more_is_explained(
    host: Organisation, client_for: Browser, state: str, words: str
) -> None:
    event, one = make.event(host, capacity=1), _member()
    row = make.registration(event, one.organisation, one.person, state)
    for verb in ("accept", "decline"):
        page = client_for(one.person).post(f"/events/registrations/{row.code}/{verb}/", follow=True)
        assert page.status_code == 200
        assert words in _text(page)


def test_yes_and_cancel_pressed_twice_are_said_once(host: Organisation, client_for: Browser) -> None:
    event, one = make.event(host, capacity=1), _member()
    row = make.registration(event, one.organisation, one.person, "offered")
    client = client_for(one.person)
    for verb in ("accept", "cancel"):
        for _twice in range(2):
            page = client.post(f"/events/registrations/{row.code}/{verb}/", follow=True)
            assert page.status_code == 200
            assert "message bad" not in _text(page)
    with owner_role():
        verbs = Entry.objects.order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["forum.offer_accepted", "forum.registration_cancelled"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "closed"}, "Registration is closed."),
        ({"register_by": dt.timedelta(hours=-1)}, "The last day to register has passed."),
        ({"state": "cancelled"}, "This event was cancelled."),
        ({"starts_in": dt.timedelta(minutes=-1)}, "This event has begun or is over."),
    ],
)
def test_registering_from_a_page_that_has_grown_old_says_why_not(
    host: Organisation, client_for: Browser, said: dict[str, Any], words: str
) -> None:
    if "register_by" in said:
        said = {"register_by": timezone.now() + said["register_by"]}
    event, one = make.event(host, **said), _member()
    client = client_for(one.person)
    page = client.post(f"/events/{event.code}/register/", follow=True)
    assert page.status_code == 200
    assert words in _text(page)
    assert client.post(f"/events/{event.code}/register/several/", {"quantity": "2"}).status_code == 403
    with owner_role():
        assert not Registration.objects.exists()


def test_publishing_and_closing_twice_is_explained(host: Organisation, client_for: Browser) -> None:
    event = make.event(host, state="draft")
    client = client_for(_member(host).person)
    for path, status in (("publish", 302), ("publish", 403), ("close", 302), ("close", 403)):
        assert client.post(f"/events/{event.code}/{path}/").status_code == status, path
    with owner_role():
        assert Event.objects.get().state == "closed"


def test_a_change_of_the_past_is_refused_and_a_script_in_a_files_name_is_inert(
    host: Organisation, client_for: Browser
) -> None:
    event = make.event(host, starts_in=-dt.timedelta(hours=3), state="held")
    client = client_for(_member(host).person)
    assert client.get(f"/events/{event.code}/edit/").status_code == 403
    bad = SimpleUploadedFile("<script>alert(1)</script>.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    refused = client.post(f"/events/{event.code}/materials/add/", {"title": "x", "file": bad})
    assert refused.status_code == 422
    assert "<script>alert(1)" not in _text(refused)
    named = SimpleUploadedFile("<script>alert(1)</script>.txt", b"words", "text/plain")
    client.post(f"/events/{event.code}/materials/add/", {"title": "<script>alert(1)</script>", "file": named})
    page = _text(client.get(f"/events/{event.code}/people/"))
    assert "<script>alert(1)" not in page
    with owner_role():
        answer = client.get(f"/events/materials/{Material.objects.get().code}/")
    assert answer["Content-Disposition"].startswith("attachment")
