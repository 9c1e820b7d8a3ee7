"""Writing, publishing and loading editions. Pages, the API and the command that loads what is shipped meet here."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.models import Actor
from ledger.refusals import NotVisible, Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Viewer
from schemes.definitions.edition import EditionData
from schemes.definitions.reading import Read
from schemes.lifecycle import EDITION, EditionState
from schemes.models import Criterion, Edition, Level, Scheme
from schemes.permissions.definition import can_publish_editions, can_write_editions


def save_draft(*, viewer: Viewer, read: Read, at: dt.datetime) -> Edition:
    """Keep an edition as a draft of the viewer's scheme body; a scheme of a new key begins with it.

    Promises: a draft of the same version is written anew, and one with the same text is left as it is; what is
    published stays; a ledger entry.

    Raises:
        Forbidden: see `can_write_editions`.
        Refusal: `key-taken`, `subject-fixed`, or `edition-published` when this version is published with another text.
    """
    can_write_editions(viewer).require()
    with transaction.atomic():
        scheme = _own_scheme(viewer, read.edition)
        can_write_editions(viewer, scheme).require()
        edition, is_changed = _write(scheme, read)
        if is_changed:
            record(verb="schemes.edition_saved", by=viewer, subject=edition, owner_id=scheme.body_id, at=at)
    return edition


def publish_edition(*, viewer: Viewer, edition: Edition, expected: str, at: dt.datetime) -> Edition:
    """Put a draft in force: from now on everybody reads it, assessments begin by it, and it never changes.

    Promises: the edition in force before is followed by it and stays readable; assessments that began by that one
    keep it; a ledger entry for each.

    Args:
        expected: SHA-256 of the text that the person was shown.

    Raises:
        Forbidden: see `can_publish_editions`.
        Refusal: `changed-meanwhile` when the text is another by now; `illegal-move` when it is no draft.
    """
    with transaction.atomic():
        scheme = _scheme_of(edition, viewer)
        can_publish_editions(viewer, scheme).require()
        scheme = Scheme.objects.select_for_update().get(pk=scheme.pk)
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.sha256 != expected:
            sentence = _("Somebody has changed this draft since you looked. Please read it once more.")
            raise Refusal("changed-meanwhile", sentence)
        _publish(scheme, edition, by=viewer, at=at)
    return edition


def discard_draft(*, viewer: Viewer, edition: Edition, at: dt.datetime) -> None:
    """Throw a draft away; a scheme that was never published goes with its last draft. A ledger entry stays.

    Raises:
        Forbidden: see `can_write_editions`.
        Refusal: `edition-published` when it is no draft.
    """
    with transaction.atomic():
        scheme = _scheme_of(edition, viewer)
        can_write_editions(viewer, scheme).require()
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if edition.state != EditionState.DRAFT:
            raise _published(edition)
        record(verb="schemes.edition_discarded", by=viewer, subject=edition, owner_id=scheme.body_id, at=at)
        _empty(edition)
        _remove(Edition.objects.filter(pk=edition.pk))
        if not scheme.is_public and not scheme.editions.exists():
            _remove(Scheme.objects.filter(pk=scheme.pk))


def load_edition(read: Read, *, body: Organisation | None, at: dt.datetime) -> Edition | None:
    """Bring an edition that ships with the product into force, as the owner of the tables; again changes nothing.

    Promises: everything or nothing; a scheme keeps the body that it has unless `body` names another; the edition
    in force before is followed by this one.

    Returns:
        The edition, or None when it was there already.

    Raises:
        Refusal: `edition-published`, when this version is published with another text; `subject-fixed`.
    """
    with transaction.atomic():
        data = read.edition
        scheme, _is_new = Scheme.objects.select_for_update().get_or_create(
            key=data.scheme.key,
            defaults={"title": data.scheme.title, "subject": data.scheme.subject, "body": body},
        )
        _same_subject(scheme, data)
        if body is not None and scheme.body_id != body.pk:
            entrust(scheme, body=body, at=at)
        edition, _is_changed = _write(scheme, read)
        if edition.state != EditionState.DRAFT:
            return None
        _publish(scheme, edition, by=None, at=at)
    return edition


def entrust(scheme: Scheme, *, body: Organisation, at: dt.datetime) -> None:
    """Let `body` run a scheme from now on, as the owner of the tables; a ledger entry for it."""
    with transaction.atomic():
        scheme.body = body
        scheme.save(update_fields=["body"])
        record(verb="schemes.scheme_entrusted", by=None, subject=scheme, owner_id=body.pk, at=at)


def _scheme_of(edition: Edition, viewer: Viewer) -> Scheme:
    """Return the scheme of an edition; NotVisible where it is not for this viewer."""
    found = Scheme.objects.visible_to(viewer).filter(pk=edition.scheme_id).first()
    if found is None:
        raise NotVisible
    return found


def _own_scheme(viewer: Viewer, data: EditionData) -> Scheme:
    """Return the scheme of the edition's key, locked; a new one when there is none yet."""
    known = Scheme.objects.visible_to(viewer).filter(key=data.scheme.key).first()
    if known is None:
        try:
            with transaction.atomic():
                return Scheme.objects.create(
                    key=data.scheme.key,
                    title=data.scheme.title,
                    subject=data.scheme.subject,
                    body_id=viewer.organisation_id,
                )
        except IntegrityError as error:  # somebody else's first draft, which nobody else can see
            sentence = _("Another scheme has the key “%(key)s”. Choose another.")
            raise _wrong("key-taken", sentence % {"key": data.scheme.key}) from error
    can_write_editions(viewer, known).require()
    _same_subject(known, data)
    return Scheme.objects.select_for_update().get(pk=known.pk)


def _same_subject(scheme: Scheme, data: EditionData) -> None:
    if scheme.subject != data.scheme.subject:
        sentence = _("This scheme is about something else: “%(subject)s”. That cannot change.")
        raise _wrong("subject-fixed", sentence % {"subject": scheme.subject})


def _write(scheme: Scheme, read: Read) -> tuple[Edition, bool]:
    """Write a draft with its criteria and levels unless the same text is there; tell whether it was written."""
    data = read.edition
    known = Edition.objects.filter(scheme=scheme, version=data.version).first()
    if known is not None and known.sha256 == read.sha256:
        return known, False
    if known is not None and known.state != EditionState.DRAFT:
        raise _published(known)
    edition = known or Edition(scheme=scheme, version=data.version)
    edition.title, edition.shape, edition.language = data.title, data.shape, data.language
    edition.source, edition.sha256, edition.data = read.source, read.sha256, read.data
    if known is None:
        edition.save()
    else:
        _empty(edition)
        edition.save(update_fields=["title", "shape", "language", "source", "sha256", "data"])
    Criterion.objects.bulk_create(
        Criterion(edition=edition, key=one.key, title=one.title, group=one.group, position=position)
        for position, one in enumerate(data.criteria, start=1)
    )
    Level.objects.bulk_create(
        Level(edition=edition, key=one.key, title=one.title, rank=rank)
        for rank, one in enumerate(data.levels, start=1)
    )
    return edition, True


def _empty(edition: Edition) -> None:
    _remove(Criterion.objects.filter(edition=edition))
    _remove(Level.objects.filter(edition=edition))


def _remove(rows: QuerySet[Any]) -> None:
    """Delete rows on which nothing rests: a draft has no assessments, and the keys of the database see to it."""
    rows._raw_delete(rows.db)


def _publish(scheme: Scheme, edition: Edition, *, by: Actor | None, at: dt.datetime) -> None:
    """Put a draft in force in place of the one before; the scheme is called as the newest edition calls it."""
    before = Edition.objects.in_force().filter(scheme=scheme).select_for_update().first()
    if before is not None and edition.state == EditionState.DRAFT:
        before.retired_at = at
        _move(
            before, to=EditionState.RETIRED, verb="schemes.edition_followed", by=by, at=at, also="retired_at"
        )
    edition.published_at = at
    _move(
        edition,
        to=EditionState.PUBLISHED,
        verb="schemes.edition_published",
        by=by,
        at=at,
        also="published_at",
    )
    scheme.refresh_from_db()
    if scheme.title != edition.content.scheme.title:
        scheme.title = edition.content.scheme.title
        scheme.save(update_fields=["title"])


def _move(edition: Edition, *, to: str, verb: str, by: Actor | None, at: dt.datetime, also: str) -> None:
    owner_id = edition.scheme.body_id
    move(edition, to=to, lifecycle=EDITION, verb=verb, by=by, owner_id=owner_id, at=at, also=[also])


def _published(edition: Edition) -> Refusal:
    sentence = _(
        "“%(title)s” is published, so its text never changes. Give your changes a version of their own in “edition”."
    )
    return _wrong("edition-published", sentence % {"title": edition.title})


def _wrong(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, fields={"text": [sentence]})
