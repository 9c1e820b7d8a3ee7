"""Cases: what those who are named in one may do, by side and by role."""

import pytest

from findings.permissions.incident import (
    can_answer,
    can_ask,
    can_close_case,
    can_end_naming,
    can_finish_task,
    can_inform_customers,
    can_name_people,
    can_open_case,
    can_reopen_case,
    can_set_task,
    can_work_in_case,
)
from organisations.visibility import Capability
from tests.findings.permissions.asking import THEM, US, Line, answer, named, reader, thing, viewer

OPEN, CLOSED = thing(is_closed=False), thing(is_closed=True)
ROLES = {"lead": (True, True), "works": (False, True), "reads": (False, False)}


def mine(role: str, *, is_site: bool = True) -> object:
    """Return how somebody is named in the case: as its member 5, for us."""
    is_lead, may_write = ROLES[role]
    return thing(is_lead=is_lead, may_write=may_write, is_site=is_site, member_id=5, organisation_id=US)


def member(**facts: object) -> object:
    """Return somebody else who is named."""
    return thing(**({"ended_at": None, "pk": 6, "organisation_id": THEM} | facts))


LEAD, WORKS, READS = mine("lead"), mine("works"), mine("reads")
GUEST_LEAD, GUEST, GUEST_READS = (mine(one, is_site=False) for one in ("lead", "works", "reads"))
MY_TASK, OTHER_TASK = thing(done_at=None, owner_id=5), thing(done_at=None, owner_id=6)
LINES: list[Line] = [
    (can_open_case, (viewer(US, Capability.SUPPLIER),), ""),
    (can_open_case, (viewer(US, Capability.AUDIT_FIRM),), ""),
    (can_open_case, (viewer(US, Capability.BUYER),), "not-at-the-site"),
    (can_open_case, (reader(Capability.SUPPLIER),), "read-only-role"),
    *((can_work_in_case, (OPEN, one), "") for one in (LEAD, WORKS, GUEST)),
    (can_work_in_case, (OPEN, READS), "case-read-only"),
    (can_work_in_case, (CLOSED, LEAD), "case-closed"),
    *((can_name_people, (one,), "") for one in (LEAD, GUEST_LEAD)),
    *((can_name_people, (one,), "not-the-lead") for one in (WORKS, GUEST, READS)),
    (can_inform_customers, (LEAD,), ""),
    (can_inform_customers, (GUEST_LEAD,), "not-the-supplier"),
    *((can_inform_customers, (one,), "not-the-lead") for one in (WORKS, GUEST)),
    (can_end_naming, (LEAD, member()), ""),
    (can_end_naming, (LEAD, member(ended_at="a day")), "naming-ended"),
    (can_end_naming, (GUEST_READS, member(pk=5)), ""),
    (can_end_naming, (GUEST_READS, member(pk=5, ended_at="a day")), "naming-ended"),
    (can_end_naming, (WORKS, member()), "not-the-lead"),
    (can_end_naming, (GUEST_LEAD, member()), "not-the-supplier"),
    (can_end_naming, (GUEST_LEAD, member(organisation_id=US)), ""),
    (can_end_naming, (GUEST, member(organisation_id=US)), "not-the-lead"),
    *((can_set_task, (OPEN, one), "") for one in (LEAD, WORKS, GUEST_LEAD)),
    (can_set_task, (OPEN, GUEST), "not-the-supplier"),
    (can_set_task, (OPEN, READS), "case-read-only"),
    (can_set_task, (CLOSED, LEAD), "case-closed"),
    *((can_finish_task, (OPEN, one, OTHER_TASK), "") for one in (LEAD, WORKS)),
    (can_finish_task, (OPEN, GUEST, MY_TASK), ""),
    *((can_finish_task, (OPEN, one, OTHER_TASK), "not-your-task") for one in (GUEST, GUEST_LEAD)),
    (can_finish_task, (OPEN, LEAD, thing(done_at="a day", owner_id=5)), "task-done"),
    (can_finish_task, (CLOSED, LEAD, MY_TASK), "case-closed"),
    *((can_ask, (OPEN, one), "") for one in (GUEST, GUEST_LEAD)),
    (can_ask, (OPEN, WORKS), "own-side"),
    (can_ask, (OPEN, GUEST_READS), "case-read-only"),
    *((can_answer, (OPEN, one), "") for one in (LEAD, WORKS)),
    (can_answer, (OPEN, GUEST_LEAD), "not-the-supplier"),
    (can_answer, (CLOSED, WORKS), "case-closed"),
    *((can_close_case, (OPEN, one), "") for one in (LEAD, GUEST_LEAD)),
    (can_close_case, (OPEN, WORKS), "not-the-lead"),
    (can_close_case, (CLOSED, LEAD), "case-closed"),
    (can_reopen_case, (CLOSED, LEAD), ""),
    (can_reopen_case, (OPEN, LEAD), "case-open"),
    (can_reopen_case, (CLOSED, WORKS), "not-the-lead"),
]


@pytest.mark.parametrize("line", LINES, ids=named)
def test_a_case_is_worked_on_by_side_and_role(line: Line) -> None:
    assert answer(line) == line[2]
