"""What happened in and to an organisation, told in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from ledger.models import Entry, ReadLog
from ledger.models.entry import EntryQuerySet
from ledger.models.readlog import ReadLogQuerySet
from ledger.phrases import phrase_for, sentence_of
from organisations.visibility import Viewer

LONGEST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry as a line for people; the timeline component draws it."""

    title: str
    note: str
    at: datetime
    url: str = ""
    state: str = "done"


def activity_of(viewer: Viewer) -> EntryQuerySet:
    """Return what the viewer's organisation did and what was done to what it owns.

    A member limited to some sites gets what is about the organisation and what they did themselves: an entry does
    not know the sites it is about.
    """
    entries = Entry.objects.of_organisation(viewer.organisation_id)
    if viewer.site_ids is not None:
        about_us = models.Q(subject_kind__startswith="organisations.")
        entries = entries.filter(about_us | models.Q(actor_id=viewer.person_id))
    return entries.prefetch_related("actor", "organisation")


def reads_of(viewer: Viewer) -> ReadLogQuerySet:
    """Return who of other organisations opened what the viewer's organisation owns, newest first.

    A member limited to some sites gets none: a read does not know the site it is about.
    """
    if viewer.site_ids is not None:
        return ReadLog.objects.none()
    reads = ReadLog.objects.filter(owner_id=viewer.organisation_id).order_by("-at", "-id")
    return reads.prefetch_related("organisation")


def history_of(subject: models.Model, viewer: Viewer, *, limit: int = LONGEST_HISTORY) -> list[Happening]:
    """Return what happened to `subject`, newest first, as far as the viewer's organisation wrote or owns it.

    Draw it with `{% include "organisations/history.html" with happenings=… %}`.
    """
    mine = models.Q(organisation_id=viewer.organisation_id) | models.Q(owner_id=viewer.organisation_id)
    entries = Entry.objects.about(subject).filter(mine).prefetch_related("actor", "organisation")
    return told(entries[: min(limit, LONGEST_HISTORY)], viewer, with_links=False)


def told(entries: Iterable[Entry], viewer: Viewer, *, with_links: bool = True) -> list[Happening]:
    """Return the lines of `entries` for this viewer."""
    return [
        Happening(sentence_of(entry, who=doer(entry, viewer)), _note(entry, viewer), entry.at, link)
        for entry in entries
        for link in [address_of(entry) if with_links else ""]
    ]


def doer(entry: Entry | ReadLog, viewer: Viewer) -> str:
    """Name who did it: a colleague by name, somebody of another organisation by the organisation alone."""
    if entry.organisation_id == viewer.organisation_id and isinstance(entry, Entry):
        return str(entry.actor) if entry.actor else _("Common Thread")
    if entry.organisation_id is None:
        return _("Common Thread")
    try:
        organisation = entry.organisation
    except ObjectDoesNotExist:  # hidden from this viewer by row security
        organisation = None
    return organisation.name if organisation else _("Another organisation")


def address_of(entry: Entry) -> str:
    """Return where the subject of `entry` can be looked at, or an empty string."""
    known = phrase_for(entry.verb)
    if known is None or not known.route:
        return ""
    try:
        return reverse(known.route, args=[entry.subject_code] if entry.subject_code else [])
    except NoReverseMatch:
        return ""


def _note(entry: Entry, viewer: Viewer) -> str:
    is_ours = entry.organisation_id in {None, viewer.organisation_id}  # None: time did it
    return "" if is_ours else _("from outside your organisation")
