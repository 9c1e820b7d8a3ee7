"""`bin/test`: every check of the repository, on a PostgreSQL and a Valkey made for this run alone.

    bin/test                    everything: format, lint, types, contracts, migrations, deployment checks, tests
    bin/test PYTEST-ARGUMENTS   only these tests
    bin/test --format           put the code and the templates in shape

Several runs in one checkout do not disturb each other.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ground import ROOT, keeping, postgres, roles, valkey
from ground.children import Children, Failed, Stopped

RUNS = ROOT / ".data-test"
PARALLEL = ["-n", "2", "--dist", "worksteal"]


@dataclass
class Step:
    """One check; the first that fails ends the run."""

    name: str
    command: list[str]
    environment: dict[str, str]
    begun: float = 0
    output: IO[bytes] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, folder: Path) -> None:
        """Start it with its output in a file, shown only if it fails."""
        self.begun = time.monotonic()
        self.output = (folder / f"{self.name.replace(' ', '-').replace('/', '-')}.out").open("w+b")
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, stdout=self.output, stderr=subprocess.STDOUT
        )

    def finish(self) -> bool:
        """Wait for the end, print one line, and the output of a failure; say whether it passed."""
        assert self.process is not None and self.output is not None  # noqa: S101
        passed = self.process.wait() == 0
        seconds = time.monotonic() - self.begun
        print(f"{'ok' if passed else 'FAILED':7}{self.name:32}{seconds:7.1f} s", flush=True)
        if not passed:
            self.output.seek(0)
            sys.stdout.write(self.output.read().decode(errors="replace"))
        return passed


def cheap_steps(environment: dict[str, str], production: dict[str, str]) -> list[list[Step]]:
    """Return the checks in lanes that run side by side; the types take as long as all others together."""

    def step(name: str, *command: str, env: dict[str, str] = environment) -> Step:
        return Step(name, list(command), env)

    templates = ["djlint", "templates", "--quiet"]
    manage = [sys.executable, "manage.py"]
    quick = [
        step("format", "ruff", "format", "--check", "--quiet", "."),
        step("lint", "ruff", "check", "--quiet", "."),
        step("import contracts", "lint-imports", "--no-timings"),
        step("migrations", *manage, "makemigrations", "--check", "--dry-run"),
        step("deployment", *manage, "check", "--deploy", "--fail-level", "WARNING", env=production),
    ]
    if any((ROOT / "templates").rglob("*.html")):
        quick.insert(2, step("template lint", *templates, "--lint"))
        quick.insert(2, step("template format", *templates, "--check"))
    return [quick, [step("types", "mypy", ".")]]


def run_lanes(lanes: list[list[Step]], folder: Path) -> bool:
    """Run the lanes side by side; stop them all at the first failure."""
    waiting = [list(lane) for lane in lanes]
    running: list[Step] = []
    try:
        for lane in waiting:
            _start_next(lane, running, folder)
        while running:
            for step in list(running):
                if step.process is None or step.process.poll() is None:
                    continue
                running.remove(step)
                if not step.finish():
                    return False
                _start_next(
                    next(lane for lane, all_ in zip(waiting, lanes, strict=True) if step in all_),
                    running,
                    folder,
                )
            time.sleep(0.02)
        return True
    finally:
        for step in running:
            if step.process is not None:
                step.process.terminate()
                step.process.wait()


def _start_next(lane: list[Step], running: list[Step], folder: Path) -> None:
    if lane:
        step = lane.pop(0)
        step.start(folder)
        running.append(step)


def put_in_shape() -> int:
    """Run the formatters over everything."""
    commands = [["ruff", "check", "--fix", "--quiet", "."], ["ruff", "format", "--quiet", "."]]
    if any((ROOT / "templates").rglob("*.html")):
        commands.append(["djlint", "templates", "--reformat", "--quiet"])
    for command in commands:
        subprocess.run(command, cwd=ROOT, check=False)
    return 0


def base_environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without what would point tests at somebody's installation."""
    foreign = ("DATABASE_", "BROKER_", "CACHE_", "STORAGE_", "EMAIL_", "DJANGO_", "PYTEST_", "DB_ROLE_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return kept | {
        "MODE": "test",
        "DEMO": "0",
        "SECRET_KEY": "only-for-development-and-tests-" + "t" * 40,
        "SITE_URL": "http://127.0.0.1:8000",
        "DATA_DIR": str(folder / "data"),
        "STORAGE_URL": f"file://{folder / 'data' / 'files'}",
        "EMAIL_URL": "memorymail://",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Playwright's synchronous interface runs an event loop of its own in the test's thread.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }


def production_environment(environment: dict[str, str], app_url: str) -> dict[str, str]:
    """Return what a careful production installation would set, for the deployment checks."""
    return environment | {
        "MODE": "production",
        "SECRET_KEY": "deployment-check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "ALLOWED_HOSTS": "common-thread.example",
        "SITE_URL": "https://common-thread.example",
        "EMAIL_URL": "smtp://mail.example:25",
        "DATABASE_URL": app_url,
    }


def pytest_arguments(arguments: list[str]) -> list[str]:
    """Add two workers, unless the run names files or says itself how it wants to be spread."""
    focused = any(
        argument.startswith(("-n", "--numprocesses", "--pdb", "--trace"))
        or Path(ROOT, argument.split("::")[0]).exists()
        for argument in arguments
    )
    return arguments if focused else [*PARALLEL, *arguments]


def sweep() -> None:
    """Remove what killed runs left; a run that still lives, or whose servers still stop, holds its lock."""
    for folder in RUNS.glob("run-*"):
        held = keeping.lock(folder / "lock") if (folder / "lock").exists() else None
        if held is not None:
            _remove(folder)
            os.close(held)


def _remove(folder: Path) -> None:
    postgres.forget(folder)
    shutil.rmtree(folder, ignore_errors=True)


def run_pytest(arguments: Iterable[str], environment: dict[str, str]) -> int:
    """Run pytest on this terminal; Ctrl-C is its to handle."""
    process = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for and return the exit code."""
    if arguments == ["--format"]:
        return put_in_shape()
    begun = time.monotonic()
    sweep()
    folder = RUNS / f"run-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    held = keeping.lock(folder / "lock")
    children = Children(keep_open=held, logs=folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        environment = base_environment(folder)
        server = postgres.start(
            children, data=folder, secrets=folder / "secrets", environment=environment, for_tests=True
        )
        addresses = roles.ensure(server, secrets=folder / "secrets")
        broker = valkey.start(
            children, folder=folder / "valkey", secrets=folder / "secrets", environment=environment
        )
        environment |= {
            "DATABASE_URL": server.url(database=roles.DATABASE),
            "BROKER_URL": f"{broker}/0",
            "CACHE_URL": f"{broker}/1",
        }
        if arguments:
            return run_pytest(pytest_arguments(arguments), environment)
        if not run_lanes(
            cheap_steps(environment, production_environment(environment, addresses["app"])), folder
        ):
            return 1
        code = run_pytest(PARALLEL, environment)
        print(
            f"{'ok' if code == 0 else 'FAILED':7}{'everything':32}{time.monotonic() - begun:7.1f} s",
            flush=True,
        )
        return code
    except (Failed, Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children.stop()
        _remove(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
