"""Files that are broken as a whole say so in one sentence; broken lines say so line by line; nothing is half done."""

import csv
import io
import time
import zipfile

import pytest
import xlsxwriter

from ledger.refusals import Refusal
from organisations.visibility import Viewer
from sourcing.actions.imports import decide_all
from sourcing.lifecycle import ImportState
from sourcing.models import ImportRow, SiteImport
from sourcing.queries.remarks import error_sentences, note_sentences, refusal_sentence
from sourcing.reports import error_lines
from tests.sourcing.imports.conftest import HEADER, acting_as, apply, lines, read, register, upload, verdicts


def sentence(site_import: SiteImport) -> str:
    """Return why the file could not be read."""
    return refusal_sentence(site_import.refusal, site_import.summary["why"])


def xlsx(*rows: tuple[object, ...], far: bool = False) -> bytes:
    """Return a workbook with these rows; `far` puts one cell into the last corner there is."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"constant_memory": True})
    sheet = book.add_worksheet("Sites")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.write(number, place, value)
    if far:
        sheet.write(1_048_575, 16_383, "far")
    book.close()
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"country,name\n", "no-rows", id="header-only"),
        pytest.param(b"\n  \n,,\n", "no-header", id="blank-lines"),
        pytest.param(b"name,address\nA,B\n", "column-missing", id="no-country"),
        pytest.param(b"country,street\nChina,B\n", "column-missing", id="no-name"),
        pytest.param(b'country,name\nChina,"A\n' + b"x,y\n" * 9000, "broken-quotes", id="open-quotes"),
        pytest.param(b"a," * 300 + b"\n" + b"b," * 300 + b"\n", "too-many-columns", id="columns"),
    ],
)
def test_a_broken_csv_is_refused_in_one_sentence_and_leaves_nothing(
    viewer: Viewer, content: bytes, code: str
) -> None:
    site_import = read(viewer, content)
    assert (site_import.state, site_import.refusal, site_import.rows_total) == (ImportState.REFUSED, code, 0)
    assert sentence(site_import).endswith(".")
    assert verdicts(viewer, site_import) == {}
    assert register(viewer) == []


def test_a_missing_column_is_named_together_with_what_was_found(viewer: Viewer) -> None:
    site_import = read(viewer, b"Factory,Street\nA,B\n")
    assert sentence(site_import) == (
        "This file has no column for the country. Name one “country” and upload it again."
        " Its columns are: Factory, Street."
    )


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("list.csv", b"", "file-empty", id="empty"),
        pytest.param("list.csv", b"country,name\nChina,A\x00B\n", "file-not-text", id="nul"),
        pytest.param("list.csv", b"country,name\nChina,\x81\x8d\n", "file-not-text", id="no-encoding"),
        pytest.param("list.xlsx", b"PK\x03\x04 and so on", "file-unreadable", id="no-workbook"),
        pytest.param("list.pdf", b"%PDF-1.7", "not-a-list", id="pdf"),
        pytest.param("list.csv", b"x" * (25 * 1024 * 1024 + 1), "file-too-big", id="26-MB"),
    ],
)
def test_a_file_that_is_no_list_is_refused_at_the_door(
    viewer: Viewer, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        upload(viewer, content, name)
    assert refused.value.code in {code, "file-wrong-content"}
    with acting_as(viewer):
        assert SiteImport.objects.count() == 0


def test_a_hundred_thousand_lines_are_refused_within_seconds(viewer: Viewer) -> None:
    content = f"{HEADER}\n".encode() + b"China,Factory,Road 1,Apparel,30.5,117.4\n" * 100_000
    made = upload(viewer, content)
    began = time.monotonic()
    site_import = read(viewer, content)
    assert time.monotonic() - began < 10
    assert site_import.refusal == "too-many-rows"
    assert sentence(site_import) == (
        "This file has more than 50,000 lines. Split it and upload the parts one after the other."
    )
    assert verdicts(viewer, site_import) == verdicts(viewer, made) == {}


@pytest.mark.parametrize("far", [False, True])
def test_a_workbook_of_too_many_rows_is_refused_before_it_is_built(viewer: Viewer, far: bool) -> None:
    rows = [("country", "name"), ("China", "A")] if far else [("country", "name")] + [("China", "A")] * 60_000
    site_import = read(viewer, xlsx(*rows, far=far), "list.xlsx")
    assert (site_import.state, site_import.refusal) == (ImportState.REFUSED, "too-many-rows")


def test_a_workbook_that_hides_its_rows_ends_in_one_sentence(viewer: Viewer) -> None:
    """References in single quotes escape the counting; the limits of the child hold."""
    plain, kept = (
        zipfile.ZipFile(io.BytesIO(xlsx(("country", "name"), ("China", "A"), far=True))),
        io.BytesIO(),
    )
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as turned:
        for entry in plain.infolist():
            content = plain.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = content.replace(b'r="', b"r='").replace(b'1048576"', b"1048576'")
                content = (
                    content.replace(b'XFD1048576"', b"XFD1048576'")
                    .replace(b"'1\"", b"'1'")
                    .replace(b"'2\"", b"'2'")
                )
                content = (
                    content.replace(b'1" s', b"1' s").replace(b'1" t', b"1' t").replace(b'2" t', b"2' t")
                )
                content = content.replace(b'1" spans="1:2"', b'1\' spans="1:2"')
            turned.writestr(entry, content)
    site_import = read(viewer, kept.getvalue(), "list.xlsx")
    assert site_import.state == ImportState.REFUSED
    assert sentence(site_import)


def test_a_workbook_is_read_like_a_csv(viewer: Viewer) -> None:
    rows = (
        ("Country", "Factory name", "Lat", "Lng"),
        ("Viet Nam", "May Hai", 10.5, 106.25),
        ("", "", "", ""),
    )
    site_import = read(viewer, xlsx(*rows, ("CN", 12, "", "")), "list.xlsx")
    assert (site_import.encoding, site_import.columns["sheet"]) == ("", "Sites")
    assert verdicts(viewer, site_import) == {2: "new", 4: "new"}
    with acting_as(viewer):
        first, second = site_import.rows.order_by("line")
    assert (first.values["country"], first.values["latitude"], second.values["name"]) == ("VN", 10.5, "12")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with mark"),
        ("cp1252", "Windows-1252"),
        ("latin-1", "Latin-1"),
        ("utf-16", "UTF-16"),
    ],
)
def test_the_encoding_is_found_and_said(viewer: Viewer, encoding: str, said: str) -> None:
    name = "Têxtil São João – Porto" if encoding == "cp1252" else "Têxtil São João"
    site_import = read(viewer, f"country;name\nPortugal;{name}\n".encode(encoding))
    assert (site_import.encoding, verdicts(viewer, site_import)) == (said, {2: "new"})
    with acting_as(viewer):
        assert site_import.rows.get().values["name"] == name


BROKEN_LINES = {
    "Bangladehs,A,Road 1,Apparel,1,2": ["“Bangladehs” is not a country we know. Did you mean Bangladesh?"],
    "Xyzzy,A,Road 1,Apparel,1,2": [
        "“Xyzzy” is not a country we know. Write its name in English, or its two letters."
    ],
    ",A,Road 1,Apparel,1,2": ["The country is missing."],
    "China,,Road 1,Apparel,1,2": ["The name is missing."],
    "China, □ ,Road 1,Apparel,1,2": ["The name is missing."],
    "China,A,Road 1,Apparel,north,2": ["“north” is not a latitude or longitude in degrees, such as 23.8103."],
    "China,A,Road 1,Apparel,95,200": [
        "The point 95, 200 is not on earth: latitude goes from -90 to 90, longitude from -180 to 180."
    ],
    "China,A,Road 1, Block 2,Apparel,1,2": [
        "This line has 7 cells, the header has 6. Perhaps a comma stands outside quotation marks.",
        "“Apparel” is not a latitude or longitude in degrees, such as 23.8103.",
    ],
    f"China,{'A' * 251},Road 1,Apparel,1,2": ["The name is longer than 250 characters."],
    ",,,x,,": ["The name is missing.", "The country is missing."],
}


def test_broken_lines_say_why_and_the_others_go_in(viewer: Viewer) -> None:
    site_import = read(viewer, lines(*BROKEN_LINES, "China,Good Works,Road 9,Apparel,30,117"))
    with acting_as(viewer):
        rows = list(site_import.rows.filter(verdict="error").order_by("line"))
    assert [error_sentences(row.values["errors"]) for row in rows] == list(BROKEN_LINES.values())
    done = apply(viewer, site_import)
    assert (done.summary["created"], done.summary["error"]) == (1, len(BROKEN_LINES))
    assert len(register(viewer)) == 1


def test_doubtful_lines_go_in_with_a_note(viewer: Viewer) -> None:
    site_import = read(
        viewer,
        lines(
            "China,Turned,Road 1,Apparel,117.5,30.5",
            "China,Sea,Road 2,Apparel,0,0",
            "China,Half,Road 3,Apparel,30,",
            "Brazil,SÃ£o Paulo,Road\u200b 4,Apparel,,",
            'China,Comma,Road 5,Apparel,"30,5",117° E',
        ),
    )
    with acting_as(viewer):
        rows = list(site_import.rows.order_by("line"))
    assert [note_sentences(row.values.get("notes", [])) for row in rows] == [
        ["Latitude and longitude were the wrong way round; we turned them."],
        ["The point 0, 0 lies in the sea; it was left out."],
        ["Only half of the point is given; it was left out."],
        ["This looks garbled. Perhaps it should be “São Paulo”.", "Stray characters were taken out."],
        [],
    ]
    points = [(row.values["latitude"], row.values["longitude"]) for row in rows]
    assert points == [(30.5, 117.5), (None, None), (None, None), (None, None), (30.5, 117.0)]
    assert rows[3].values["address"] == "Road 4"


def test_the_list_of_errors_holds_the_lines_as_they_were_and_no_formula(viewer: Viewer) -> None:
    raw = ["Narnia", '=HYPERLINK("http://evil.example")', "@home", "\tTab", "-33.5", "+1"]
    kept = io.StringIO()
    csv.writer(kept).writerow(raw)
    site_import = read(viewer, lines(kept.getvalue().strip("\r\n"), "China,Good,Road 1,,,"))
    with acting_as(viewer):
        text = b"".join(error_lines(site_import)).decode("utf-8-sig")
    header, line = list(csv.reader(io.StringIO(text)))
    assert header == ["Line in your file", "What is wrong", *HEADER.split(",")]
    assert line[0] == "2"
    assert line[1].startswith("“Narnia” is not a country we know.")
    assert line[2:] == ["Narnia", "'" + raw[1], "'@home", "'\tTab", "-33.5", "+1"]
    mended = read(viewer, text.replace("Narnia,", "China,", 1).encode(), "mended.csv")
    assert verdicts(viewer, mended) == {2: "new"}
    with acting_as(viewer):
        assert mended.rows.get().values["name"] == raw[1]


def test_a_refused_list_takes_no_decision(viewer: Viewer) -> None:
    site_import = read(viewer, b"country,name\n")
    with acting_as(viewer), pytest.raises(Refusal) as refused:
        decide_all(
            viewer=viewer, site_import=site_import, kind="same-name", is_same=True, at=site_import.uploaded_at
        )
    assert refused.value.code == "not-in-preview"
    assert ImportRow.Verdict.POSSIBLE not in verdicts(viewer, site_import).values()
