"""The door through which files come in: from people (`store_upload`) and from ourselves (`store_bytes`)."""

import hashlib
import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from documents import confined
from documents.formats import BY_MEDIA_TYPE, CHUNK_BYTES, MAX_BYTES, MAX_NAME_LENGTH, Format, format_of
from documents.models import Document
from documents.sentences import refuse
from documents.storage import key_for, put
from ledger import entries
from ledger.codes import new_code
from ledger.entries import Alone
from ledger.models import Actor

CHECK_SECONDS = 30
CHECK_MEMORY_MB = 1024


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes on our own disk, counted and fingerprinted while they came in."""

    content: IO[bytes]
    size: int
    sha256: str


def store_upload(
    *,
    by: Actor,
    file: "UploadedFile[bytes]",
    kind: str,
    audit: models.Model | None = None,
    incident: models.Model | None = None,
    group: models.Model | None = None,
    at: datetime,
) -> Document:
    """Check a file that a person sent and keep it for their organisation.

    Promises: at most 25 MB are read; the name, the content and a parser agree on what it is; images are
    drawn anew without metadata; what is stored is exactly what the size and the SHA-256 of the row say;
    nothing is stored when anything is refused.

    Args:
        by: the person, acting for the organisation that will own the file.
        file: as the form or the API received it.
        kind: a `Document.Kind`.
        audit: when given, everyone who sees that audit sees the file; otherwise only its owner does.
        incident: when given, neither does: only people named in that case see it, and no history of the
            organisation tells of it.
        group: when given, neither does: the people inside that group see it, and no history of the organisation
            tells of it.
        at: now.

    Raises:
        Refusal: with a code of `documents.sentences` and a sentence that says what to do.
    """
    name = clean_name(file.name or "")
    form = format_of(name)
    if form is None:
        raise refuse("unknown-type")
    with receive(file.chunks(CHUNK_BYTES)) as received, _checked(received, form) as (checked, media_type):
        return _store(
            checked,
            by=by,
            name=name,
            form=form,
            media_type=media_type,
            kind=kind,
            audit=audit,
            incident=incident,
            group=group,
            at=at,
        )


@contextmanager
def checked_upload(
    file: "UploadedFile[bytes]", *, extensions: Collection[str]
) -> Iterator[tuple[str, IO[bytes]]]:
    """Check a file as `store_upload` does, and give its extension and its bytes to a reader; nothing is kept.

    Args:
        extensions: those that the reader knows; any other is refused.

    Raises:
        Refusal: with a code of `documents.sentences` and a sentence that says what to do.
    """
    form = format_of(clean_name(file.name or ""))
    if form is None or form.extension not in extensions:
        raise refuse("unknown-type")
    with receive(file.chunks(CHUNK_BYTES)) as received, _checked(received, form) as (checked, _media_type):
        yield form.extension, checked.content


def store_bytes(
    *,
    by: Actor,
    name: str,
    media_type: str,
    data: bytes,
    kind: str,
    audit: models.Model | None = None,
    incident: models.Model | None = None,
    group: models.Model | None = None,
    at: datetime,
) -> Document:
    """Keep a file that we made ourselves (a PDF, a list of errors); arguments as for `store_upload`.

    It is not parsed again, but its name is cleaned and its type must be one that we serve.
    """
    form = BY_MEDIA_TYPE[media_type.partition(";")[0]]
    with receive([data]) as received:
        return _store(
            received,
            by=by,
            name=clean_name(name),
            form=form,
            media_type=media_type,
            kind=kind,
            audit=audit,
            incident=incident,
            group=group,
            at=at,
        )


def clean_name(name: str) -> str:
    """Return the last part of `name` on one line, at most 150 long, without controls or direction marks.

    The extension survives the cut. Direction marks go since they can make `exe.pdf` read as `fdp.exe`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(each for each in last if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    stem, dot, extension = " ".join(plain.split()).strip(". ").rpartition(".")
    if not dot:
        return extension[:MAX_NAME_LENGTH]
    return f"{stem[: MAX_NAME_LENGTH - len(extension) - 1]}{dot}{extension}"[-MAX_NAME_LENGTH:]


@contextmanager
def receive(chunks: Iterable[bytes]) -> Iterator[Received]:
    """Copy chunks to a temporary file, counting and fingerprinting; stop at the limit and one chunk.

    Raises:
        Refusal: "too-big" or "empty".
    """
    with tempfile.TemporaryFile(prefix="upload-") as content:
        size, digest = 0, hashlib.sha256()
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise refuse("too-big")
            digest.update(chunk)
            content.write(chunk)
        if not size:
            raise refuse("empty")
        content.flush()
        yield Received(content, size, digest.hexdigest())


@contextmanager
def _checked(received: Received, form: Format) -> Iterator[tuple[Received, str]]:
    """Have the parser look at the bytes in a process of its own; give what to keep and its media type."""
    try:
        answer = confined.run(
            f"documents.checks.{form.check}",
            options={"extension": form.extension},
            source=received.content,
            timeout=CHECK_SECONDS,
            memory_mb=CHECK_MEMORY_MB,
        )
    except confined.Unfit as unfit:
        raise refuse(unfit.code) from unfit
    if form.check.startswith("images:"):
        with receive([answer]) as redrawn:
            yield redrawn, form.media_type
    elif form.check.startswith("texts:"):
        yield received, f"{form.media_type}; charset={answer.decode('ascii')}"
    else:
        yield received, form.media_type


def _store(
    received: Received,
    *,
    by: Actor,
    name: str,
    form: Format,
    media_type: str,
    kind: str,
    audit: models.Model | None,
    incident: models.Model | None,
    group: models.Model | None,
    at: datetime,
) -> Document:
    person_id, organisation_id = require_member(by)
    code = new_code()
    key = key_for(organisation_id, code, form.extension, at)
    put(key, received.content)
    with transaction.atomic():
        document = Document.objects.create(
            code=code,
            organisation_id=organisation_id,
            uploaded_by_id=person_id,
            kind=Document.Kind(kind),
            name=name,
            media_type=media_type,
            size=received.size,
            sha256=received.sha256,
            storage_key=key,
            created_at=at,
            audit_id=audit.pk if audit else None,
            incident_id=incident.pk if incident else None,
            group_id=group.pk if group else None,
        )
        is_kept = bool(incident or group)
        entries.record(
            verb="documents.stored",
            by=Alone(person_id) if is_kept else by,
            subject=document,
            owner_id=None if is_kept else organisation_id,
            at=at,
            data={"kind": document.kind, "size": document.size, "sha256": document.sha256},
        )
    return document


def require_member(by: Actor) -> tuple[int, int]:
    """Return the person's and the organisation's id; refuse someone who acts for no organisation."""
    if by.person_id is None or by.organisation_id is None:
        raise refuse("no-organisation")
    return by.person_id, by.organisation_id


def describe_limits() -> str:
    """Return the sentence that stands beside every file field."""
    return _("PDF, Word, Excel, CSV, text or a picture (JPG, PNG, WebP), up to 25 MB.")
