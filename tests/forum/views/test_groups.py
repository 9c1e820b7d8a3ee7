"""Groups as somebody at the door, inside, leading and running them sees them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.todos import todos_of
from forum.models import (
    Charter,
    CompetitionNotice,
    Group,
    GroupAccess,
    NoticeAcceptance,
    Participant,
    Seat,
    SeatHolding,
    Stage,
)
from ledger.acting import acting
from ledger.models import Delivery, Entry
from ledger.relay import relay
from organisations.models import Organisation, Person
from organisations.visibility import Capability, Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def as_(client_for: ClientFor) -> Callable[[Viewer], Client]:
    """Return a function that signs a viewer in."""

    def sign_in(who: Viewer) -> Client:
        with owner_role():
            person = Person.objects.get(pk=who.person_id)
        return client_for(person, who.organisation_id)

    return sign_in


As = Callable[[Viewer], Client]


def _url(name: str, *args: Any) -> str:
    return reverse(f"forum:{name}", args=args)


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _part(who: Viewer) -> Participant:
    with owner_role():
        return Participant.objects.filter(person_id=who.person_id).latest("pk")


def _code(organisation_id: int) -> str:
    with owner_role():
        return Organisation.objects.get(pk=organisation_id).code


# ---------------------------------------------------------------- coming in
def test_joining_an_open_group_leads_over_the_notice_to_its_people(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.stranger)
    assert "Join the group" in _text(client.get(_url("group", "technology")))
    answer = client.post(_url("group_join", "technology"), follow=True)
    assert answer.request["PATH_INFO"] == _url("notice", room.notice.code)
    assert "We do not talk about prices." in _text(answer)
    notice = f"{_url('notice', room.notice.code)}?next={_url('group_people', 'technology')}"
    assert client.post(notice, {}).status_code == 422
    with owner_role():
        assert not GroupAccess.objects.filter(person_id=room.stranger.person_id).exists()
    people_page = client.post(notice, {"accepts": "on"}, follow=True)
    assert people_page.request["PATH_INFO"] == _url("group_people", "technology")
    assert room.lead.person_id != room.stranger.person_id
    assert client.post(notice, {"accepts": "on"}).status_code == 302
    with owner_role():
        assert NoticeAcceptance.objects.filter(person_id=room.stranger.person_id).count() == 1


def test_joining_twice_is_refused(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.stranger)
    assert client.post(_url("group_join", "technology")).status_code == 302
    assert client.post(_url("group_join", "technology")).status_code == 403
    assert as_(room.buyer).post(_url("group_join", "technology")).status_code == 403


def test_asking_is_answered_by_a_co_lead_alone(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    stranger, lead = as_(room.stranger), as_(room.lead)
    assert stranger.post(_url("group_join", "audit-quality")).status_code == 403
    words = "We test wages ourselves"
    assert stranger.post(_url("group_ask", "audit-quality"), {"words": words}).status_code == 302
    assert "You asked to join" in _text(stranger.get(_url("group", "audit-quality")))
    assert words in _text(lead.get(_url("group_requests", "audit-quality")))
    assert as_(room.buyer).get(_url("group_requests", "audit-quality")).status_code == 403
    part = _part(room.stranger)
    assert as_(room.buyer).post(_url("request_accept", part.code)).status_code == 404
    assert as_(room.outsider).post(_url("request_accept", part.code)).status_code == 404
    assert stranger.post(_url("request_accept", part.code)).status_code == 403
    assert lead.post(_url("request_accept", part.code)).status_code == 302
    assert lead.post(_url("request_accept", part.code)).status_code == 409
    make.accept(room.notice, room.stranger)
    assert stranger.get(_url("group_people", "audit-quality")).status_code == 200


def test_declining_needs_a_reason_that_the_asker_alone_reads(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    make.participant(room.group, room.stranger, state="asked")
    part = _part(room.stranger)
    lead = as_(room.staff)
    assert lead.post(_url("request_decline", part.code), {"reason": " "}).status_code == 422
    said = {"reason": "The group is full this year"}
    assert lead.post(_url("request_decline", part.code), said).status_code == 302
    assert "The group is full" in _text(as_(room.stranger).get(_url("group", "audit-quality")))
    assert "The group is full" not in _text(as_(room.outsider).get(_url("group", "audit-quality")))
    with owner_role():
        assert "full" not in str(list(Entry.objects.values_list("data", "subject_label")))


def test_withdrawing_what_one_asked_opens_the_way_to_ask_again(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    client = as_(room.stranger)
    client.post(_url("group_ask", "audit-quality"), {"words": ""})
    assert client.post(_url("group_ask_withdraw", "audit-quality")).status_code == 302
    assert client.post(_url("group_ask_withdraw", "audit-quality")).status_code == 404
    assert client.get(_url("group_ask", "audit-quality")).status_code == 200


def test_an_invitation_is_the_same_for_a_known_and_an_unknown_address(as_: As) -> None:
    room = make.group("forced-labour", entry="invitation")
    lead, email = as_(room.lead), make.membership_of(room.stranger).person.email
    said = {"organisation_code": _code(room.stranger.organisation_id), "role": "member"}
    known = lead.post(_url("group_invite", "forced-labour"), {**said, "email": email.upper()}, follow=True)
    unknown = lead.post(
        _url("group_invite", "forced-labour"), {**said, "email": "no@example.org"}, follow=True
    )
    assert known.redirect_chain == unknown.redirect_chain
    again = lead.post(_url("group_invite", "forced-labour"), {**said, "email": email})
    assert again.status_code == 422
    bad = {**said, "organisation_code": "NOWHERE", "email": email}
    assert lead.post(_url("group_invite", "forced-labour"), bad).status_code == 422
    stranger = as_(room.stranger)
    assert "invites you" in _text(stranger.get(_url("group", "forced-labour")))
    with owner_role():
        part = Participant.objects.get(email=email)
    assert as_(room.outsider).post(_url("invitation_accept", part.code)).status_code == 404
    assert stranger.post(_url("invitation_accept", part.code)).status_code == 302
    assert (_part(room.stranger).email, _part(room.stranger).state) == ("", "active")


def test_an_invitation_is_declined_or_withdrawn_once(as_: As) -> None:
    room = make.group("forced-labour", entry="invitation")
    member = make.membership_of(room.stranger)
    first = make.invitation(room.group, member.organisation, member.person.email)
    assert as_(room.stranger).post(_url("invitation_decline", first.code)).status_code == 302
    assert as_(room.stranger).post(_url("invitation_accept", first.code)).status_code == 403
    second = make.invitation(room.group, member.organisation, member.person.email, role="guest")
    assert as_(room.buyer).post(_url("invitation_withdraw", second.code)).status_code == 404
    assert as_(room.lead).post(_url("invitation_withdraw", second.code)).status_code == 302
    assert as_(room.stranger).post(_url("invitation_accept", second.code)).status_code == 404


def test_outsiders_are_told_how_to_join_and_see_no_people(as_: As) -> None:
    room = make.group("technology")
    with owner_role():
        names = [Person.objects.get(pk=who.person_id).name for who in (room.buyer, room.supplier, room.guest)]
        lead = Person.objects.get(pk=room.lead.person_id).name
    for who in (room.outsider, room.stranger):
        client = as_(who)
        assert client.get(_url("group_people", "technology")).status_code == 403
        door = _text(client.get(_url("group", "technology")))
        assert lead in door
        assert not [name for name in names if name in door]
        assert client.get(_url("group", "nowhere")).status_code == 404
    inside = _text(as_(room.guest).get(_url("group_people", "technology")))
    assert all(name in inside for name in names)


# ---------------------------------------------------------------- leaving
def test_leaving_shuts_the_door_and_frees_the_seat(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.buyer)
    assert client.get(_url("group_leave", "technology")).status_code == 200
    assert client.post(_url("group_leave", "technology")).status_code == 302
    assert client.get(_url("group_people", "technology")).status_code == 403
    with owner_role():
        held = SeatHolding.objects.current().filter(seat=room.seats["buyer"])
        assert list(held.values_list("place", flat=True)) == ["alternate"]


def test_a_co_lead_ends_a_part_but_never_the_other_co_leads(as_: As) -> None:
    room = make.group("technology")
    lead, said = as_(room.lead), {"reason": "Left the sector"}
    assert lead.post(_url("participant_remove", _part(room.guest).code), said).status_code == 302
    assert "Left the sector" in _text(as_(room.guest).get(_url("group", "technology")))
    assert lead.post(_url("participant_remove", _part(room.staff).code), said).status_code == 403
    assert as_(room.buyer).get(_url("participant_remove", _part(room.second).code)).status_code == 403
    assert as_(room.staff).post(_url("participant_remove", _part(room.lead).code), said).status_code == 302
    assert "a co-lead is missing" in _text(as_(room.stranger).get(_url("group", "technology")))


# ---------------------------------------------------------------- leading
def test_a_charter_is_drafted_compared_and_adopted(as_: As) -> None:
    room = make.group("technology")
    lead = as_(room.lead)
    said = {
        "purpose": "To agree on what a fair audit finds.",
        "deliverables": "A guide\nA course",
        "ends_on": "2027-06-30",
    }
    assert lead.post(_url("charter_edit", "technology"), said).status_code == 302
    assert lead.post(_url("charter_edit", "technology"), said).status_code == 302
    compared = _text(lead.get(_url("charter_compare", "technology", 2)))
    assert "<ins" in compared
    assert "Adopt this version" in compared
    assert "Adopt this version" not in _text(as_(room.buyer).get(_url("charter_compare", "technology", 2)))
    outsider = as_(room.outsider)
    assert outsider.get(_url("charter_compare", "technology", 2)).status_code == 404
    with owner_role():
        draft = Charter.objects.get(number=2)
    assert outsider.post(_url("charter_adopt", draft.code)).status_code == 404
    assert as_(room.buyer).post(_url("charter_adopt", draft.code)).status_code == 403
    assert lead.post(_url("charter_adopt", draft.code)).status_code == 302
    assert lead.post(_url("charter_adopt", draft.code)).status_code == 409
    assert "fair audit" in _text(outsider.get(_url("group", "technology")))
    assert outsider.get(_url("charter_compare", "technology", 2)).status_code == 200
    assert outsider.get(_url("charter_compare", "technology", 1)).status_code == 404
    assert _text(outsider.get(_url("charters", "technology"))).count("Version ") >= 2


def test_seats_are_given_by_leads_and_operator_and_filled_by_leads(as_: As) -> None:
    room = make.group("technology")
    lead = as_(room.lead)
    colleague = people.viewer(room.operator)
    said = {"constituency": "ngo", "organisation_code": _code(room.lead.organisation_id)}
    assert as_(room.buyer).get(_url("seats", "technology")).status_code == 403
    assert as_(colleague).post(_url("seats", "technology"), said).status_code == 302
    assert lead.post(_url("seats", "technology"), said).status_code == 422
    with owner_role():
        seat = Seat.objects.get(constituency="ngo")
    assert as_(colleague).get(_url("seat_sit", seat.code)).status_code == 403
    own = _part(room.lead).code
    assert lead.post(_url("seat_sit", seat.code), {"holder": _part(room.buyer).code}).status_code == 422
    assert lead.post(_url("seat_sit", seat.code), {"holder": own, "alternate": own}).status_code == 422
    assert lead.post(_url("seat_sit", seat.code), {"holder": own}).status_code == 302
    assert lead.get(_url("seat_sit", seat.code)).status_code == 200
    swapped = {"holder": _part(room.second).code, "alternate": _part(room.buyer).code}
    assert lead.post(_url("seat_sit", room.seats["buyer"].code), swapped).status_code == 302
    with owner_role():
        held = dict(
            SeatHolding.objects.current().filter(seat=room.seats["buyer"]).values_list("place", "person_id")
        )
    assert held == {"holder": room.second.person_id, "alternate": room.buyer.person_id}
    assert lead.post(_url("seat_end", seat.code)).status_code == 302
    assert lead.post(_url("seat_end", seat.code)).status_code == 409


# ---------------------------------------------------------------- running
def test_the_operator_makes_a_group_and_names_both_co_leads(as_: As) -> None:
    room = make.group("technology")
    runner = people.viewer(room.operator)
    client = as_(runner)
    said = {
        "title": "Living wage",
        "key": "living-wage",
        "summary": "Wages that one can live on.",
        "kind": "topic",
        "entry": "open",
        "purpose": "Close the gap.",
        "sdg_tags": ["1", "8"],
    }
    assert client.post(_url("group_new"), said).status_code == 422
    with owner_role():
        stage = Stage.objects.get()
    said |= {"stage": str(stage.pk)}
    assert as_(room.lead).post(_url("group_new"), said).status_code == 403
    assert client.post(_url("group_new"), said).status_code == 302
    assert client.post(_url("group_new"), said).status_code == 422
    door = _text(client.get(_url("group", "living-wage")))
    assert "Incomplete" in door
    with owner_role():
        own = make.membership_of(runner)
        other = make.membership_of(room.buyer)
    assert client.post(_url("co_lead_staff", "living-wage"), {"colleague": own.code}).status_code == 302
    invited = {"organisation_code": other.organisation.code, "email": other.person.email}
    assert client.post(_url("co_lead_member", "living-wage"), invited).status_code == 302
    assert "Invited:" in _text(client.get(_url("group", "living-wage")))
    buyer = as_(room.buyer)
    with owner_role():
        part = Participant.objects.get(email=other.person.email)
    assert buyer.post(_url("invitation_accept", part.code)).status_code == 302
    assert "Incomplete" not in _text(client.get(_url("group", "living-wage")))
    assert client.post(_url("co_lead_member", "living-wage"), invited).status_code == 422
    make.accept(room.notice, runner)
    assert client.get(_url("group_people", "living-wage")).status_code == 200


def test_running_a_group_lets_nobody_in(as_: As) -> None:
    room = make.group("technology")
    client = as_(people.viewer(room.operator))
    assert client.get(_url("group_people", "technology")).status_code == 403
    assert client.get(_url("group_edit", "technology")).status_code == 200
    edited = {
        "title": "Tools",
        "summary": "Which tools help",
        "entry": "request",
        "stage": str(room.group.stage_id),
    }
    assert client.post(_url("group_edit", "technology"), edited).status_code == 302
    assert as_(room.lead).post(_url("group_edit", "technology"), edited).status_code == 403
    with owner_role():
        assert Group.objects.get(key="technology").entry == "request"


def test_a_closed_group_is_read_only(as_: As) -> None:
    room = make.group("technology")
    client, lead = as_(people.viewer(room.operator)), as_(room.lead)
    assert lead.post(_url("group_close", "technology")).status_code == 403
    assert client.post(_url("group_close", "technology")).status_code == 302
    assert client.post(_url("group_close", "technology")).status_code == 409
    assert lead.get(_url("group_people", "technology")).status_code == 200
    assert lead.post(_url("charter_edit", "technology"), {"purpose": "x"}).status_code == 403
    assert as_(room.stranger).post(_url("group_join", "technology")).status_code == 403
    assert client.post(_url("group_open", "technology")).status_code == 302
    assert as_(room.stranger).post(_url("group_join", "technology")).status_code == 302


def test_a_new_notice_is_published_by_the_operator(as_: As) -> None:
    room = make.group("technology")
    client, buyer = as_(people.viewer(room.operator)), as_(room.buyer)
    assert buyer.post(_url("notice_publish"), {"body": "x"}).status_code == 403
    assert client.post(_url("notice_publish"), {"body": "Nor about customers."}).status_code == 302
    with owner_role():
        newest = CompetitionNotice.objects.latest("number")
    assert (newest.number, newest.body) == (2, "Nor about customers.")
    assert buyer.get(_url("group_people", "technology")).status_code == 302
    assert "Accept the notice" in _text(buyer.get(_url("groups")))
    assert buyer.post(_url("notice", room.notice.code), {"accepts": "on"}).status_code == 422
    away = f"{_url('notice', newest.code)}?next=https://example.org/"
    assert buyer.post(away, {"accepts": "on"}).headers["Location"] == _url("groups")
    assert buyer.get(_url("group_people", "technology")).status_code == 200


# ---------------------------------------------------------------- the first page
def test_the_starting_set_is_loaded_once_and_drawn_as_a_cycle(as_: As) -> None:
    operator = people.organisation("", Capability.OPERATOR)
    with owner_role():
        call_command("load_groups", verbosity=0)
        Group.objects.filter(key="technology").update(title="Tools")
        call_command("load_groups", verbosity=0)
        found = Group.objects.filter(operator=operator)
        assert (found.count(), Stage.objects.count(), CompetitionNotice.objects.count()) == (11, 4, 1)
        assert Charter.objects.count() == 11
    page = _text(as_(people.viewer(people.organisation())).get(_url("groups")))
    assert page.count('class="arc"') == 4
    for title in ("Tools", "UK user group", "Auditor network", "Impact assessment"):
        assert title in page


def test_without_an_operator_the_groups_wait() -> None:
    with owner_role():
        call_command("load_groups", verbosity=0)
        assert not Group.objects.exists()


# ---------------------------------------------------------------- home
def _waiting(who: Viewer) -> dict[str, str]:
    now = timezone.now()
    with acting(person_id=who.person_id, organisation_id=who.organisation_id):
        rows = todos_of(who, at=now, on=now.date())
    return {row.kind: row.code for row in rows}


def test_home_tells_of_what_waits_in_groups() -> None:
    room = make.group("audit-quality", entry="request")
    member = make.membership_of(room.stranger)
    assert _waiting(room.lead) == {}
    make.invitation(room.group, member.organisation, member.person.email)
    make.participant(room.group, people.viewer(people.organisation()), state="asked")
    assert _waiting(room.stranger) == {"forum_invited": "audit-quality"}
    assert _waiting(room.lead) == {"forum_asked": "audit-quality"}
    assert _waiting(room.buyer) == {}
    again = make.notice(room.operator)
    assert _waiting(room.buyer) == {"forum_notice": again.code}
    assert _waiting(room.outsider) == {}


def test_letters_go_to_those_who_may_know_now(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    as_(room.stranger).post(_url("group_ask", "audit-quality"), {"words": "Wages"})
    member = make.membership_of(room.outsider)
    invited = {"organisation_code": member.organisation.code, "email": member.person.email, "role": "member"}
    as_(room.lead).post(_url("group_invite", "audit-quality"), invited)
    invited["email"] = "nobody@example.org"
    as_(room.lead).post(_url("group_invite", "audit-quality"), invited)
    with job_role():
        relay(timezone.now())
    with owner_role():
        told = set(Delivery.objects.values_list("entry__verb", "person_id"))
        titles = set(Delivery.objects.values_list("title", flat=True))
    assert told == {
        ("forum.asked", room.lead.person_id),
        ("forum.asked", room.staff.person_id),
        ("forum.invited", room.outsider.person_id),
    }
    assert titles == {
        "Somebody asks to join Audit quality",
        "You are invited to the group Audit quality",
    }
