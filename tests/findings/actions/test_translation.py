"""A translation stands beside the original, carries its organisation's name, and is read by whom it is for."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from findings.actions.translation import translate
from findings.lifecycle import AuditState
from findings.models import Finding, Translation
from findings.queries.translation import beside, texts_of, translations_of
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.models import Organisation
from tests.factories import findings as make
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def nc(house: House) -> Finding:
    """A non-compliance of a published audit, written in English."""
    audit = house.audit()
    found = make.finding(audit, title="Blocked exit", language="en")
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def write(house: House, who: Organisation, finding: Finding, **fields: Any) -> Translation:
    given: dict[str, Any] = {
        "subject": finding,
        "language": "bn",
        "words": {"title": "বন্ধ দরজা", "description": "দরজা বন্ধ ছিল।"},
        "is_shared": False,
    }
    with house.as_(who) as viewer:
        return translate(viewer=viewer, finding=finding, at=AT, **(given | fields))


def read(house: House, who: Organisation, finding: Finding) -> list[Translation]:
    with house.as_(who) as viewer:
        return translations_of(viewer, finding)


def test_a_shared_one_is_read_by_all_who_see_the_original(house: House, nc: Finding) -> None:
    made = write(house, house.supplier, nc, is_shared=True)
    assert (made.number, made.organisation_name, made.audit_id) == (1, house.supplier.name, nc.audit_id)
    for who in (house.supplier, house.firm, house.buyer):
        assert [one.pk for one in read(house, who, nc)] == [made.pk]


def test_an_own_one_is_read_by_its_organisation_only(house: House, nc: Finding) -> None:
    made = write(house, house.buyer, nc)
    assert [one.pk for one in read(house, house.buyer, nc)] == [made.pk]
    assert read(house, house.supplier, nc) == []
    with house.as_(house.supplier):
        assert not Translation.objects.exists()
        assert not Entry.objects.filter(verb="findings.translated").exists()


def test_a_customer_shares_none_since_it_would_show_who_it_is(house: House, nc: Finding) -> None:
    with pytest.raises(Forbidden):
        write(house, house.buyer, nc, is_shared=True)
    with house.as_(house.buyer) as viewer, pytest.raises(DatabaseError), transaction.atomic():
        Translation.objects.create(
            finding=nc,
            audit_id=nc.audit_id,
            organisation_id=viewer.organisation_id,
            person_id=viewer.person_id,
            subject_kind="findings.finding",
            subject_id=nc.pk,
            language="bn",
            words={"title": "x"},
            original="",
            is_shared=True,
            number=1,
            made_at=AT,
        )


def test_writing_again_is_a_new_version_and_the_first_stays(house: House, nc: Finding) -> None:
    first = write(house, house.firm, nc, is_shared=True)
    second = write(house, house.firm, nc, is_shared=True, words={"title": "অবরুদ্ধ"})
    assert (first.number, second.number) == (1, 2)
    assert [one.pk for one in read(house, house.buyer, nc)] == [second.pk]
    with house.as_(house.firm):
        assert Translation.objects.get(pk=first.pk).words["title"] == "বন্ধ দরজা"


def test_a_corrected_original_is_seen(house: House, nc: Finding) -> None:
    made = write(house, house.supplier, nc, is_shared=True)
    assert [one.is_stale for one in beside(nc, [made])] == [False]
    nc.description = "Another exit was blocked."
    assert [one.is_stale for one in beside(nc, [made])] == [True]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"language": "xx"}, "unknown-language"),
        ({"language": "en"}, "same-language"),
        ({"words": {"title": "  "}}, "nothing-translated"),
        ({"words": {"severity": "minor"}}, "unknown-text"),
        ({"words": {"title": "x" * 10_001}}, "too-long"),
    ],
)
def test_what_is_no_translation_is_refused(
    house: House, nc: Finding, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        write(house, house.supplier, nc, **fields)
    assert refused.value.code == code


def test_only_texts_that_are_there_can_be_translated(house: House, nc: Finding) -> None:
    assert {one.name for one in texts_of(nc)} <= {
        "title",
        "description",
        "objective_evidence",
        "law_reference",
    }


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE findings_translation SET words = \'{"title": "x"}\'',
        "UPDATE findings_translation SET is_shared = true",
        "DELETE FROM findings_translation",
    ],
)
def test_what_was_written_stays_against_plain_sql(house: House, nc: Finding, sql: str) -> None:
    write(house, house.buyer, nc)
    with (
        house.as_(house.buyer),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_finding_struck_out_before_publication_takes_its_translations_along(house: House) -> None:
    audit = house.audit()
    finding = make.finding(audit)
    write(house, house.firm, finding, is_shared=True)
    with house.as_(house.firm), connection.cursor() as cursor:
        cursor.execute("DELETE FROM findings_finding WHERE id = %s", [finding.pk])
        assert not Translation.objects.exists()
