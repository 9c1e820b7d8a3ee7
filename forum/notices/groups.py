"""Who is told of what happens at the door of a group, and how it reads in a history."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from forum.actions import beginning, charter, competition, group, participant, seat
from forum.lifecycle import ParticipantState
from forum.models import Constituency, GroupAccess, Participant
from ledger.models import Channel, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.models import Membership

GROUP = "forum:group"


def _part(entry: Entry) -> Participant | None:
    return Participant.objects.filter(pk=entry.data.get("participant")).first()


def _person(part: Participant | None, *states: str) -> Iterable[Recipient]:
    """Tell the person, as long as they are a member there and things stand as they were told."""
    if part is None or part.person_id is None or part.state not in states:
        return
    rows = Membership.objects.active().filter(person_id=part.person_id, organisation_id=part.organisation_id)
    for row in rows:
        yield Recipient(row.person_id, row.organisation_id)


def _addressed(entry: Entry) -> Iterable[Recipient]:
    """Tell whoever of the organisation signs in with the address, while the invitation waits."""
    part = _part(entry)
    if part is None or part.state != ParticipantState.INVITED:
        return
    rows = Membership.objects.active().filter(person__email=part.email, organisation_id=part.organisation_id)
    for row in rows:
        yield Recipient(row.person_id, row.organisation_id)


@notice(participant.ASKED, route="forum:group_requests", code_in="key")
def _asked(entry: Entry) -> Iterable[Recipient]:
    """The co-leads, while somebody waits."""
    part = _part(entry)
    if part is not None and part.state == ParticipantState.ASKED:
        for row in GroupAccess.objects.filter(group_id=entry.subject_id, is_co_lead=True).order_by("pk"):
            yield Recipient(row.person_id, row.organisation_id)


@notice(participant.ACCEPTED, route=GROUP, code_in="key")
def _accepted(entry: Entry) -> Iterable[Recipient]:
    """Whoever asked."""
    return _person(_part(entry), ParticipantState.ACTIVE)


@notice(participant.DECLINED, route=GROUP, code_in="key")
def _declined(entry: Entry) -> Iterable[Recipient]:
    """Whoever asked; the reason stands on the group's page, for them alone."""
    return _person(_part(entry), ParticipantState.DECLINED)


@notice(participant.REMOVED, route=GROUP, code_in="key")
def _removed(entry: Entry) -> Iterable[Recipient]:
    """Whoever took part."""
    return _person(_part(entry), ParticipantState.ENDED)


@notice(participant.INVITATION_EXPIRED, route=GROUP, code_in="key")
def _unanswered(entry: Entry) -> Iterable[Recipient]:
    """Whoever invited, in the inbox alone."""
    part = _part(entry)
    rows = Membership.objects.active().filter(person_id=(part.named_by_id if part else None) or 0)
    leads = GroupAccess.objects.filter(group_id=entry.subject_id, is_co_lead=True)
    houses = (
        {part.group.operator_id}
        if part and part.leads
        else set(leads.values_list("organisation_id", flat=True))
    )
    for row in rows.filter(organisation_id__in=houses).order_by("pk")[:1]:
        yield Recipient(row.person_id, row.organisation_id, channels=(Channel.INBOX,))


@notice(participant.INVITED, route=GROUP, code_in="key")
def _invited(entry: Entry) -> Iterable[Recipient]:
    """Whoever the address belongs to."""
    return _addressed(entry)


@notice(group.NAMED, route=GROUP, code_in="key")
def _named(entry: Entry) -> Iterable[Recipient]:
    """Whoever is to lead: named at once, or invited."""
    yield from _addressed(entry)
    for one in _person(_part(entry), ParticipantState.ACTIVE):
        if one.person_id != entry.actor_id:
            yield one


@notice(charter.ADOPTED, route=GROUP, code_in="key")
def _adopted(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside but who adopted it; the inbox is enough."""
    rows = GroupAccess.objects.filter(group_id=entry.subject_id).exclude(person_id=entry.actor_id or 0)
    for row in rows.order_by("pk"):
        yield Recipient(row.person_id, row.organisation_id, channels=(Channel.INBOX,))


@notice(competition.PUBLISHED, route="forum:notice")
def _published(entry: Entry) -> Iterable[Recipient]:
    """Everybody who takes part in a group of the operator: the door is shut until they accept."""
    rows = Participant.objects.active().filter(group__operator_id=entry.owner_id)
    pairs = rows.order_by("person_id", "organisation_id").distinct("person_id")
    for row in pairs:
        if row.person_id != entry.actor_id:
            yield from _person(row, ParticipantState.ACTIVE)


_CONSTITUENCIES = dict(Constituency.choices)
phrase(beginning.LOADED, _("The group %(what)s came with the forum."))
phrase(group.CREATED, _("%(who)s made the group %(what)s."))
phrase(group.EDITED, _("%(who)s changed what the group %(what)s is called or how one comes in."))
phrase(group.CLOSED, _("%(who)s closed the group %(what)s."))
phrase(group.OPENED, _("%(who)s opened the group %(what)s again."))
phrase(group.NAMED, _("%(who)s named a co-lead of %(what)s."))
phrase(participant.JOINED, _("%(who)s joined the group %(what)s."))
phrase(participant.ASKED, _("%(who)s asked to join the group %(what)s."))
phrase(participant.ASK_WITHDRAWN, _("%(who)s no longer asks to join the group %(what)s."))
phrase(participant.ACCEPTED, _("%(who)s let somebody into the group %(what)s."))
phrase(participant.DECLINED, _("%(who)s declined somebody who asked to join the group %(what)s."))
phrase(participant.INVITED, _("%(who)s invited somebody to the group %(what)s."))
phrase(participant.INVITATION_WITHDRAWN, _("%(who)s withdrew an invitation to the group %(what)s."))
phrase(participant.INVITATION_ACCEPTED, _("%(who)s accepted an invitation to the group %(what)s."))
phrase(participant.INVITATION_DECLINED, _("%(who)s declined an invitation to the group %(what)s."))
phrase(participant.INVITATION_EXPIRED, _("An invitation to the group %(what)s ended: nobody answered it."))
phrase(participant.LEFT, _("%(who)s left the group %(what)s."))
phrase(participant.REMOVED, _("%(who)s ended somebody's part in the group %(what)s."))
phrase(charter.DRAFTED, _("%(who)s drafted version %(number)s of the charter of %(what)s."))
phrase(charter.ADOPTED, _("%(who)s adopted version %(number)s of the charter of %(what)s."))
phrase(
    seat.GIVEN,
    _("%(who)s gave a seat in %(what)s, for: %(constituency)s."),
    labels=_CONSTITUENCIES,
)
phrase(
    seat.ENDED,
    _("%(who)s ended a seat in %(what)s, for: %(constituency)s."),
    labels=_CONSTITUENCIES,
)
phrase(seat.TAKEN, _("%(who)s changed who sits on a seat in %(what)s."))
phrase(competition.PUBLISHED, _("%(who)s published version %(number)s of the competition-law notice."))
phrase(competition.ACCEPTED, _("%(who)s accepted version %(number)s of the competition-law notice."))
