"""Who is told of events: whoever has a place, waits, or was offered one, each alone; and how it reads in a history."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forum.actions import attendance, booking, event, leaving, registration, reminders, series, waiting
from forum.lifecycle import OPEN_REGISTRATIONS, RegistrationState
from forum.models import Event, EventPlace, Material, Registration
from forum.queries.calendar import calendar_for
from ledger.models import Delivery, Entry
from ledger.phrases import phrase
from ledger.registry import Attachment, Recipient, notice
from organisations.models import Membership
from organisations.queries import people_of
from organisations.visibility import Role

EVENT, REGISTRATION, SERIES = "forum:event", "forum:registration", "forum:series"
ICS = "event.ics"
PLACED = [RegistrationState.PLACED.value]
WAITS = [RegistrationState.WAITING.value, RegistrationState.OFFERED.value]
OPEN = [one.value for one in OPEN_REGISTRATIONS]


def _members(pairs: Iterable[tuple[int | None, int]]) -> Iterable[Recipient]:
    """Of people and organisations, those who still belong together."""
    wanted = {(person, house) for person, house in pairs if person is not None}
    rows = Membership.objects.active().filter(
        person_id__in={one for one, _house in wanted}, organisation_id__in={one for _person, one in wanted}
    )
    for person, house in rows.order_by("pk").values_list("person_id", "organisation_id"):
        if (person, house) in wanted:
            yield Recipient(person, house)


def _those(event_id: int, states: Iterable[str]) -> Iterable[Recipient]:
    """Those whose registration stands like this, and the people whom a place names."""
    rows = Registration.objects.filter(event_id=event_id, state__in=list(states))
    pairs = set(rows.values_list("person_id", "organisation_id"))
    pairs |= set(EventPlace.objects.filter(registration__in=rows).values_list("person_id", "organisation_id"))
    return _members(pairs)


def _whose(entry: Entry, *states: str) -> Iterable[Recipient]:
    """Whoever registered, while their registration still stands as the letter says."""
    row = Registration.objects.filter(pk=entry.subject_id, state__in=states).first()
    return _responsible(row) if row else ()


def _responsible(row: Registration) -> list[Recipient]:
    """Whoever registered; of a booking whose registrant has left, the admins of the organisation."""
    found = list(_members([(row.person_id, row.organisation_id)]))
    if found or not row.is_group:
        return found
    return list(people_of([row.organisation_id], at_least=Role.ADMIN))


def _has_place(entry: Entry) -> Iterable[Recipient]:
    """Whoever has the place, and colleagues whom the places name."""
    row = Registration.objects.filter(pk=entry.subject_id, state__in=PLACED).first()
    if row is None:
        return
    yield from _responsible(row)
    for one in _members(row.places.values_list("person_id", "organisation_id")):
        if one.person_id != row.person_id:
            yield one


def _waits(entry: Entry) -> Iterable[Recipient]:
    return _whose(entry, *WAITS)


def _in_charge(entry: Entry) -> Iterable[Recipient]:
    return _whose(entry, *OPEN)


def _is_offered(entry: Entry) -> Iterable[Recipient]:
    return _whose(entry, RegistrationState.OFFERED)


def _has_lost(entry: Entry) -> Iterable[Recipient]:
    return _whose(entry, RegistrationState.EXPIRED)


def _has_left(entry: Entry) -> Iterable[Recipient]:
    return _whose(entry, RegistrationState.CANCELLED)


def _at_event(entry: Entry) -> Iterable[Recipient]:
    return _those(entry.subject_id, PLACED)


def _around_event(entry: Entry) -> Iterable[Recipient]:
    return _those(entry.subject_id, OPEN)


def _takers(entry: Entry) -> Iterable[Recipient]:
    """Those who may take materials: named and not absent, or those who brought others; nobody once all are gone."""
    if not Material.objects.filter(event_id=entry.subject_id, released_at__isnull=False).exists():
        return ()
    rows = EventPlace.objects.filter(event_id=entry.subject_id, is_held=True).exclude(attendance="absent")
    groups = Registration.objects.filter(event_id=entry.subject_id, state__in=PLACED, kind="group")
    pairs = set(rows.values_list("person_id", "organisation_id"))
    return _members(pairs | set(groups.values_list("person_id", "organisation_id")))


def _certified(entry: Entry) -> Iterable[Recipient]:
    """Those who were there, and those who registered somebody without an account who was."""
    rows = EventPlace.objects.filter(event_id=entry.subject_id, attendance="attended").exclude(name="")
    pairs = set(rows.values_list("person_id", "organisation_id"))
    nameless = rows.filter(Q(person=None)).values_list("registrant_id", "organisation_id")
    return _members(pairs | set(nameless))


def _of_freed_place(entry: Entry) -> Iterable[Recipient]:
    """The organiser; of a place in a booking whoever looks after the booking, too."""
    row = Registration.objects.get(pk=entry.subject_id)
    yield from people_of([row.organiser_id])
    if row.is_group:
        yield from _responsible(row)


def _written_to(entry: Entry) -> Iterable[Recipient]:
    states = {"placed": PLACED, "waiting": WAITS}.get(str(entry.data.get("reaches")), OPEN)
    return _those(entry.subject_id, states)


def _calendar_file(delivery: Delivery) -> Iterable[Attachment]:
    """The appointment as it is now, for whoever has a place."""
    code = delivery.entry.data.get("event") or delivery.entry.subject_code
    found = Event.objects.filter(code=code).first()
    if found is None or delivery.person is None:
        return
    has_place = any(one.person_id == delivery.person_id for one in _those(found.pk, PLACED))
    if has_place:
        way = getattr(found, "joining", None)
        text, method = calendar_for(found, attendee=delivery.person.email, joining=way)
        yield Attachment(ICS, text, f"text/calendar; method={method}")


notice(registration.REGISTERED, attach=_calendar_file, route=EVENT, code_in="event")(_has_place)
notice(registration.ACCEPTED, attach=_calendar_file, route=EVENT, code_in="event")(_has_place)
notice(registration.WAITS, route=EVENT, code_in="event")(_waits)
notice(waiting.OFFERED, route=REGISTRATION)(_is_offered)
notice(waiting.EXPIRED, route=EVENT, code_in="event")(_has_lost)
notice(registration.CANCELLED, route=EVENT, code_in="event")(_has_left)
notice(booking.CHANGED, route=REGISTRATION)(_in_charge)
notice(leaving.FREED, route=EVENT, code_in="event")(_of_freed_place)
notice(event.MOVED, route=EVENT, attach=_calendar_file)(_around_event)
notice(event.CANCELLED, route=EVENT, attach=_calendar_file)(_around_event)
notice(reminders.TOMORROW, route=EVENT)(_at_event)
notice(reminders.SOON, route=EVENT)(_at_event)
notice(attendance.RELEASED, route=EVENT)(_takers)
notice(attendance.CERTIFIED, route=EVENT)(_certified)
notice(attendance.WRITTEN, route=EVENT)(_written_to)

for _verb, _words in {
    series.BEGUN: _("%(who)s began the series “%(what)s”."),
    series.CHANGED: _("%(who)s changed the series “%(what)s”."),
    series.PUBLISHED: _("%(who)s published the series “%(what)s”."),
}.items():
    phrase(_verb, _words, route=SERIES)
for _verb, _words in {
    event.PREPARED: _("%(who)s prepared “%(what)s”."),
    event.CHANGED: _("%(who)s changed “%(what)s”."),
    event.MOVED: _("%(who)s moved “%(what)s” to another time or place."),
    event.PUBLISHED: _("%(who)s published “%(what)s”."),
    event.CLOSED: _("%(who)s closed registration for “%(what)s”."),
    event.REOPENED: _("%(who)s opened registration for “%(what)s” again."),
    event.CANCELLED: _("%(who)s called “%(what)s” off."),
    reminders.TOMORROW: _("Those with a place were reminded that “%(what)s” is tomorrow."),
    reminders.SOON: _("Those with a place were reminded that “%(what)s” begins in an hour."),
    attendance.HELD: _("“%(what)s” was held."),
    attendance.MARKED: _("%(who)s marked who was at “%(what)s”."),
    attendance.ADDED: _("%(who)s added “%(material)s” to “%(what)s”."),
    attendance.REMOVED: _("%(who)s took “%(material)s” away from “%(what)s”."),
    attendance.RELEASED: _("%(who)s released materials of “%(what)s”."),
    attendance.CERTIFIED: _("%(who)s gave certificates of attendance for “%(what)s”."),
    attendance.WRITTEN: _("%(who)s wrote to those who registered for “%(what)s”."),
}.items():
    phrase(_verb, _words, route=EVENT)
for _verb, _words in {
    registration.REGISTERED: _("%(who)s registered for “%(title)s”."),
    registration.WAITS: _("%(who)s went on the waiting list of “%(title)s”."),
    registration.ACCEPTED: _("%(who)s took the place that was offered at “%(title)s”."),
    registration.DECLINED: _("%(who)s said no to a place at “%(title)s”."),
    registration.CANCELLED: _("%(who)s cancelled a registration for “%(title)s”."),
    booking.CHANGED: _(
        "%(who)s changed a booking for “%(title)s” from %(places_before)s to %(places_after)s places."
    ),
    leaving.FREED: _("Somebody who had registered for “%(title)s” left, and their place was freed."),
    waiting.OFFERED: _("A place at “%(title)s” was offered to the next in line."),
    waiting.EXPIRED: _("An offer of a place at “%(title)s” ran out."),
}.items():
    phrase(_verb, _words)
