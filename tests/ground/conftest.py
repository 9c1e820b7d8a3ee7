"""A supervisor started for real, on its own data folder, with light processes instead of the application."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ground import ROOT, postgres
from ground.ports import free_port

LIGHT = Path(__file__).parent / "light_start"
PROGRAM = (
    "import sys; from pathlib import Path; from ground import run;"
    " sys.exit(run.main(sys.argv[2:], start=Path(sys.argv[1]), steps=False))"
)


class Supervisor:
    """Starts supervisors on one data folder and finds whatever they leave behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        foreign = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "STORAGE_URL")
        self.environment = {key: value for key, value in os.environ.items() if key not in foreign} | {
            "DATA_DIR": str(folder),
            "PYTHONPATH": str(ROOT / "bin"),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a supervisor and return without waiting."""
        port = () if "--port" in arguments else ("--port", str(self.port))
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(LIGHT), *arguments, *port],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def start_until_ready(self, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """Start a supervisor, wait until it says that all is ready, and return it and what it printed."""
        process = self.start(*arguments)
        return process, self.read_until(process, "Ctrl-C stops everything")

    def read_until(self, process: subprocess.Popen[str], text: str, *, times: int = 1) -> str:
        """Read what the supervisor prints until `text` has come this often."""
        printed = ""
        assert process.stdout is not None
        while printed.count(text) < times:
            line = process.stdout.readline()
            assert line, f"the supervisor ended early:\n{printed}"
            printed += line
        return printed

    def stop(self, process: subprocess.Popen[str]) -> str:
        """Press Ctrl-C and return what it printed until its end."""
        process.send_signal(signal.SIGINT)
        return process.communicate(timeout=20)[0]

    def facts(self) -> dict[str, Any]:
        """Return what the running supervisor wrote down about itself."""
        answer: dict[str, Any] = json.loads((self.folder / "running.json").read_text())
        return answer

    def pids(self) -> dict[int, str]:
        """Return the processes that hold one of the folder's locks: the supervisor and all below it."""
        locks, found = {str(self.folder / name) for name in ("lock", "children.lock")}, {}
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if locks & {str(descriptor.readlink()) for descriptor in (path / "fd").iterdir()}:
                    found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
        return found

    def wait_until_gone(self, seconds: float) -> dict[int, str]:
        """Wait until no process is left, at most `seconds`; return those that are."""
        end = time.monotonic() + seconds
        while (left := self.pids()) and time.monotonic() < end:
            time.sleep(0.05)
        return left


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """Give a supervisor with an empty data folder; nothing of it survives the test."""
    parent = Path(os.environ["DATA_DIR"])
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix="ground-"))
    folder.chmod(0o755)
    one = Supervisor(folder)
    yield one
    for pid in one.pids():
        os.kill(pid, signal.SIGKILL)
    one.wait_until_gone(5)
    postgres.forget(folder)
    shutil.rmtree(folder, ignore_errors=True)
