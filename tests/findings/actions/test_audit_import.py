"""Bringing an audit in: each row judged, all taken or none, once; and what goes out comes in again whole."""

import datetime as dt
import io
import json
import string
import zipfile
from dataclasses import fields
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from findings.actions.audit_import import apply_import, bring_file, bring_json, bring_pasted, discard_import
from findings.actions.finding import add_finding
from findings.actions.management import rate_management
from findings.models import Audit, AuditImport, Finding, ManagementRating
from findings.models.facts import Rated, Said
from findings.queries.audit_book import audit_as_book, template
from findings.queries.audit_file import audit_as_data, example, schema
from findings.queries.audit_import import Judgement, judge
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.management import managed
from tests.findings.conftest import AT, House

HEAD = "Requirement\tTitle\tWhat was found\tSeverity\n"
GOOD = HEAD + "3.B\tExit blocked\tSeen at 10:40\tMajor\n1A.C\tFees paid\tEleven of twenty\t\n"


def _paste(house: House, audit: Audit, text: str) -> AuditImport:
    with house.as_(house.firm) as viewer:
        return bring_pasted(viewer=viewer, audit=audit, text=text, at=AT)


def _judged(house: House, brought: AuditImport) -> Judgement:
    with house.as_(house.firm) as viewer:
        audit = Audit.objects.select_related("version").get(pk=brought.audit_id) if brought.audit_id else None
        return judge(viewer, brought, audit)


def _apply(house: House, brought: AuditImport, at: dt.datetime = AT) -> AuditImport:
    with house.as_(house.firm) as viewer:
        return apply_import(viewer=viewer, brought=brought, at=at)


def _faults(house: House, audit: Audit, text: str) -> list[tuple[int, str, str]]:
    found = _judged(house, _paste(house, audit, text))
    return [(one.row, fault.column, fault.sentence) for one in found.errors for fault in one.faults]


def _upload(house: House, data: bytes, name: str = "audit.xlsx", audit: Audit | None = None) -> AuditImport:
    with house.as_(house.firm) as viewer:
        return bring_file(viewer=viewer, audit=audit, file=SimpleUploadedFile(name, data), at=AT)


def _book(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for line, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    sheet.write(line, place, cell)
    return target.getvalue()


# ---------------------------------------------------------------- pasted rows


def test_pasted_rows_become_findings_of_the_kind_the_requirement_says(house: House) -> None:
    audit = house.audit()
    brought = _paste(house, audit, GOOD)
    assert _judged(house, brought).counts()["new"] == 2
    with owner_role():
        assert not Finding.objects.exists()
    _apply(house, brought)
    with owner_role():
        found = list(Finding.objects.order_by("title").values_list("title", "kind", "severity"))
    assert found == [("Exit blocked", "nc", "major"), ("Fees paid", "car", None)]


def test_rows_without_headings_are_read_in_order(house: House) -> None:
    found = _judged(house, _paste(house, house.audit(), "3.B\tExit blocked\tSeen\tcritical\n"))
    assert found.is_ready
    assert found.rows[0].value.said.severity == "critical"


def test_a_cell_of_several_lines_and_a_stray_quotation_mark_stay_whole(house: House) -> None:
    audit = house.audit()
    text = HEAD + '3.B\tExit\t"First line\nsecond ""quoted"" line"\tMinor\n3.B\tTwo\tb\tMinor\n'
    rows = _judged(house, _paste(house, audit, text)).rows
    assert [(one.row, one.value.said.description) for one in rows] == [
        (2, 'First line\nsecond "quoted" line'),
        (4, "b"),
    ]
    stray = _judged(house, _paste(house, audit, HEAD + '3.B\tA 3" pipe\t"open\tMinor\n3.B\tTwo\tb\tMinor\n'))
    assert [one.label for one in stray.rows] == ['A 3" pipe', "Two"]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("1A.C\tFees\tSeen\tMajor", "Severity", "asks for collaborative action"),
        ("5.A\tWages\tSeen\tMajor", "Requirement", "can mean"),
        ("1A\tFees\tSeen\t", "Requirement", "whole section"),
        ("9.Z\tWhat\tSeen\tMinor", "Requirement", "names no section"),
        ("3.Q\tWhat\tSeen\tMinor", "Requirement", "has no item Q"),
        ("3.B\t\tSeen\tMinor", "Title", "missing"),
        ("3.B\tExit\tSeen\t", "Severity", "needs a severity"),
        ("3.B\tExit\tSeen\tterrible", "Severity", "Choose one of"),
        ("3.B\t" + "x" * 251 + "\tSeen\tMinor", "Title", "at most 250"),
    ],
)
def test_a_fault_names_row_and_column_and_says_what_to_do(
    house: House, row: str, column: str, words: str
) -> None:
    audit = house.audit()
    with owner_role():  # section 5 beside 5A, which is printed as 5.A as well
        audit.version.sections.create(code="5", title="Wages", position=9)
        audit.version.sections.filter(code="5A").update(printed_code="5.A")
    faults = _faults(house, audit, HEAD + "3.B\tGood row\tSeen\tMinor\n" + row + "\n")
    assert [(line, name) for line, name, _said in faults] == [(3, column)]
    assert words in faults[0][2]


def test_one_bad_row_keeps_all_out(house: House) -> None:
    brought = _paste(house, house.audit(), GOOD + "3.B\tExit\tSeen\t\n")
    with pytest.raises(Refusal) as caught:
        _apply(house, brought)
    assert caught.value.code == "rows-have-errors"
    with owner_role():
        assert not Finding.objects.exists()
        assert AuditImport.objects.get().state == "previewed"


@pytest.mark.parametrize("text", ["", " \n\t\n", "Title\tWhat was found\n", "x" * 1_000_001])
def test_a_paste_that_says_nothing_is_refused(house: House, text: str) -> None:
    if text.startswith("Title"):
        faults = _faults(house, house.audit(), text)
        assert faults
        return
    with pytest.raises(Refusal):
        _paste(house, house.audit(), text)


def test_applying_twice_does_it_once_and_pasting_again_finds_all_there(house: House) -> None:
    audit = house.audit()
    brought = _paste(house, audit, GOOD)
    first = _apply(house, brought)
    again = _apply(house, brought, at=AT + dt.timedelta(minutes=1))
    assert (first.applied_at, again.applied_at) == (AT, AT)
    third = _paste(house, audit, GOOD)
    assert _judged(house, third).counts()["same"] == 2
    _apply(house, third)
    with owner_role():
        assert Finding.objects.count() == 2


def test_killed_in_the_middle_leaves_nothing_and_the_next_try_does_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = _paste(house, house.audit(), GOOD)

    def dies(**said: Any) -> Finding:
        if said["said"].title == "Fees paid":
            raise KeyboardInterrupt
        return add_finding(**said)

    monkeypatch.setattr("findings.actions.audit_import.add_finding", dies)
    with pytest.raises(KeyboardInterrupt):
        _apply(house, brought)
    with owner_role():
        assert not Finding.objects.exists()
    monkeypatch.undo()
    _apply(house, brought)
    with owner_role():
        assert Finding.objects.count() == 2


def test_what_is_put_away_is_never_applied(house: House) -> None:
    brought = _paste(house, house.audit(), GOOD)
    with house.as_(house.firm) as viewer:
        discard_import(viewer=viewer, brought=brought, at=AT)
    with pytest.raises(Refusal, match="does not wait"):
        _apply(house, brought)


def test_only_editors_of_the_firm_bring_in_and_apply(house: House) -> None:
    audit = house.audit()
    brought = _paste(house, audit, GOOD)
    for who in (house.member(house.firm, Role.VIEWER), house.viewer(house.other_firm)):
        with house.as_(who) as viewer, pytest.raises(Forbidden):
            bring_pasted(viewer=viewer, audit=audit, text=GOOD, at=AT)
    with house.as_(house.member(house.firm, Role.VIEWER)) as viewer, pytest.raises(Forbidden):
        apply_import(viewer=viewer, brought=brought, at=AT)


def test_an_audit_that_left_the_auditors_hands_takes_nothing(house: House) -> None:
    audit = house.audit()
    brought = _paste(house, audit, GOOD)
    house.to(audit, "submitted")
    with pytest.raises(Forbidden):
        _apply(house, brought)


def test_a_car_open_from_an_earlier_audit_is_continued(house: House, car: Finding) -> None:
    audit = house.audit(kind="periodic", ends_on=dt.date(2027, 3, 4))
    brought = _paste(house, audit, HEAD + "1A.C\tFees again\tSeen\t\n")
    assert [one.verdict for one in _judged(house, brought).rows] == ["continues"]
    _apply(house, brought)
    with owner_role():
        assert Finding.objects.get(title="Fees again").predecessor_id == car.pk


# ---------------------------------------------------------------- files


def test_the_template_is_read_again_and_has_nothing_to_say(house: House) -> None:
    managed(house.version)
    brought = _upload(house, template(house.version), audit=house.audit())
    assert _judged(house, brought).counts()["error"] == 0


def test_a_workbook_makes_a_whole_audit(house: House) -> None:
    managed(house.version)
    data = _book(
        (
            "Audit",
            [
                ["Field", "Value"],
                ["Site code", house.north.code],
                ["Methodology", "invented-1.0"],
                ["Kind", "Initial"],
                ["First day", dt.date(2026, 4, 1).isoformat()],
                ["Last day", "2026-04-02"],
            ],
        ),
        ("Auditors", [["Name", "APSCA grade", "APSCA number", "Lead"], ["Rita", "CSCA", 21700123, "yes"]]),
        (
            "Findings",
            [
                ["Requirement *", "Title *", "What was found *", "Severity", "Mood"],
                ["3.B", "=1+1", "Seen", "Major", "?"],
            ],
        ),
        ("Management systems", [["Section", "Element", "Grade"], ["3", "Policies", "Robust"]]),
    )
    brought = _upload(house, data)
    assert brought.content["notes"] == [{"code": "column-left-out", "name": "Mood", "sheet": "Findings"}]
    done = _apply(house, brought)
    with owner_role():
        audit = Audit.objects.get(pk=done.audit_id)  # type: ignore[misc]
        assert (audit.site_id, audit.state, audit.ends_on) == (
            house.north.pk,
            "in_progress",
            dt.date(2026, 4, 2),
        )
        assert audit.auditors.get().apsca_number == "21700123"
        assert Finding.objects.get().title == "=1+1"
        assert ManagementRating.objects.get().grade.key == "robust"
        assert done.document is not None


@pytest.mark.parametrize(
    ("field", "value", "column"),
    [
        ("Site code", "NOWHERE1", "Site code"),
        ("Methodology", "smeta-99", "Methodology"),
        ("Kind", "Full follow-up", "Follows audit"),
        ("First day", "4 March", "First day"),
        ("Last day", "2020-01-01", "Last day"),
    ],
)
def test_an_audit_that_cannot_be_opened_says_why(house: House, field: str, value: str, column: str) -> None:
    facts = {
        "Site code": house.north.code,
        "Methodology": "invented-1.0",
        "Kind": "Initial",
        "First day": "2026-04-01",
        "Last day": "2026-04-02",
    } | {field: value}
    brought = _upload(house, _book(("Audit", [[name, said] for name, said in facts.items()])))
    faults = [fault.column for one in _judged(house, brought).errors for fault in one.faults]
    assert column in faults


def test_a_sheet_of_another_site_is_not_taken_for_this_audit(house: House) -> None:
    brought = _upload(house, _book(("Audit", [["Site code", house.south.code]])), audit=house.audit())
    assert "another site" in _judged(house, brought).errors[0].faults[0].sentence


def _empty_rows() -> bytes:
    rows = "".join(f'<row r="{line}" ht="15"/>' for line in range(1, 1_000_001)).encode()
    source, target = io.BytesIO(_book(("Findings", [["Requirement"]]))), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            content = before.read(one)
            if one.filename.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            after.writestr(one.filename, content)
    return target.getvalue()


def _bomb() -> bytes:
    source, target = io.BytesIO(_book(("Findings", [["Requirement"]]))), io.BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.infolist():
            after.writestr(one.filename, before.read(one))
        after.writestr("xl/media/big.bin", b"\0" * 130_000_000)
    return target.getvalue()


def _macro() -> bytes:
    target = io.BytesIO(_book(("Findings", [["Requirement"]])))
    with zipfile.ZipFile(target, "a") as book:
        book.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "make_it", "code"),
    [
        ("a.xlsx", _empty_rows, ("too-many-rows", "file-too-large")),
        ("a.xlsx", _bomb, ("file-too-large",)),
        ("a.xlsx", _macro, ("file-active",)),
        ("a.xlsx", lambda: b"no workbook", ("file-wrong-content", "file-unreadable")),
        ("a.xlsx", lambda: b"", ("file-empty",)),
        ("a.pdf", lambda: b"%PDF-1.7", ("not-a-workbook",)),
        ("a.json", lambda: b"{", ("not-json",)),
        ("a.json", lambda: b'{"a": 1, "a": 2}', ("name-twice",)),
        ("a.json", lambda: b"[" * 100_000, ("file-too-deep",)),
        ("a.json", lambda: b'{"format": "other"}', ("not-an-audit",)),
        ("a.json", lambda: b" " * (6 * 1024 * 1024), ("file-too-big",)),
        ("a.xlsx", lambda: _book(("One", [["x"]]), ("Two", [["y"]])), ("no-sheets",)),
        ("a.xlsx", lambda: _book(("Findings", [["Title", "Title"]])), ("column-twice",)),
        ("a.xlsx", lambda: _book(("Findings", [["Title"]])), ("no-columns",)),
        (
            "a.xlsx",
            lambda: _book(
                ("Findings", [["Requirement", "Title", "What was found"], *[["3.B", "x", "y"]] * 301])
            ),
            ("too-many",),
        ),
    ],
)
def test_what_is_no_audit_is_refused_with_a_sentence_and_not_kept(
    house: House, name: str, make_it: Any, code: tuple[str, ...]
) -> None:
    with pytest.raises(Refusal) as caught:
        _upload(house, make_it(), name)
    assert caught.value.code in code
    assert caught.value.sentence
    with owner_role():
        assert not AuditImport.objects.exists()


def test_json_that_does_not_fit_says_which_row(house: House) -> None:
    data = {"format": "common-thread-audit", "version": 1, "findings": [{"requirement": "3.B", "mood": 1}]}
    with house.as_(house.firm) as viewer:
        brought = bring_json(viewer=viewer, audit=house.audit(), data=data, at=AT)
    faults = [(one.row, fault.column) for one in _judged(house, brought).errors for fault in one.faults]
    assert (1, "mood") in faults
    assert (1, "Title") in faults


def test_the_example_keeps_to_the_schema() -> None:
    Draft202012Validator(schema()).validate(example())


# ---------------------------------------------------------------- round trip

TEXT = (
    st.text(
        alphabet=st.one_of(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")),
            st.sampled_from(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", "")),
            st.sampled_from("=+-@'\"\t\n_x0041_;,ক่ع"),
        ),
        min_size=1,
        max_size=60,
    )
    .map(str.strip)
    .filter(bool)
)
NAMES = frozenset(one.name for one in fields(Said))


@st.composite
def _findings(draw: st.DrawFn) -> tuple[str, str, Said]:
    code, nature = draw(st.sampled_from([("3.B", "breach"), ("1A.C", "breach"), ("5A.A", "good_example")]))
    said: dict[str, Any] = {
        "title": draw(TEXT.map(lambda text: " ".join(text.split())).filter(bool)),
        "description": draw(TEXT),
        "workers_affected": draw(st.none() | st.integers(0, 1_000_000)),
        "extent": draw(st.sampled_from(["", "isolated", "systemic"])),
        "severity": draw(st.sampled_from(Finding.Severity.values)) if code == "3.B" else None,
        "verification": draw(st.sampled_from([None, "desktop", "follow_up"])) if code == "3.B" else None,
        "objective_evidence": draw(st.just("") | TEXT),
        "law_reference": draw(st.just("") | TEXT.map(lambda text: text[:60].strip())),
        "language": draw(st.sampled_from(["", "en", "bn", "zh-hans"])),
    }
    return code, nature, Said(**{name: value for name, value in said.items() if name in NAMES})


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(_findings(), max_size=5), TEXT, st.sampled_from(["json", "xlsx"]))
def test_what_goes_out_comes_in_again_whole(
    house: House, found: list[tuple[str, str, Said]], note: str, form: str
) -> None:
    with transaction.atomic():
        managed(house.version)
        audit = house.audit(kind="initial", reference="ZAA600012345", summary=note)
        with house.as_(house.firm) as viewer:
            for code, nature, said in found:
                add_finding(
                    viewer=viewer,
                    audit=audit,
                    requirement=make.requirement(code),
                    nature=nature,
                    said=said,
                    at=AT,
                )
            rated = Rated("3.policies", "robust", note, "bn")
            rate_management(viewer=viewer, audit=audit, ratings=[rated], at=AT)
            before = audit_as_data(viewer, audit)
            Draft202012Validator(schema()).validate(before)
            file = json.dumps(before).encode() if form == "json" else audit_as_book(viewer, audit)
            upload = SimpleUploadedFile(f"audit.{form}", file)
            brought = bring_file(viewer=viewer, audit=None, file=upload, at=AT)
            done = apply_import(viewer=viewer, brought=brought, at=AT)
            assert done.audit is not None
            after = audit_as_data(viewer, Audit.objects.select_related("version").get(pk=done.audit_id))  # type: ignore[misc]
        assert _sorted(after) == _sorted(before)
        transaction.set_rollback(True)


def _sorted(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"findings": sorted(data["findings"], key=lambda row: json.dumps(row, sort_keys=True))}


# ---------------------------------------------------------------- raw SQL


def _sql(house: House, who: Any, sql: str, *values: Any) -> int:
    with house.as_(who), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def test_raw_sql_by_others_sees_and_changes_no_import(house: House) -> None:
    brought = _paste(house, house.audit(), GOOD)
    for who in (house.other_firm, house.supplier, house.buyer):
        assert _sql(house, who, "SELECT 1 FROM findings_auditimport") == 0
        assert _sql(house, who, "UPDATE findings_auditimport SET file_name = 'x'") == 0
        with pytest.raises(Error):
            _sql(
                house,
                who,
                """INSERT INTO findings_auditimport (code, organisation_id, makes_audit, source, file_name, content,
                   state, summary, uploaded_at, audit_id)
                   VALUES ('AAAA2222', %s, false, 'paste', 'x', '{}', 'previewed', '{}', now(), %s)""",
                who.pk,
                brought.audit_id,
            )
    assert _sql(house, house.firm, "UPDATE findings_auditimport SET file_name = 'x'") == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE findings_auditimport SET state = 'previewed', applied_at = NULL",
        "UPDATE findings_auditimport SET summary = '{}'",
        "DELETE FROM findings_auditimport",
    ],
)
def test_raw_sql_changes_nothing_that_was_applied(house: House, sql: str) -> None:
    _apply(house, _paste(house, house.audit(), GOOD))
    with pytest.raises(Error):
        _sql(house, house.firm, sql)
