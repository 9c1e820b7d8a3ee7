"""The supervisor starts everything, stops everything, and leaves nothing behind however it ends."""

import os
import signal
import socket
import urllib.request
from pathlib import Path

import psycopg

from ground import keeping
from tests.ground.conftest import Supervisor


def _locks_are_free(folder: Path) -> bool:
    for name in ("lock", "children.lock"):
        descriptor = keeping.lock(folder / name)
        if descriptor is None:
            return False
        os.close(descriptor)
    return True


def _roles_that_started(printed: str) -> dict[str, str]:
    lines = [line for line in printed.splitlines() if "started as" in line]
    return {line.split("|")[0].strip(): line.split("started as ")[1] for line in lines}


def _privileges(address: str) -> list[tuple[str, bool, bool, bool, bool, bool]]:
    with psycopg.connect(address) as connection:
        return connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
            " pg_get_userbyid(datdba) = rolname"
            " FROM pg_roles, pg_database WHERE rolname LIKE 'common%' AND datname = current_database()"
            " ORDER BY rolname"
        ).fetchall()


def test_everything_runs_in_its_role_and_stops_on_ctrl_c(supervisor: Supervisor) -> None:
    process, printed = supervisor.start_until_ready()
    printed += supervisor.read_until(process, "started as", times=4 - printed.count("started as"))
    address = f"http://localhost:{supervisor.port}"
    with urllib.request.urlopen(f"http://127.0.0.1:{supervisor.port}/readyz") as response:
        assert response.status == 200
    for text in (f"{address}/", "supplier@demo.example", str(supervisor.folder)):
        assert text in printed
    assert _roles_that_started(printed) == {
        "web": "common_thread_app",
        "worker": "common_thread_app",
        "system": "common_thread_job",
        "beat": "common_thread_job",
    }
    assert _privileges(supervisor.facts()["database"]["app"]) == [
        ("common_thread_app", False, False, False, False, False),
        ("common_thread_job", False, False, False, False, False),
        ("common_thread_owner", False, False, False, False, True),
    ]

    other = supervisor.start()
    refusal, _ = other.communicate(timeout=20)
    assert refusal == f"Common Thread already runs from {supervisor.folder} ({address}): stop it first\n"
    assert other.returncode == 1

    supervisor.stop(process)
    assert process.returncode == 0
    assert supervisor.pids() == {}
    assert _locks_are_free(supervisor.folder)
    assert not (supervisor.folder / "running.json").exists()


def test_nothing_is_left_and_a_new_start_works_when_killed(supervisor: Supervisor) -> None:
    process, _ = supervisor.start_until_ready()
    assert len(supervisor.pids()) >= 7
    process.kill()
    process.communicate()
    again, _ = (
        supervisor.start_until_ready()
    )  # at once, while the old database may still write its last pages
    assert not any(str(process.pid) == str(pid) for pid in supervisor.pids())
    again.kill()
    again.communicate()
    assert supervisor.wait_until_gone(10) == {}
    assert _locks_are_free(supervisor.folder)


def test_everything_stops_when_one_process_ends(supervisor: Supervisor) -> None:
    process, _ = supervisor.start_until_ready()
    victim = next(pid for pid, command in supervisor.pids().items() if "valkey-server" in command)
    os.kill(victim, signal.SIGKILL)
    printed, _ = process.communicate(timeout=20)
    assert "valkey ended with exit code -9" in printed
    assert process.returncode == 1
    assert supervisor.pids() == {}


def test_start_is_refused_when_the_port_is_taken(supervisor: Supervisor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = supervisor.start("--port", str(port))
        printed, _ = process.communicate(timeout=20)
    assert f"Port {port} is taken by another program: choose another one with --port" in printed
    assert process.returncode == 1
    assert supervisor.pids() == {}


def test_folder_of_somebody_else_is_refused(supervisor: Supervisor) -> None:
    letter = supervisor.folder / "letter.txt"
    letter.write_text("mine")
    process = supervisor.start("--fresh")
    printed, _ = process.communicate(timeout=20)
    assert printed == f"{supervisor.folder} is not empty and not a data folder of Common Thread\n"
    assert letter.read_text() == "mine"


def test_data_stays_between_starts_and_goes_with_fresh(supervisor: Supervisor) -> None:
    process, _ = supervisor.start_until_ready()
    with psycopg.connect(supervisor.facts()["database"]["owner"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    supervisor.stop(process)
    process, _ = supervisor.start_until_ready()
    with psycopg.connect(supervisor.facts()["database"]["owner"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
    supervisor.stop(process)
    process, _ = supervisor.start_until_ready("--fresh", "--no-demo")
    assert supervisor.facts()["settings"]["DEMO"] == "0"
    with psycopg.connect(supervisor.facts()["database"]["owner"]) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchall() == [(None,)]
    supervisor.stop(process)
