"""Coming into a group and leaving it: joining, asking, invitations and the end of a part."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from forum.models import GroupAccess, NoticeAcceptance, Participant, SeatHolding
from ledger.models import Delivery, Entry
from ledger.occurrences import tick
from ledger.relay import relay
from organisations.models import Person
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.forum.views.conftest import As
from tests.forum.views.grouping import code_of, part_of, text, url

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


# ---------------------------------------------------------------- coming in
def test_joining_an_open_group_leads_over_the_notice_to_its_people(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.stranger)
    assert "Join the group" in text(client.get(url("group", "technology")))
    answer = client.post(url("group_join", "technology"), follow=True)
    assert answer.request["PATH_INFO"] == url("notice", room.notice.code)
    assert "We do not talk about prices." in text(answer)
    notice = f"{url('notice', room.notice.code)}?next={url('group_people', 'technology')}"
    assert client.post(notice, {}).status_code == 422
    with owner_role():
        assert not GroupAccess.objects.filter(person_id=room.stranger.person_id).exists()
    people_page = client.post(notice, {"accepts": "on"}, follow=True)
    assert people_page.request["PATH_INFO"] == url("group_people", "technology")
    assert room.lead.person_id != room.stranger.person_id
    assert client.post(notice, {"accepts": "on"}).status_code == 302
    with owner_role():
        assert NoticeAcceptance.objects.filter(person_id=room.stranger.person_id).count() == 1


def test_joining_twice_is_refused(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.stranger)
    assert client.post(url("group_join", "technology")).status_code == 302
    assert client.post(url("group_join", "technology")).status_code == 403
    assert as_(room.buyer).post(url("group_join", "technology")).status_code == 403


def test_asking_is_answered_by_a_co_lead_alone(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    stranger, lead = as_(room.stranger), as_(room.lead)
    assert stranger.post(url("group_join", "audit-quality")).status_code == 403
    words = "We test wages ourselves"
    assert stranger.post(url("group_ask", "audit-quality"), {"words": words}).status_code == 302
    assert "You asked to join" in text(stranger.get(url("group", "audit-quality")))
    assert words in text(lead.get(url("group_requests", "audit-quality")))
    assert as_(room.buyer).get(url("group_requests", "audit-quality")).status_code == 403
    part = part_of(room.stranger)
    assert as_(room.buyer).post(url("request_accept", part.code)).status_code == 404
    assert as_(room.outsider).post(url("request_accept", part.code)).status_code == 404
    assert stranger.post(url("request_accept", part.code)).status_code == 403
    assert lead.post(url("request_accept", part.code)).status_code == 302
    assert lead.post(url("request_accept", part.code)).status_code == 409
    make.accept(room.notice, room.stranger)
    assert stranger.get(url("group_people", "audit-quality")).status_code == 200


def test_declining_needs_a_reason_that_the_asker_alone_reads(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    make.participant(room.group, room.stranger, state="asked")
    part = part_of(room.stranger)
    lead = as_(room.staff)
    assert lead.post(url("request_decline", part.code), {"reason": " "}).status_code == 422
    said = {"reason": "The group is full this year"}
    assert lead.post(url("request_decline", part.code), said).status_code == 302
    assert "The group is full" in text(as_(room.stranger).get(url("group", "audit-quality")))
    assert "The group is full" not in text(as_(room.outsider).get(url("group", "audit-quality")))
    with owner_role():
        assert "full" not in str(list(Entry.objects.values_list("data", "subject_label")))


def test_withdrawing_what_one_asked_opens_the_way_to_ask_again(as_: As) -> None:
    room = make.group("audit-quality", entry="request")
    client = as_(room.stranger)
    client.post(url("group_ask", "audit-quality"), {"words": ""})
    assert client.post(url("group_ask_withdraw", "audit-quality")).status_code == 302
    assert client.post(url("group_ask_withdraw", "audit-quality")).status_code == 404
    assert client.get(url("group_ask", "audit-quality")).status_code == 200


def test_an_invitation_is_the_same_for_a_known_and_an_unknown_address(as_: As) -> None:
    room = make.group("forced-labour", entry="invitation")
    lead, email = as_(room.lead), make.membership_of(room.stranger).person.email
    said = {"organisation_code": code_of(room.stranger.organisation_id), "role": "member"}
    known = lead.post(url("group_invite", "forced-labour"), {**said, "email": email.upper()}, follow=True)
    unknown = lead.post(
        url("group_invite", "forced-labour"), {**said, "email": "no@example.org"}, follow=True
    )
    assert known.redirect_chain == unknown.redirect_chain
    again = lead.post(url("group_invite", "forced-labour"), {**said, "email": email})
    assert again.status_code == 422
    bad = {**said, "organisation_code": "NOWHERE", "email": email}
    assert lead.post(url("group_invite", "forced-labour"), bad).status_code == 422
    stranger = as_(room.stranger)
    assert "invites you" in text(stranger.get(url("group", "forced-labour")))
    with owner_role():
        part = Participant.objects.get(email=email)
    assert as_(room.outsider).post(url("invitation_accept", part.code)).status_code == 404
    assert stranger.post(url("invitation_accept", part.code)).status_code == 302
    assert (part_of(room.stranger).email, part_of(room.stranger).state) == ("", "active")


def test_an_invitation_is_declined_or_withdrawn_once(as_: As) -> None:
    room = make.group("forced-labour", entry="invitation")
    member = make.membership_of(room.stranger)
    first = make.invitation(room.group, member.organisation, member.person.email)
    assert as_(room.stranger).post(url("invitation_decline", first.code)).status_code == 302
    assert as_(room.stranger).post(url("invitation_accept", first.code)).status_code == 403
    second = make.invitation(room.group, member.organisation, member.person.email, role="guest")
    assert as_(room.buyer).post(url("invitation_withdraw", second.code)).status_code == 404
    assert as_(room.lead).post(url("invitation_withdraw", second.code)).status_code == 302
    assert as_(room.stranger).post(url("invitation_accept", second.code)).status_code == 404


def test_an_invitation_that_nobody_answers_ends_after_a_month(as_: As) -> None:
    room = make.group("forced-labour", entry="invitation")
    member = make.membership_of(room.stranger)
    said = {"organisation_code": member.organisation.code, "role": "member", "email": member.person.email}
    assert as_(room.lead).post(url("group_invite", "forced-labour"), said).status_code == 302
    assert "Please answer by" in text(as_(room.stranger).get(url("group", "forced-labour")))
    with owner_role():
        part = Participant.objects.get(state="invited")
    for days, state in ((29, "invited"), (31, "ended")):
        with job_role():
            tick(part.since_at + timedelta(days=days))
        with owner_role():
            part.refresh_from_db()
        assert (part.state, bool(part.email)) == (state, state == "invited")
    assert as_(room.stranger).post(url("invitation_accept", part.code)).status_code == 404
    with job_role():
        relay(part.since_at + timedelta(days=31))
    with owner_role():
        told = Delivery.objects.filter(entry__verb="forum.invitation_expired")
        assert [(one.person_id, one.channel) for one in told] == [(room.lead.person_id, "inbox")]


def test_outsiders_are_told_how_to_join_and_see_no_people(as_: As) -> None:
    room = make.group("technology")
    with owner_role():
        names = [Person.objects.get(pk=who.person_id).name for who in (room.buyer, room.supplier, room.guest)]
        lead = Person.objects.get(pk=room.lead.person_id).name
    for who in (room.outsider, room.stranger):
        client = as_(who)
        assert client.get(url("group_people", "technology")).status_code == 403
        door = text(client.get(url("group", "technology")))
        assert lead in door
        assert not [name for name in names if name in door]
        assert client.get(url("group", "nowhere")).status_code == 404
    inside = text(as_(room.guest).get(url("group_people", "technology")))
    assert all(name in inside for name in names)


# ---------------------------------------------------------------- leaving
def test_leaving_shuts_the_door_and_frees_the_seat(as_: As) -> None:
    room = make.group("technology")
    client = as_(room.buyer)
    assert client.get(url("group_leave", "technology")).status_code == 200
    assert client.post(url("group_leave", "technology")).status_code == 302
    assert client.get(url("group_people", "technology")).status_code == 403
    with owner_role():
        held = SeatHolding.objects.current().filter(seat=room.seats["buyer"])
        assert list(held.values_list("place", flat=True)) == ["alternate"]


def test_a_co_lead_ends_a_part_but_never_the_other_co_leads(as_: As) -> None:
    room = make.group("technology")
    lead, said = as_(room.lead), {"reason": "Left the sector"}
    assert lead.post(url("participant_remove", part_of(room.guest).code), said).status_code == 302
    assert "Left the sector" in text(as_(room.guest).get(url("group", "technology")))
    assert lead.post(url("participant_remove", part_of(room.staff).code), said).status_code == 403
    assert as_(room.buyer).get(url("participant_remove", part_of(room.second).code)).status_code == 403
    assert as_(room.staff).post(url("participant_remove", part_of(room.lead).code), said).status_code == 302
    assert "a co-lead is missing" in text(as_(room.stranger).get(url("group", "technology")))
