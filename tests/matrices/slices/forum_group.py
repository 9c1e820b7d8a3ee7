"""Groups: everybody here knows that they are there; who is inside counts by person and organisation.

The operator's admin and the stakeholder's lead the group `world-group`; the supplier's admin and the customer sit on
its seats, the far supplier is a guest. The supplier's other people, the rival who asks, the unlinked buyer who has
not accepted the notice and the firm that left are outside. `world-open` is open to all; `world-closed` is closed.
"""

from typing import Any

from django.utils import timezone

from forum.actions.charter import adopt_charter
from forum.actions.group import close_group, open_group
from forum.actions.participant import (
    accept_invitation,
    accept_request,
    decline_invitation,
    decline_request,
    leave,
    remove,
    withdraw_ask,
    withdraw_invitation,
)
from forum.lifecycle import CHARTER, GROUP, PARTICIPANT, CharterState, GroupState, ParticipantState
from forum.models import Charter, Group, Participant
from organisations.models import Membership, Person
from organisations.queries import viewer_from
from tests.factories import forum as make
from tests.matrices.cases import Case, done, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import MEMBERS

KEY, OPEN, CLOSED = "world-group", "world-open", "world-closed"
LEADS = frozenset({"operator", "stakeholder"})
INSIDERS = LEADS | {"supplier", "customer", "far_supplier"}
OPERATOR = frozenset({"operator"})
PEOPLE: dict[str, int] = {}  # of the world, for states that need a person


# ---------------------------------------------------------------- the world
def build(world: Any) -> None:
    """Make the three groups with everyone around them."""
    things, own = world.things, _members(world)
    operator = world.organisations["operator"]
    things["notice"] = make.notice(operator)
    things["group"] = group = make.bare_group(operator, KEY, entry="request", sdg_tags=["8"])
    things["group_open"] = make.bare_group(operator, OPEN)
    closed = {"state": GroupState.CLOSED, "closed_at": timezone.now()}
    things["group_closed"] = make.bare_group(operator, CLOSED, kind="national", country="GB", **closed)
    for name in LEADS:
        things[f"part_{name}"] = make.participant(group, own[name], role="co_lead")
        make.participant(things["group_closed"], own[name], role="co_lead")
    for name, role in (("supplier", "member"), ("customer", "member"), ("far_supplier", "guest")):
        things[f"part_{name}"] = make.participant(group, own[name], role=role)
    things["part_unlinked"] = make.participant(group, own["unlinked"], accepts=False)
    asked: dict[str, Any] = {"state": "asked", "words": "x", "accepts": False}
    things["part_asked"] = make.participant(group, own["rival"], **asked)
    left: dict[str, Any] = {"state": "ended", "reason": "x", "accepts": False}
    things["part_left"] = make.participant(group, own["firm"], **left)
    rival = world.organisations["rival"]
    firm = world.organisations["firm"]
    things["part_invited"] = make.invitation(things["group_open"], firm, world.people["firm"].email)
    PEOPLE.update({name: world.people[name].pk for name in ("rival", "firm")})
    things["part_elsewhere"] = make.invitation(group, rival, "elsewhere@example.org")
    make.charter(group)
    things["charter_draft"] = make.charter(group, state="draft", purpose="x")
    for name, kind in (("supplier", "supplier"), ("customer", "buyer")):
        who = viewer_from(own[name])
        things[f"seat_{name}"] = make.seat(group, own[name].organisation_id, kind, holder=who)


def _members(world: Any) -> dict[str, Membership]:
    rows = Membership.objects.filter(is_active=True).select_related("person", "organisation")
    of = {one.person_id: one for one in rows}
    return {name: of[person.pk] for name, person in world.people.items() if person.pk in of}


# ---------------------------------------------------------------- who sees a row
def _is_member(_known: Facts, reader: Reader, _row: Row) -> bool:
    return reader.organisation is not None


def is_inside(known: Facts, reader: Reader, group: int) -> bool:
    """An active part for this organisation, and the operator's newest notice accepted."""
    return _part_of(known, reader, group) is not None


def _part_of(known: Facts, reader: Reader, group: int) -> Row | None:
    operator = known["forum.Group"][group]["operator_id"]
    notices = [one for one in known["forum.CompetitionNotice"].values() if one["operator_id"] == operator]
    newest = max(notices, key=lambda one: one["number"])["id"]
    accepted = any(
        one["notice_id"] == newest and one["person_id"] == reader.person
        for one in known["forum.NoticeAcceptance"].values()
    )
    for row in known["forum.Participant"].values():
        is_me = row["person_id"] == reader.person and row["organisation_id"] == reader.organisation
        if is_me and row["group_id"] == group and row["state"] == "active" and accepted:
            return row
    return None


def _inside(known: Facts, reader: Reader, row: Row) -> bool:
    return is_inside(known, reader, row["group_id"])


def _access(_known: Facts, reader: Reader, row: Row) -> bool:
    return (row["person_id"], row["organisation_id"]) == (reader.person, reader.organisation)


def _participant(known: Facts, reader: Reader, row: Row) -> bool:
    """Oneself; co-leads; inside, everybody who takes part, and for co-leads everybody who ever asked or came."""
    if reader.organisation is None:
        return False
    is_me = (row["person_id"], row["organisation_id"]) == (reader.person, reader.organisation)
    mine = _part_of(known, reader, row["group_id"])
    is_active, is_lead = row["state"] == "active", row["role"] == "co_lead"
    operator = known["forum.Group"][row["group_id"]]["operator_id"]
    email = known["organisations.Person"][reader.person]["email"] if reader.person else ""
    is_invited = row["state"] == "invited" and row["organisation_id"] == reader.organisation
    return (
        is_me
        or (is_invited and row["email"] == email)
        or (is_lead and (is_active or operator == reader.organisation))
        or (mine is not None and (is_active or mine["role"] == "co_lead"))
    )


def _charter(known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and (row["state"] == "adopted" or _inside(known, reader, row))


RULES = {
    "forum.Stage": _is_member,
    "forum.Group": _is_member,
    "forum.GroupAccess": _access,
    "forum.Participant": _participant,
    "forum.Charter": _charter,
    "forum.Seat": _is_member,
    "forum.SeatHolding": _inside,
    "forum.CompetitionNotice": _is_member,
    "forum.NoticeAcceptance": lambda _known, reader, row: row["person_id"] == reader.person,
}
KEPT = {
    "forum.Group.key": "an address",
    "forum.Stage.key": "an address",
    "forum.Participant.reason_language": "as language",
}


def _address(word: str, old: str) -> str:
    """Plant a word, but keep an invitation to somebody of the world theirs; their own address has one by now."""
    if not old:
        return ""
    return f"{word.lower()}@example.org" if old.startswith("elsewhere") else _email("firm")


def _email(who: str) -> str:
    return str(Person.objects.values_list("email", flat=True).get(pk=PEOPLE[who]))


SHAPES = {"forum.Participant.email": _address}

# ---------------------------------------------------------------- every route
SAID = {"title": "Wages", "summary": "What one can live on", "entry": "open"}
NEW = {**SAID, "key": "wages", "kind": "network", "purpose": "To close the gap"}
SEAT = {"constituency": "buyer"}


def inside(**about: Any) -> Case:
    """Return what a page inside the group answers; whoever has not accepted the notice is sent to it."""
    given: dict[str, Any] = {"forbidden": MEMBERS - INSIDERS - {"unlinked"}, "of": (KEY,)} | about
    return page(given.pop("ok", INSIDERS), otherwise={"unlinked": 302}, **given)


def led(**about: Any) -> Case:
    """Return what a page of its co-leads answers."""
    return inside(ok=LEADS, **({"forbidden": MEMBERS - LEADS - {"unlinked"}} | about))


def at_door(ok: Any, **about: Any) -> dict[str, Case]:
    """Return what a page at a group's door answers to those who may, by GET and POST."""
    given: dict[str, Any] = {"forbidden": MEMBERS - frozenset(ok), "of": (KEY,)} | about
    body = given.pop("body", says())
    return {"get": page(ok, **given), "post": done(ok, body=body, **given)}


def _given(world: Any) -> dict[str, Any]:
    return {**SEAT, "organisation_code": world.organisations["ended"].code}


def _asked_to_lead(world: Any) -> dict[str, Any]:
    return {"organisation_code": world.organisations["ended"].code, "email": "new@example.org"}


PAGES: dict[str, dict[str, Case]] = {
    "forum:groups": {"get": page()},
    "forum:group_new": {
        "get": page(OPERATOR, forbidden=MEMBERS - OPERATOR),
        "post": done(OPERATOR, forbidden=MEMBERS - OPERATOR, body=says(**NEW)),
    },
    "forum:name": {"get": page(), "post": done(MEMBERS, body=says(name="Ana"))},
    "forum:notice_publish": {
        "get": page(OPERATOR, forbidden=MEMBERS - OPERATOR),
        "post": done(OPERATOR, forbidden=MEMBERS - OPERATOR, body=says(body="Nor about customers")),
    },
    "forum:notice": {
        "get": page(of="notice"),
        "post": done(MEMBERS, of="notice", body=says(accepts="on")),
    },
    "forum:group": {"get": page(of=(KEY,))},
    "forum:group_edit": at_door(OPERATOR, body=lambda world: {**SAID, "stage": str(world["group"].stage_id)}),
    "forum:group_close": {"post": done(OPERATOR, forbidden=MEMBERS - OPERATOR, of=(KEY,))},
    "forum:group_open": {"post": done(OPERATOR, forbidden=MEMBERS - OPERATOR, of=(CLOSED,))},
    "forum:co_lead_staff": {
        "get": page(OPERATOR, forbidden=MEMBERS - OPERATOR, of=(OPEN,)),
        "post": done(
            OPERATOR,
            forbidden=MEMBERS - OPERATOR,
            of=(OPEN,),
            body=lambda world: {"colleague": make.membership_of(world["part_operator"]).code},
        ),
    },
    "forum:co_lead_member": {
        "get": page(OPERATOR, forbidden=MEMBERS - OPERATOR, of=(OPEN,)),
        "post": done(OPERATOR, forbidden=MEMBERS - OPERATOR, of=(OPEN,), body=_asked_to_lead),
    },
    "forum:group_join": {"post": done(MEMBERS, of=(OPEN,))},
    "forum:group_ask": at_door(MEMBERS - INSIDERS - {"unlinked", "rival"}, body=says(words="Let me in")),
    "forum:group_ask_withdraw": {
        "post": done(
            {"rival"},
            forbidden=INSIDERS - INSIDERS,
            of=(KEY,),
            otherwise=dict.fromkeys(INSIDERS | {"unlinked"}, 409),
        ),
    },
    "forum:group_leave": {
        "get": page(INSIDERS | {"unlinked", "rival"}, of=(KEY,)),
        "post": done(INSIDERS | {"unlinked"}, of=(KEY,), otherwise={"rival": 409}),
    },
    "forum:group_people": {"get": inside()},
    "forum:group_invite": {
        "get": led(),
        "post": led(status=302, body=lambda world: {**_asked_to_lead(world), "role": "guest"}),
    },
    "forum:group_requests": {"get": led()},
    "forum:invitation_accept": {"post": done({"firm"}, of="part_invited")},
    "forum:invitation_decline": {"post": done({"firm"}, of="part_invited")},
    "forum:invitation_withdraw": {"post": done(LEADS, of="part_elsewhere")},
    "forum:request_accept": {"post": done(LEADS, forbidden={"rival"}, of="part_asked")},
    "forum:request_decline": {
        "get": page(LEADS, forbidden={"rival"}, of="part_asked"),
        "post": done(LEADS, forbidden={"rival"}, of="part_asked", body=says(reason="Full")),
    },
    "forum:participant_remove": {
        "get": page(LEADS, forbidden=INSIDERS - LEADS, of="part_customer"),
        "post": done(LEADS, forbidden=INSIDERS - LEADS, of="part_customer", body=says(reason="Gone")),
    },
    "forum:charters": {"get": page(of=(KEY,))},
    "forum:charter_compare": {"get": page(INSIDERS, of=(KEY, 2))},
    "forum:charter_edit": {"get": led(), "post": led(status=302, body=says(purpose="Better"))},
    "forum:charter_adopt": {"post": done(LEADS, forbidden=INSIDERS - LEADS, of="charter_draft")},
    "forum:seats": at_door(LEADS, body=_given),
    "forum:seat_sit": {
        "get": page(LEADS, forbidden=MEMBERS - LEADS, of="seat_customer"),
        "post": done(LEADS, forbidden=MEMBERS - LEADS, of="seat_customer", body=says(holder="")),
    },
    "forum:seat_end": {"post": done(LEADS, forbidden=MEMBERS - LEADS, of="seat_customer")},
}
LISTS = {"forum:groups": "supplier"}
NO_LISTS = {
    "forum:group_new": "a form",
    "forum:name": "a form",
    "forum:notice_publish": "a form",
}


def grow(_small: Any) -> None:
    """Make one more group with two co-leads."""
    make.group()


# ---------------------------------------------------------------- states and moves
P = ParticipantState


def _put(who: str) -> Any:
    """Return the columns that each state needs, for the part of one person."""

    def columns(state: str) -> dict[str, Any]:
        at, is_invited = timezone.now(), state == P.INVITED
        return {
            "person_id": None if is_invited else PEOPLE[who],
            "email": _email(who) if is_invited else "",
            "joined_at": at if state == P.ACTIVE else None,
            "ended_at": at if state in {P.DECLINED, P.ENDED} else None,
        }

    return columns


LIVES = [
    Life(
        Group,
        "group",
        GROUP,
        {
            "close": (now(close_group, "group"), {GroupState.ACTIVE: GroupState.CLOSED}, OPERATOR),
            "open": (now(open_group, "group"), {GroupState.CLOSED: GroupState.ACTIVE}, OPERATOR),
        },
        frozenset({"stakeholder", "supplier", "rival", "body"}),
        with_state=lambda state: {"closed_at": timezone.now() if state == GroupState.CLOSED else None},
    ),
    Life(
        Charter,
        "charter_draft",
        CHARTER,
        {
            "adopt": (
                now(adopt_charter, "charter"),
                {CharterState.DRAFT: CharterState.ADOPTED},
                LEADS,
            ),
        },
        frozenset({"supplier", "far_supplier", "rival", "editor"}),
        related=("group",),
        with_state=lambda state: {"adopted_at": timezone.now() if state == CharterState.ADOPTED else None},
    ),
    Life(
        Participant,
        "part_asked",
        PARTICIPANT,
        {
            "let in": (now(accept_request, "participant"), {P.ASKED: P.ACTIVE}, LEADS),
            "decline": (now(decline_request, "participant", reason="Full"), {P.ASKED: P.DECLINED}, LEADS),
            "take back": (now(withdraw_ask, "participant"), {P.ASKED: P.ENDED}, frozenset({"rival"})),
            "leave": (now(leave, "participant"), {P.ACTIVE: P.ENDED}, frozenset({"rival"})),
            "remove": (now(remove, "participant", reason="Gone"), {P.ACTIVE: P.ENDED}, LEADS),
        },
        frozenset({"supplier", "far_supplier", "customer", "editor", "body"}),
        related=("group",),
        with_state=_put("rival"),
    ),
    Life(
        Participant,
        "part_invited",
        PARTICIPANT,
        {
            "accept": (now(accept_invitation, "participant"), {P.INVITED: P.ACTIVE}, frozenset({"firm"})),
            "say no": (now(decline_invitation, "participant"), {P.INVITED: P.DECLINED}, frozenset({"firm"})),
        },
        frozenset({"supplier", "rival", "other_firm", "stakeholder"}),
        related=("group",),
        with_state=_put("firm"),
    ),
    Life(
        Participant,
        "part_elsewhere",
        PARTICIPANT,
        {"withdraw": (now(withdraw_invitation, "participant"), {P.INVITED: P.ENDED}, LEADS)},
        frozenset({"supplier", "customer", "editor"}),
        related=("group",),
        with_state=_put("firm"),
    ),
]
