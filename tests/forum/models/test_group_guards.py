"""What the database holds of groups, whoever writes."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.utils import timezone

from forum.models import Charter, Participant, Seat, SeatHolding
from ledger.acting import acting
from organisations.visibility import Capability, Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> make.Room:
    return make.group("technology")


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _refuses(sql: str, *params: Any, who: Viewer | None = None, says: str) -> None:
    """Run raw SQL, as somebody or as the owner of the tables, and see it refused."""
    acts = owner_role() if who is None else _as(who)
    with pytest.raises(DatabaseError, match=says), acts, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def _touches(sql: str, *params: Any, who: Viewer) -> int:
    with _as(who), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


COME_IN = """INSERT INTO forum_participant (code, group_id, organisation_id, organisation_name, person_id, person_name,
    email, role, side, state, words, language, reason, reason_language, named_by_name, since_at, joined_at)
  VALUES (left(md5(random()::text), 12), %s, app.organisation(), '', app.person(), '', '', %s, '', 'active',
    '', '', '', '', '', now(), now())"""


def test_nobody_comes_in_but_by_the_groups_own_way(room: make.Room) -> None:
    asking = make.bare_group(room.operator, "by-request", entry="request")
    _refuses(COME_IN, asking.pk, "member", who=room.stranger, says="another way")
    _refuses(COME_IN, room.group.pk, "co_lead", who=room.stranger, says="another way")
    assert _touches(COME_IN, room.group.pk, "member", who=room.stranger) == 1


def test_a_part_is_ended_by_its_person_a_co_lead_or_nobody(room: make.Room) -> None:
    end = "UPDATE forum_participant SET state = 'ended', ended_at = now() WHERE person_id = %s AND group_id = %s"
    target = (room.supplier.person_id, room.group.pk)
    for who in (room.buyer, room.outsider, room.stranger):
        assert _touches(end, *target, who=who) == 0
    _refuses(end, room.staff.person_id, room.group.pk, who=room.lead, says="somebody else")
    assert _touches(end, *target, who=room.lead) == 1
    with owner_role():
        assert not SeatHolding.objects.current().filter(person_id=room.supplier.person_id).exists()
    back = "UPDATE forum_participant SET state = 'active', ended_at = NULL WHERE person_id = %s"
    _refuses(back, room.supplier.person_id, says="once")
    _refuses("DELETE FROM forum_participant WHERE person_id = %s", room.buyer.person_id, says="never deleted")


def test_one_co_lead_of_each_side_and_no_more(room: make.Room) -> None:
    with pytest.raises(IntegrityError, match="one_co_lead_of_each_side"), transaction.atomic():
        make.participant(room.group, room.stranger, role="co_lead")


def test_an_adopted_charter_never_changes(room: make.Room) -> None:
    _refuses(
        "UPDATE forum_charter SET purpose = 'x' WHERE group_id = %s", room.group.pk, says="stays as it is"
    )
    _refuses("DELETE FROM forum_charter WHERE group_id = %s", room.group.pk, says="stays as it is")
    make.charter(room.group, state="draft")
    with pytest.raises(IntegrityError, match="charter_has_one_draft"), transaction.atomic():
        make.charter(room.group, state="draft")
    assert _touches("UPDATE forum_charter SET purpose = 'x' WHERE state = 'draft'", who=room.buyer) == 0
    assert _touches("UPDATE forum_charter SET purpose = 'x' WHERE state = 'draft'", who=room.lead) == 1
    with owner_role():
        assert list(Charter.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_on_a_seat_sit_participants_of_its_organisation(room: make.Room) -> None:
    for who in (room.lead, room.guest, room.outsider):
        with (
            pytest.raises(IntegrityError, match="participant of its organisation"),
            transaction.atomic(),
            owner_role(),
        ):
            SeatHolding.objects.create(
                seat=room.seats["supplier"],
                place="alternate",
                person_id=who.person_id,
                since_at=timezone.now(),
            )
    with pytest.raises(IntegrityError, match="seat_once_per_organisation"), transaction.atomic():
        make.seat(room.group, room.buyer.organisation_id, "expert")
    assert _touches("UPDATE forum_seat SET ended_at = now()", who=room.buyer) == 0
    assert _touches("UPDATE forum_seat SET ended_at = now()", who=people.viewer(room.operator)) == 2
    with owner_role():
        assert not SeatHolding.objects.current().exists()
        assert Seat.objects.current().count() == 0


def test_notices_and_acceptances_are_append_only(room: make.Room) -> None:
    _refuses("UPDATE forum_competitionnotice SET body = 'x'", says="append-only")
    _refuses("DELETE FROM forum_noticeacceptance", says="append-only")
    other = people.organisation("", Capability.OPERATOR)
    _refuses(
        """INSERT INTO forum_competitionnotice (code, operator_id, number, body, language, published_at)
           VALUES ('N1', %s, 0, 'x', '', now())""",
        room.operator.pk,
        who=people.viewer(other),
        says="row-level security",
    )


def test_a_group_keeps_its_address_and_its_operator(room: make.Room) -> None:
    _refuses("UPDATE forum_group SET key = 'other' WHERE id = %s", room.group.pk, says="keeps its address")
    _refuses("DELETE FROM forum_group WHERE id = %s", room.group.pk, says="never deleted")
    assert _touches("UPDATE forum_group SET title = 'x'", who=room.lead) == 0
    with owner_role():
        assert Participant.objects.co_leads().count() == 2
