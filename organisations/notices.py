"""Who is told of what happens to people and organisations, and how it reads in a history."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models import Channel, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.models import ROLE_LABELS, Invitation
from organisations.models.secrets import invitation_secret_kept_as
from organisations.queries import people_of
from organisations.visibility import Role

ROLES = {role.value: label for role, label in ROLE_LABELS.items()}
MEMBER = "organisations:member"


def _link(entry: Entry) -> str:
    """Return the path of an invitation's page with its secret, or nothing once it is void."""
    invitation = _open_invitation(entry)
    secret = invitation_secret_kept_as(invitation.code, invitation.token_hash) if invitation else None
    return reverse("organisations:accept", args=[secret]) if secret else ""


@notice("organisations.invitation_sent", secret_path=_link)
def invitation_sent(entry: Entry) -> Iterable[Recipient]:
    """Tell the one who is invited, who may have no account yet, while the invitation waits."""
    invitation = _open_invitation(entry)
    if invitation:
        yield Recipient(person=None, organisation=None, address=invitation.email)


@notice("organisations.member_joined", route=MEMBER)
def member_joined(entry: Entry) -> Iterable[Recipient]:
    """Tell the other admins that somebody is in; the inbox is enough."""
    for one in people_of(_organisation(entry), at_least=Role.ADMIN):
        if one.person_id != entry.actor_id:
            yield Recipient(one.person, one.organisation, channels=(Channel.INBOX,))


@notice("organisations.role_changed", route=MEMBER)
def role_changed(entry: Entry) -> Iterable[Recipient]:
    """Tell the member, as long as they are one."""
    for one in people_of(_organisation(entry), at_least=Role.VIEWER):
        if one.person_id == entry.data.get("person") and one.person_id != entry.actor_id:
            yield one


@notice("organisations.membership_ended")
def membership_ended(entry: Entry) -> Iterable[Recipient]:
    """Tell the former member, as a person: they belong to the organisation no more."""
    person = entry.data.get("person")
    if isinstance(person, int):
        yield Recipient(person=person, organisation=None)


@notice("organisations.token_made")
def token_made(entry: Entry) -> Iterable[Recipient]:
    """Tell the maker, in case it was not them, and the admins."""
    for one in people_of(_organisation(entry), at_least=Role.VIEWER):
        if one.person_id == entry.actor_id:
            yield one
    for one in people_of(_organisation(entry), at_least=Role.ADMIN):
        if one.person_id != entry.actor_id:
            yield one


def _organisation(entry: Entry) -> list[int]:
    return [entry.organisation_id] if entry.organisation_id else []


def _open_invitation(entry: Entry) -> Invitation | None:
    rows = Invitation.objects.pending().filter(pk=entry.subject_id, expires_at__gt=timezone.now())
    return rows.select_related("organisation").first()


phrase("organisations.founded", _("%(who)s founded %(what)s."), route="organisations:detail")
phrase("organisations.edited", _("%(who)s changed the name or country of %(what)s."))
phrase("organisations.invitation_sent", _("%(who)s invited %(what)s as %(role)s."), labels=ROLES)
phrase("organisations.invitation_withdrawn", _("%(who)s withdrew the invitation of %(what)s."))
phrase("organisations.member_joined", _("%(who)s joined as %(role)s."), route=MEMBER, labels=ROLES)
phrase(
    "organisations.role_changed",
    _("%(who)s changed the role of %(what)s from %(before)s to %(after)s."),
    route=MEMBER,
    labels=ROLES,
)
phrase("organisations.sites_limited", _("%(who)s changed which sites %(what)s sees."), route=MEMBER)
phrase("organisations.membership_ended", _("%(who)s ended the membership of %(what)s."), route=MEMBER)
phrase("organisations.token_made", _("%(who)s made the API token “%(what)s”."))
phrase("organisations.token_revoked", _("%(who)s ended the API token “%(what)s”."))
phrase("organisations.capabilities_set", _("Those who run this installation changed what %(what)s is."))
phrase("organisations.settings_changed", _("%(who)s changed their own settings."))
