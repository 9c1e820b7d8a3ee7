"""Leading and running groups: charters, seats, notices, the first page and what waits at home."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from config.todos import todos_of
from forum.models import Charter, CompetitionNotice, Group, Participant, Seat, SeatHolding, Stage
from ledger.acting import acting
from ledger.models import Delivery
from ledger.relay import relay
from organisations.visibility import Capability, Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import organisations as people
from tests.forum.views.conftest import As
from tests.forum.views.grouping import code_of, part_of, text, url

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


# ---------------------------------------------------------------- leading
def test_a_charter_is_drafted_compared_and_adopted(as_: As) -> None:
    room = make.group("technology")
    lead = as_(room.lead)
    said = {
        "purpose": "To agree on what a fair audit finds.",
        "deliverables": "A guide\nA course",
        "ends_on": "2027-06-30",
    }
    assert lead.post(url("charter_edit", "technology"), said).status_code == 302
    assert lead.post(url("charter_edit", "technology"), said).status_code == 302
    compared = text(lead.get(url("charter_compare", "technology", 2)))
    assert "<ins" in compared
    assert "Adopt this version" in compared
    assert "Adopt this version" not in text(as_(room.buyer).get(url("charter_compare", "technology", 2)))
    outsider = as_(room.outsider)
    assert outsider.get(url("charter_compare", "technology", 2)).status_code == 404
    with owner_role():
        draft = Charter.objects.get(number=2)
    assert outsider.post(url("charter_adopt", draft.code)).status_code == 404
    assert as_(room.buyer).post(url("charter_adopt", draft.code)).status_code == 403
    assert lead.post(url("charter_adopt", draft.code)).status_code == 302
    assert lead.post(url("charter_adopt", draft.code)).status_code == 409
    assert "fair audit" in text(outsider.get(url("group", "technology")))
    assert outsider.get(url("charter_compare", "technology", 2)).status_code == 200
    assert outsider.get(url("charter_compare", "technology", 1)).status_code == 404
    assert text(outsider.get(url("charters", "technology"))).count("Version ") >= 2


def test_seats_are_given_by_leads_and_operator_and_filled_by_leads(as_: As) -> None:
    room = make.group("technology")
    lead = as_(room.lead)
    colleague = people.viewer(room.operator)
    said = {"constituency": "ngo", "organisation_code": code_of(room.lead.organisation_id)}
    assert as_(room.buyer).get(url("seats", "technology")).status_code == 403
    assert as_(colleague).post(url("seats", "technology"), said).status_code == 302
    assert lead.post(url("seats", "technology"), said).status_code == 422
    with owner_role():
        seat = Seat.objects.get(constituency="ngo")
    assert as_(colleague).get(url("seat_sit", seat.code)).status_code == 403
    own = part_of(room.lead).code
    assert lead.post(url("seat_sit", seat.code), {"holder": part_of(room.buyer).code}).status_code == 422
    assert lead.post(url("seat_sit", seat.code), {"holder": own, "alternate": own}).status_code == 422
    assert lead.post(url("seat_sit", seat.code), {"holder": own}).status_code == 302
    assert lead.get(url("seat_sit", seat.code)).status_code == 200
    swapped = {"holder": part_of(room.second).code, "alternate": part_of(room.buyer).code}
    assert lead.post(url("seat_sit", room.seats["buyer"].code), swapped).status_code == 302
    with owner_role():
        held = dict(
            SeatHolding.objects.current().filter(seat=room.seats["buyer"]).values_list("place", "person_id")
        )
    assert held == {"holder": room.second.person_id, "alternate": room.buyer.person_id}
    assert lead.post(url("seat_end", seat.code)).status_code == 302
    assert lead.post(url("seat_end", seat.code)).status_code == 409


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
    assert client.post(url("group_new"), said).status_code == 422
    with owner_role():
        stage = Stage.objects.get()
    said |= {"stage": str(stage.pk)}
    assert as_(room.lead).post(url("group_new"), said).status_code == 403
    assert client.post(url("group_new"), said).status_code == 302
    assert client.post(url("group_new"), said).status_code == 422
    door = text(client.get(url("group", "living-wage")))
    assert "Incomplete" in door
    with owner_role():
        own = make.membership_of(runner)
        other = make.membership_of(room.buyer)
    assert client.post(url("co_lead_staff", "living-wage"), {"colleague": own.code}).status_code == 302
    invited = {"organisation_code": other.organisation.code, "email": other.person.email}
    assert client.post(url("co_lead_member", "living-wage"), invited).status_code == 302
    assert "Invited:" in text(client.get(url("group", "living-wage")))
    buyer = as_(room.buyer)
    with owner_role():
        part = Participant.objects.get(email=other.person.email)
    assert buyer.post(url("invitation_accept", part.code)).status_code == 302
    assert "Incomplete" not in text(client.get(url("group", "living-wage")))
    assert client.post(url("co_lead_member", "living-wage"), invited).status_code == 422
    make.accept(room.notice, runner)
    assert client.get(url("group_people", "living-wage")).status_code == 200


def test_running_a_group_lets_nobody_in(as_: As) -> None:
    room = make.group("technology")
    client = as_(people.viewer(room.operator))
    assert client.get(url("group_people", "technology")).status_code == 403
    assert client.get(url("group_edit", "technology")).status_code == 200
    edited = {
        "title": "Tools",
        "summary": "Which tools help",
        "entry": "request",
        "stage": str(room.group.stage_id),
    }
    assert client.post(url("group_edit", "technology"), edited).status_code == 302
    assert as_(room.lead).post(url("group_edit", "technology"), edited).status_code == 403
    with owner_role():
        assert Group.objects.get(key="technology").entry == "request"


def test_a_closed_group_is_read_only(as_: As) -> None:
    room = make.group("technology")
    client, lead = as_(people.viewer(room.operator)), as_(room.lead)
    assert lead.post(url("group_close", "technology")).status_code == 403
    assert client.post(url("group_close", "technology")).status_code == 302
    assert client.post(url("group_close", "technology")).status_code == 409
    assert lead.get(url("group_people", "technology")).status_code == 200
    assert lead.post(url("charter_edit", "technology"), {"purpose": "x"}).status_code == 403
    assert as_(room.stranger).post(url("group_join", "technology")).status_code == 403
    assert client.post(url("group_open", "technology")).status_code == 302
    assert as_(room.stranger).post(url("group_join", "technology")).status_code == 302


def test_a_new_notice_is_published_by_the_operator(as_: As) -> None:
    room = make.group("technology")
    client, buyer = as_(people.viewer(room.operator)), as_(room.buyer)
    assert buyer.post(url("notice_publish"), {"body": "x"}).status_code == 403
    assert client.post(url("notice_publish"), {"body": "Nor about customers."}).status_code == 302
    with owner_role():
        newest = CompetitionNotice.objects.latest("number")
    assert (newest.number, newest.body) == (2, "Nor about customers.")
    assert buyer.get(url("group_people", "technology")).status_code == 302
    assert "Accept the notice" in text(buyer.get(url("groups")))
    assert buyer.post(url("notice", room.notice.code), {"accepts": "on"}).status_code == 422
    away = f"{url('notice', newest.code)}?next=https://example.org/"
    assert buyer.post(away, {"accepts": "on"}).headers["Location"] == url("groups")
    assert buyer.get(url("group_people", "technology")).status_code == 200
    for one in (room.notice, newest):  # each version leads to all
        page = text(buyer.get(url("notice", one.code)))
        assert url("notice", room.notice.code) in page
        assert url("notice", newest.code) in page


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
    page = text(as_(people.viewer(people.organisation())).get(url("groups")))
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
    as_(room.stranger).post(url("group_ask", "audit-quality"), {"words": "Wages"})
    member = make.membership_of(room.outsider)
    invited = {"organisation_code": member.organisation.code, "email": member.person.email, "role": "member"}
    as_(room.lead).post(url("group_invite", "audit-quality"), invited)
    invited["email"] = "nobody@example.org"
    as_(room.lead).post(url("group_invite", "audit-quality"), invited)
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
