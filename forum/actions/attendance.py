"""The verbs after an event: who was there, what they are given, and what they are told."""

import datetime as dt
from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from documents.uploads import store_upload
from forum.lifecycle import EVENT, TAKES_PLACE, EventState
from forum.models import Event, EventMessage, EventPlace, Material
from forum.permissions.event import can_give_certificates, can_mark, can_message, can_run
from forum.queries.event import hold_event
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

MARKED = "forum.attendance_marked"
ADDED = "forum.material_added"
REMOVED = "forum.material_removed"
RELEASED = "forum.materials_released"
CERTIFIED = "forum.certificates_given"
WRITTEN = "forum.event_message_sent"
HELD = "forum.event_held"


def mark_attendance(*, viewer: Viewer, event: Event, marks: Mapping[str, str], at: dt.datetime) -> int:
    """Say of places, by their codes, whether somebody sat there; return how many changed.

    Promises: places of other events are left alone; the entry holds a number and no names.

    Raises:
        Forbidden: see `can_mark`.
    """
    with transaction.atomic():
        event = _held(viewer, event)
        can_mark(viewer, event, at=at).require()
        rows = EventPlace.objects.visible_to(viewer).filter(event=event, is_held=True, code__in=list(marks))
        changed = [one for one in rows if one.attendance != marks[one.code]]
        for place in changed:
            place.attendance, place.marked_at = marks[place.code], at
            place.save(update_fields=["attendance", "marked_at"])
        if changed:
            _record(viewer, event, MARKED, at=at, n=len(changed))
    return len(changed)


def add_material(
    *,
    viewer: Viewer,
    event: Event,
    file: "UploadedFile[bytes]",
    title: str,
    language: str = "",
    at: dt.datetime,
) -> Material:
    """Put a file with an event; nobody else sees it before it is released.

    Raises:
        Forbidden: see `can_run`. Refusal: a file that is not taken.
    """
    can_run(viewer, event).require()
    with transaction.atomic():
        document = store_upload(by=viewer, file=file, kind=Document.Kind.REPORT, at=at)
        made = Material.objects.create(
            event=event,
            organiser_id=event.organiser_id,
            document=document,
            title=title.strip(),
            language=language,
            added_at=at,
        )
        _record(viewer, event, ADDED, at=at, material=made.title)
    return made


def release_materials(*, viewer: Viewer, event: Event, at: dt.datetime) -> int:
    """Give what was added to those who came; return how many files.

    Promises: whoever had a place and was not marked as absent can take them, and is told once for all of them.

    Raises:
        Forbidden: see `can_run`. Refusal: `nothing-to-release`, `event-not-over`.
    """
    with transaction.atomic():
        event = _held(viewer, event)
        can_run(viewer, event).require()
        if event.state == EventState.CANCELLED or event.starts_at > at:
            raise Refusal(
                "event-not-over", _("Materials are for those who came. Release them once it has begun.")
            )
        n = Material.objects.visible_to(viewer).filter(event=event, released_at=None).update(released_at=at)
        if not n:
            raise Refusal("nothing-to-release", _("There is nothing new to release. Add a file first."))
        _record(viewer, event, RELEASED, at=at, n=n)
    return n


def remove_material(*, viewer: Viewer, material: Material, at: dt.datetime) -> None:
    """Take a file away from an event: nobody can take it there any more. The file stays the organiser's own.

    Raises:
        Forbidden: see `can_run`.
    """
    with transaction.atomic():
        event = _held(viewer, material.event)
        can_run(viewer, event).require()
        rows = Material.objects.visible_to(viewer).filter(pk=material.pk)
        if rows.delete()[0]:
            _record(viewer, event, REMOVED, at=at, material=material.title)


def give_certificates(*, viewer: Viewer, event: Event, at: dt.datetime) -> Event:
    """Let those who were there take a certificate; they are told once.

    Raises:
        Forbidden: see `can_give_certificates`. Refusal: `nobody-attended`.
    """
    with transaction.atomic():
        event = _held(viewer, event)
        can_give_certificates(viewer, event, at=at).require()
        rows = EventPlace.objects.visible_to(viewer).filter(
            event=event, attendance=EventPlace.Attendance.ATTENDED
        )
        if not rows.exists():
            raise Refusal("nobody-attended", _("Mark first who was there."))
        if event.certificates_at is None:
            event.certificates_at = at
            event.save(update_fields=["certificates_at"])
            _record(viewer, event, CERTIFIED, at=at)
    return event


def send_message(
    *, viewer: Viewer, event: Event, reaches: str, text: str, language: str = "", at: dt.datetime
) -> EventMessage:
    """Write to those with a place, to those who wait, or to both; each is told alone.

    Promises: the entry, which the organiser alone reads, names nobody who is written to.

    Raises:
        Forbidden: see `can_message`.
    """
    can_message(viewer, event).require()
    with transaction.atomic():
        made = EventMessage.objects.create(
            event=event,
            organiser_id=event.organiser_id,
            reaches=reaches,
            text=text.strip(),
            language=language,
            sent_at=at,
        )
        _record(viewer, event, WRITTEN, at=at, reaches=reaches, text=made.text, language=made.language)
    return made


def hold(*, event_id: int, at: dt.datetime) -> bool:
    """Say that an event was held, once its end has come; return whether it was. Done by time."""
    with transaction.atomic():
        hold_event(event_id)
        event = Event.objects.get(pk=event_id)
        if event.state not in TAKES_PLACE or event.ends_at > at:
            return False
        move(
            event,
            to=EventState.HELD,
            lifecycle=EVENT,
            verb=HELD,
            by=None,
            owner_id=event.organiser_id,
            at=at,
            data={"title": str(event)},
        )
    return True


def _held(viewer: Viewer, event: Event) -> Event:
    hold_event(event.pk)
    return Event.objects.visible_to(viewer).get(pk=event.pk)


def _record(viewer: Viewer, event: Event, verb: str, *, at: dt.datetime, **data: object) -> None:
    record(
        verb=verb,
        by=viewer,
        subject=event,
        owner_id=event.organiser_id,
        at=at,
        data={"title": str(event), "starts_at": event.starts_at.isoformat(), **data},
    )
