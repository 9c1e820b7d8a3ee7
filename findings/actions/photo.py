"""The verbs of photos: hang them on a finding, say what they show, take them down. Until publication only."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from documents.photos import store_picture
from findings.actions.audit import locked_audit
from findings.models import Audit, Finding, Photo
from findings.permissions import can_enter_findings
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

MOST = 30  # photos of one finding


def add_photos(
    *,
    viewer: Viewer,
    finding: Finding,
    files: "Sequence[UploadedFile[bytes]]",
    caption: str = "",
    language: str = "",
    at: dt.datetime,
) -> list[Photo]:
    """Hang pictures on a finding of an audit in progress: all of them, or none when one is refused.

    Promises: each is drawn anew without metadata and placed under the audit, so that whoever sees the audit sees
    it; a small one is made for pages.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: of `documents.photos.store_picture`, naming the file; `too-many-photos`.
    """
    with transaction.atomic():
        audit = _locked_audit(viewer, finding)
        known = finding.photos.aggregate(last=Max("position"))["last"] or 0
        if finding.photos.count() + len(files) > MOST:
            raise Refusal(
                "too-many-photos",
                _("A finding has room for %(n)s photos. Choose those that show it best.") % {"n": MOST},
                status=422,
            )
        photos = [
            _hang(viewer, finding, audit, file, known + number, caption=caption, language=language, at=at)
            for number, file in enumerate(files, start=1)
        ]
        _note(viewer, finding, audit, "findings.photos_added", at, count=len(photos))
    return photos


def describe_photo(
    *, viewer: Viewer, photo: Photo, caption: str, language: str = "", at: dt.datetime
) -> Photo:
    """Say what a photo shows.

    Raises:
        Forbidden: see `can_enter_findings`.
    """
    with transaction.atomic():
        audit = _locked_audit(viewer, photo.finding)
        photo.caption, photo.language = caption, language
        photo.save(update_fields=["caption", "language"])
        _note(viewer, photo.finding, audit, "findings.photo_described", at, photo=photo.code)
    return photo


def remove_photo(*, viewer: Viewer, photo: Photo, at: dt.datetime) -> None:
    """Take a photo down, and its files with it: a face that should not be there is gone.

    Raises:
        Forbidden: see `can_enter_findings`.
    """
    with transaction.atomic():
        audit = _locked_audit(viewer, photo.finding)
        _note(viewer, photo.finding, audit, "findings.photo_removed", at, photo=photo.code)
        photo.delete()


def _locked_audit(viewer: Viewer, finding: Finding) -> Audit:
    can_enter_findings(viewer, finding.audit).require()
    audit = locked_audit(viewer, finding.audit)
    can_enter_findings(viewer, audit).require()
    if not Finding.objects.visible_to(viewer).filter(pk=finding.pk).exists():
        raise NotVisible
    return audit


def _hang(
    viewer: Viewer, finding: Finding, audit: Audit, file: "UploadedFile[bytes]", position: int, **said: Any
) -> Photo:
    at = said.pop("at")
    try:
        picture, small = store_picture(by=viewer, file=file, audit=audit, at=at)
    except Refusal as refusal:
        sentence = _("%(file)s: %(why)s") % {"file": (file.name or "")[:80], "why": refusal.sentence}
        raise Refusal(refusal.code, sentence, status=refusal.status) from refusal
    return Photo.objects.create(
        finding=finding,
        audit=audit,
        audit_firm_id=audit.audit_firm_id,
        document=picture,
        thumbnail=small,
        position=position,
        person_id=viewer.person_id,
        created_at=at,
        **said,
    )


def _note(viewer: Viewer, finding: Finding, audit: Audit, verb: str, at: dt.datetime, **data: Any) -> None:
    record(
        verb=verb,
        by=viewer,
        subject=finding,
        owner_id=viewer.organisation_id,
        at=at,
        data={"audit": audit.code, **data},
    )
