"""Who takes part, who asks to, and who is invited."""

from collections.abc import Iterable

from django.db.models import Q

from forum.lifecycle import ParticipantState
from forum.models import Group, LeadSide, Participant, ParticipantRole, SeatHolding
from forum.models.participant import ParticipantQuerySet
from organisations.models import Person
from organisations.visibility import Viewer


def own_parts(viewer: Viewer) -> ParticipantQuerySet:
    """Return how the viewer stands with groups now: asked, or taking part."""
    return Participant.objects.filter(
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
        state__in=[ParticipantState.ASKED, ParticipantState.ACTIVE],
    )


def own_invitations(viewer: Viewer) -> ParticipantQuerySet:
    """Return the invitations that wait for the viewer, by the address they sign in with."""
    email = Person.objects.filter(pk=viewer.person_id).values("email")[:1]
    return Participant.objects.filter(
        state=ParticipantState.INVITED, organisation_id=viewer.organisation_id, email=email
    )


def co_leads_of(groups: Iterable[Group]) -> dict[int, list[Participant]]:
    """Return the co-leads of groups, the member organisation's first; everybody may know them."""
    found: dict[int, list[Participant]] = {group.pk: [] for group in groups}
    rows = Participant.objects.co_leads().filter(group__in=list(found)).order_by("side", "pk")
    for row in rows:
        found[row.group_id].append(row)
    return found


def missing_sides(leads: Iterable[Participant]) -> list[LeadSide]:
    """Return which co-leads a group still lacks; it is incomplete until there is none."""
    there = {one.side for one in leads}
    return [side for side in (LeadSide.MEMBER, LeadSide.OPERATOR) if side.value not in there]


def people_in(group: Group, viewer: Viewer) -> ParticipantQuerySet:
    """Return who takes part, co-leads first, by name."""
    return Participant.objects.visible_to(viewer).active().filter(group=group).order_by("person_name", "id")


def requests_for(group: Group, viewer: Viewer) -> ParticipantQuerySet:
    """Return who asks to join, the oldest first; only co-leads see them."""
    rows = Participant.objects.visible_to(viewer).filter(group=group, state=ParticipantState.ASKED)
    return rows.order_by("since_at", "pk")


def invitations_of(group: Group, viewer: Viewer) -> ParticipantQuerySet:
    """Return the invitations that wait, the newest first."""
    rows = Participant.objects.visible_to(viewer).filter(group=group, state=ParticipantState.INVITED)
    return rows.order_by("-since_at", "-pk")


def may_sit(group: Group, viewer: Viewer, organisation_id: int) -> ParticipantQuerySet:
    """Return the participants of an organisation who could sit on its seat: guests do not."""
    return people_in(group, viewer).filter(~Q(role=ParticipantRole.GUEST), organisation_id=organisation_id)


def places_of(group: Group, viewer: Viewer) -> dict[int, dict[str, SeatHolding]]:
    """Return who sits on the seats of a group: seat → place → holding; nothing for outsiders."""
    found: dict[int, dict[str, SeatHolding]] = {}
    for one in SeatHolding.objects.visible_to(viewer).current().filter(group=group):
        found.setdefault(one.seat_id, {})[one.place] = one
    return found


def waiting_leads(group: Group, viewer: Viewer) -> ParticipantQuerySet:
    """Return who has been asked to lead and has not answered; the operator sees them."""
    return invitations_of(group, viewer).filter(role=ParticipantRole.CO_LEAD)


def last_answer(group: Group, viewer: Viewer) -> Participant | None:
    """Return the viewer's last part that somebody else ended or declined, with the reason for them to read."""
    rows = Participant.objects.filter(
        group=group,
        person_id=viewer.person_id,
        organisation_id=viewer.organisation_id,
        state__in=[ParticipantState.DECLINED, ParticipantState.ENDED],
    )
    newest = rows.order_by("-ended_at", "-pk").first()
    return newest if newest is not None and newest.reason else None
