"""The life of an audit: every state, every move, every role; and what each may never do."""

import datetime as dt
from collections.abc import Callable

import pytest

from findings.actions.audit import change_audit, open_audit, start_audit, submit_audit, take_back_audit
from findings.actions.publication import publish_audit
from findings.lifecycle import AuditState
from findings.models import Audit, Auditor
from findings.models.facts import AuditFacts, NamedAuditor
from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import sourcing as places
from tests.findings.conftest import AT, House

MOVES: dict[str, tuple[Callable[..., Audit], AuditState, AuditState]] = {
    "start": (start_audit, AuditState.SCHEDULED, AuditState.IN_PROGRESS),
    "submit": (submit_audit, AuditState.IN_PROGRESS, AuditState.SUBMITTED),
    "take back": (take_back_audit, AuditState.SUBMITTED, AuditState.IN_PROGRESS),
    "publish": (publish_audit, AuditState.SUBMITTED, AuditState.PUBLISHED),
}
STATES = [AuditState.SCHEDULED, AuditState.IN_PROGRESS, AuditState.SUBMITTED, AuditState.PUBLISHED]
FACTS = AuditFacts("periodic", "announced", 2, dt.date(2026, 5, 4), dt.date(2026, 5, 6))
RITA = NamedAuditor("Rita Rahman", "CSCA", "21700123", dt.date(2026, 5, 1), is_lead=True)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", list(MOVES))
def test_every_move_from_every_state_by_every_role(
    house: House, name: str, state: AuditState, role: Role
) -> None:
    action, since, to = MOVES[name]
    audit = house.audit(state)
    with house.as_(house.member(house.firm, role)) as viewer:
        if role == Role.VIEWER or state == AuditState.PUBLISHED:
            with pytest.raises(Forbidden) as caught:
                action(viewer=viewer, audit=audit, at=AT)
            assert caught.value.code == (
                "audit-published" if state == AuditState.PUBLISHED else "read-only-role"
            )
        elif state == since:
            assert action(viewer=viewer, audit=audit, at=AT).state == to
        else:
            with pytest.raises(Refusal) as refused:
                action(viewer=viewer, audit=audit, at=AT)
            assert refused.value.code == "illegal-move"
        audit.refresh_from_db()
        is_moved = role != Role.VIEWER and state == since
        assert audit.state == (to if is_moved else state)


@pytest.mark.parametrize("name", list(MOVES))
@pytest.mark.parametrize("who", ["supplier", "buyer", "other_firm"])
def test_nobody_but_its_firm_moves_an_audit(house: House, name: str, who: str) -> None:
    action, since, _to = MOVES[name]
    audit = house.audit(since)
    with house.as_(getattr(house, who)) as viewer, pytest.raises((Forbidden, Audit.DoesNotExist)):
        action(viewer=viewer, audit=audit, at=AT)
    with house.as_(house.firm) as firm:
        assert action(viewer=firm, audit=audit, at=AT)


def test_audit_is_opened_for_an_engaged_site(house: House) -> None:
    with house.as_(house.firm) as viewer:
        audit = open_audit(
            viewer=viewer, site=house.north, version=house.version, facts=FACTS, auditors=[RITA], at=AT
        )
        assert (audit.state, audit.audit_firm_id, audit.supplier_id) == (
            AuditState.SCHEDULED,
            house.firm.pk,
            house.supplier.pk,
        )
        assert (audit.site_name, audit.supplier_name, audit.audit_firm_name) == (
            "North Mill",
            "Meadow Garments",
            "Fair Look Audits",
        )
        assert list(audit.auditors.values_list("name", "grade", "apsca_number", "is_lead")) == [
            ("Rita Rahman", "CSCA", "21700123", True)
        ]
        assert list(Entry.objects.about(audit).values_list("verb", flat=True)) == ["findings.audit_opened"]


def test_audit_is_not_opened_without_an_engagement(house: House) -> None:
    with house.as_(house.firm) as viewer, pytest.raises(Forbidden) as caught:
        open_audit(viewer=viewer, site=house.south, version=house.version, facts=FACTS, auditors=[], at=AT)
    assert caught.value.code == "not-engaged"


def test_audit_is_not_opened_by_a_reader(house: House) -> None:
    with house.as_(house.member(house.firm, Role.VIEWER)) as viewer, pytest.raises(Forbidden):
        open_audit(viewer=viewer, site=house.north, version=house.version, facts=FACTS, auditors=[], at=AT)


@pytest.mark.parametrize(
    ("kind", "parent", "code"),
    [
        ("follow_up_full", None, "follow-up-of-nothing"),
        ("periodic", "north", "not-a-follow-up"),
        ("follow_up_partial", "south", "another-site"),
        ("follow_up_partial", "unpublished", "another-site"),
        ("follow_up_partial", "north", ""),
    ],
)
def test_follow_up_follows_a_published_audit_of_the_site(
    house: House, kind: str, parent: str | None, code: str
) -> None:
    places.engagement(house.south, house.firm)
    audits = {
        "north": house.audit(AuditState.PUBLISHED),
        "south": house.audit(AuditState.PUBLISHED, site=house.south),
        "unpublished": house.audit(),
    }
    facts = AuditFacts(kind, "announced", 2, dt.date(2026, 5, 4), dt.date(2026, 5, 6))

    def open_it() -> Audit:
        return open_audit(
            viewer=viewer,
            site=house.north,
            version=house.version,
            facts=facts,
            auditors=[],
            parent=audits[parent] if parent else None,
            at=AT,
        )

    with house.as_(house.firm) as viewer:
        if not code:
            assert open_it().parent_id == audits["north"].pk
            return
        with pytest.raises(Refusal) as caught:
            open_it()
        assert caught.value.code == code


def test_facts_change_until_publication_and_the_days_until_findings(house: House) -> None:
    audit = house.audit()
    with house.as_(house.firm) as viewer:
        changed = change_audit(viewer=viewer, audit=audit, facts=FACTS, auditors=[RITA, RITA], at=AT)
        assert (changed.ends_on, changed.auditors.count()) == (dt.date(2026, 5, 6), 2)
    make.finding(changed)
    other = AuditFacts("periodic", "unannounced", 4, dt.date(2026, 5, 4), dt.date(2026, 5, 7))
    with house.as_(house.firm) as viewer:
        with pytest.raises(Refusal) as caught:
            change_audit(viewer=viewer, audit=audit, facts=other, auditors=[], at=AT)
        assert list(caught.value.fields) == ["ends_on"]
        same_days = AuditFacts("initial", "unannounced", 4, dt.date(2026, 5, 4), dt.date(2026, 5, 6))
        changed = change_audit(viewer=viewer, audit=audit, facts=same_days, auditors=[RITA], at=AT)
        assert (changed.notice, changed.pillars, changed.kind) == ("unannounced", 4, "periodic")


def test_supplier_sees_an_audit_only_while_it_is_with_the_site(house: House) -> None:
    audit = house.audit()

    def sees(who: str) -> bool:
        with house.as_(getattr(house, who)) as viewer:
            return Audit.objects.visible_to(viewer).filter(pk=audit.pk).exists()

    steps = [("in progress", None), ("submitted", submit_audit), ("taken back", take_back_audit)]
    seen = []
    for label, action in steps:
        if action:
            with house.as_(house.firm) as viewer:
                action(viewer=viewer, audit=audit, at=AT)
        seen.append((label, sees("supplier"), sees("buyer"), sees("other_firm")))
    assert seen == [
        ("in progress", False, False, False),
        ("submitted", True, False, False),
        ("taken back", False, False, False),
    ]


def test_auditors_go_with_an_unpublished_audit_only(house: House) -> None:
    audit = house.audit(AuditState.PUBLISHED)
    with owner_role():
        assert Auditor.objects.filter(audit=audit).count() == 1
    with house.as_(house.firm) as viewer, pytest.raises(Forbidden):
        change_audit(viewer=viewer, audit=audit, facts=FACTS, auditors=[], at=AT)
