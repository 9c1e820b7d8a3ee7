"""Pages of events, as visitors and organisers meet them."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from forum.models import Event, EventPlace, Joining, Registration
from organisations.models import Membership, Organisation
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import forum_events as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
LINK = "https://meet.example.org/only-for-those-inside"


@pytest.fixture
def host() -> Organisation:
    return people.organisation("Fair Works Network", Capability.STAKEHOLDER)


def _member(of: Organisation, role: Role = Role.EDITOR, zone: str = "UTC") -> Membership:
    made = people.membership(of, role=role)
    with owner_role():
        made.person.timezone = zone
        made.person.save(update_fields=["timezone"])
    return made


def _event(host: Organisation, **said: Any) -> Event:
    event = make.event(host, **said)
    with owner_role():
        Joining.objects.create(event=event, organiser=host, link=LINK, words="Code 4711")
    return event


def _page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def _wanted(**other: Any) -> dict[str, Any]:
    day = timezone.now().date() + dt.timedelta(days=30)
    return {
        "kind": "webinar",
        "title": "Who sews our workwear?",
        "zone": "Europe/London",
        "starts": f"{day}T10:00",
        "ends": f"{day}T11:30",
        "capacity": "15",
        "offer_hours": "48",
        "opens_to": "everyone",
        "joining_link": LINK,
    } | other


def test_the_joining_link_is_for_those_with_a_place_alone(host: Organisation, client_for: Browser) -> None:
    event = _event(host, capacity=1)
    inside, waits = _member(people.organisation("In")), _member(people.organisation("Out"))
    for one in (inside, waits):
        client_for(one.person).post(f"/events/{event.code}/register/")
    for path in (f"/events/{event.code}/", f"/events/{event.code}/calendar/"):
        assert LINK in _page(client_for(inside.person), path).replace("\r\n ", "")
        for nobody in (waits, _member(people.organisation("Else"))):
            words = _page(client_for(nobody.person), path).replace("\r\n ", "")
            assert LINK not in words
            assert "4711" not in words


def test_an_event_is_shown_in_the_readers_zone_with_the_organisers_beside_it(
    host: Organisation, client_for: Browser
) -> None:
    start = dt.datetime(2030, 7, 1, 14, 0, tzinfo=ZoneInfo("Europe/London"))
    event = make.event(host, starts_at=start, ends_at=start + dt.timedelta(minutes=90))
    page = _page(client_for(_member(host, zone="Asia/Dhaka").person), f"/events/{event.code}/")
    assert "1 Jul 2030, 19:00–20:30" in page
    assert "(Asia/Dhaka)" in page
    assert "1 Jul 2030, 14:00–15:30" in page
    assert "(Europe/London)" in page
    same = _page(client_for(_member(host, zone="Europe/Lisbon").person), f"/events/{event.code}/")
    assert "Europe/London" not in same  # its clocks show the same


def test_registering_twice_is_once_and_the_list_says_the_number(
    host: Organisation, client_for: Browser
) -> None:
    event = _event(host, capacity=1)
    first, *others = [_member(people.organisation(f"House {n}")) for n in range(4)]
    for one in (first, *others):
        for _press in range(2):
            assert client_for(one.person).post(f"/events/{event.code}/register/").status_code == 302
    with owner_role():
        assert Registration.objects.filter(event=event).count() == 4
    page = _page(client_for(others[2].person), f"/events/{event.code}/")
    assert "You are number 3 on the waiting list" in page
    assert "keep it for 48 hours" in page
    assert "Number waiting before you" not in page
    listed = _page(client_for(others[0].person), "/events/")
    assert "On the waiting list" in listed
    assert "3 waiting" in listed


def test_nobody_reads_who_else_comes(host: Organisation, client_for: Browser) -> None:
    event = _event(host)
    with owner_role():
        some = people.membership(people.organisation("Acme"), people.person("Ana Somebody"))
    make.registration(event, some.organisation, some.person)
    other = _member(people.organisation("Other"))
    make.registration(event, other.organisation, other.person)
    colleague = _member(some.organisation)
    admin = _member(some.organisation, Role.ADMIN)
    for reader in (other, colleague):
        for path in ("/events/", f"/events/{event.code}/", "/events/mine/"):
            assert "Ana Somebody" not in _page(client_for(reader.person), path)
        _page(client_for(reader.person), f"/events/{event.code}/people/", 403)
    assert "Ana Somebody" in _page(client_for(admin.person), "/events/mine/")
    assert "Ana Somebody" in _page(client_for(_member(host).person), f"/events/{event.code}/people/")


def test_the_organiser_reads_why_each_still_waits(host: Organisation, client_for: Browser) -> None:
    event = _event(host, capacity=3, per_organisation=2)
    acme = people.organisation("Acme")
    for _n in range(2):
        one = _member(acme)
        make.registration(event, acme, one.person)
    make.registration(event, acme, _member(acme).person, "waiting")
    big = people.organisation("Big")
    make.registration(event, big, _member(big).person, "waiting", kind="group", quantity=2)
    page = _page(client_for(_member(host).person), f"/events/{event.code}/people/")
    assert "Their organisation has all the places that one may have." in page
    assert "Needs more places than are free now; keeps its number in the list." in page


@pytest.mark.parametrize(
    ("field", "other", "words"),
    [
        ("ends", {"ends": "2030-01-01T09:00", "starts": "2030-01-01T10:00"}, "It ends before it starts."),
        ("starts", {"starts": "2020-01-01T10:00", "ends": "2020-01-01T11:00"}, "This time is over."),
        ("register_until", {"register_until": "2036-01-01T10:00"}, "until the start at the latest"),
        ("starts", {"starts": "2030-03-31T01:30", "ends": "2030-03-31T04:00"}, "never show this time"),
        ("starts", {"starts": "2030-10-27T01:30", "ends": "2030-10-27T04:00"}, "show this time twice"),
        ("capabilities", {"opens_to": "capabilities"}, "Choose at least one kind of organisation."),
        ("title", {"title": ""}, "required"),
    ],
)
def test_times_that_cannot_be_are_explained_and_nothing_is_lost(
    host: Organisation, client_for: Browser, field: str, other: dict[str, Any], words: str
) -> None:
    client = client_for(_member(host).person)
    sent = _wanted(summary="What we typed stays", **other)
    answer = client.post("/events/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422, field
    assert words in page
    assert "What we typed stays" in page
    with owner_role():
        assert not Event.objects.exists()


def test_a_time_that_is_shown_twice_is_kept_once_it_is_chosen(
    host: Organisation, client_for: Browser
) -> None:
    client = client_for(_member(host).person)
    sent = _wanted(starts="2030-10-27T01:30", ends="2030-10-27T04:00", starts_meant="later")
    assert client.post("/events/new/", sent).status_code == 302
    with owner_role():
        assert Event.objects.get().starts_at == dt.datetime(2030, 10, 27, 1, 30, tzinfo=dt.UTC)


def test_fewer_places_than_are_held_are_refused(host: Organisation, client_for: Browser) -> None:
    event = make.event(host, capacity=3)
    for _n in range(2):
        one = _member(people.organisation())
        make.registration(event, one.organisation, one.person)
    client = client_for(_member(host).person)
    answer = client.post(f"/events/{event.code}/edit/", _wanted(capacity="1"))
    assert answer.status_code == 422
    assert "2 places are taken or offered, and nobody loses theirs." in answer.content.decode()
    assert client.post(f"/events/{event.code}/edit/", _wanted(capacity="2")).status_code == 302


def test_an_event_for_named_organisations_is_told_to_nobody_else(
    host: Organisation, client_for: Browser
) -> None:
    named, other = people.organisation("Named"), people.organisation("Other")
    event = make.event(host, named, title="Just for some")
    assert "Just for some" in _page(client_for(_member(named).person), "/events/")
    assert "Just for some" not in _page(client_for(_member(other).person), "/events/")
    _page(client_for(_member(other).person), f"/events/{event.code}/", 404)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "closed"}, "Registration is closed."),
        ({"register_by": timezone.now()}, "The last day to register has passed."),
        ({"opens_to": "capabilities", "capabilities": ["buyer"]}, "for other kinds of organisations"),
        ({"state": "cancelled"}, "This event was called off."),
    ],
)
def test_whoever_cannot_register_reads_why(
    host: Organisation, client_for: Browser, said: dict[str, Any], words: str
) -> None:
    event = make.event(host, **said)
    client = client_for(_member(people.organisation("Mill", Capability.SUPPLIER)).person)
    assert words in _page(client, f"/events/{event.code}/")
    client.post(f"/events/{event.code}/register/")
    with owner_role():
        assert not Registration.objects.exists()


def test_a_group_is_booked_with_colleagues_names_and_open_places(
    host: Organisation, client_for: Browser
) -> None:
    event = _event(host)
    acme = people.organisation("Acme")
    editor, colleague = _member(acme), _member(acme, Role.VIEWER)
    client = client_for(editor.person)
    path = f"/events/{event.code}/register/several/"
    wrong = client.post(path, {"quantity": "3", "names": "who@elsewhere.example"})
    assert wrong.status_code == 422
    assert "who@elsewhere.example is nobody in your organisation here." in wrong.content.decode()
    assert (
        client.post(path, {"quantity": "3", "names": f"{colleague.person.email}\nAna Guest"}).status_code
        == 302
    )
    with owner_role():
        places = EventPlace.objects.order_by("number")
        assert [(one.person_id, one.name, one.is_held) for one in places] == [
            (colleague.person_id, colleague.person.name, True),
            (None, "Ana Guest", True),
            (None, "", True),
        ]
    assert LINK in _page(client_for(colleague.person), f"/events/{event.code}/")


def test_materials_are_for_those_who_came(host: Organisation, client_for: Browser, tmp_path: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    event = make.event(host, starts_in=-dt.timedelta(hours=3), state="held")
    came, away = (_member(people.organisation(name)) for name in ("Came", "Away"))
    for one in (came, away):
        make.registration(event, one.organisation, one.person)
    client = client_for(_member(host).person)
    file = SimpleUploadedFile("slides.txt", b"What was shown.", "text/plain")
    assert (
        client.post(f"/events/{event.code}/materials/add/", {"title": "Slides", "file": file}).status_code
        == 302
    )
    with owner_role():
        codes = {one.person_id: one.code for one in EventPlace.objects.all()}
    marks = {f"place-{codes[came.person_id]}": "attended", f"place-{codes[away.person_id]}": "absent"}
    client.post(f"/events/{event.code}/people/attendance/", marks)
    assert "Slides" not in _page(client_for(came.person), f"/events/{event.code}/")
    client.post(f"/events/{event.code}/materials/release/")
    with owner_role():
        material = event.materials.get()
    assert "Slides" in _page(client_for(came.person), f"/events/{event.code}/")
    answer = client_for(came.person).get(f"/events/materials/{material.code}/")
    assert b"".join(answer.streaming_content) == b"What was shown."  # type: ignore[attr-defined]
    assert "Slides" not in _page(client_for(away.person), f"/events/{event.code}/")
    _page(client_for(away.person), f"/events/materials/{material.code}/", 404)


def test_a_series_is_begun_filled_and_published(host: Organisation, client_for: Browser) -> None:
    client = client_for(_member(host).person)
    answer = client.post("/events/series/new/", {"title": "Knowing what you buy", "tags": ["textiles"]})
    path = answer["Location"]
    reader = client_for(_member(people.organisation("Buyer", Capability.BUYER)).person)
    _page(reader, path, 404)
    assert client.post(f"{path}publish/").status_code == 302
    code = path.rstrip("/").rpartition("/")[2]
    made = client.post("/events/new/", _wanted(series=code))["Location"]
    assert "Who sews our workwear?" not in _page(reader, path)
    client.post(f"{made}publish/")
    assert "Who sews our workwear?" in _page(reader, path)


@pytest.mark.parametrize("capability", [Capability.BUYER, Capability.SUPPLIER])
def test_buyers_and_suppliers_run_no_events(client_for: Browser, capability: Capability) -> None:
    client = client_for(_member(people.organisation("", capability)).person)
    _page(client, "/events/new/", 403)
    assert client.post("/events/new/", _wanted()).status_code == 403


def test_script_in_a_title_is_inert(host: Organisation, client_for: Browser) -> None:
    event = make.event(host, title="<script>alert(1)</script>", summary="<img src=x onerror=alert(1)>")
    page = _page(client_for(_member(host).person), f"/events/{event.code}/")
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
