"""Photographs: a picture drawn anew without metadata, and a small one beside it."""

import shutil
import tempfile
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import models

from documents import confined
from documents.formats import JPEG, format_of
from documents.models import Document
from documents.sentences import refuse
from documents.serve import PICTURES
from documents.storage import open_bytes
from documents.uploads import CHECK_MEMORY_MB, CHECK_SECONDS, clean_name, store_bytes, store_upload
from ledger.models import Actor

THUMBNAIL_PIXELS = 480
ACCEPT_PICTURES = ".jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp"


def store_picture(
    *, by: Actor, file: "UploadedFile[bytes]", audit: models.Model | None = None, at: datetime
) -> tuple[Document, Document]:
    """Keep a photograph, and a small JPEG of it that is at most 480 pixels wide or high.

    Both are of the kind `photo` and without metadata; arguments as for `documents.uploads.store_upload`.

    Raises:
        Refusal: as `store_upload`; "file-not-a-picture" for what is something else.
    """
    form = format_of(clean_name(file.name or ""))
    if form is None or form.media_type not in PICTURES:
        raise refuse("not-a-picture")
    picture = store_upload(by=by, file=file, kind=Document.Kind.PHOTO, audit=audit, at=at)
    small = store_bytes(
        by=by,
        name=f"{picture.name.rpartition('.')[0]}-small.{JPEG.extension}",
        media_type=JPEG.media_type,
        data=_small(picture),
        kind=Document.Kind.PHOTO,
        audit=audit,
        at=at,
    )
    return picture, small


def _small(picture: Document) -> bytes:
    with tempfile.TemporaryFile(prefix="picture-") as copy:
        with open_bytes(picture) as content:
            shutil.copyfileobj(content, copy)
        copy.flush()
        try:
            return confined.run(
                "documents.checks.images:thumbnail",
                options={"longest": THUMBNAIL_PIXELS},
                source=copy,
                timeout=CHECK_SECONDS,
                memory_mb=CHECK_MEMORY_MB,
            )
        except confined.Unfit as unfit:
            raise refuse(unfit.code) from unfit
