"""More time: the site asks, the audit firm answers, and the date in the audit stays what it was."""

import datetime as dt
from typing import Any

import pytest

from findings.actions.corrective import submit_action
from findings.actions.extension import answer_extension, ask_extension
from findings.lifecycle import AuditState
from findings.models import Extension, ExtensionAnswer, Finding
from findings.queries.corrective import extensions_waiting
from findings.queries.finding import counts_of_non_compliances, non_compliances
from ledger.refusals import Forbidden, Refusal
from tests.factories import findings as make
from tests.factories.corrections import said
from tests.findings.conftest import AT, House

pytestmark = pytest.mark.django_db
TODAY = AT.date()
DUE, LATER = dt.date(2026, 5, 20), dt.date(2026, 7, 20)


@pytest.fixture
def nc(house: House) -> Finding:
    """An overdue non-compliance of a published audit, with another one that is not."""
    audit = house.audit()
    found = make.finding(audit, title="Blocked exit", verification="desktop", due_on=DUE)
    make.finding(audit, title="In time", due_on=dt.date(2026, 8, 1))
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found


def ask(house: House, finding: Finding, **fields: Any) -> Extension:
    given = {"wanted_on": LATER, "reason": "The door is ordered"} | fields
    with house.as_(fields.pop("who", house.supplier)) as viewer:
        return ask_extension(viewer=viewer, finding=finding, at=AT, **given)  # type: ignore[arg-type]


def answer(house: House, extension: Extension, **fields: Any) -> ExtensionAnswer:
    with house.as_(fields.pop("who", house.firm)) as viewer:
        return answer_extension(
            viewer=viewer,
            extension=Extension.objects.select_related("finding__audit").get(pk=extension.pk),
            at=AT,
            **({"is_granted": True} | fields),
        )


def test_granted_moves_the_date_that_counts_and_not_the_audits(house: House, nc: Finding) -> None:
    with house.as_(house.buyer) as viewer:
        assert counts_of_non_compliances(viewer, on=TODAY)["overdue"] == 1
    answer(house, ask(house, nc))
    with house.as_(house.buyer) as viewer:
        nc.refresh_from_db()
        assert (nc.due_on, nc.due_by) == (DUE, LATER)
        assert counts_of_non_compliances(viewer, on=TODAY)["overdue"] == 0
        late = non_compliances(viewer, on=dt.date(2026, 7, 21), is_overdue=True)
        assert [one.title for one in late] == ["Blocked exit"]


def test_firm_may_give_another_date_and_a_second_extension(house: House, nc: Finding) -> None:
    answer(house, ask(house, nc), ends_on=dt.date(2026, 6, 30))
    answer(house, ask(house, nc, wanted_on=dt.date(2026, 7, 15)))
    with house.as_(house.supplier):
        nc.refresh_from_db()
        assert nc.due_by == dt.date(2026, 7, 15)


def test_refused_leaves_the_date_and_says_why(house: House, nc: Finding) -> None:
    extension = ask(house, nc)
    with pytest.raises(Refusal, match="reason-missing"):
        answer(house, extension, is_granted=False)
    said_no = answer(house, extension, is_granted=False, reason="The exit cannot wait")
    with house.as_(house.supplier):
        nc.refresh_from_db()
        assert (nc.due_by, said_no.ends_on) == (DUE, None)
    assert ask(house, nc).pk != extension.pk


def test_one_request_at_a_time(house: House, nc: Finding) -> None:
    ask(house, nc)
    with pytest.raises(Refusal, match="asked-already"):
        ask(house, nc)


@pytest.mark.parametrize("day", [DUE, dt.date(2026, 5, 25)])
def test_day_has_to_be_later_than_the_date_and_than_today(house: House, nc: Finding, day: dt.date) -> None:
    with pytest.raises(Refusal, match="not-later"):
        ask(house, nc, wanted_on=day)
    with pytest.raises(Refusal, match="not-later"):
        answer(house, ask(house, nc), ends_on=day)


def test_only_the_site_asks_and_only_the_firm_answers(house: House, nc: Finding) -> None:
    for who in (house.firm, house.buyer):
        with house.as_(who) as viewer, pytest.raises(Forbidden, match="not-your-site"):
            ask_extension(viewer=viewer, finding=nc, wanted_on=LATER, reason="x", at=AT)
    extension = ask(house, nc)
    for who, code in ((house.supplier, "own-action"), (house.buyer, "not-your-audit")):
        with pytest.raises(Forbidden, match=code):
            answer(house, extension, who=who)
    assert answer(house, extension, who=house.other_firm).is_granted
    with pytest.raises(Forbidden, match="extension-answered"):
        answer(house, extension)


def test_what_is_sent_needs_no_more_time(house: House, nc: Finding) -> None:
    extension = ask(house, nc)
    with house.as_(house.firm) as viewer:
        assert list(extensions_waiting(viewer)) == [extension]
    with house.as_(house.supplier) as viewer:
        submit_action(viewer=viewer, finding=nc, said=said(), at=AT)
    for try_again in (lambda: ask(house, nc), lambda: answer(house, extension)):
        with pytest.raises(Forbidden, match="no-time-needed"):
            try_again()
    with house.as_(house.firm) as viewer:
        assert not extensions_waiting(viewer).exists()


def test_car_has_no_date_to_move(house: House, car: Finding) -> None:
    with pytest.raises(Forbidden, match="not-a-non-compliance"):
        ask(house, car)
