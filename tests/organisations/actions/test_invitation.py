"""Invitations: one address, one role, one organisation, once, for 72 hours."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ledger.acting import acting
from ledger.models import Entry
from ledger.refusals import Forbidden, NotVisible, Refusal
from organisations.actions.invitation import MOST_A_DAY, accept, invite, resend, withdraw
from organisations.actions.membership import change_role, end_membership
from organisations.models import Invitation, Membership, Person
from organisations.models.secrets import hash_secret, invitation_secret
from organisations.queries import viewer_for, viewer_from
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import organisations as make
from tests.organisations.conftest import Invited


def _accept(person: Person, secret: str, **late: timedelta) -> Membership:
    with acting(person_id=person.pk, organisation_id=None):
        return accept(person=person, secret=secret, at=timezone.now() + late.get("late", timedelta()))


def test_invitation_makes_the_invited_person_a_member_with_the_invited_role(invited: Invited) -> None:
    own, mina = make.organisation(), make.person(email="mina@example.org")
    _invitation, secret = invited(own, role=Role.EDITOR)
    member = _accept(mina, secret)
    assert (member.organisation_id, member.role, member.site_ids) == (own.pk, Role.EDITOR, None)


def test_secret_is_long_and_lies_in_no_column(invited: Invited) -> None:
    invitation, secret = invited()
    assert len(secret) >= 43  # 256 bits
    assert invitation.token_hash == hash_secret(secret)
    with owner_role(), connection.cursor() as cursor:
        for table in ("organisations_invitation", "ledger_entry", "ledger_outbox", "ledger_delivery"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{secret}%"])  # noqa: S608
            assert cursor.fetchone() == (0,)


def test_used_invitation_is_refused(invited: Invited) -> None:
    mina = make.person(email="mina@example.org")
    _invitation, secret = invited()
    _accept(mina, secret)
    with pytest.raises(Refusal, match="invitation-used"):
        _accept(mina, secret)


def test_expired_invitation_is_refused_and_the_last_second_is_not(invited: Invited) -> None:
    mina = make.person(email="mina@example.org")
    _invitation, secret = invited()
    with pytest.raises(Refusal, match="invitation-expired"):
        _accept(mina, secret, late=timedelta(hours=72))
    assert _accept(mina, secret, late=timedelta(hours=71, minutes=59)).is_active


def test_withdrawn_invitation_is_refused(invited: Invited) -> None:
    viewer = make.viewer(make.organisation())
    invitation, secret = invited(by=viewer)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        withdraw(viewer=viewer, invitation=invitation, at=timezone.now())
    with pytest.raises(Refusal, match="invitation-withdrawn"):
        _accept(make.person(email="mina@example.org"), secret)


def test_sending_again_voids_the_old_link(invited: Invited) -> None:
    viewer = make.viewer(make.organisation())
    first, old = invited(by=viewer)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        second = resend(viewer=viewer, invitation=first, at=timezone.now())
    mina = make.person(email="mina@example.org")
    with pytest.raises(Refusal, match="invitation-withdrawn"):
        _accept(mina, old)
    assert _accept(mina, invitation_secret(second.code)).is_active


def test_inviting_the_same_address_again_voids_the_old_link(invited: Invited) -> None:
    viewer = make.viewer(make.organisation())
    _first, old = invited(by=viewer, role=Role.ADMIN)
    _second, new = invited(by=viewer, role=Role.VIEWER, email="MINA@example.org")
    mina = make.person(email="mina@example.org")
    with pytest.raises(Refusal, match="invitation-withdrawn"):
        _accept(mina, old)
    assert _accept(mina, new).role == Role.VIEWER


def test_invitation_of_another_address_is_refused(invited: Invited) -> None:
    _invitation, secret = invited()
    with pytest.raises(Refusal, match="other-address"):
        _accept(make.person(email="eve@example.org"), secret)
    assert _accept(make.person(email="mina@example.org"), secret).is_active


def test_unknown_secret_shows_nothing(db: None) -> None:
    with pytest.raises(NotVisible):
        _accept(make.person(), "no-such-secret")


def test_role_is_asked_again_when_accepted(invited: Invited) -> None:
    own = make.organisation()
    boss, inviter = make.membership(own), make.membership(own)
    _invitation, secret = invited(by=viewer_from(inviter), role=Role.ADMIN)
    with acting(person_id=boss.person_id, organisation_id=own.pk):
        change_role(viewer=viewer_from(boss), membership=inviter, role=Role.EDITOR, at=timezone.now())
    with pytest.raises(Refusal, match="inviter-gone"):
        _accept(make.person(email="mina@example.org"), secret)


def test_former_member_comes_back_without_old_limits(invited: Invited) -> None:
    own, mina = make.organisation(), make.person(email="mina@example.org")
    admin = make.membership(own)
    old = make.membership(own, mina, role=Role.ADMIN, site_ids=[1])
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer_from(admin), membership=old, at=timezone.now())
    _invitation, secret = invited(by=viewer_from(admin), role=Role.VIEWER)
    member = _accept(mina, secret)
    assert (member.pk, member.role, member.site_ids, member.ended_at) == (old.pk, Role.VIEWER, None, None)


def test_member_is_not_invited_again(invited: Invited) -> None:
    own, mina = make.organisation(), make.person(email="mina@example.org")
    make.membership(own, mina)
    with pytest.raises(Refusal, match="already-member"):
        invited(own)
    assert (
        invited(make.organisation())[0].email == mina.email
    )  # elsewhere nobody learns that there is an account


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_only_admins_invite_and_withdraw(invited: Invited, role: Role) -> None:
    own = make.organisation()
    invitation, _secret = invited(own)
    viewer = make.viewer(own, role=role)
    with acting(person_id=viewer.person_id, organisation_id=own.pk):
        with pytest.raises(Forbidden):
            invite(viewer=viewer, email="x@example.org", role=Role.VIEWER, at=timezone.now())
        with pytest.raises(Forbidden):
            withdraw(viewer=viewer, invitation=invitation, at=timezone.now())
        with pytest.raises(Forbidden):
            resend(viewer=viewer, invitation=invitation, at=timezone.now())


def test_too_many_invitations_in_one_day_are_refused(invited: Invited) -> None:
    viewer = make.viewer(make.organisation())
    now = timezone.now()
    with owner_role():
        Invitation.objects.bulk_create(
            Invitation(
                organisation_id=viewer.organisation_id,
                email=f"p{number}@example.org",
                role=Role.VIEWER,
                token_hash=f"{number:064}",
                invited_at=now,
                expires_at=now,
            )
            for number in range(MOST_A_DAY)
        )
    with pytest.raises(Refusal, match="too-many-invitations"):
        invited(by=viewer)


def test_each_step_leaves_one_entry(invited: Invited) -> None:
    own, mina = make.organisation(), make.person(email="mina@example.org")
    _invitation, secret = invited(own)
    _accept(mina, secret)
    with owner_role():
        verbs = list(Entry.objects.filter(owner_id=own.pk).order_by("id").values_list("verb", flat=True))
    assert verbs == ["organisations.invitation_sent", "organisations.member_joined"]


@pytest.mark.django_db(transaction=True)
def test_fifty_who_accept_at_once_make_one_member(invited: Invited) -> None:
    own, mina = make.organisation(), make.person(email="mina@example.org")
    _invitation, secret = invited(own)
    start, answers = threading.Barrier(50), []

    def press() -> None:
        try:
            start.wait()
            _accept(mina, secret)
            answers.append("in")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    pressing = [threading.Thread(target=press) for _ in range(50)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert answers.count("in") == 1
    assert set(answers) - {"in"} == {"invitation-used"}
    with acting(person_id=mina.pk, organisation_id=None):
        assert viewer_for(person_id=mina.pk, organisation_id=own.pk) is not None
