"""What comes in is what it says, bounded, clean and counted; everything else leaves nothing behind."""

import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from documents.formats import CHUNK_BYTES, MAX_BYTES
from documents.models import Document
from documents.storage import open_bytes
from documents.uploads import clean_name, store_bytes, store_upload
from ledger.acting import acting
from ledger.models import Entry
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from tests.documents import nasty

AT = timezone.now()


def upload(viewer: Viewer, name: str, data: bytes) -> Document:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return store_upload(by=viewer, file=named(name, data), kind=Document.Kind.EVIDENCE, at=AT)


class Named(SimpleUploadedFile):
    """An upload under the very name that a client sent, before Django cleans it."""

    name: str | None = None


def named(name: str, data: bytes) -> Named:
    file = Named("placeholder", data)
    file.name = name
    return file


def stored(document: Document) -> bytes:
    with open_bytes(document) as opened:
        return opened.read()


@pytest.mark.parametrize("case", nasty.HONEST)
def test_an_honest_file_is_kept(case: str, viewer: Viewer) -> None:
    name, data = nasty.HONEST[case]
    document = upload(viewer, name, data)
    kept = stored(document)
    assert (document.size, document.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert document.organisation_id == viewer.organisation_id
    assert document.name == name


@pytest.mark.parametrize("case", nasty.NASTY)
def test_a_nasty_file_is_refused(case: str, viewer: Viewer, files: Path) -> None:
    name, data, code = nasty.NASTY[case]
    with pytest.raises(Refusal) as refused:
        upload(viewer, name, data)
    assert refused.value.code == f"file-{code}"
    assert refused.value.sentence.endswith(".")
    assert not [path for path in files.rglob("*") if path.is_file()]
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        assert Document.objects.count() == 0


def test_documents_are_kept_byte_for_byte_unless_they_are_pictures(viewer: Viewer) -> None:
    data = nasty.document()
    assert stored(upload(viewer, "plan.pdf", data)) == data


@pytest.mark.parametrize(
    ("name", "text", "encoding", "media_type"),
    [
        ("a.csv", "é", "utf-8", "text/csv; charset=utf-8"),
        ("a.csv", "é", "windows-1252", "text/csv; charset=windows-1252"),
        ("a.txt", "é", "utf-16", "text/plain; charset=utf-16"),
    ],
)
def test_text_is_served_in_its_own_encoding(
    name: str, text: str, encoding: str, media_type: str, viewer: Viewer
) -> None:
    assert upload(viewer, name, text.encode(encoding)).media_type == media_type


def test_a_photo_loses_place_device_and_comment_and_stands_upright(viewer: Viewer) -> None:
    sent = nasty.photo_with_place()
    before = Image.open(io.BytesIO(sent))
    assert before.getexif().get_ifd(0x8825)  # what could leak is there
    assert before.size == (60, 40)
    kept = stored(upload(viewer, "photo.jpg", sent))
    after = Image.open(io.BytesIO(kept))
    assert dict(after.getexif()) == {}
    assert after.getexif().get_ifd(0x8825) == {}
    assert not [
        trace for trace in (b"Canary", b"canary", b"Exif", b"xmpmeta", b"http://ns.adobe") if trace in kept
    ]
    assert after.size == (40, 60)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_lose_their_metadata_too(form: str, viewer: Viewer) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    sent = nasty.picture(form, exif=exif)
    assert b"CanaryPhone" in sent
    assert b"CanaryPhone" not in stored(upload(viewer, f"photo.{form.lower()}", sent))


def test_bytes_behind_a_picture_are_dropped(viewer: Viewer) -> None:
    kept = stored(upload(viewer, "photo.jpg", nasty.picture() + nasty.office() + b"<script>"))
    assert b"PK\x03\x04" not in kept
    assert b"<script>" not in kept


def test_transparency_survives(viewer: Viewer) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, format="PNG")
    kept = Image.open(io.BytesIO(stored(upload(viewer, "sign.png", out.getvalue()))))
    assert kept.getpixel((0, 0)) == (255, 0, 0, 0)


class Endless(SimpleUploadedFile):
    """A sender that never stops; counts what was taken from it."""

    def __init__(self) -> None:
        super().__init__("plan.pdf", b"")
        self.given = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while True:
            self.given += CHUNK_BYTES
            yield bytes(CHUNK_BYTES)


def test_an_endless_file_is_cut_at_the_limit_with_memory_flat(viewer: Viewer, files: Path) -> None:
    endless = Endless()
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        tracemalloc.start()
        with pytest.raises(Refusal) as refused:
            store_upload(by=viewer, file=endless, kind=Document.Kind.EVIDENCE, at=AT)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (refused.value.code, refused.value.status) == ("file-too-big", 413)
    assert MAX_BYTES < endless.given <= MAX_BYTES + CHUNK_BYTES
    assert peak < 4 * 1024 * 1024
    assert not files.exists()


def test_a_file_of_exactly_the_limit_is_kept(viewer: Viewer) -> None:
    assert upload(viewer, "note.txt", b"a" * MAX_BYTES).size == MAX_BYTES


def test_storing_is_written_down_once(viewer: Viewer) -> None:
    document = upload(viewer, "plan.pdf", nasty.document())
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        entry = Entry.objects.about(document).get()
    assert (entry.verb, entry.owner_id) == ("documents.stored", viewer.organisation_id)
    assert entry.data["sha256"] == document.sha256


def test_bytes_of_our_own_are_kept_as_they_are(viewer: Viewer) -> None:
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        document = store_bytes(
            by=viewer,
            name="errors.csv",
            media_type="text/csv; charset=utf-8",
            data=b"a,b\n",
            kind="error_list",
            at=AT,
        )
    assert stored(document) == b"a,b\n"
    assert document.media_type == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\a\\plan.pdf", "plan.pdf"),
        ("../../etc/plan.pdf", "plan.pdf"),
        ("plan\r\nSet-Cookie: a=b.pdf", "planSet-Cookie: a=b.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("pla\x00n.pdf", "plan.pdf"),
        ("  plan   of  action .pdf", "plan of action .pdf"),
        ("কর্মপরিকল্পনা.pdf", "কর্মপরিকল্পনা.pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
        ("...", ""),
    ],
)
def test_a_name_is_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
