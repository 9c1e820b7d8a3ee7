"""The tool that breaks rules: it breaks what it says it breaks, and mends it again."""

import pytest
from django.conf import settings
from django.db import connection

from findings.lifecycle import CAR
from mutation import python, sql
from mutation.__main__ import report
from organisations.permissions import can_edit
from organisations.visibility import Role
from tests.findings.permissions.asking import viewer


def test_functions_are_broken_and_mended() -> None:
    some = [one for one in python.mutants(["organisations/permissions"]) if one.where.startswith("can_edit:")]
    changes = [one.change for one in some]
    assert "ALLOWED  →  denied" in changes
    assert len(changes) == len(set(changes))
    reader = viewer(role=Role.VIEWER)
    answers = []
    for one in some:
        assert one.applied is not None
        with one.applied():
            answers.append((can_edit(reader).code, can_edit(viewer()).code))
    assert ("read-only-role", "") not in answers
    assert (can_edit(reader).code, can_edit(viewer()).code) == ("read-only-role", "")


def test_moves_are_taken_away_and_added() -> None:
    name = "CAR"
    some = [one for one in python.mutants(["findings/lifecycle"]) if one.where == name]
    assert len(some) == len(CAR.moves) ** 2
    before = {state: set(targets) for state, targets in CAR.moves.items()}
    for one in some:
        assert one.applied is not None
        with one.applied():
            assert {state: set(targets) for state, targets in CAR.moves.items()} != before
    assert {state: set(targets) for state, targets in CAR.moves.items()} == before


@pytest.mark.parametrize(
    ("text", "weaker"),
    [
        ("a AND b", [" true  AND b", "a AND  true "]),
        ("a OR b AND c", [" false  OR b AND c", "a OR  true  AND c", "a OR b AND  true "]),
        ("x BETWEEN 1 AND 2 AND y", [" true  AND y", "x BETWEEN 1 AND 2 AND  true "]),
        ("(a OR b) AND 'x AND y' = c", None),
    ],
)
def test_parts_of_conditions_are_left_out(text: str, weaker: list[str] | None) -> None:
    found = [one for _change, one in sql.weakened(text)]
    assert sorted(found) == sorted(weaker) if weaker is not None else len(found) == 4


def test_what_the_database_holds_is_broken_and_mended(db: None) -> None:
    raw = connection.connection
    wanted = ("car_has_no_date_severity_or_verification", "app.guard_finding()", "findings_share.app_select")
    some = [one for one in sql.mutants(raw) if one.where in wanted]
    assert {one.where for one in some} == set(wanted)
    raw.execute(f'SET ROLE "{settings.DB_ROLES["owner"]}"')
    for one in some:
        raw.execute("SAVEPOINT whole")
        raw.execute(one.broken)
        raw.execute(one.mended)
        raw.execute("ROLLBACK TO SAVEPOINT whole")
    raw.execute(f'SET ROLE "{settings.DB_ROLES["app"]}"')


@pytest.mark.parametrize(("killed", "code"), [(19, 0), (18, 1)])
def test_fewer_than_95_of_100_is_a_failure(
    killed: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"room": "policies", "where": "t.p", "change": "true", "by": ""}
    found = [{**one, "state": "killed"}] * killed + [{**one, "state": "survived"}] * (20 - killed)
    assert report([*found, {**one, "state": "invalid"}], 1.0) == code
    assert f"{killed}     20" in capsys.readouterr().out
