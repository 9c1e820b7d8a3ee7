"""PDFs: well made, quick, and deaf to every address in the HTML."""

import base64
import io
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from pypdf import PdfReader
from weasyprint import HTML

from documents import press
from documents.checks.pdfs import pdf as check
from documents.confined import ROOT
from documents.pdf import render_pdf
from ledger.refusals import Refusal

MADE_AT = datetime(2026, 11, 21, 12, 10, tzinfo=UTC)


def page(body: str, **context: object) -> str:
    """Return a page in the house's paper layout."""
    given = {
        "cover": "Collaborative action plan",
        "title": "Workers paid fees",
        "code": "K7Q2M8TX0A",
        "version": 2,
        "made_at": MADE_AT,
        "description": "The plan of an invented site.",
    }
    html = render_to_string("documents/pdf/base.html", given | context)
    return html.replace("</body>", f"{body}</body>")


def text_of(data: bytes) -> str:
    return "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(data)).pages)


def test_a_page_has_cover_line_title_and_provenance() -> None:
    text = text_of(render_pdf(page("<p>Hello</p><p style='break-before: page'>Second</p>")))
    assert "Collaborative action plan\nWorkers paid fees" in text
    assert "Common Thread · K7Q2M8TX0A version 2 · made 21 Nov 2026 12:10 UTC" in text
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in text


def test_it_is_tagged_and_described() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(page("<h2>Root causes</h2>"))))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-gb"
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Collaborative action plan: Workers paid fees"
    assert reader.metadata.author == "Common Thread"
    assert reader.metadata.creation_date == MADE_AT


def test_every_font_is_embedded_and_ours() -> None:
    letters = "Łódź Привет Ωμέγα Việt Nam বাংলা தமிழ் हिन्दी ខ្មែរ සිංහල ไทย العربية 中国"
    data = render_pdf(page(f"<p>{letters} <b>bold</b></p>"))
    names = set()
    with pikepdf.open(io.BytesIO(data)) as opened:
        for font in opened.pages[0].Resources.Font.as_dict().values():
            descendant = font.DescendantFonts[0]
            assert {"/FontFile2", "/FontFile3", "/FontFile"} & set(descendant.FontDescriptor.keys())
            names.add(str(descendant.BaseFont).partition("+")[2])
    assert all(name.startswith(("Inter", "Noto-Sans")) for name in names), names
    found = text_of(data)
    assert [
        word
        for word in ("Łódź", "Привет", "Ωμέγα", "বাংলা", "தமிழ்", "हिन्दी", "中国", "bold")
        if word not in found
    ] == []


def test_the_page_follows_the_language() -> None:
    with translation.override("ar"):
        html = page("<p>x</p>")
    assert '<html lang="ar" dir="rtl">' in html


def test_our_own_pdf_passes_our_own_check() -> None:
    check(io.BytesIO(render_pdf(page("<p>x</p>"))), io.BytesIO(), extension="pdf")


def test_a_plan_takes_at_most_three_seconds() -> None:
    rows = "".join(f"<tr><td>Action {n}</td><td>HR</td><td>Dec 2026</td></tr>" for n in range(40))
    html = page(f"<table><thead><tr><th>Action</th><th>Who</th><th>By</th></tr></thead>{rows}</table>")
    began = _processor_seconds()
    render_pdf(html)
    assert _processor_seconds() - began < 3


def _processor_seconds() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_tokens_are_the_screens_own_in_their_light_form() -> None:
    style = press.tokens((ROOT / "static/css/tokens.css").read_text())
    paper = (ROOT / "static/css/pdf.css").read_text()
    names = set(re.findall(r"var\((--[\w-]+)\)", paper)) - set(re.findall(r"(--[\w-]+):", paper))
    missing = [name for name in names if f"{name}:" not in style]
    assert missing == []
    assert not re.search(r"light-dark|oklch", style)


@pytest.mark.parametrize(
    ("screen", "paper"),
    [
        ("light-dark(oklch(0% 0 0 / 0.5), #fff)", "rgb(0 0 0 / 0.5)"),
        ("light-dark(oklch(100% 0 0), oklch(23.5% 0.014 255))", "rgb(255 255 255)"),
        ("oklch(62.796% 0.25768 29.234)", "rgb(255 0 0)"),
        ("oklch(86.644% 0.29483 142.495)", "rgb(0 255 0)"),
        ("0 1px 2px light-dark(oklch(0% 0 0 / 0.07), #000)", "0 1px 2px rgb(0 0 0 / 0.07)"),
        ("1rem", "1rem"),
    ],
)
def test_a_token_becomes_its_light_form_in_srgb(screen: str, paper: str) -> None:
    assert press.tokens(f":root {{ /* --b: 1; */ --a: {screen}; }}") == f":root {{--a: {paper};}}"


@pytest.fixture
def honeypot() -> Iterator[tuple[int, list[str]]]:
    """Listen on loopback and remember who called."""
    hits: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    is_open = threading.Event()
    is_open.set()

    def listen() -> None:
        while is_open.is_set():
            try:
                caller, _ = server.accept()
            except TimeoutError:
                continue
            hits.append("hit")
            caller.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield server.getsockname()[1], hits
    is_open.clear()
    thread.join()
    server.close()


ADDRESSES = """
<link rel=stylesheet href="{0}"><link rel=attachment href="{0}"><link rel="stylesheet attachment" href="{0}">
<style>@import url("{0}"); @font-face {{ font-family: x; src: url("{0}") }}
p {{ background: url("{0}"); font-family: x }}
li {{ list-style-image: url("{0}") }} p::before {{ content: url("{0}") }}</style>
<img src="{0}"><img srcset="{0} 2x"><object data="{0}"></object><embed src="{0}"><iframe src="{0}"></iframe>
<a rel=attachment href="{0}">file</a><input type=image src="{0}"><video poster="{0}"></video>
<svg><image href="{0}"/><use href="{0}#a"/><style>@import url("{0}");</style></svg>
<img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><image href="{0}"/></svg>'>
<p>x</p><ul><li>x</ul><meta http-equiv=refresh content="0;url={0}"><base href="{0}">
"""


def test_no_address_is_called(honeypot: tuple[int, list[str]]) -> None:
    port, hits = honeypot
    for scheme in ("http", "HTTP", "https", "ftp"):
        data = render_pdf(page(ADDRESSES.format(f"{scheme}://127.0.0.1:{port}/x")))
        assert data.startswith(b"%PDF-")
    time.sleep(0.2)
    assert hits == []


def test_the_honeypot_catches_a_press_without_our_fetcher(honeypot: tuple[int, list[str]]) -> None:
    port, hits = honeypot
    HTML(string=page(ADDRESSES.format(f"http://127.0.0.1:{port}/x"))).write_pdf()
    assert len(hits) > 5


def streams(data: bytes) -> Iterator[bytes]:
    """Return every stream of a PDF, unpacked: pages, fonts, pictures, attached files."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        yield from [each.read_bytes() for each in opened.objects if isinstance(each, pikepdf.Stream)]


@pytest.mark.parametrize("form", ["file://{}", "FILE://{}", "file:{}", "{}", "file://localhost{}", "//{}"])
def test_no_file_is_read(form: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-5e1f")
    data = render_pdf(page(ADDRESSES.format(form.format(canary))))
    reader = PdfReader(io.BytesIO(data))
    assert not reader.attachments
    assert not re.search(rb"/EmbeddedFile", data)
    assert b"canary-5e1f" not in b"".join(streams(data))
    assert base64.b64encode(b"canary-5e1f") not in data


def test_nothing_is_attached_from_data_addresses() -> None:
    html = page(
        '<link rel=attachment href="data:text/plain,canary"><a rel=attachment href="data:text/plain,b">c</a>'
    )
    assert not PdfReader(io.BytesIO(render_pdf(html))).attachments


def test_a_picture_in_the_page_is_drawn() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    data = render_pdf(page(f'<img alt="dot" src="data:image/png;base64,{dot}">'))
    assert len(PdfReader(io.BytesIO(data)).pages[0].images) == 1


@pytest.mark.parametrize("name", ["missing.css", "../../pyproject.toml", "../css/print.css", "/etc/passwd"])
def test_an_asset_that_is_not_ours_stops_the_press(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        render_pdf(f'<html lang=en><title>t</title><link rel=stylesheet href="asset:{name}"><p>x')
    assert refused.value.code == "pdf-unreadable"


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("<div>" * 3000, {"pdf-too-deep"}),
        ("<p style='font-size: 1e9px'>x</p>", {"pdf-too-large", "pdf-unreadable"}),
        ("<p>x</p>" * 50_000, {"pdf-too-large"}),
        ("x" * (6 * 1024 * 1024), {"pdf-too-large"}),
    ],
    ids=["nested", "huge letters", "many elements", "many letters"],
)
def test_a_monstrous_page_is_refused(body: str, codes: set[str]) -> None:
    with pytest.raises(Refusal) as refused:
        render_pdf(page(body))
    assert refused.value.code in codes
    assert refused.value.sentence.endswith(".")


def test_a_page_that_takes_too_long_is_refused_in_time() -> None:
    rows = "<tr>" + "<td>cell</td>" * 20 + "</tr>"
    began = time.monotonic()
    with pytest.raises(Refusal) as refused:
        render_pdf(page(f"<table>{rows * 1500}</table>"), timeout=3)
    assert refused.value.code == "pdf-too-slow"
    assert time.monotonic() - began < 8


def test_a_page_that_eats_memory_is_refused() -> None:
    assert render_pdf(page("<p>few words</p>"), memory_mb=150)
    with pytest.raises(Refusal) as refused:
        render_pdf(page("<p>some words to set</p>" * 8000), memory_mb=150)
    # C libraries do not tell want of memory from a crash.
    assert refused.value.code in {"pdf-too-large", "pdf-unreadable"}
