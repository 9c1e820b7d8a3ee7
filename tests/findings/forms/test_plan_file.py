"""A plan goes into a Word or Excel file, is edited there by people, and comes back."""

import io
import json
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.definitions.plan_file import base_from, prints_of
from findings.forms.plan_answers import day_in, language_in, month_in, rhythm_in, yes_or_no
from findings.forms.plan_file import CameBack, read_plan_file
from findings.forms.plan_typed import merge_typed, typed_from, typed_of, values_of
from findings.models import Action, Ask, PlanContent
from findings.reports.plan_docx import plan_as_docx
from findings.reports.plan_shape import PlanFile
from findings.reports.plan_xlsx import plan_as_xlsx
from ledger.refusals import Refusal
from web.merging import packed

CODE = "F7K2QX"
CAR: Any = SimpleNamespace(code=CODE)
WRITERS: dict[str, Callable[[PlanFile], bytes]] = {"docx": plan_as_docx, "xlsx": plan_as_xlsx}
FULL = PlanContent(
    root_causes=("Agents charge workers.", "Why? No contract\nwith the agency.", "এজেন্ট টাকা নেয়"),
    stakeholders=("Customers", "نقابة العمال", "工会"),
    investigation="Asked 20 workers.\n\n=SUM(A1:A9) is a sum.",
    initiatives=("https://example.org/taskforce",),
    actions=(
        Action("New contract", "HR", "2027-03", "Price", "No fees"),
        Action("=cmd|' /C calc'!A0", by_when="2026-12"),
        Action("จ่ายคืนค่าธรรมเนียม", who="ผู้จัดการ", measure="คนงาน 40 คน"),
    ),
    asks=frozenset({Ask.CONFIRM.value, Ask.CALL_APPROACH.value}),
)


def plan(content: PlanContent = FULL, **fields: Any) -> PlanFile:
    """Return a plan as it goes into a file."""
    said = {"completed_by": "HR manager", "rhythm": 3, "named_dates": (), "language": "en"} | fields
    return PlanFile(
        code=CODE,
        title="Workers paid fees",
        facts=[("CAR number", CODE), ("Site", "North"), ("Title", "Fees"), ("Found", "Seen\non site")],
        facts_language="",
        values=values_of(typed_of(content, **said)),  # type: ignore[arg-type]
        said_language=said["language"],  # type: ignore[arg-type]
    )


def came(data: bytes, form: str) -> CameBack:
    """Read a file as if it had been uploaded."""
    return read_plan_file(SimpleUploadedFile(f"plan.{form}", data), CAR)


def edited(data: bytes, edit: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """Return a Word file with one part rewritten."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            body = before.read(name)
            after.writestr(name, edit(body.decode()).encode() if name == part else body)
    return target.getvalue()


@pytest.mark.parametrize("form", WRITERS)
def test_plan_comes_back_as_it_went_out(form: str) -> None:
    read = came(WRITERS[form](plan()), form)
    assert read.content == FULL
    assert (read.unread, read.missing) == ([], [])
    assert (
        read.over({})
        == {**plan().values, "date_1": "", **{f"date_{n}": "" for n in range(2, 7)}} | read.values
    )
    assert read.values["completed_by"] == "HR manager"
    assert (read.values["rhythm"], read.values["language"]) == ("3", "en")


LETTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\ufffe\uffff")
WORD = st.text(LETTERS, min_size=1, max_size=12)
LINE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
TEXT = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
ACTION = st.builds(
    Action,
    what=TEXT,
    who=LINE | st.just(""),
    by_when=st.dates().map(lambda one: f"{max(one.year, 1990) % 400 + 1990}-{one.month:02}") | st.just(""),
    support=TEXT | st.just(""),
    measure=TEXT | st.just(""),
)
CONTENT = st.builds(
    PlanContent,
    root_causes=st.lists(TEXT, max_size=6).map(tuple),
    stakeholders=st.lists(LINE, max_size=4).map(tuple),
    investigation=TEXT | st.just(""),
    initiatives=st.lists(LINE, max_size=3).map(tuple),
    actions=st.lists(ACTION, max_size=6).map(tuple),
    asks=st.frozensets(st.sampled_from(Ask.values)),
)


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=CONTENT)
def test_any_plan_comes_back_as_it_went_out(form: str, content: PlanContent) -> None:
    read = came(WRITERS[form](plan(content)), form)
    assert read.content == content
    assert read.unread == []


def test_word_file_is_read_whatever_people_do_to_it() -> None:
    book = docx.Document(io.BytesIO(plan_as_docx(plan())))
    causes, actions = book.tables[1], book.tables[3]
    causes.add_row().cells[-1].text = "A fifth why"  # type: ignore[no-untyped-call]
    row = actions.add_row()  # type: ignore[no-untyped-call]
    for cell, words in zip(row.cells, ("Train", "Anna", "May 2027", "", "Fewer fees"), strict=True):
        cell.text = words
    target = io.BytesIO()
    book.save(target)
    said = came(target.getvalue(), "docx").content
    assert said.root_causes == (*FULL.root_causes, "A fifth why")
    assert said.actions == (*FULL.actions, Action("Train", "Anna", "2027-05", "", "Fewer fees"))


@pytest.mark.parametrize(
    "lost",
    [
        ("<w:sdt>", "</w:sdt>", "<w:sdtContent>", "</w:sdtContent>"),  # controls dropped, as some programs do
        ("bookmarks",),
        ("hidden",),
    ],
)
def test_word_file_is_read_when_one_way_of_knowing_its_fields_is_lost(lost: tuple[str, ...]) -> None:
    def without(xml: str) -> str:
        import re

        if lost == ("bookmarks",):
            return re.sub(r"<w:bookmark(Start|End)[^>]*>", "", xml)
        if lost == ("hidden",):
            return re.sub(r"<w:r><w:rPr><w:vanish/></w:rPr><w:t>[^<]*</w:t></w:r>", "", xml)
        return re.sub(r"<w:sdtPr>.*?</w:sdtPr>|</?w:sdt>|</?w:sdtContent>", "", xml, flags=re.DOTALL)

    data = edited(plan_as_docx(plan()), without)
    assert data != plan_as_docx(plan())
    assert came(data, "docx").content == FULL


def test_word_file_is_known_by_its_headings_when_every_code_is_lost() -> None:
    def without(xml: str) -> str:
        import re

        xml = re.sub(r"<w:sdtPr>.*?</w:sdtPr>|</?w:sdt>|</?w:sdtContent>", "", xml, flags=re.DOTALL)
        xml = re.sub(r"<w:bookmark(Start|End)[^>]*>", "", xml)
        return re.sub(r"<w:r><w:rPr><w:vanish/></w:rPr><w:t>[^<]*</w:t></w:r>", "", xml)

    assert came(edited(plan_as_docx(plan()), without), "docx").content == FULL


def test_struck_words_go_and_new_ones_stay_when_changes_are_tracked() -> None:
    def tracked(xml: str) -> str:
        old = "<w:r><w:t>Agents charge workers.</w:t></w:r>"
        assert old in xml
        return xml.replace(
            old,
            '<w:del w:id="90" w:author="A"><w:r><w:delText>Agents charge workers.</w:delText></w:r></w:del>'
            '<w:ins w:id="91" w:author="A"><w:r><w:t>Fees are old.</w:t></w:r></w:ins>',
        )

    assert came(edited(plan_as_docx(plan()), tracked), "docx").content.root_causes[0] == "Fees are old."


def test_control_that_shows_its_placeholder_is_empty() -> None:
    def placeholder(xml: str) -> str:
        return xml.replace(
            '<w:tag w:val="in_ct_investigation"/>', '<w:tag w:val="in_ct_investigation"/><w:showingPlcHdr/>'
        )

    assert came(edited(plan_as_docx(plan()), placeholder), "docx").content.investigation == ""


def test_what_cannot_be_read_is_said_and_kept() -> None:
    content = PlanContent(actions=(Action("Train", by_when="2027-03"),), asks=frozenset({"confirm"}))
    data = edited(plan_as_docx(plan(content)), lambda xml: xml.replace("2027-03<", "next summer<"))
    read = came(data, "docx")
    (one,) = read.unread
    assert one.words == "next summer"
    assert read.values["actions-0"]["by_when"] == "next summer"
    assert read.content.actions == (Action("Train"),)


@pytest.mark.parametrize("form", WRITERS)
def test_file_of_another_car_is_refused(form: str) -> None:
    other: Any = SimpleNamespace(code="ZZZZZZ")
    with pytest.raises(Refusal) as refusal:
        read_plan_file(SimpleUploadedFile(f"plan.{form}", WRITERS[form](plan())), other)
    assert refusal.value.code == "another-plan"
    assert CODE in refusal.value.sentence


def test_another_word_file_is_refused_with_what_to_do() -> None:
    target = io.BytesIO()
    docx.Document().save(target)
    with pytest.raises(Refusal) as refusal:
        came(target.getvalue(), "docx")
    assert refusal.value.code == "not-our-file"


def _with_entity(xml: str) -> str:
    return xml.replace("<w:document", '<!DOCTYPE a [<!ENTITY b "bbbb">]><w:document', 1)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("plan.docx", b"not a word file", "file-wrong-content"),
        ("plan.docm", b"PK\x03\x04", "file-unknown-type"),
        ("plan.pdf", b"%PDF-1.4", "file-unknown-type"),
    ],
)
def test_wrong_file_is_refused(name: str, data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_plan_file(SimpleUploadedFile(name, data), CAR)
    assert refusal.value.code == code


def test_entities_are_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        came(edited(plan_as_docx(plan()), _with_entity), "docx")
    assert refusal.value.code == "file-active"


def test_thousands_of_tables_are_refused() -> None:
    many = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>" * 3000
    with pytest.raises(Refusal) as refusal:
        came(edited(plan_as_docx(plan()), lambda xml: xml.replace("<w:body>", f"<w:body>{many}")), "docx")
    assert refusal.value.code == "file-too-large"


def test_workbook_holds_no_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(plan_as_xlsx(plan()))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 3
    assert not [one for one in sheets if "<f>" in one]


def test_file_keeps_fingerprints_and_never_the_words_it_began_with() -> None:
    data = plan_as_docx(plan())
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        note = book.read("customXml/item2.xml").decode()
    assert "Agents" not in note
    assert json.loads(note[note.index("{") : note.rindex("}") + 1].replace("&quot;", '"'))["car"] == CODE


def test_what_a_colleague_wrote_meanwhile_is_kept() -> None:
    began = plan().values
    theirs = values_of(typed_from({**began, "investigation": "Theirs"}))
    read = came(plan_as_xlsx(plan(PlanContent(**{**_fields(FULL), "root_causes": ("Mine",)}))), "xlsx")
    read.prints = prints_of(began)
    found = merge_typed(packed(read.base(theirs)), typed_from(read.over(theirs)), typed_from(theirs))
    assert found.conflicts == []
    assert found.values["investigation"] == "Theirs"
    assert found.values["causes-0"] == {"why": "Mine"}


def test_both_are_asked_about_when_both_changed_the_same() -> None:
    began = plan().values
    theirs = values_of(typed_from({**began, "investigation": "Theirs"}))
    read = came(plan_as_xlsx(plan(PlanContent(**{**_fields(FULL), "investigation": "Mine"}))), "xlsx")
    read.prints = prints_of(began)
    found = merge_typed(packed(read.base(theirs)), typed_from(read.over(theirs)), typed_from(theirs))
    assert [(one.name, one.mine, one.theirs) for one in found.conflicts] == [
        ("investigation", "Mine", "Theirs")
    ]


def test_without_fingerprints_nothing_is_overwritten_unasked() -> None:
    theirs = values_of(typed_from({**plan().values, "investigation": "Theirs"}))
    read = came(plan_as_xlsx(plan()), "xlsx")
    read.prints = {}
    found = merge_typed(packed(read.base(theirs)), typed_from(read.over(theirs)), typed_from(theirs))
    assert [one.name for one in found.conflicts] == ["investigation"]
    assert base_from({}, {"a": 1}, {"a": 2}) == {}


def _fields(content: PlanContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in PlanContent.__dataclass_fields__}


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("2027-03", "2027-03"),
        ("2027-03-01 00:00:00", "2027-03"),
        ("2027-03-01T00:00:00", "2027-03"),
        ("03/2027", "2027-03"),
        ("3.2027", "2027-03"),
        ("2027‑03", "2027-03"),
        ("March 2027", "2027-03"),
        ("mars 2027", "2027-03"),
        ("২০২৭-০৩", "2027-03"),
        ("٢٠٢٧/٠٣", "2027-03"),
        ("2027年3月", "2027-03"),
        ("มีนาคม 2570", "2027-03"),
        ("2570-03", "2027-03"),
        ("2027-13", None),
        ("soon", None),
        ("", None),
    ],
)
def test_month_is_read_as_people_write_it(said: str, month: str | None) -> None:
    assert month_in(said) == month


def test_short_answers_are_read_as_people_write_them() -> None:
    assert [yes_or_no(one) for one in ("Yes", " ja", "X", "হ্যাঁ", "نعم", "", "No", "না", "maybe")] == [
        True, True, True, True, True, False, False, False, None,
    ]  # fmt: skip
    assert [day_in(one) for one in ("2027-03-31", "31.3.2027", "03/04/2027", "2027-02-30")] == [
        "2027-03-31", "2027-03-31", None, None,
    ]  # fmt: skip
    assert [rhythm_in(one) for one in ("Every month", "6", "sometimes")] == ["1", "6", None]
    assert [language_in(one) for one in ("bn – বাংলা", "Tiếng Việt", "", "klingon")] == ["bn", "vi", "", None]
