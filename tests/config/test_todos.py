"""The words and the order of what waits on the home page; which rows there are is asked in the demo world's tests."""

import datetime as dt

import pytest

from config.todos import KINDS, MOST, todos_from
from organisations.queries.waiting import Waiting

TODAY = dt.date(2026, 3, 10)


def waiting(
    kind: str, days: int = 0, *, who: str = "East Mill", code: str = "8H2KQW4T", **said: str
) -> Waiting:
    """Return a row whose day lies so many days ahead."""
    return Waiting(
        kind, code, who, said.get("note", ""), said.get("state", ""), TODAY + dt.timedelta(days=days)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_address_and_words(kind: str) -> None:
    code = "" if kind in {"case", "group_action"} else "8H2KQW4T"  # these lead to a list
    (todo,) = todos_from([waiting(kind, code=code, state="open")], TODAY)
    assert todo.url.startswith("/")
    assert todo.what
    assert todo.verb


def test_puts_the_most_urgent_first_and_the_oldest_of_a_kind() -> None:
    rows = [waiting("no_plan"), waiting("overdue", -2, who="later"), waiting("overdue", -9, who="first")]
    assert [todo.who for todo in todos_from(rows, TODAY)] == ["first", "later", "East Mill"]


def test_puts_a_late_report_among_what_is_overdue() -> None:
    late, soon = waiting("report", -3, who="late"), waiting("report", 3, who="soon")
    told = todos_from([soon, waiting("call"), late], TODAY)
    assert [todo.who for todo in told] == ["late", "East Mill", "soon"]
    assert "late since" in told[0].note
    assert "due" in told[2].note


def test_gives_at_most_eight_and_no_kind_fills_them_while_others_wait() -> None:
    rows = [waiting("overdue", -n) for n in range(1, 9)] + [waiting("call"), waiting("expiring", 4)]
    told = todos_from(rows, TODAY)
    assert len(told) == MOST
    assert [todo.what for todo in told].count(str(KINDS["overdue"].what)) == 6
    assert {str(KINDS["call"].what), str(KINDS["expiring"].what)} <= {todo.what for todo in told}


def test_says_nothing_of_a_case() -> None:
    (todo,) = todos_from([Waiting("case", "", "", "", "", None)], TODAY)
    assert (todo.who, todo.what, todo.note, todo.kind) == ("There is a case", "you are named in", "", "")
    assert todo.url == "/incidents/"


def test_counts_the_days_left_to_read_an_audit() -> None:
    (todo,) = todos_from([waiting("review", 3, state="submitted")], TODAY)
    assert todo.note == "3 days left"


def test_leads_from_a_dispute_to_what_is_disputed() -> None:
    audit, finding = (waiting("dispute", state=state) for state in ("audit", "nc"))
    assert [todo.url for todo in todos_from([audit, finding], TODAY)] == [
        "/audits/8H2KQW4T/",
        "/findings/8H2KQW4T/",
    ]


def test_cuts_a_long_reason() -> None:
    (todo,) = todos_from([waiting("sent_back", -1, note="Please send the records. " * 20)], TODAY)
    assert len(todo.note) < 180
    assert todo.state == "more_needed"
