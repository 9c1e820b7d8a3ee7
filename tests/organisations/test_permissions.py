"""Who may change whose role: every viewer's role, every role now, every role wanted."""

import itertools

import pytest
from django.utils import timezone

from ledger.acting import acting
from ledger.refusals import Forbidden, Refusal
from organisations.actions.membership import change_role, end_membership, limit_sites
from organisations.models import ApiToken, Membership
from organisations.permissions import can_change_role
from organisations.queries import viewer_from
from organisations.visibility import RANK, Role
from tests.conftest import owner_role
from tests.factories import organisations as make

TRIPLES = list(itertools.product(Role, Role, Role))


def _change(by: Membership, of: Membership, role: Role) -> Membership:
    viewer = viewer_from(by)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return change_role(viewer=viewer, membership=of, role=role, at=timezone.now())


@pytest.mark.parametrize(("mine", "current", "wanted"), TRIPLES)
def test_role_changes_only_by_admins_and_never_above_their_own(
    db: None, mine: Role, current: Role, wanted: Role
) -> None:
    own = make.organisation()
    make.membership(own)  # another admin, so that nobody is the last
    me, colleague = make.membership(own, role=mine), make.membership(own, role=current)
    may = mine == Role.ADMIN and max(RANK[current], RANK[wanted]) <= RANK[mine]
    assert bool(can_change_role(viewer_from(me), current=current, wanted=wanted)) is may
    if may:
        _change(me, colleague, wanted)
    else:
        with pytest.raises(Forbidden):
            _change(me, colleague, wanted)
    with owner_role():
        colleague.refresh_from_db()
    assert colleague.role == (wanted if may else current)


def test_role_of_somebody_in_another_organisation_stays(db: None) -> None:
    me, stranger = (
        make.membership(make.organisation()),
        make.membership(make.organisation(), role=Role.VIEWER),
    )
    with pytest.raises(Refusal, match="not-a-member"):
        _change(me, stranger, Role.EDITOR)


def test_last_admin_cannot_step_down_or_leave(db: None) -> None:
    own = make.organisation()
    me = make.membership(own)
    viewer = viewer_from(me)
    with pytest.raises(Refusal, match="last-admin"):
        _change(me, me, Role.EDITOR)
    with pytest.raises(Refusal, match="last-admin"), acting(person_id=me.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer, membership=me, at=timezone.now())
    make.membership(own)
    assert _change(me, me, Role.EDITOR).role == Role.EDITOR


def test_an_admin_who_cannot_sign_in_does_not_count(db: None) -> None:
    own = make.organisation()
    me, sleeping = make.membership(own), make.membership(own)
    with owner_role():
        sleeping.person.is_active = False
        sleeping.person.save()
    with pytest.raises(Refusal, match="last-admin"):
        _change(me, me, Role.VIEWER)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_member_may_leave_but_not_send_others_away(db: None, role: Role) -> None:
    own = make.organisation()
    me, colleague = make.membership(own, role=role), make.membership(own, role=Role.VIEWER)
    with acting(person_id=me.person_id, organisation_id=own.pk):
        with pytest.raises(Forbidden):
            end_membership(viewer=viewer_from(me), membership=colleague, at=timezone.now())
        assert not end_membership(viewer=viewer_from(me), membership=me, at=timezone.now()).is_active


def test_end_of_a_membership_ends_its_tokens(db: None) -> None:
    own = make.organisation()
    admin, leaving = make.membership(own), make.membership(own, role=Role.EDITOR)
    with owner_role():
        token = ApiToken.objects.create(
            organisation=own,
            person=leaving.person,
            name="ERP",
            token_hash="0" * 64,
            expires_at=timezone.now(),
        )
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        end_membership(viewer=viewer_from(admin), membership=leaving, at=timezone.now())
    with owner_role():
        token.refresh_from_db()
    assert token.revoked_at is not None


def test_sites_are_limited_by_admins_only(db: None) -> None:
    own = make.organisation()
    admin, colleague = make.membership(own), make.membership(own, role=Role.VIEWER)
    with acting(person_id=admin.person_id, organisation_id=own.pk):
        limited = limit_sites(
            viewer=viewer_from(admin), membership=colleague, site_ids=[7, 3, 7], at=timezone.now()
        )
        assert limited.site_ids == [3, 7]
        with pytest.raises(Refusal, match="no-site"):
            limit_sites(viewer=viewer_from(admin), membership=colleague, site_ids=[], at=timezone.now())
    with acting(person_id=colleague.person_id, organisation_id=own.pk), pytest.raises(Forbidden):
        limit_sites(viewer=viewer_from(colleague), membership=colleague, site_ids=None, at=timezone.now())
