"""People without a name: asked for it before others read of them, and never shown by their address."""

from typing import Any

import pytest

from forum.actions.discussion import start_thread
from forum.models import Participant, Post, Registration
from organisations.models import Membership, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_events as events
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
ADDRESS = "nameless@example.org"


def nameless(of: Any) -> Membership:
    """Make a member who has not said what they are called."""
    made = people.membership(of, people.person("x", ADDRESS), Role.EDITOR)
    with owner_role():
        Person.objects.filter(pk=made.person_id).update(name="")
    made.person.refresh_from_db()
    return made


def test_somebody_without_a_name_is_called_after_their_organisation() -> None:
    room = make.group()
    mill = people.organisation("Wang Mill", Capability.SUPPLIER)
    who = nameless(mill)
    make.participant(room.group, who)
    viewer = viewer_from(who)
    with events.as_viewer(viewer):
        thread = start_thread(viewer=viewer, group=room.group, title="Dust", body="How much?", at=_now())
    with events.as_viewer(room.buyer):
        part = Participant.objects.visible_to(room.buyer).get(person_id=who.person_id)
        post = Post.objects.visible_to(room.buyer).get(thread=thread)
        assert part.person_name == post.person_name == "A participant from Wang Mill"
    with owner_role():
        kept = Participant.objects.filter(person_id=who.person_id).values_list("person_name", "named_by_name")
        assert list(kept) == [("", "")]


def test_the_organiser_of_an_event_reads_no_address(client_for: Any) -> None:
    host = people.organisation("Fair Works", Capability.STAKEHOLDER)
    event = events.event(host)
    who = nameless(people.organisation("Wang Mill"))
    events.registration(event, who.organisation, who.person)
    with owner_role():
        assert Registration.objects.get().person_name == "A participant from Wang Mill"
    organiser = people.membership(host).person
    page = client_for(organiser).get(f"/events/{event.code}/people/").content.decode()
    assert "A participant from Wang Mill" in page
    assert ADDRESS not in page


def test_a_name_is_asked_for_before_a_group_is_entered(client_for: Any) -> None:
    room = make.group()
    who = nameless(people.organisation("Wang Mill"))
    make.participant(room.group, who)
    client = client_for(who.person)
    wanted = f"/forum/groups/{room.group.key}/people/?after=x"
    to = client.get(wanted)
    assert to.status_code == 302
    page = client.get(to["Location"])
    assert "What are you called?" in page.content.decode()
    bad = client.post(to["Location"], {"name": "", "next": wanted})
    assert bad.status_code == 422
    assert client.post("/forum/name/", {"name": "Wang Li", "next": wanted})["Location"] == wanted
    assert client.get(wanted).status_code == 200
    assert client.post("/forum/name/", {"name": "Wang Li", "next": "//evil.example"})["Location"] == "/forum/"


def test_a_name_is_asked_for_before_one_joins_or_registers(client_for: Any) -> None:
    room = make.group(entry="open")
    event = events.event(people.organisation("Fair Works", Capability.STAKEHOLDER))
    who = nameless(people.organisation("Wang Mill"))
    client = client_for(who.person)
    for address, back in (
        (f"/forum/groups/{room.group.key}/join/", f"/forum/groups/{room.group.key}/"),
        (f"/events/{event.code}/register/", f"/events/{event.code}/"),
    ):
        asked = client.post(address)
        assert asked["Location"].startswith("/forum/name/?next=")
        assert client.post(asked["Location"], {"name": ""}).status_code == 422
        with owner_role():
            assert not Participant.objects.filter(person_id=who.person_id).exists()
            assert not Registration.objects.exists()
        assert f'value="{back}"' in client.get(asked["Location"]).content.decode()


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
