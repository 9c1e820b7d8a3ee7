"""Reports of an audit and the history of a site: what they hold, for whom, and that nothing private is in them."""

import datetime as dt
import io
from typing import Any

import pypdfium2
import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from documents.models import Rendering
from documents.renderings import work
from documents.storage import open_bytes
from findings.actions.corrective import submit_action, verify
from findings.actions.papers import CAPR, SITE_HISTORY, ask_for_paper
from findings.lifecycle import AuditState
from findings.models import Audit, Finding
from findings.queries.capr import capr_of
from findings.queries.site_history import site_history
from ledger.models import ReadLog
from organisations.models import Organisation
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.corrections import said
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db
SCRIPTS = "কারখানা · مصنع · 工厂 · โรงงาน · nhà máy · завод"


@pytest.fixture
def audit(house: House) -> Audit:
    """A published audit: two non-compliances, one put right, a CAR with a plan, and a good example."""
    made = house.audit()
    fixed = make.finding(made, title=f"Blocked exit {SCRIPTS}", verification="desktop", severity="critical")
    make.finding(made, title="=1+1 no drinking water")
    car = make.car(made, title="Agents charge fees")
    make.finding(made, Finding.Kind.GOOD_EXAMPLE, title="Crèche on site")
    house.to(made, AuditState.SUBMITTED)
    house.to(made, AuditState.PUBLISHED)
    make.plan(car)
    with house.as_(house.supplier) as viewer:
        submit_action(viewer=viewer, finding=fixed, said=said(), at=AT)
    with house.as_(house.firm) as viewer:
        verify(viewer=viewer, finding=fixed, method="desktop", result="closed", at=AT)
    return made


def made(house: House, who: Organisation, kind: str, subject: Any) -> bytes:
    """Ask for a paper, let the worker make it, and return it."""
    viewer = house.viewer(who)
    with house.as_(who):
        row = ask_for_paper(viewer=viewer, kind=kind, subject=subject, at=timezone.now())
    assert work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
    with house.as_(who):
        ready = Rendering.objects.select_related("document").get(pk=row.pk)
        assert ready.state == Rendering.State.DONE, ready.error
        assert ready.document is not None
        with open_bytes(ready.document) as content:
            return content.read()


def text_of(data: bytes) -> str:
    """Return the words of a PDF."""
    with pypdfium2.PdfDocument(data) as book:
        return " ".join(page.get_textpage().get_text_bounded() for page in book)


def sheets_of(data: bytes) -> dict[str, list[list[Any]]]:
    """Return the sheets of a workbook by name."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_report_on_paper_holds_the_whole_story_and_cars_apart(house: House, audit: Audit) -> None:
    words = " ".join(text_of(made(house, house.supplier, CAPR["pdf"], audit)).split())
    for wanted in (
        "2 non-compliances for the site to put right.",
        "One matter is worked on together and stands apart",
        said().correction,
        said().whys[0],
        said().responsible,
        "It is enough: closed",
        "Rita Rahman (lead), CSCA 21700123",
        "Crèche on site",
        "version 1, shared",
        "Signatures",
        "As of ",
    ):
        assert wanted in words


def test_report_as_a_workbook_counts_no_car_and_obeys_no_word(house: House, audit: Audit) -> None:
    sheets = sheets_of(made(house, house.buyer, CAPR["xlsx"], audit))
    assert list(sheets) == ["Audit", "Non-compliances", "Working together", "Good examples"]
    facts = {row[0]: row[1] for row in sheets["Audit"]}
    assert (facts["Critical"], facts["Major"], facts["Working together (not counted among these)"]) == (
        1,
        1,
        1,
    )
    header, *rows = sheets["Non-compliances"]
    assert [row[3] for row in rows] == [f"Blocked exit {SCRIPTS}", "=1+1 no drinking water"]
    assert rows[0][header.index("What was done")] == said().correction
    assert "Severity" not in sheets["Working together"][0]
    assert not any("ue" in one for one in sheets["Working together"][0] if one.startswith("Due"))


def test_report_is_made_anew_for_what_changed(house: House, audit: Audit) -> None:
    before = made(house, house.firm, CAPR["xlsx"], audit)
    with owner_role():
        Finding.objects.filter(title__startswith="=1+1").update(state="superseded")
    after = made(house, house.firm, CAPR["xlsx"], audit)
    assert before != after
    assert "Superseded" in str(sheets_of(after)["Non-compliances"])


def test_nobody_reads_a_report_of_an_audit_that_they_do_not_see(house: House, audit: Audit) -> None:
    viewer = house.viewer(house.stranger)
    with house.as_(house.stranger):
        row = ask_for_paper(viewer=viewer, kind=CAPR["pdf"], subject=audit, at=timezone.now())
    assert not work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
    with house.as_(house.stranger):
        assert Rendering.objects.get(pk=row.pk).state == Rendering.State.FAILED


def test_owner_sees_who_took_a_report(house: House, audit: Audit) -> None:
    made(house, house.buyer, CAPR["xlsx"], audit)
    with owner_role():
        read = ReadLog.objects.filter(organisation=house.buyer, subject_kind="findings.finding")
        assert read.count() == 4


def test_report_takes_as_many_queries_for_many_findings(
    house: House, audit: Audit, django_assert_max_num_queries: Any
) -> None:
    with house.as_(house.supplier) as viewer:
        wanted = Audit.objects.select_related("version").get(pk=audit.pk)
        with django_assert_max_num_queries(14):
            capr_of(viewer, wanted, on=dt.date(2026, 5, 1))


def test_report_of_three_hundred_findings_stays_within_the_limits_of_the_press(house: House) -> None:
    large = house.audit()
    for number in range(300):
        make.finding(large, title=f"Finding {number} of many", description="Seen on site, twice. " * 12)
    house.to(large, AuditState.SUBMITTED)
    house.to(large, AuditState.PUBLISHED)
    words = text_of(made(house, house.supplier, CAPR["pdf"], large))
    assert "Finding 299 of many" in words
    assert "stands in the Excel form" in words
    assert len(sheets_of(made(house, house.supplier, CAPR["xlsx"], large))["Non-compliances"]) == 301


def test_history_tells_audits_time_and_chains(house: House, audit: Audit) -> None:
    with house.as_(house.supplier) as viewer:
        found = site_history(viewer, house.north, on=dt.date(2026, 8, 1))
    assert [
        (one.audit.pk, one.tally.non_compliances, one.not_closed, one.tally.cars) for one in found.audits
    ] == [(audit.pk, 2, 1, 1)]
    closed_on = AT.date()
    assert [(one.on, one.open, one.closed) for one in found.moments][-1] == (dt.date(2026, 8, 1), 1, 1)
    assert found.moments[0].on >= audit.ends_on
    assert closed_on <= dt.date(2026, 8, 1)
    assert [[car.title for car in chain.cars] for chain in found.chains] == [["Agents charge fees"]]
    assert found.open_now == 1


def test_history_on_paper_draws_and_says_the_same(house: House, audit: Audit) -> None:
    words = " ".join(text_of(made(house, house.buyer, SITE_HISTORY["pdf"], house.north)).split())
    for wanted in (
        "One published audit.",
        "Non-compliances over time",
        "Put right or superseded",
        "An issue since",
    ):
        assert wanted in words
    sheets = sheets_of(made(house, house.buyer, SITE_HISTORY["xlsx"], house.north))
    assert list(sheets) == ["Audits", "Over time", "Non-compliances", "Working together"]
    assert len(sheets["Non-compliances"]) == 3


def test_history_of_an_unseen_site_is_not_made(house: House) -> None:
    viewer = house.viewer(house.stranger)
    with house.as_(house.stranger):
        row = ask_for_paper(viewer=viewer, kind=SITE_HISTORY["pdf"], subject=house.north, at=timezone.now())
    assert not work(organisation_id=viewer.organisation_id, person_id=viewer.person_id, rendering_id=row.pk)
