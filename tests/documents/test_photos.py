"""Photographs: without metadata, with a small one beside them, shown only as pictures."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from documents.models import Document
from documents.photos import store_picture
from documents.serve import serve_picture
from documents.storage import open_bytes
from documents.uploads import store_bytes
from ledger.acting import acting
from ledger.refusals import Refusal
from organisations.visibility import Viewer


def taken(name: str = "floor 2.jpg", size: tuple[int, int] = (1600, 1200), mode: str = "RGB") -> Any:
    """Return a photo with a place and a maker in its EXIF."""
    picture = Image.new(mode, size, (120, 90, 60, 40)[: len(mode)])
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (23.0, 48.0, 0.0)
    content = io.BytesIO()
    picture.save(content, format="JPEG" if name.endswith("jpg") else "PNG", exif=exif)
    return SimpleUploadedFile(name, content.getvalue())


def stored(viewer: Viewer, file: Any) -> tuple[Document, Document]:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return store_picture(by=viewer, file=file, at=timezone.now())


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (taken(), (480, 360)),
        (taken(size=(300, 900)), (160, 480)),
        (taken(size=(90, 60)), (90, 60)),
        (taken("alpha.png", mode="RGBA"), (480, 360)),
    ],
)
def test_both_pictures_are_bare_and_the_small_one_is_small(
    viewer: Viewer, file: Any, expected: tuple[int, int]
) -> None:
    picture, small = stored(viewer, file)
    assert {picture.kind, small.kind} == {Document.Kind.PHOTO}
    assert small.media_type == "image/jpeg"
    for one in (picture, small):
        with open_bytes(one) as content, Image.open(io.BytesIO(content.read())) as shown:
            assert not dict(shown.getexif())
            size = shown.size
    assert size == expected


def test_picture_is_shown_in_the_page_and_as_nothing_else(viewer: Viewer) -> None:
    _picture, small = stored(viewer, taken())
    response = serve_picture(small)
    assert response["Content-Disposition"] == 'inline; filename="floor 2-small.jpg"'
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store, private"


def test_what_is_no_picture_is_never_shown(viewer: Viewer) -> None:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        paper = store_bytes(
            by=viewer,
            name="plan.pdf",
            media_type="application/pdf",
            data=b"%PDF-1.7",
            kind=Document.Kind.EVIDENCE,
            at=timezone.now(),
        )
    with pytest.raises(ValueError, match="application/pdf"):
        serve_picture(paper)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (SimpleUploadedFile("notes.txt", b"words"), "file-not-a-picture"),
        (SimpleUploadedFile("picture.svg", b"<svg/>"), "file-not-a-picture"),
        (SimpleUploadedFile("picture.jpg", b"%PDF-1.7"), "file-wrong-content"),
    ],
)
def test_other_files_are_refused(viewer: Viewer, file: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        stored(viewer, file)
    assert refused.value.code == code
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        assert not Document.objects.exists()
