"""How `bin/test` reads its arguments, runs its steps and cleans up after runs that were killed."""

import sys
from pathlib import Path

import pytest

from ground import ROOT, keeping, suite, template
from ground.steps import Step, run_lanes


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["-k", "plan"], [*suite.PARALLEL, "-k", "plan"]),
        (["-x"], [*suite.PARALLEL, "-x"]),
        (["tests/ground"], ["tests/ground"]),
        (["tests/ground/test_suite.py::test_one", "-x"], ["tests/ground/test_suite.py::test_one", "-x"]),
        (["-k", "plan", "-n0"], ["-k", "plan", "-n0"]),
        (["--pdb", "-k", "plan"], ["--pdb", "-k", "plan"]),
    ],
)
def test_tests_are_spread_unless_the_run_names_files_or_says_otherwise(
    given: list[str], wanted: list[str]
) -> None:
    assert suite.pytest_arguments(given) == wanted


def _step(name: str, code: str) -> Step:
    return Step(name, [sys.executable, "-c", code], {})


def test_lanes_run_in_order_when_all_pass(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lanes = [
        [_step("first", "print('kept back')"), _step("second", "")],
        [_step("beside", "import time; time.sleep(0.3)")],
    ]
    assert run_lanes(lanes, tmp_path)
    printed = capfd.readouterr().out
    assert [line.split()[:2] for line in printed.splitlines()] == [
        ["ok", "first"],
        ["ok", "second"],
        ["ok", "beside"],
    ]


def test_everything_stops_and_the_output_is_shown_when_a_step_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lanes = [
        [_step("bad", "raise SystemExit('because')"), _step("never", "")],
        [_step("slow", "import time; time.sleep(60)")],
    ]
    assert not run_lanes(lanes, tmp_path)
    printed = capfd.readouterr().out.splitlines()
    assert [line.split()[:2] for line in printed] == [["FAILED", "bad"], ["because"]]


def test_sweep_removes_dead_runs_and_leaves_living_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "RUNS", tmp_path)
    for name in ("run-1", "run-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    held = keeping.lock(tmp_path / "run-2" / "lock")
    suite.sweep()
    assert held is not None
    assert [path.name for path in tmp_path.iterdir()] == ["run-2"]


def test_template_is_made_of_migrations_and_what_they_import() -> None:
    names = {str(path.relative_to(ROOT)) for path in template.sources()}
    assert {"ledger/rowsecurity.py", "uv.lock", "bin/roles.sql", "config/settings.py"} < names
    assert any(name.startswith("organisations/migrations/") for name in names)
    assert not any(name.startswith(("tests/", ".venv/", "node_modules/")) for name in names)


def test_stamp_is_current_only_for_the_value_it_was_put_with(tmp_path: Path) -> None:
    stamps = keeping.Stamps(tmp_path / "stamps")
    assert not stamps.is_current("migrate", "a")
    stamps.put("migrate", "a")
    assert stamps.is_current("migrate", "a")
    assert not stamps.is_current("migrate", "b")
    stamps.forget()
    assert not stamps.is_current("migrate", "a")


def test_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = keeping.secret(folder, "broker")
    assert keeping.secret(folder, "broker") == first
    assert len(first) >= 50
    assert (folder / "broker").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
