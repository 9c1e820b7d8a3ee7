"""Grading management systems: by the firm, in progress, complete before the site reads; nothing else gets in."""

import datetime as dt

import pytest
from django.db import Error, connection, transaction

from findings.actions.audit import submit_audit
from findings.actions.management import rate_management
from findings.models import Audit, ManagementRating, ManagementSystems
from findings.models.facts import Rated
from findings.queries.management import grid_of
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories.management import managed, rate_all, rating
from tests.findings.conftest import AT, House

CELL = Rated("1A.policies", "some", "Written, and known", "en")


@pytest.fixture
def audit(house: House) -> Audit:
    """An audit in progress by a version that wants management graded."""
    managed(house.version)
    made = house.audit()
    made.version.refresh_from_db()
    return made


def _rate(house: House, audit: Audit, *ratings: Rated, at: dt.datetime = AT) -> list[ManagementRating]:
    with house.as_(house.firm) as viewer:
        return rate_management(viewer=viewer, audit=audit, ratings=ratings, at=at)


def test_a_grade_with_its_note_and_language_is_kept(house: House, audit: Audit) -> None:
    assert len(_rate(house, audit, CELL)) == 1
    with house.as_(house.firm) as viewer:
        found = grid_of(viewer, audit).cell("1A.policies")
        assert found is not None
        assert found.rating is not None
        assert found.step is not None
        assert (found.step.rank, found.step.of, found.rating.note, found.rating.language) == (
            3,
            4,
            "Written, and known",
            "en",
        )


def test_saying_it_again_changes_nothing_and_another_grade_replaces_it(house: House, audit: Audit) -> None:
    _rate(house, audit, CELL)
    assert _rate(house, audit, CELL) == []
    assert len(_rate(house, audit, Rated("1A.policies", "robust"))) == 1
    with owner_role():
        row = ManagementRating.objects.get()
        assert (row.grade.key, row.note, row.language) == ("robust", "", "")


def test_a_grade_can_be_taken_away(house: House, audit: Audit) -> None:
    _rate(house, audit, CELL)
    _rate(house, audit, Rated("1A.policies", ""))
    with owner_role():
        assert not ManagementRating.objects.exists()


def test_many_cells_are_one_line_of_history_an_hour(house: House, audit: Audit) -> None:
    _rate(house, audit, CELL)
    _rate(house, audit, Rated("3.policies", "robust"), at=AT + dt.timedelta(minutes=5))
    _rate(house, audit, Rated("3.training", "robust"), at=AT + dt.timedelta(hours=2))
    with owner_role():
        assert Entry.objects.filter(verb="findings.management_rated").count() == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Rated("9Z.policies", "some"), "no-such-cell"),
        (Rated("1A.policies", "perfect"), "no-such-grade"),
        (Rated("1A.policies", "", "Only words"), "note-without-grade"),
    ],
)
def test_what_is_not_in_the_version_is_refused_and_nothing_kept(
    house: House, audit: Audit, said: Rated, code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        _rate(house, audit, Rated("3.policies", "some"), said)
    assert caught.value.code == code
    with owner_role():
        assert not ManagementRating.objects.exists()


def test_only_the_firm_grades_and_no_reader_of_it(house: House, audit: Audit) -> None:
    _rate(house, audit, CELL)
    onlooker = house.member(house.firm, Role.VIEWER)
    for who in (onlooker, house.viewer(house.other_firm), house.viewer(house.supplier)):
        with house.as_(who) as viewer, pytest.raises(Forbidden):
            rate_management(viewer=viewer, audit=audit, ratings=[CELL], at=AT)


@pytest.mark.parametrize("state", ["scheduled", "submitted", "published"])
def test_only_an_audit_in_progress_is_graded(house: House, state: str) -> None:
    managed(house.version, ManagementSystems.OPTIONAL)
    audit = house.audit(state)
    with pytest.raises(Forbidden):
        _rate(house, audit, CELL)


def test_a_version_that_does_not_grade_refuses(house: House) -> None:
    with pytest.raises(Forbidden) as caught:
        _rate(house, house.audit(), CELL)
    assert caught.value.code == "no-management-systems"


def test_the_site_gets_the_audit_when_every_cell_is_graded(house: House, audit: Audit) -> None:
    _rate(house, audit, CELL)
    with house.as_(house.firm) as viewer, pytest.raises(Refusal, match="1 of 6") as caught:
        submit_audit(viewer=viewer, audit=audit, at=AT)
    assert caught.value.code == "management-not-graded"
    for section in ("1A", "3", "5A"):
        _rate(house, audit, *(Rated(f"{section}.{one}", "some") for one in ("policies", "training")))
    with house.as_(house.firm) as viewer:
        assert submit_audit(viewer=viewer, audit=audit, at=AT).state == "submitted"


def test_a_version_that_leaves_it_open_lets_the_audit_go(house: House) -> None:
    managed(house.version, ManagementSystems.OPTIONAL)
    audit = house.audit()
    with house.as_(house.firm) as viewer:
        assert submit_audit(viewer=viewer, audit=audit, at=AT).state == "submitted"


def test_sections_of_other_pillars_are_not_asked_about(house: House, audit: Audit) -> None:
    with owner_role():
        section = audit.version.sections.get(code="3")
        section.pillars = 4
        section.save(update_fields=["pillars"])
    with house.as_(house.firm) as viewer:
        assert grid_of(viewer, audit).total == 4
    with pytest.raises(Refusal):
        _rate(house, audit, Rated("3.policies", "some"))


# ---------------------------------------------------------------- raw SQL

INSERT = """INSERT INTO findings_managementrating
  (audit_id, audit_firm_id, section_id, element_id, grade_id, note, language, rated_at)
  SELECT %s, %s, s.id, e.id, g.id, '', '', now()
    FROM findings_section s, findings_managementelement e, findings_managementgrade g
   WHERE s.code = '3' AND e.key = 'policies' AND g.key = 'robust'"""


def _sql(house: House, who: object, sql: str, *values: object) -> int:
    with house.as_(who), transaction.atomic(), connection.cursor() as cursor:  # type: ignore[arg-type]
        cursor.execute(sql, values)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def test_raw_sql_by_another_organisation_finds_no_way_in(house: House, audit: Audit) -> None:
    rating(audit, "1A", "policies")
    for who in (house.other_firm, house.supplier, house.buyer):
        with pytest.raises(Error):
            _sql(house, who, INSERT, audit.pk, who.pk)
        assert _sql(house, who, "UPDATE findings_managementrating SET note = 'x'") == 0
        assert _sql(house, who, "DELETE FROM findings_managementrating") == 0
        assert _sql(house, who, "SELECT 1 FROM findings_managementrating") == 0
    assert _sql(house, house.firm, INSERT, audit.pk, house.firm.pk) == 1


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_raw_sql_by_the_firm_changes_nothing_once_the_site_reads(
    house: House, audit: Audit, state: str
) -> None:
    rate_all(audit)
    house.to(audit, "submitted")
    if state == "published":
        house.to(audit, "published")
    for sql in ("UPDATE findings_managementrating SET note = 'x'", "DELETE FROM findings_managementrating"):
        with pytest.raises(Error, match=r"in progress|never changes"):
            _sql(house, house.firm, sql)
    assert _sql(house, house.supplier, "SELECT 1 FROM findings_managementrating") == 6
    assert _sql(house, house.buyer, "SELECT 1 FROM findings_managementrating") == (
        6 if state == "published" else 0
    )


def test_raw_sql_by_the_owner_of_the_tables_leaves_a_published_audit_alone(
    house: House, audit: Audit
) -> None:
    rate_all(audit)
    house.to(audit, "submitted")
    house.to(audit, "published")
    with owner_role(), pytest.raises(Error, match="never changes"), transaction.atomic():
        ManagementRating.objects.update(note="x")


def test_raw_sql_takes_no_grade_of_another_version(house: House, audit: Audit) -> None:
    other = managed(make.version("other-1.0"))
    with owner_role():
        foreign = other.management_grades.get(key="some")
    rating(audit, "3", "policies")
    with pytest.raises(Error, match="another methodology version"):
        _sql(house, house.firm, "UPDATE findings_managementrating SET grade_id = %s", foreign.pk)
