"""Who runs events, who registers, and who says yes to an offer."""

import datetime as dt

from django.utils.translation import gettext as _

from forum.lifecycle import TAKES_PLACE, EventState, RegistrationState
from forum.models import Event, EventGuest, EventPlace, GroupAccess, Registration, Series
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Role, Viewer

# Buyers and suppliers do not run events here: whom a buyer invites would tell the others from whom it buys.
ORGANISERS = frozenset(
    {Capability.OPERATOR, Capability.STAKEHOLDER, Capability.SCHEME_BODY, Capability.AUDIT_FIRM}
)


def can_organise(viewer: Viewer) -> Decision:
    """Editors of the operator, of stakeholders, scheme bodies and audit firms begin series and events."""
    if not ORGANISERS & viewer.capabilities:
        return denied(
            "not-an-organiser",
            _("Events are run by the operator, stakeholders, scheme bodies and audit firms."),
        )
    return can_edit(viewer)


def can_run_series(viewer: Viewer, series: Series) -> Decision:
    """Editors of the organiser."""
    if series.organiser_id != viewer.organisation_id:
        return denied("not-your-series", _("Only its organiser changes a series."))
    return can_edit(viewer)


def can_run(viewer: Viewer, event: Event) -> Decision:
    """Editors of the organiser see who comes, and change, message and mark."""
    if event.organiser_id != viewer.organisation_id:
        return denied("not-your-event", _("Only its organiser does this."))
    return can_edit(viewer)


def can_change_event(viewer: Viewer, event: Event) -> Decision:
    """The organiser, until it is over or cancelled."""
    decision = can_run(viewer, event)
    return decision and _not_over(event)


def can_publish_event(viewer: Viewer, event: Event, *, at: dt.datetime) -> Decision:
    """The organiser publishes a draft that is still to come."""
    decision = can_run(viewer, event)
    if not decision:
        return decision
    if event.state not in {EventState.DRAFT, EventState.CLOSED}:
        return denied("published-already", _("It is published already."))
    if event.starts_at <= at:
        return denied(
            "event-is-past", _("Its time is over. Choose a time that is still to come, then publish it.")
        )
    return ALLOWED


def can_close_registration(viewer: Viewer, event: Event) -> Decision:
    """The organiser stops taking registrations; who waits goes on waiting."""
    decision = can_run(viewer, event)
    if decision and event.state != EventState.PUBLISHED:
        return denied("not-open", _("It takes no registrations now."))
    return decision


def can_cancel_event(viewer: Viewer, event: Event) -> Decision:
    """The organiser, until it is over."""
    decision = can_run(viewer, event)
    return decision and _not_over(event)


def can_mark(viewer: Viewer, event: Event, *, at: dt.datetime) -> Decision:
    """The organiser says who was there, once it has begun."""
    decision = can_run(viewer, event)
    if not decision:
        return decision
    if event.state not in TAKES_PLACE | {EventState.HELD}:
        return denied("not-held", _("It does not take place."))
    if event.starts_at > at:
        return denied("not-begun", _("You can mark who is there once it has begun."))
    return ALLOWED


def can_give_certificates(viewer: Viewer, event: Event, *, at: dt.datetime) -> Decision:
    """The organiser, after the end."""
    decision = can_mark(viewer, event, at=at)
    if decision and event.ends_at > at:
        return denied("not-over", _("Certificates are given once it is over."))
    return decision


def can_message(viewer: Viewer, event: Event) -> Decision:
    """The organiser writes to those who registered, before and after it."""
    decision = can_run(viewer, event)
    if decision and event.state == EventState.DRAFT:
        return denied("a-draft", _("Nobody has registered yet: it is a draft."))
    return decision


def can_register(viewer: Viewer, event: Event, *, at: dt.datetime) -> Decision:
    """Every member for themselves, viewers too, where the event is for their organisation and still open."""
    open_now = is_taking_registrations(event, at=at)
    if not open_now:
        return open_now
    if event.opens_to == Event.OpensTo.CAPABILITIES:
        if not {one.value for one in viewer.capabilities} & set(event.capabilities):
            return denied("not-for-you", _("This event is for other kinds of organisations than yours."))
    elif event.opens_to == Event.OpensTo.ORGANISATIONS:
        guests = EventGuest.objects.visible_to(viewer).filter(event=event)
        if not guests.filter(organisation_id=viewer.organisation_id).exists():
            return denied("not-for-you", _("This event is for organisations that its organiser named."))
    elif event.opens_to == Event.OpensTo.GROUP and not _enters(viewer, event):
        return denied("not-for-you", _("This event is for the people of one group."))
    return ALLOWED


def can_register_group(viewer: Viewer, event: Event, *, at: dt.datetime) -> Decision:
    """Editors and admins book several places for their organisation."""
    decision = can_register(viewer, event, at=at)
    return decision and can_edit(viewer)


def is_taking_registrations(event: Event, *, at: dt.datetime) -> Decision:
    """Whether anybody can register now; the reason when not."""
    if event.state == EventState.CANCELLED:
        return denied("event-cancelled", _("This event was cancelled."))
    if event.state == EventState.HELD or event.starts_at <= at:
        return denied("event-is-past", _("This event has begun or is over."))
    if event.state != EventState.PUBLISHED:
        return denied("registration-closed", _("Registration is closed."))
    if event.register_by is not None and at > event.register_by:
        return denied("registration-closed", _("The last day to register has passed."))
    return ALLOWED


def can_answer_offer(viewer: Viewer, registration: Registration, *, at: dt.datetime) -> Decision:
    """Whose registration it is, or an admin of their organisation, says yes or no while the offer lasts."""
    if not _is_theirs(viewer, registration):
        return denied("not-your-registration", _("This offer is for somebody else."))
    if registration.state != RegistrationState.OFFERED:
        return denied("no-offer", _("There is no offer to answer any more."))
    if registration.offer_ends_at is not None and at > registration.offer_ends_at:
        return denied("offer-over", _("The time of this offer is over. The place went to the next in line."))
    return ALLOWED


def can_cancel_registration(viewer: Viewer, registration: Registration, *, at: dt.datetime) -> Decision:
    """Whose it is, an admin of their organisation, or the organiser; until the event begins."""
    runs = registration.organiser_id == viewer.organisation_id and bool(can_edit(viewer))
    if not _is_theirs(viewer, registration) and not runs:
        return denied("not-your-registration", _("This registration is somebody else’s."))
    if not registration.is_open:
        return denied("registration-over", _("This registration is over already."))
    if registration.event.starts_at <= at or not registration.event.is_taking_place:
        return denied("event-is-past", _("This event has begun or is over."))
    return ALLOWED


def can_change_booking(viewer: Viewer, registration: Registration, *, at: dt.datetime) -> Decision:
    """Whose booking of several places it is, or an admin of their organisation; until the event begins."""
    if not registration.is_group:
        return denied("not-a-booking", _("This registration is for one person."))
    if not _is_theirs(viewer, registration):
        return denied("not-your-registration", _("This registration is somebody else’s."))
    return can_cancel_registration(viewer, registration, at=at)


def can_take_certificate(viewer: Viewer, place: EventPlace, event: Event) -> Decision:
    """Whoever sees the place, once the organiser has given certificates to those who were there."""
    if event.certificates_at is None:
        return denied("no-certificates-yet", _("The organiser has not given certificates yet."))
    if not place.attended or not place.name:
        return denied("did-not-attend", _("Certificates are for people with a name who were there."))
    return ALLOWED


def _is_theirs(viewer: Viewer, registration: Registration) -> bool:
    if registration.organisation_id != viewer.organisation_id:
        return False
    return registration.person_id == viewer.person_id or viewer.is_at_least(Role.ADMIN)


def _enters(viewer: Viewer, event: Event) -> bool:
    return GroupAccess.objects.visible_to(viewer).filter(group_id=event.group_id or 0).exists()


def _not_over(event: Event) -> Decision:
    if event.state == EventState.CANCELLED:
        return denied("event-cancelled", _("This event was cancelled."))
    if event.state == EventState.HELD:
        return denied("event-is-past", _("This event has begun or is over."))
    return ALLOWED
