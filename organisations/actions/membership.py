"""What happens to people in an organisation: their role, their sites, their end."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from organisations.models import ApiToken, Membership
from organisations.permissions import can_administer, can_change_role, can_end_membership
from organisations.visibility import Role, Viewer


def change_role(*, viewer: Viewer, membership: Membership, role: Role, at: datetime) -> Membership:
    """Give a colleague another role, from their very next request on.

    Promises: the old and the new role are held against the viewer's own; one ledger entry; the colleague is told.
    Raises: Forbidden; Refusal `last-admin` when nobody would be left to look after the organisation.
    """
    with transaction.atomic():
        locked = _locked(viewer, membership)
        current = Role(locked.role)
        can_change_role(viewer, current=current, wanted=role).require()
        if role == current:
            return locked
        if current == Role.ADMIN:
            _require_another_admin(locked)
        locked.role = role
        locked.save(update_fields=["role"])
        record(
            verb="organisations.role_changed",
            by=viewer,
            subject=locked,
            owner_id=locked.organisation_id,
            at=at,
            data={"before": current.value, "after": role.value, "person": locked.person_id},
        )
    return locked


def limit_sites(
    *, viewer: Viewer, membership: Membership, site_ids: Collection[int] | None, at: datetime
) -> Membership:
    """Limit a colleague to some of the organisation's own sites; None lifts the limit.

    The caller has made sure that the sites are the organisation's own: this app knows no sites.
    Raises: Forbidden; Refusal `no-site` when the limit would leave nothing to see.
    """
    can_administer(viewer).require()
    wanted = None if site_ids is None else sorted(set(site_ids))
    if wanted == []:
        raise Refusal("no-site", _("Choose at least one site, or let them see all."), status=422)
    with transaction.atomic():
        locked = _locked(viewer, membership)
        before = locked.site_ids
        if before == wanted:
            return locked
        locked.site_ids = wanted
        locked.save(update_fields=["site_ids"])
        record(
            verb="organisations.sites_limited",
            by=viewer,
            subject=locked,
            owner_id=locked.organisation_id,
            at=at,
            data={"before": before, "after": wanted, "person": locked.person_id},
        )
    return locked


def end_membership(*, viewer: Viewer, membership: Membership, at: datetime) -> Membership:
    """End a membership: from the next request on the person sees nothing of the organisation.

    Promises: tokens they made for it stop at once; one ledger entry; the person is told. The row stays, so that
    history keeps its names.
    Raises: Forbidden; Refusal `last-admin`.
    """
    with transaction.atomic():
        locked = _locked(viewer, membership)
        can_end_membership(viewer, locked).require()
        if locked.role == Role.ADMIN:
            _require_another_admin(locked)
        locked.is_active = False
        locked.ended_at = at
        locked.save(update_fields=["is_active", "ended_at"])
        tokens = ApiToken.objects.filter(
            organisation_id=locked.organisation_id, person_id=locked.person_id, revoked_at=None
        )
        ended = tokens.update(revoked_at=at)
        record(
            verb="organisations.membership_ended",
            by=viewer,
            subject=locked,
            owner_id=locked.organisation_id,
            at=at,
            data={
                "person": locked.person_id,
                "role": locked.role,
                "tokens": ended,
                "organisation": locked.organisation.name,
                "left": locked.person_id == viewer.person_id,
            },
        )
    return locked


def _locked(viewer: Viewer, membership: Membership) -> Membership:
    rows = Membership.objects.visible_to(viewer).active().select_for_update(of=("self",))
    found = rows.select_related("person", "organisation").filter(pk=membership.pk).first()
    if found is None:
        raise Refusal("not-a-member", _("This person is no longer a member."))
    return found


def _require_another_admin(leaving: Membership) -> None:
    """Lock all admins in one order, so that of two who leave together the second is refused."""
    admins = Membership.objects.filter(
        organisation_id=leaving.organisation_id, role=Role.ADMIN, is_active=True
    )
    ids = list(admins.select_for_update().order_by("pk").values_list("pk", "person__is_active"))
    if not any(pk != leaving.pk and can_sign_in for pk, can_sign_in in ids):
        raise Refusal(
            "last-admin",
            _("This is the only admin. Make somebody else an admin first, so that the door stays open."),
        )
