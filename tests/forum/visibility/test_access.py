"""Who may enter a group, held against raw SQL and several connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.utils import timezone

from forum.models import Charter, Group, GroupAccess, NoticeAcceptance, Participant, Seat, SeatHolding
from forum.permissions.group import can_enter, can_lead, can_run, can_write
from forum.queries.drift import drift
from forum.visibility import inside
from ledger.acting import acting
from organisations.models import Membership
from organisations.queries import viewer_from
from organisations.visibility import Capability, Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import organisations as people


def _as(who: Viewer) -> Any:
    return acting(person_id=who.person_id, organisation_id=who.organisation_id)


def _do(sql: str, *params: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _enters(who: Viewer, group: Group) -> bool:
    with _as(who):
        return bool(can_enter(who, group))


def _no_drift() -> None:
    with owner_role():
        assert not drift()


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("audit-quality")


def test_people_inside_enter_and_nobody_else(room: make.Room) -> None:
    assert [_enters(who, room.group) for who in room.inside] == [True] * 6
    admin = people.viewer(room.operator)
    assert [_enters(who, room.group) for who in (room.outsider, room.stranger, admin)] == [False] * 3
    _no_drift()


def test_a_person_enters_only_for_the_organisation_they_take_part_for(room: make.Room) -> None:
    second = people.organisation()
    with owner_role():
        person = make.membership_of(room.buyer).person
    other = viewer_from(people.membership(second, person))
    assert (_enters(room.buyer, room.group), _enters(other, room.group)) == (True, False)


def test_rows_inside_are_seen_inside_alone_with_and_without_the_scope(room: make.Room) -> None:
    draft = make.charter(room.group, state="draft")
    for who in room.inside:
        with _as(who):
            assert Charter.objects.filter(pk=draft.pk).exists()
            assert inside(SeatHolding.objects.all(), who).count() == 3
            assert SeatHolding.objects.count() == 3
    for who in (room.outsider, room.stranger):
        with _as(who):
            assert not Charter.objects.filter(pk=draft.pk).exists()
            assert SeatHolding.objects.count() == 0
            assert Charter.objects.visible_to(who).count() == 1
            assert Seat.objects.visible_to(who).count() == 2


def test_outsiders_read_of_co_leads_alone(room: make.Room) -> None:
    for who in (room.outsider, room.stranger):
        with _as(who):
            assert set(Participant.objects.values_list("role", flat=True)) == {"co_lead"}
            assert list(Participant.objects.visible_to(who).order_by("pk")) == list(
                Participant.objects.order_by("pk")
            )
    with _as(room.buyer):
        assert Participant.objects.count() == 6


def test_scope_and_row_security_agree_on_participants(room: make.Room) -> None:
    make.participant(room.group, room.stranger, state="asked")
    email = make.membership_of(room.outsider).person.email
    make.invitation(room.group, make.membership_of(room.outsider).organisation, email)
    make.invitation(room.group, room.operator, "nobody@example.org", role="co_lead")
    seen = {}
    for name in ("staff", "lead", "buyer", "guest", "outsider", "stranger"):
        who = getattr(room, name)
        with _as(who):
            scoped = set(Participant.objects.visible_to(who).values_list("pk", flat=True))
            assert scoped == set(Participant.objects.values_list("pk", flat=True)), name
            seen[name] = len(scoped)
    assert seen == {"staff": 9, "lead": 9, "buyer": 6, "guest": 6, "outsider": 3, "stranger": 3}


def test_without_accepting_the_notice_nobody_enters(room: make.Room) -> None:
    late = make.someone(room.group, accepts=False)
    assert not _enters(late, room.group)
    with _as(late):
        NoticeAcceptance.objects.create(
            notice=room.notice,
            person_id=late.person_id,
            organisation_id=late.organisation_id,
            accepted_at=timezone.now(),
        )
    assert _enters(late, room.group)
    _no_drift()


def test_a_new_version_closes_the_door_until_it_is_accepted(room: make.Room) -> None:
    again = make.notice(room.operator, "Nor about customers.")
    assert again.number == 2
    assert [_enters(who, room.group) for who in room.inside] == [False] * 6
    make.accept(again, room.buyer)
    assert (_enters(room.buyer, room.group), _enters(room.lead, room.group)) == (True, False)
    with pytest.raises(IntegrityError, match="in force"), _as(room.lead):
        NoticeAcceptance.objects.create(
            notice=room.notice,
            person_id=room.lead.person_id,
            organisation_id=room.lead.organisation_id,
            accepted_at=timezone.now(),
        )
    _no_drift()


def test_another_operators_notice_opens_nothing(room: make.Room) -> None:
    late = make.someone(room.group, accepts=False)
    make.accept(make.notice(people.organisation("", Capability.OPERATOR)), late)
    assert not _enters(late, room.group)


def test_leaving_the_organisation_ends_access_at_once_and_for_good(room: make.Room) -> None:
    own = make.membership_of(room.buyer)
    with owner_role():
        _do("UPDATE organisations_membership SET is_active = false WHERE id = %s", own.pk)
        assert not GroupAccess.objects.filter(person_id=room.buyer.person_id).exists()
        row = Participant.objects.get(person_id=room.buyer.person_id)
        assert (row.state, row.ended_at is not None) == ("ended", True)
        assert not SeatHolding.objects.current().filter(person_id=room.buyer.person_id).exists()
        _do("UPDATE organisations_membership SET is_active = true WHERE id = %s", own.pk)
        assert not GroupAccess.objects.filter(person_id=room.buyer.person_id).exists()
    _no_drift()


def test_a_membership_that_is_deleted_or_a_person_shut_out_ends_access(room: make.Room) -> None:
    with owner_role():
        _do("DELETE FROM organisations_membership WHERE id = %s", make.membership_of(room.buyer).pk)
        _do("UPDATE organisations_person SET is_active = false WHERE id = %s", room.guest.person_id)
        found = set(GroupAccess.objects.values_list("person_id", flat=True))
    assert found == {who.person_id for who in room.inside} - {room.buyer.person_id, room.guest.person_id}
    _no_drift()


def test_nobody_writes_the_access_table(room: make.Room) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), _as(room.stranger):
        _do(
            """INSERT INTO forum_groupaccess (group_id, person_id, organisation_id, is_co_lead, is_guest)
               VALUES (%s, app.person(), app.organisation(), true, false)""",
            room.group.pk,
        )


def test_roles_decide_what_one_may(room: make.Room) -> None:
    with _as(room.staff):
        assert can_lead(room.staff, room.group)
        assert can_run(room.staff, room.group)
    with _as(room.lead):
        assert can_lead(room.lead, room.group)
        assert can_run(room.lead, room.group).code == "not-the-operator"
    with _as(room.guest):
        assert can_write(room.guest, room.group)
        assert can_lead(room.guest, room.group).code == "not-a-co-lead"
    with _as(room.stranger):
        assert can_write(room.stranger, room.group).code == "outside-group"


# ---------------------------------------------------------------- two at once
def _at_once(*works: Callable[[], None]) -> None:
    """Run each in a connection of its own, as the owner, begun together."""
    gate, faults = threading.Barrier(len(works)), []

    def live(work: Callable[[], None]) -> None:
        import copy

        connection.settings_dict = copy.deepcopy(connection.settings_dict)
        try:
            with owner_role(), transaction.atomic():
                gate.wait()
                work()
        except IntegrityError:
            pass
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=live, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not faults, faults


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_joining_while_leaving_the_organisation_leaves_no_way_in(turn: int) -> None:
    room = make.group()
    who = people.membership(people.organisation())
    make.accept(room.notice, who)

    def join() -> None:
        if turn % 2:
            _do("SELECT pg_sleep(0.05)")
        Participant.objects.create(
            group=room.group,
            person_id=who.person_id,
            organisation_id=who.organisation_id,
            role="member",
            state="active",
            since_at=timezone.now(),
            joined_at=timezone.now(),
        )
        _do("SELECT pg_sleep(0.1)")

    def leave() -> None:
        if not turn % 2:
            _do("SELECT pg_sleep(0.05)")
        Membership.objects.filter(pk=who.pk).update(is_active=False)
        _do("SELECT pg_sleep(0.1)")

    _at_once(join, leave)
    with owner_role():
        assert not GroupAccess.objects.filter(person_id=who.person_id).exists()
        assert not drift()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_accepting_while_a_new_notice_is_published_opens_nothing(turn: int) -> None:
    room = make.group()
    late = make.someone(room.group, accepts=False)

    def take() -> None:
        if turn % 2:
            _do("SELECT pg_sleep(0.05)")
        NoticeAcceptance.objects.create(
            notice=room.notice,
            person_id=late.person_id,
            organisation_id=late.organisation_id,
            accepted_at=timezone.now(),
        )
        _do("SELECT pg_sleep(0.1)")

    def publish() -> None:
        if not turn % 2:
            _do("SELECT pg_sleep(0.05)")
        type(room.notice).objects.create(
            operator=room.operator, body="x", language="en", published_at=timezone.now()
        )
        _do("SELECT pg_sleep(0.1)")

    _at_once(take, publish)
    with owner_role():
        assert not GroupAccess.objects.exists()
        assert not drift()
