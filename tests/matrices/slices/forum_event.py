"""Events: read by all, by organisations that are named, or by nobody yet; who comes is between organiser and person."""

import datetime as dt
from typing import Any

from django.utils import timezone

from documents.models import Document, Rendering
from forum.actions.event import cancel_event, close_registration, publish_event
from forum.actions.registration import accept_offer, cancel_registration, decline_offer
from forum.actions.series import publish_series
from forum.lifecycle import (
    EVENT,
    REGISTRATION,
    SERIES,
    EventState,
    RegistrationState,
    SeriesState,
)
from forum.models import Event, EventMessage, EventPlace, Joining, Material, Registration, Series
from forum.queries.event_papers import CERTIFICATE
from ledger.models.subjects import kind_of
from tests.conftest import owner_role
from tests.factories import forum_events as make
from tests.matrices.cases import NO_ONE, OTHERS, Case, done, page, says
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row
from tests.matrices.principals import EDITORS, FIRMS, MEMBERS, SCHEME_BODY
from tests.matrices.world import World, _document

HOST = frozenset({"stakeholder"})
REST = MEMBERS - HOST
ORGANISERS = HOST | FIRMS | SCHEME_BODY | {"operator"}
HOUSE = (
    EDITORS | HOST
)  # the editor registered, the admin of the same organisation looks after it, the organiser sees it
OTHERS["event"] = ("event_named", "event_draft", "event_over")
OTHERS["registration"] = ("registration_waiting", "registration_offered", "registration_over")
WAITS, OFFERED, PLACED = RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.PLACED


def build(world: World) -> None:
    """Make events of the stakeholder: one open, one for the customer by name, one draft, one that is over."""
    things, of, who = world.things, world.organisations, world.people
    host = of["stakeholder"]
    said: dict[str, Any] = {"summary": "x", "place": "x"}
    things["series"] = make.series(host, summary="x")
    things["series_draft"] = make.series(host, summary="x", state="draft")
    things["event"] = event = make.event(host, series=things["series"], **said)
    things["event_named"] = named = make.event(host, of["customer"], **said)
    things["event_draft"] = make.event(host, state="draft", **said)
    things["event_over"] = over = make.event(
        host, starts_in=-dt.timedelta(days=2), state="held", certificates_at=timezone.now(), **said
    )
    for one in (event, named, over):
        Joining.objects.create(event=one, organiser=host, link="https://example.org/x", words="x")
        EventMessage.objects.create(
            event=one, organiser=host, reaches="placed", text="x", sent_at=timezone.now()
        )
    things["registration"] = make.registration(event, of["supplier"], who["editor"])
    things["registration_waiting"] = make.registration(event, of["customer"], who["customer"], WAITS)
    things["registration_offered"] = make.registration(event, of["rival"], who["rival"], OFFERED)
    things["booking"] = make.registration(event, of["firm"], who["firm"], kind="group", quantity=2)
    things["registration_over"] = came = make.registration(over, of["supplier"], who["editor"])
    make.registration(over, of["firm"], who["firm"], kind="group", quantity=2, names=("x",))
    EventPlace.objects.filter(event=over).update(attendance="attended")
    things["seat"] = EventPlace.objects.get(registration=came)
    Rendering.objects.create(
        organisation=of["supplier"],
        person=who["editor"],
        kind=CERTIFICATE,
        subject_kind=kind_of(EventPlace),
        subject_id=things["seat"].pk,
        subject_code=things["seat"].code,
        requested_at=timezone.now(),
        state=Rendering.State.DONE,
        percent=100,
        document=_document(of["supplier"], who["editor"], Document.Kind.REPORT),
    )
    for name, released in (("material", timezone.now()), ("material_kept", None)):
        things[name] = Material.objects.create(
            event=over,
            organiser=host,
            document=_document(host, who["stakeholder"], Document.Kind.REPORT),
            title="x",
            added_at=timezone.now(),
            released_at=released,
        )


def _wanted(_world: World) -> dict[str, Any]:
    starts = timezone.now() + dt.timedelta(days=30)
    return {
        "kind": "webinar",
        "title": "Cotton",
        "zone": "UTC",
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + dt.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "capacity": "20",
        "offer_hours": "48",
        "opens_to": "everyone",
    }


def _moved(world: World) -> dict[str, Any]:
    """Say the event's own title again: letters of before are held against what the row says then."""
    return _wanted(world) | {"title": world["event"].title}


def _one_less(world: World) -> dict[str, Any]:
    """Give one of two places back: both have names by then, so it is said whose."""
    with owner_role():
        return {"quantity": "1", "goes": world["booking"].places.order_by("number").last().code}


RUN: dict[str, Any] = {"ok": HOST, "forbidden": REST}
NAMES = says(title="Cotton")
PAGES: dict[str, dict[str, Case]] = {
    "forum:events": {"get": page()},
    "forum:event_new": {"get": page(ORGANISERS), "post": done(ORGANISERS, body=_wanted)},
    "forum:registrations": {"get": page()},
    "forum:series_new": {"get": page(ORGANISERS), "post": done(ORGANISERS, body=NAMES)},
    "forum:series": {"get": page(of="series")},
    "forum:series_edit": {
        "get": page(**RUN, of="series"),
        "post": done(**RUN, of="series", body=NAMES),
    },
    "forum:series_publish": {"post": done(HOST, of="series_draft")},
    "forum:registration": {"get": page(HOUSE, of="registration")},
    "forum:offer_accept": {"post": done(HOST | {"rival"}, of="registration_offered")},
    "forum:offer_decline": {"post": done(HOST | {"rival"}, of="registration_offered")},
    "forum:registration_cancel": {"post": done(HOUSE, of="registration")},
    "forum:booking_change": {
        "get": page({"firm"}, forbidden=HOST, of="booking"),
        "post": done({"firm"}, forbidden=HOST, of="booking", body=_one_less),
    },
    "forum:certificate": {"get": page(HOUSE, of="seat"), "post": done(HOUSE, of="seat")},
    "forum:certificate_file": {"get": page(EDITORS, of="seat")},
    "forum:material_file": {"get": page(HOST | {"editor", "firm"}, of="material")},
    "forum:event": {"get": page(of="event")},
    "forum:event_calendar": {"get": page(of="event")},
    "forum:event_register": {"post": done(MEMBERS, of="event")},
    "forum:event_register_several": {
        "get": page(MEMBERS - {"onlooker"}, forbidden={"onlooker"}, of="event"),
        "post": done(
            MEMBERS - {"onlooker"}, forbidden={"onlooker"}, of="event", body=says(quantity="1", names="Ana")
        ),
    },
    "forum:event_edit": {"get": page(**RUN, of="event"), "post": done(**RUN, of="event", body=_moved)},
    "forum:event_publish": {"post": done(HOST, of="event_draft")},
    "forum:event_close": {"post": done(**RUN, of="event")},
    "forum:event_cancel": {
        "get": page(**RUN, of="event"),
        "post": done(**RUN, of="event", body=says(reason="Ill")),
    },
    "forum:event_people": {"get": page(**RUN, of="event")},
    "forum:event_attendance": {"post": done(**RUN, of="event_over")},
    "forum:event_certify": {"post": done(**RUN, of="event_over")},
    "forum:material_new": {
        "get": page(**RUN, of="event_over"),
        "post": page(NO_ONE, forbidden=REST, of="event_over", body=NAMES, otherwise={"stakeholder": 422}),
    },
    "forum:material_remove": {
        "get": page(HOST, forbidden={"editor", "firm"}, of="material"),
        "post": done(HOST, forbidden={"editor", "firm"}, of="material"),
    },
    "forum:material_release": {"post": done(**RUN, of="event_over")},
    "forum:event_message": {
        "get": page(**RUN, of="event"),
        "post": done(**RUN, of="event", body=says(reaches="all", text="Bring questions")),
    },
}


def _runs(_known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and row["organiser_id"] == reader.organisation


def _is_me(reader: Reader, row: Row) -> bool:
    return bool(reader.organisation == row["organisation_id"] and reader.person == row["person_id"])


def _registration(known: Facts, reader: Reader, row: Row) -> bool:
    """The organiser, the person, and the admins of their organisation."""
    if reader.organisation is None:
        return False
    is_house = row["organisation_id"] == reader.organisation and reader.is_admin
    return _runs(known, reader, row) or _is_me(reader, row) or is_house


def _place(known: Facts, reader: Reader, row: Row) -> bool:
    """As the registration, and whoever it is for."""
    of = known["forum.Registration"][row["registration_id"]]
    return _registration(known, reader, of) or (reader.organisation is not None and _is_me(reader, row))


def _mine(known: Facts, reader: Reader, event: int) -> list[Row]:
    """One's own registrations for an event, and those in which a place is in one's name."""
    named = {
        one["registration_id"]
        for one in known["forum.EventPlace"].values()
        if one["event_id"] == event and _is_me(reader, one)
    }
    rows = known["forum.Registration"].values()
    return [one for one in rows if one["event_id"] == event and (_is_me(reader, one) or one["id"] in named)]


def _event(known: Facts, reader: Reader, row: Row) -> bool:
    """Its organiser; others once published: everybody, the organisations named, the group, or who registered."""
    if reader.organisation is None or _runs(known, reader, row):
        return reader.organisation is not None
    if row["state"] == "draft":
        return False
    guests = [
        one["organisation_id"] for one in known["forum.EventGuest"].values() if one["event_id"] == row["id"]
    ]
    is_for_all = row["opens_to"] in {"everyone", "capabilities"}
    is_named = row["opens_to"] == "organisations" and reader.organisation in guests
    return is_for_all or is_named or bool(_mine(known, reader, row["id"]))


def _guest(known: Facts, reader: Reader, row: Row) -> bool:
    return _runs(known, reader, row) or (
        reader.organisation is not None and row["organisation_id"] == reader.organisation
    )


def _series(known: Facts, reader: Reader, row: Row) -> bool:
    return reader.organisation is not None and (row["state"] == "published" or _runs(known, reader, row))


def _joining(known: Facts, reader: Reader, row: Row) -> bool:
    """The organiser, and whoever has a place."""
    return _runs(known, reader, row) or any(
        one["state"] == PLACED for one in _mine(known, reader, row["event_id"])
    )


def _material(known: Facts, reader: Reader, row: Row) -> bool:
    """The organiser; once released those who had a place and were not away, or brought others."""
    if _runs(known, reader, row):
        return True
    if row["released_at"] is None:
        return False
    came = any(
        one["event_id"] == row["event_id"]
        and _is_me(reader, one)
        and one["is_held"]
        and one["attendance"] != "absent"
        for one in known["forum.EventPlace"].values()
    )
    return came or any(
        _is_me(reader, one) and one["kind"] == "group" and one["state"] == PLACED
        for one in _mine(known, reader, row["event_id"])
    )


def _message(known: Facts, reader: Reader, row: Row) -> bool:
    """The organiser, and those who stand as it was written for."""
    if _runs(known, reader, row):
        return True
    states = {one["state"] for one in _mine(known, reader, row["event_id"])}
    if row["reaches"] in {"placed", "all"} and PLACED in states:
        return True
    return row["reaches"] in {"waiting", "all"} and bool({WAITS, OFFERED} & states)


def _file(known: Facts, reader: Reader, row: Row) -> bool:
    """Whoever may take the material that it is."""
    return any(
        one["document_id"] == row["id"] and _material(known, reader, one)
        for one in known["forum.Material"].values()
    )


RULES = {
    "forum.Series": _series,
    "forum.Event": _event,
    "forum.EventGuest": _guest,
    "forum.Joining": _joining,
    "forum.Registration": _registration,
    "forum.EventPlace": _place,
    "forum.Material": _material,
    "forum.EventMessage": _message,
}
ALSO = {"documents.Document": _file}
KEPT = {
    "forum.Event.zone": "a name that the time-zone database knows",
    "forum.Joining.link": "an address",
}


def _with_state(state: str) -> dict[str, Any]:
    at = timezone.now()
    is_open = state in {WAITS, OFFERED, PLACED}
    return {
        "offered_at": at if state == OFFERED else None,
        "offer_ends_at": at + dt.timedelta(hours=1) if state == OFFERED else None,
        "placed_at": at if state == PLACED else None,
        "ended_at": None if is_open else at,
    }


DRAFT, PUBLISHED, CLOSED = EventState.DRAFT, EventState.PUBLISHED, EventState.CLOSED
LIVES = [
    Life(
        Series,
        "series_draft",
        SERIES,
        {"publish": (now(publish_series, "series"), {SeriesState.DRAFT: SeriesState.PUBLISHED}, HOST)},
        frozenset({"operator", "customer"}),
    ),
    Life(
        Event,
        "event",
        EVENT,
        {
            "publish": (now(publish_event, "event"), {DRAFT: PUBLISHED, CLOSED: PUBLISHED}, HOST),
            "close": (now(close_registration, "event"), {PUBLISHED: CLOSED}, HOST),
            "cancel": (
                now(cancel_event, "event"),
                dict.fromkeys((DRAFT, PUBLISHED, CLOSED), EventState.CANCELLED),
                HOST,
            ),
        },
        frozenset({"operator", "editor", "customer"}),
    ),
    Life(
        Registration,
        "registration",
        REGISTRATION,
        {
            "accept": (now(accept_offer, "registration"), {OFFERED: PLACED}, frozenset(EDITORS)),
            "decline": (
                now(decline_offer, "registration"),
                {OFFERED: RegistrationState.DECLINED},
                frozenset(EDITORS),
            ),
            "cancel": (
                now(cancel_registration, "registration"),
                dict.fromkeys((WAITS, OFFERED, PLACED), RegistrationState.CANCELLED),
                frozenset(HOUSE),
            ),
        },
        frozenset({"onlooker", "limited", "customer", "operator"}),
        related=("event",),
        with_state=_with_state,
    ),
]
# What time and the waiting list do: `tests/forum/actions/test_places.py`, `tests/forum/tasks/test_event.py`.
ELSEWHERE = {
    EVENT.name: {(PUBLISHED, EventState.HELD), (CLOSED, EventState.HELD)},
    REGISTRATION.name: {(WAITS, OFFERED), (OFFERED, RegistrationState.EXPIRED)},
}
STORY = (
    ("customer", "forum:event_register"),
    ("far_supplier", "forum:event_register"),
    ("rival", "forum:offer_accept"),
    ("stakeholder", "forum:event_message"),
    ("editor", "forum:registration_cancel"),
    ("stakeholder", "forum:event_edit"),
    ("stakeholder", "forum:material_release"),
    ("stakeholder", "forum:event_cancel"),
)
LISTS = {"forum:events": "supplier", "forum:registrations": "supplier"}
NO_LISTS = {"forum:event_new": "a form", "forum:series_new": "a form"}


def grow(small: Any) -> None:
    """Announce one more event, for which the supplier's admin has a place."""
    event = make.event(small.firm.organisation)
    make.registration(event, small.supplier.organisation, small.supplier.person)
