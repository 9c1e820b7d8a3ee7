"""Inviting people by e-mail: one link, one address, one role, once, for 72 hours."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.acting import become
from ledger.codes import new_code
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.models import Invitation, Membership, Person
from organisations.models.secrets import hash_secret, invitation_secret
from organisations.permissions import can_administer, can_invite
from organisations.queries import viewer_for, viewer_from
from organisations.queries.invitations import invitation_with, is_addressed_to
from organisations.visibility import Role, Viewer

MOST_A_DAY = 200


def invite(*, viewer: Viewer, email: str, role: Role, at: datetime) -> Invitation:
    """Invite whoever reads mail at `email` into the viewer's organisation.

    Promises: an earlier invitation of the same address that still waits is void from now on; one ledger entry;
    the letter goes out as a delivery. The answer is the same whether the address has an account here or not.
    Raises: Forbidden; Refusal `already-member` (of this organisation), `too-many-invitations`.
    """
    can_invite(viewer, role=role).require()
    email = email.strip().lower()
    with transaction.atomic():
        _require_new(viewer, email)
        _require_few(viewer, at)
        waiting = Invitation.objects.visible_to(viewer).pending().filter(email=email)
        waiting.select_for_update().update(withdrawn_at=at)
        code = new_code()
        invitation = Invitation.objects.create(
            code=code,
            organisation_id=viewer.organisation_id,
            email=email,
            role=role,
            token_hash=hash_secret(invitation_secret(code)),
            invited_by_id=viewer.person_id,
            invited_at=at,
            expires_at=at + timedelta(hours=settings.INVITATION_HOURS),
        )
        record(
            verb="organisations.invitation_sent",
            by=viewer,
            subject=invitation,
            owner_id=viewer.organisation_id,
            at=at,
            data={"email": email, "role": role.value},
        )
    return invitation


def resend(*, viewer: Viewer, invitation: Invitation, at: datetime) -> Invitation:
    """Send a new link to the same address for the same role; the old link is void.

    Raises: Forbidden; Refusal `invitation-closed` when it has been accepted or withdrawn.
    """
    with transaction.atomic():
        locked = _locked_pending(viewer, invitation)
        return invite(viewer=viewer, email=locked.email, role=Role(locked.role), at=at)


def withdraw(*, viewer: Viewer, invitation: Invitation, at: datetime) -> Invitation:
    """Take an invitation back: its link stops working at once.

    Raises: Forbidden; Refusal `invitation-closed`.
    """
    can_administer(viewer).require()
    with transaction.atomic():
        locked = _locked_pending(viewer, invitation)
        locked.withdrawn_at = at
        locked.save(update_fields=["withdrawn_at"])
        record(
            verb="organisations.invitation_withdrawn",
            by=viewer,
            subject=locked,
            owner_id=locked.organisation_id,
            at=at,
            data={"email": locked.email},
        )
    return locked


def accept(*, person: Person, secret: str, at: datetime) -> Membership:
    """Make `person` a member, as the invitation says; from here on the transaction acts for its organisation.

    Promises: of fifty who press at once with the same link one gets in; a former member comes back with the
    invited role and without old site limits or tokens; one ledger entry; the admins are told.
    Raises: NotVisible for an unknown secret; Refusal `other-address`, `already-member`, `inviter-gone`, or as
    `require_open` says.
    """
    invitation = invitation_with(secret)
    require_open(invitation, at)
    if not is_addressed_to(invitation, person):
        raise Refusal(
            "other-address", _("This invitation is for another e-mail address than yours."), status=403
        )
    with transaction.atomic():
        become(organisation_id=invitation.organisation_id)
        locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
        require_open(locked, at)
        _require_inviter(locked)
        member = _joined(person, locked, at)
        locked.accepted_at = at
        locked.save(update_fields=["accepted_at"])
        record(
            verb="organisations.member_joined",
            by=viewer_from(member),
            subject=member,
            owner_id=locked.organisation_id,
            at=at,
            data={"role": locked.role, "invited_by": locked.invited_by_id, "person": person.pk},
        )
    return member


def require_open(invitation: Invitation, at: datetime) -> None:
    """Refuse an invitation that can no longer be accepted, and say why.

    Raises: Refusal `invitation-used`, `invitation-withdrawn` or `invitation-expired`.
    """
    sentences = {
        "accepted": _("This invitation has been used. If that was you, sign in and you are there."),
        "withdrawn": _("This invitation is no longer valid. Look for a newer letter, or ask for a new one."),
        "expired": _("This invitation has run out. Ask for a new one: it takes a moment."),
    }
    codes = {"accepted": "invitation-used"}
    state = invitation.state_at(at)
    if state in sentences:
        raise Refusal(codes.get(state, f"invitation-{state}"), sentences[state], status=410)


def _joined(person: Person, invitation: Invitation, at: datetime) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("organisation", "person")
    member = rows.filter(organisation_id=invitation.organisation_id, person=person).first()
    if member is None:
        return Membership.objects.create(
            organisation=invitation.organisation, person=person, role=invitation.role
        )
    if member.is_active:
        raise Refusal("already-member", _("You are a member of this organisation already."))
    member.role, member.is_active, member.site_ids = Role(invitation.role), True, None
    member.joined_at, member.ended_at = at, None
    member.save(update_fields=["role", "is_active", "site_ids", "joined_at", "ended_at"])
    return member


def _require_inviter(invitation: Invitation) -> None:
    """Ask again, as of now, whether the one who invited may give this role."""
    inviter = (
        viewer_for(person_id=invitation.invited_by_id, organisation_id=invitation.organisation_id)
        if invitation.invited_by_id
        else None
    )
    if inviter is None or not can_invite(inviter, role=Role(invitation.role)):
        raise Refusal(
            "inviter-gone",
            _(
                "The person who invited you can no longer do so. Ask an admin of the organisation for a new invitation."
            ),
            status=410,
        )


def _locked_pending(viewer: Viewer, invitation: Invitation) -> Invitation:
    rows = Invitation.objects.visible_to(viewer).pending().select_for_update()
    found = rows.filter(pk=invitation.pk).first()
    if found is None:
        raise Refusal("invitation-closed", _("This invitation has been accepted or withdrawn already."))
    return found


def _require_new(viewer: Viewer, email: str) -> None:
    if Membership.objects.visible_to(viewer).active().filter(person__email__iexact=email).exists():
        sentence = _("This person is a member already.")
        raise Refusal("already-member", sentence, fields={"email": [sentence]})


def _require_few(viewer: Viewer, at: datetime) -> None:
    today = Invitation.objects.visible_to(viewer).filter(invited_at__gt=at - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise Refusal(
            "too-many-invitations", _("That is enough for one day. Please go on tomorrow."), status=429
        )
