"""Where the bytes lie: one storage for all, one prefix per organisation, chosen by `STORAGE_URL`.

Order matters: bytes first, row second. A crash in between leaves bytes that nobody points at, which
`sweep_orphans` removes; the other order would leave a row that points at nothing.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone

from documents.models import Document

log = structlog.get_logger(__name__)

PREFIX = "organisations"
SPARE_FOR = timedelta(hours=24)  # younger bytes may belong to a transaction that is still open
SWEEP_BATCH = 500
_PAGE = re.compile(r"\.page\d{1,6}\.png$")


def storage() -> Storage:
    """Return the storage of documents: the file system, or S3 and its kin."""
    return storages["documents"]


def key_for(organisation_id: int, code: str, extension: str, at: datetime) -> str:
    """Return where a document lies; nothing in it was typed by a person."""
    return f"{PREFIX}/{organisation_id}/{at:%Y%m}/{code}.{extension}"


def put(key: str, content: IO[bytes]) -> None:
    """Write `content` under `key`, which must be free: stored bytes are never overwritten."""
    content.seek(0)
    given = storage().save(key, File(content))
    if given != key:
        storage().delete(given)
        raise FileExistsError(f"There are bytes under {key} already.")


def open_bytes(document: Document) -> IO[bytes]:
    """Open the document's bytes for reading."""
    opened: IO[bytes] = storage().open(document.storage_key, "rb")
    return opened


def sweep_orphans(at: datetime) -> int:
    """Delete bytes older than a day that no document points at; return how many.

    Runs as the role job, which sees every row. As the role app it would take other tenants' files for
    orphans, so it refuses to.
    """
    _require_to_see_all()
    removed = 0
    batch: list[str] = []
    for key in _keys(PREFIX):
        batch.append(key)
        if len(batch) == SWEEP_BATCH:
            removed += _sweep(batch, at)
            batch = []
    return removed + _sweep(batch, at)


def _require_to_see_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, %s, 'USAGE')", [settings.DB_ROLES["job"]])
        if not cursor.fetchone()[0]:
            raise PermissionError("Only the role job sees which files belong to somebody.")


def _sweep(keys: list[str], at: datetime) -> int:
    files = {key: _PAGE.sub("", key) for key in keys}  # pictures of pages stay as long as their file
    known = set(Document.objects.filter(storage_key__in=files.values()).values_list("storage_key", flat=True))
    orphans = [key for key in keys if files[key] not in known and _age(key, at) > SPARE_FOR]
    for key in orphans:
        storage().delete(key)
        log.info("orphan_removed", key=key)
    return len(orphans)


def _age(key: str, at: datetime) -> timedelta:
    modified = storage().get_modified_time(key)
    return at - (modified if timezone.is_aware(modified) else timezone.make_aware(modified))


def _keys(folder: str) -> Iterator[str]:
    try:
        folders, files = storage().listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}/{name}"
    for name in sorted(folders):
        yield from _keys(f"{folder}/{name}")
