"""What an auditor types is kept, for themselves alone, until the finding is saved."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from findings.actions.finding_draft import finish_finding_draft, is_entered, save_finding_draft
from findings.lifecycle import AuditState
from findings.models import FindingDraft
from findings.queries.entry import finding_draft_of, typed_in
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import House

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
TYPED = {"title": ["Exit is blocked"], "severity": ["major"]}


def test_words_are_kept_and_found_again(house: House) -> None:
    audit = house.audit()
    with house.as_(house.firm) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="one", at=AT)
        save_finding_draft(
            viewer=viewer, audit=audit, typed=TYPED | {"title": ["Better"]}, entry="one", at=AT
        )
        assert typed_in(finding_draft_of(viewer, audit)) == {"title": ["Better"], "severity": ["major"]}
        assert FindingDraft.objects.count() == 1


def test_a_colleague_has_a_draft_of_their_own_and_sees_no_other(house: House) -> None:
    audit, colleague = house.audit(), house.member(house.firm, Role.EDITOR)
    with house.as_(house.firm) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="one", at=AT)
    with house.as_(colleague):
        assert finding_draft_of(colleague, audit) is None
        assert not FindingDraft.objects.exists()
        save_finding_draft(viewer=colleague, audit=audit, typed={"title": ["Mine"]}, entry="two", at=AT)
        assert typed_in(finding_draft_of(colleague, audit)) == {"title": ["Mine"]}
    with house.as_(house.firm) as viewer:
        assert typed_in(finding_draft_of(viewer, audit)) == TYPED


def test_what_comes_late_does_not_come_back(house: House) -> None:
    audit = house.audit()
    with house.as_(house.firm) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="one", at=AT)
        finish_finding_draft(viewer=viewer, audit=audit, entry="one", at=AT)
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="one", at=AT)
        draft = finding_draft_of(viewer, audit)
        assert typed_in(draft) == {}
        assert is_entered(draft, "one")
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="two", at=AT)
        assert typed_in(finding_draft_of(viewer, audit)) == TYPED


def test_a_change_of_a_finding_has_a_draft_of_its_own(house: House) -> None:
    audit = house.audit()
    found = make.finding(audit)
    with house.as_(house.firm) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, finding=found, typed=TYPED, entry="", at=AT)
        assert finding_draft_of(viewer, audit) is None
        assert typed_in(finding_draft_of(viewer, audit, found)) == TYPED


@pytest.mark.parametrize("who", ["supplier", "buyer", "other_firm"])
def test_others_keep_nothing_there(house: House, who: str) -> None:
    audit = house.audit(AuditState.PUBLISHED)
    with house.as_(getattr(house, who)) as viewer, pytest.raises(Forbidden):
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="", at=AT)


def test_a_book_is_no_draft(house: House) -> None:
    audit = house.audit()
    with house.as_(house.firm) as viewer, pytest.raises(Refusal) as refused:
        save_finding_draft(viewer=viewer, audit=audit, typed={"title": ["x" * 100_001]}, entry="", at=AT)
    assert refused.value.code == "draft-too-long"


def test_drafts_go_with_the_finding_and_with_publication(house: House) -> None:
    audit, colleague = house.audit(), house.member(house.firm, Role.EDITOR)
    found = make.finding(audit)
    for who in (house.viewer(house.firm), colleague):
        with house.as_(who):
            save_finding_draft(viewer=who, audit=audit, finding=found, typed=TYPED, entry="", at=AT)
            save_finding_draft(viewer=who, audit=audit, typed=TYPED, entry="", at=AT)
    with house.as_(house.firm), connection.cursor() as cursor:
        cursor.execute("DELETE FROM findings_finding WHERE id = %s", [found.pk])
    with owner_role():
        assert FindingDraft.objects.filter(finding=None).count() == FindingDraft.objects.count() == 2
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    with owner_role():
        assert not FindingDraft.objects.exists()


def test_raw_sql_reaches_no_draft_of_another_person(house: House) -> None:
    audit, colleague = house.audit(), house.member(house.firm, Role.EDITOR)
    with house.as_(house.firm) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, typed=TYPED, entry="", at=AT)
    with house.as_(colleague):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE findings_findingdraft SET content = '{}'")
            assert cursor.rowcount == 0
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO findings_findingdraft (person_id, audit_id, audit_firm_id, content, saved_at)"
                " VALUES (%s, %s, %s, '{}', now())",
                [house.viewer(house.firm).person_id, audit.pk, house.firm.pk],
            )
