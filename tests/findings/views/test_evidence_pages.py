"""Evidence on its pages: added once, read in the page, attached where it is asked for, refused where it would harm."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from documents.models import Document
from documents.storage import put
from findings.models import EvidenceRequest, EvidenceUse, PlanUpdate
from ledger.models import ReadLog
from sourcing.models import Evidence
from tests.conftest import owner_role
from tests.documents import nasty
from tests.factories import evidence as made
from tests.factories import findings as audits
from tests.factories.shares import share
from tests.factories.world import World, world
from tests.matrices.world import _document

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


@pytest.fixture
def w() -> World:
    return world()


def at(name: str, *codes: Any) -> str:
    return reverse(f"findings:{name}", args=codes)


def upload(name: str = "payroll.jpg", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, nasty.picture() if data is None else data)


def typed(**changes: Any) -> dict[str, Any]:
    """A new piece as a browser sends it."""
    return {
        "file": upload(),
        "title": "Payroll March",
        "shows_workers": "no",
        "confidentiality": "shared",
        "check_period": "yes",
        **changes,
    }


def new_piece(client: Client, **changes: Any) -> Any:
    return client.post(at("evidence_new") + "?kind=payslip_time_record", typed(**changes))


def kept() -> int:
    with owner_role():
        return Evidence.objects.count() + Document.objects.count()


def pages_pdf(number: int = 3) -> bytes:
    out = io.BytesIO()
    sheets = [Image.new("RGB", (400, 560), (40 * one, 90, 120)) for one in range(number)]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def test_a_piece_is_added_with_its_checklist_and_read_in_the_page(w: World, client_for: ClientFor) -> None:
    client = client_for(w.supplier.person)
    assert "Payslip or time record" in client.get(at("evidence_new")).content.decode()
    form = client.get(at("evidence_new") + "?kind=payslip_time_record").content.decode()
    assert "Do pay and hours belong to the same period?" in form
    assert "no names, faces, ID numbers or bank numbers" in form
    answer = new_piece(client, file=upload("payroll.pdf", pages_pdf()), sites=[w.site.code])
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url).content.decode()
    assert "Page 1 of 3" in page
    assert "Payroll March" in page
    with owner_role():
        piece = Evidence.objects.get()
    assert at("evidence_page", piece.code, 1) in page
    assert "Page 3 of 3" in client.get(answer.url + "?page=3").content.decode()
    assert "Page 3 of 3" in client.get(answer.url + "?page=99").content.decode()
    assert "Page 1 of 3" in client.get(answer.url + "?page=x").content.decode()
    assert piece.checklist == {"version": "1", "answers": {"period": "yes"}}
    listed = client.get(at("evidence")).content.decode()
    assert "Payroll March" in listed


def test_pages_are_pictures_that_run_nothing(w: World, client_for: ClientFor) -> None:
    client = client_for(w.supplier.person)
    new_piece(client, file=upload("payroll.pdf", pages_pdf()))
    with owner_role():
        piece = Evidence.objects.get()
    for _time in range(2):  # drawn, then from the cache
        answer = client.get(at("evidence_page", piece.code, 2))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert Image.open(io.BytesIO(answer.content)).size[0] <= 1400
    assert client.get(at("evidence_page", piece.code, 4)).status_code == 404
    file = client.get(at("evidence_file", piece.code))
    assert file["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("missing", ["shows_workers", "file", "title"])
def test_nothing_typed_is_lost_when_something_is_missing(
    w: World, client_for: ClientFor, missing: str
) -> None:
    sent = typed(note="Keep these words")
    del sent[missing]
    answer = client_for(w.supplier.person).post(at("evidence_new") + "?kind=payslip_time_record", sent)
    assert answer.status_code == 422
    assert "Keep these words" in answer.content.decode()
    assert kept() == 0


def many_rows() -> bytes:
    """A million empty rows, in one shared string of markup, as a bomb has them."""
    sheet = b"<worksheet><sheetData>" + b"<row/>" * 20_000_000 + b"</sheetData></worksheet>"
    return nasty.office("xlsx", parts={"xl/worksheets/sheet1.xml": sheet})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("renamed.pdf", b"MZ\x90\x00 a program"),
        ("renamed.jpg", b"%PDF-1.4 not a picture"),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("macro.docx", nasty.office(parts={"word/vbaProject.bin": b"x"})),
        ("macro.docm", nasty.office(parts={"word/vbaProject.bin": b"x"})),
        ("script.pdf", nasty.document(nasty.script)),
        ("bomb.png", nasty.pixel_bomb()),
        ("lies.docx", nasty.zip_that_lies()),
        ("link.docx", nasty.zip_with_link()),
        ("archive.zip", b"PK\x03\x04"),
        ("empty.pdf", b""),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(
    w: World, client_for: ClientFor, name: str, data: bytes
) -> None:
    client = client_for(w.supplier.person)
    answer = new_piece(client, file=upload(name, data), note="Keep these words")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Keep these words" in page
    assert 'id="id_file_error"' in page or "errorlist" in page or "error" in page
    assert kept() == 0
    assert new_piece(client).status_code == 302


def test_a_bomb_of_rows_is_refused_in_bounded_memory(w: World, client_for: ClientFor) -> None:
    answer = new_piece(client_for(w.supplier.person), file=upload("rows.xlsx", many_rows()))
    assert answer.status_code == 422
    assert kept() == 0


def test_a_zip_bomb_is_refused(w: World, client_for: ClientFor) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", nasty.CONTENT_TYPES)
        archive.writestr("word/document.xml", b"\0" * 150_000_000)
    answer = new_piece(client_for(w.supplier.person), file=upload("bomb.docx", out.getvalue()))
    assert answer.status_code == 422
    assert kept() == 0


def test_two_hundred_megabytes_are_refused(w: World, client_for: ClientFor) -> None:
    class Large(io.RawIOBase):
        name = "large.pdf"
        left = 200 * 1024 * 1024

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            size = min(size if size > 0 else 65536, self.left)
            self.left -= size
            return b"\0" * size

    big = upload("large.pdf", b"%PDF-" + b"\0" * (26 * 1024 * 1024))
    answer = new_piece(client_for(w.supplier.person), file=big, note="Keep these words")
    assert answer.status_code == 422
    assert "25 MB" in answer.content.decode()
    assert "Keep these words" in answer.content.decode()
    assert kept() == 0


def test_the_same_file_leads_to_the_piece_that_is_there(w: World, client_for: ClientFor) -> None:
    client = client_for(w.supplier.person)
    first = new_piece(client)
    answer = new_piece(client, title="Again")
    assert answer.status_code == 422
    assert first.url in answer.content.decode()
    assert kept() == 2  # one piece, one document


def test_what_shows_workers_stays_inside_until_a_better_copy_is_there(
    w: World, client_for: ClientFor
) -> None:
    client = client_for(w.supplier.person)
    answer = new_piece(client, shows_workers="yes")
    page = client.get(answer.url).content.decode()
    assert "only your own organisation can see it" in page
    with owner_role():
        old = Evidence.objects.get()
    picker = client.get(at("evidence_attach", w.car.code)).content.decode()
    assert "Shows workers: cover names and faces in a copy first." in picker
    refused = client.post(at("evidence_attach", w.car.code), {"evidence": [old.code]})
    assert refused.status_code in {403, 422}
    with owner_role():
        assert EvidenceUse.objects.count() == 0
    better = client.post(
        at("evidence_new") + f"?replaces={old.code}", typed(file=upload("b.png", nasty.picture("PNG")))
    )
    assert better.status_code == 302
    with owner_role():
        new = Evidence.objects.get(replaces=old)
    done = client.post(at("evidence_attach", w.car.code), {"evidence": [new.code]})
    assert done.status_code == 302
    assert "Payroll March" in client_for(w.buyer.person).get(at("finding", w.car.code)).content.decode()


def test_readers_open_it_where_it_is_attached_and_the_owner_learns_of_it(
    w: World, client_for: ClientFor
) -> None:
    with owner_role():
        document = _document(w.supplier.organisation, w.supplier.person, Document.Kind.EVIDENCE)
    piece = made.evidence(
        w.supplier.organisation, w.site, document=document, title="Rules", note="Our secret note"
    )
    use = made.attached(piece, w.car)
    buyer = client_for(w.buyer.person)
    page = buyer.get(at("evidence_use", use.code)).content.decode()
    assert "Rules" in page
    assert "Our secret note" not in page
    assert buyer.get(at("evidence_use_file", use.code)).status_code == 200
    assert buyer.get(at("evidence_piece", piece.code)).status_code == 404
    assert buyer.get(at("evidence_file", piece.code)).status_code == 404
    stranger = client_for(w.stranger.person)
    for name in ("evidence_use", "evidence_use_file"):
        assert stranger.get(at(name, use.code)).status_code == 404
    with owner_role():
        kinds = set(
            ReadLog.objects.filter(owner=w.supplier.organisation).values_list("subject_kind", flat=True)
        )
    assert {"findings.evidenceuse", "documents.document"} <= kinds
    own = client_for(w.supplier.person).get(at("evidence_piece", piece.code)).content.decode()
    assert "Northfield Retail" in own
    assert "Our secret note" in own
    assert w.car.title in own


def test_a_report_takes_what_is_there_and_what_is_new(w: World, client_for: ClientFor) -> None:
    audits.plan(w.car)
    piece = made.evidence(w.supplier.organisation, title="Contract with the agency")
    sent = {
        "summary": "The agency signed.",
        "actions-TOTAL_FORMS": "0",
        "actions-INITIAL_FORMS": "0",
        "evidence": [piece.code],
        "file": upload("board.jpg"),
        "file_kind": "photo",
    }
    client = client_for(w.supplier.person)
    refused = client.post(at("plan_update", w.car.code), sent)
    assert refused.status_code == 422, "whether it shows workers has to be said"
    with owner_role():
        assert PlanUpdate.objects.count() == 0
    shown = client.post(
        at("plan_update", w.car.code), sent | {"file": upload("board.jpg"), "file_shows_workers": "yes"}
    )
    assert shown.status_code == 422
    assert kept() == 1
    done = client.post(
        at("plan_update", w.car.code), sent | {"file": upload("board.jpg"), "file_shows_workers": "no"}
    )
    assert done.status_code == 302, done.content.decode()
    page = client_for(w.buyer.person).get(at("finding", w.car.code)).content.decode()
    assert "Contract with the agency" in page
    assert "board" in page


def test_through_a_share_the_evidence_of_a_report_is_read(w: World, client_for: ClientFor) -> None:
    from findings.models import PlanVersion
    from tests.factories.organisations import membership, organisation

    plan = audits.plan(w.car)
    with owner_role():
        version = PlanVersion.objects.get(plan=plan)
        document = _document(w.supplier.organisation, w.supplier.person, Document.Kind.EVIDENCE)
    piece = made.evidence(w.supplier.organisation, document=document)
    use = made.attached(piece, w.car, subject=version)
    other = made.attached(piece, w.car)
    friend = membership(organisation("Helping Hands"))
    given = share(w.car, friend.organisation)
    client = client_for(friend.person)
    codes = (given.code, w.car.code, use.code)
    assert client.get(at("shared_evidence", *codes)).status_code == 200
    assert client.get(at("shared_evidence_file", *codes)).status_code == 200
    assert client.get(at("evidence_use", use.code)).status_code == 404
    assert client.get(at("shared_evidence", given.code, w.car.code, other.code)).status_code == 404
    assert client_for(w.stranger.person).get(at("shared_evidence", *codes)).status_code == 404


def test_asking_and_answering_stays_between_the_two(w: World, client_for: ClientFor) -> None:
    there = made.evidence(w.supplier.organisation, title="Shown to all")
    made.attached(there, w.car)
    buyer, site = client_for(w.buyer.person), client_for(w.supplier.person)
    page = buyer.get(at("evidence_ask", w.car.code)).content.decode()
    assert "Already there" in page
    assert "Shown to all" in page
    sent = {"kind": "policy", "message": "Your rule on fees, in force in 2026"}
    assert buyer.post(at("evidence_ask", w.car.code), sent).status_code == 302
    with owner_role():
        asked = EvidenceRequest.objects.get()
    page = site.get(at("evidence_request", asked.code)).content.decode()
    assert "Northfield Retail" in page
    assert "Shown to all" in page, "offered again, with where it was used"
    assert "Used for" in page
    empty = site.post(at("evidence_request", asked.code), {"answer": "See it"})
    assert empty.status_code == 422
    assert "See it" in empty.content.decode()
    done = site.post(at("evidence_request", asked.code), {"evidence": [there.code], "answer": "See it"})
    assert done.status_code == 302
    assert "See it" in buyer.get(at("evidence_request", asked.code)).content.decode()
    for other in (w.other_buyer, w.firm, w.stranger):
        assert client_for(other.person).get(at("evidence_request", asked.code)).status_code == 404
        page = client_for(other.person).get(at("evidence_requests")).content.decode()
        assert "Your rule on fees" not in page
    assert (
        "Your rule on fees"
        not in client_for(w.other_buyer.person).get(at("finding", w.car.code)).content.decode()
    )


def test_declining_says_why(w: World, client_for: ClientFor) -> None:
    asked = made.request(w.car, w.buyer.organisation)
    site = client_for(w.supplier.person)
    assert site.post(at("evidence_decline", asked.code), {"answer": ""}).status_code == 422
    assert site.post(at("evidence_decline", asked.code), {"answer": "We have none"}).status_code == 302
    assert (
        "We have none" in client_for(w.buyer.person).get(at("evidence_request", asked.code)).content.decode()
    )


def test_what_is_put_away_is_offered_no_more(w: World, client_for: ClientFor) -> None:
    piece = made.evidence(w.supplier.organisation, title="Old certificate")
    use = made.attached(piece, w.car)
    client = client_for(w.supplier.person)
    assert "one place" in client.get(at("evidence_retire", piece.code)).content.decode()
    assert client.post(at("evidence_retire", piece.code), {"because": "New one"}).status_code == 302
    assert "Old certificate" not in client.get(at("evidence_attach", w.car.code)).content.decode()
    assert "Old certificate" not in client.get(at("evidence")).content.decode()
    assert "Old certificate" in client.get(at("evidence") + "?state=retired").content.decode()
    page = client_for(w.buyer.person).get(at("evidence_use", use.code)).content.decode()
    assert "Put away" in page
    assert client.get(at("evidence_edit", piece.code)).status_code == 403


def test_a_file_of_another_kind_is_offered_for_download(w: World, client_for: ClientFor) -> None:
    with owner_role():
        document = _document(w.supplier.organisation, w.supplier.person, Document.Kind.EVIDENCE)
    piece = made.evidence(w.supplier.organisation, document=document)
    page = client_for(w.supplier.person).get(at("evidence_piece", piece.code)).content.decode()
    assert "cannot be shown here" in page
    assert client_for(w.supplier.person).get(at("evidence_page", piece.code, 1)).status_code == 404


def test_pictures_of_pages_are_swept_with_their_file_only() -> None:
    import datetime as dt

    from django.utils import timezone

    from documents.storage import storage, sweep_orphans
    from tests.conftest import job_role

    w = world()
    with owner_role():
        document = _document(w.supplier.organisation, w.supplier.person, Document.Kind.EVIDENCE)
    mine, lost = f"{document.storage_key}.page1.png", "organisations/1/202601/LOST.pdf.page1.png"
    for key in (mine, lost):
        put(key, io.BytesIO(b"picture"))
    with job_role():
        sweep_orphans(timezone.now() + dt.timedelta(days=2))
    assert storage().exists(mine)
    assert not storage().exists(lost)
