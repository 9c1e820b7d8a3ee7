"""Questions about events: what is coming, who has a place, and where somebody stands."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet, Sum

from forum.lifecycle import HOLDING, OPEN_REGISTRATIONS, RegistrationState
from forum.models import Event, EventPlace, Joining, Material, Registration
from forum.queries.waiting import Because, Waiting, standing
from organisations.models import Membership
from organisations.visibility import Viewer

HELD_STATES = [one.value for one in HOLDING]
OPEN = [one.value for one in OPEN_REGISTRATIONS]


def own_registrations(viewer: Viewer) -> QuerySet[Registration]:
    """Return what the viewer registered for, acting for this organisation."""
    rows = Registration.objects.visible_to(viewer)
    return rows.filter(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def registrations_of_house(viewer: Viewer) -> QuerySet[Registration]:
    """Return what people of the viewer's organisation registered for, as far as the viewer may know."""
    return Registration.objects.visible_to(viewer).filter(organisation_id=viewer.organisation_id)


def own_registration(viewer: Viewer, event: Event) -> Registration | None:
    """Return the viewer's own open registration for themselves, if there is one."""
    rows = own_registrations(viewer).still_open().filter(event=event, kind=Registration.Kind.SELF)  # type: ignore[attr-defined]
    return rows.first()  # type: ignore[no-any-return]


def group_registration(viewer: Viewer, event: Event) -> Registration | None:
    """Return the open group registration of the viewer's organisation, if the viewer may know of it."""
    rows = registrations_of_house(viewer).filter(event=event, kind=Registration.Kind.GROUP, state__in=OPEN)
    return rows.first()


def own_place(viewer: Viewer, event: Event) -> EventPlace | None:
    """Return the place in the viewer's own name, if there is one."""
    rows = EventPlace.objects.visible_to(viewer).filter(
        event=event, person_id=viewer.person_id, organisation_id=viewer.organisation_id, is_held=True
    )
    return rows.first()


def joining_for(viewer: Viewer, event: Event) -> Joining | None:
    """Return how to join, for whoever has a place and for the organiser."""
    return Joining.objects.visible_to(viewer).filter(event=event).first()


def materials_for(viewer: Viewer, event: Event) -> QuerySet[Material]:
    """Return the materials that the viewer may take away."""
    return Material.objects.visible_to(viewer).filter(event=event).select_related("document")


def waiting_before(registration: Registration) -> int:
    """Return how many wait before this one; the database counts, since nobody sees the others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.waiting_before(%s)", [registration.pk])
        return int(cursor.fetchone()[0])


def hold_event(event_id: int) -> None:
    """Lock an event until this transaction ends: places are given to one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.hold_event(%s)", [event_id])


def held_by_organisation(event_id: int) -> dict[int, int]:
    """Return the places taken or offered by organisation; complete for the organiser and the role job."""
    rows = Registration.objects.filter(event_id=event_id, state__in=HELD_STATES)
    return dict(rows.values_list("organisation_id").annotate(n=Sum("quantity")).order_by())


def held_by_house(viewer: Viewer, event: Event) -> int:
    """Return how many places the viewer's organisation holds, as far as the viewer may know of them."""
    rows = registrations_of_house(viewer).filter(event=event, state__in=HELD_STATES)
    return int(rows.aggregate(n=Sum("quantity"))["n"] or 0)


def line_of(event_id: int) -> list[Registration]:
    """Return who waits, first come first; complete for the organiser and the role job."""
    rows = Registration.objects.filter(event_id=event_id, state=RegistrationState.WAITING)
    return list(rows.order_by("arrival"))


def explained(event: Event) -> list[tuple[Registration, Because]]:
    """Return who waits with the reason why each was not offered a place; complete for organiser and role job."""
    line = line_of(event.pk)
    by_key = {one.pk: one for one in line}
    told = standing(
        [Waiting(one.pk, one.organisation_id, one.quantity) for one in line],
        capacity=event.capacity,
        held=event.places_held,
        share=event.per_organisation,
        held_by=held_by_organisation(event.pk),
    )
    return [(by_key[one.key], because) for one, because in told]


def places_of(viewer: Viewer, event: Event) -> list[EventPlace]:
    """Return the places that are held at an event, by organisation and name, for its organiser."""
    rows = EventPlace.objects.visible_to(viewer).filter(event=event, is_held=True)
    return list(rows.order_by("organisation_name", "registration__arrival", "number"))


def attendance_counts(places: Iterable[EventPlace]) -> Counter[str]:
    """Return how many were there, were not, and of how many nobody said."""
    return Counter(one.attendance for one in places)


def colleagues(viewer: Viewer) -> dict[str, int]:
    """Return the active members of the viewer's organisation by e-mail address in lower case."""
    rows = Membership.objects.active().filter(organisation_id=viewer.organisation_id)
    return {email.lower(): pk for pk, email in rows.values_list("person_id", "person__email")}
