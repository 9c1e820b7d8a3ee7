"""Groups with people in them, as the owner of the tables may make them."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from forum.models import (
    Charter,
    CompetitionNotice,
    Constituency,
    Group,
    NoticeAcceptance,
    Participant,
    Place,
    Seat,
    SeatHolding,
    Stage,
)
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from tests.conftest import owner_role
from tests.factories import organisations as people

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Room:
    """A group and everyone around it.

    Args:
        staff, lead: the two co-leads, of the operator and of a member organisation (an NGO).
        buyer, supplier: participants who hold the seats of their organisations; the buyer's alternate is `second`.
        guest: a guest. outsider: an admin of the buyer's organisation who is not a participant.
        stranger: an admin of another buyer.
    """

    group: Group
    operator: Organisation
    notice: CompetitionNotice
    staff: Viewer
    lead: Viewer
    buyer: Viewer
    second: Viewer
    supplier: Viewer
    guest: Viewer
    outsider: Viewer
    stranger: Viewer
    seats: dict[str, Seat] = field(default_factory=dict)

    @property
    def inside(self) -> list[Viewer]:
        """Everyone who may enter."""
        return [self.staff, self.lead, self.buyer, self.second, self.supplier, self.guest]


def stage(key: str = "assess") -> Stage:
    """Return the stage of the cycle with this key."""
    with owner_role():
        found = Stage.objects.filter(key=key).first()
        return found or Stage.objects.create(
            key=key, title=key.capitalize(), position=Stage.objects.count() + 1, language="en"
        )


def bare_group(operator: Organisation, key: str = "", **fields: Any) -> Group:
    """Make a group without anybody in it: an open one on a topic unless `fields` say otherwise."""
    key = key or f"group-{next(_numbers)}"
    given: dict[str, Any] = {
        "title": key.replace("-", " ").capitalize(),
        "summary": "What we work on together.",
        "language": "en",
        "kind": "topic",
        "entry": "open",
        "created_at": timezone.now(),
    } | fields
    if given["kind"] == "topic" and "stage" not in given:
        given["stage"] = stage()
    with owner_role():
        return Group.objects.create(key=key, operator=operator, **given)


def notice(operator: Organisation, body: str = "We do not talk about prices.") -> CompetitionNotice:
    """Publish the operator's next competition-law notice."""
    with owner_role():
        made = CompetitionNotice.objects.create(
            operator=operator, body=body, language="en", published_at=timezone.now()
        )
        made.refresh_from_db()
        return made


def accept(notice: CompetitionNotice, who: Viewer | Membership) -> NoticeAcceptance:
    """Let somebody accept a notice."""
    with owner_role():
        made, _is_new = NoticeAcceptance.objects.get_or_create(
            notice=notice,
            person_id=who.person_id,
            defaults={"organisation_id": who.organisation_id, "accepted_at": timezone.now()},
        )
        return made


def participant(of: Group, who: Viewer | Membership, *, accepts: bool = True, **fields: Any) -> Participant:
    """Make somebody take part (or `state="asked"`); they have accepted the notice in force unless told otherwise."""
    now = timezone.now()
    given: dict[str, Any] = {"role": "member", "state": "active", "since_at": now} | fields
    if given["state"] == "active":
        given.setdefault("joined_at", now)
    if given["state"] in {"ended", "declined"}:
        given.setdefault("ended_at", now)
    with owner_role():
        made = Participant.objects.create(
            group=of, person_id=who.person_id, organisation_id=who.organisation_id, **given
        )
        made.refresh_from_db()
        in_force = CompetitionNotice.objects.in_force(of.operator_id)
    if accepts and in_force is not None:
        accept(in_force, who)
    return made


def invitation(of: Group, organisation: Organisation, email: str, **fields: Any) -> Participant:
    """Invite an address of an organisation."""
    given: dict[str, Any] = {"role": "member", "since_at": timezone.now()} | fields
    with owner_role():
        made = Participant.objects.create(
            group=of, organisation=organisation, email=email, state="invited", **given
        )
        made.refresh_from_db()
        return made


def charter(of: Group, *, state: str = "adopted", **fields: Any) -> Charter:
    """Write a charter, adopted unless told otherwise."""
    now = timezone.now()
    given: dict[str, Any] = {
        "purpose": "To agree on what a good audit finds.",
        "deliverables": "A guide\nA yearly report",
        "language": "en",
        "written_at": now,
        "adopted_at": now if state == "adopted" else None,
    } | fields
    with owner_role():
        made = Charter.objects.create(group=of, state=state, **given)
        made.refresh_from_db()
        return made


def seat(
    of: Group,
    organisation_id: int,
    constituency: str = Constituency.BUYER,
    *,
    holder: Viewer | None = None,
    alternate: Viewer | None = None,
) -> Seat:
    """Give a seat to an organisation, with who sits on it."""
    now = timezone.now()
    with owner_role():
        made = Seat.objects.create(
            group=of, organisation_id=organisation_id, constituency=constituency, given_at=now
        )
        for place, who in ((Place.HOLDER, holder), (Place.ALTERNATE, alternate)):
            if who is not None:
                SeatHolding.objects.create(seat=made, place=place, person_id=who.person_id, since_at=now)
        made.refresh_from_db()
        return made


def group(key: str = "", **fields: Any) -> Room:
    """Make a group with two co-leads, two seats, a guest and a charter; everyone has accepted the notice."""
    operator = people.organisation("", Capability.OPERATOR)
    buyer = people.organisation("", Capability.BUYER)
    supplier = people.organisation("", Capability.SUPPLIER)
    stakeholder = people.organisation("", Capability.STAKEHOLDER)
    given = notice(operator)
    made = bare_group(operator, key, **fields)
    room = Room(
        group=made,
        operator=operator,
        notice=given,
        staff=people.viewer(operator, Role.EDITOR),
        lead=people.viewer(stakeholder, Role.EDITOR),
        buyer=people.viewer(buyer, Role.VIEWER),
        second=people.viewer(buyer, Role.VIEWER),
        supplier=people.viewer(supplier, Role.EDITOR),
        guest=people.viewer(people.organisation("", Capability.STAKEHOLDER), Role.VIEWER),
        outsider=people.viewer(buyer),
        stranger=people.viewer(people.organisation("", Capability.BUYER)),
    )
    for who, role in (
        (room.staff, "co_lead"),
        (room.lead, "co_lead"),
        (room.buyer, "member"),
        (room.second, "member"),
        (room.supplier, "member"),
        (room.guest, "guest"),
    ):
        participant(made, who, role=role)
    charter(made)
    room.seats["buyer"] = seat(
        made, room.buyer.organisation_id, Constituency.BUYER, holder=room.buyer, alternate=room.second
    )
    room.seats["supplier"] = seat(
        made, room.supplier.organisation_id, Constituency.SUPPLIER, holder=room.supplier
    )
    return room


def membership_of(who: Viewer) -> Membership:
    """Return the membership behind a viewer."""
    with owner_role():
        return Membership.objects.select_related("person", "organisation").get(
            person_id=who.person_id, organisation_id=who.organisation_id
        )


def someone(of: Group, *capabilities: Capability, role: str = "member", accepts: bool = True) -> Viewer:
    """Make one more participant, of an organisation of their own."""
    made = viewer_from(people.membership(people.organisation("", *capabilities), role=Role.EDITOR))
    participant(of, made, role=role, accepts=accepts)
    return made
