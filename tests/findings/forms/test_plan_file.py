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
        values=values_of(typed_of(content, **said)),
        said_language=said["language"],
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
    assert read.over({}) == {**plan().values, "date_1": "", **{f"date_{n}": "" for n in range(2, 7)}} | read.values
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
