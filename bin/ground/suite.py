"""`bin/test`: every check of the repository, on a PostgreSQL and a Valkey made for this run alone.

    bin/test                    everything: format, lint, types, contracts, migrations, deployment, tests
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ground import ROOT, keeping, postgres, roles, template, valkey
from ground.children import Children, Failed, Stopped, call
from ground.steps import Step, report, run_lanes

RUNS = ROOT / ".data-test"
PYTEST = [sys.executable, "-m", "pytest"]
PARALLEL = ["-n", "2", "--dist", "worksteal"]


def cheap_steps(environment: dict[str, str], production: dict[str, str]) -> list[list[Step]]:
    """Return the checks in lanes that run side by side; the types take as long as all others together."""

    def step(name: str, *command: str, env: dict[str, str] = environment) -> Step:
        return Step(name, list(command), env)

    templates = ["djlint", "templates", "--quiet"]
    manage = [sys.executable, "manage.py"]
    quick = [
        step("format", "ruff", "format", "--check", "--quiet", "."),
        step("lint", "ruff", "check", "--quiet", "."),
        step("import contracts", "lint-imports"),
        step("migrations", *manage, "makemigrations", "--check", "--dry-run"),
        step("deployment", *manage, "check", "--deploy", "--fail-level", "WARNING", env=production),
    ]
    if any((ROOT / "templates").rglob("*.html")):
        quick.insert(2, step("template lint", *templates, "--lint"))
        quick.insert(2, step("template format", *templates, "--check"))
    return [quick, [step("types", "mypy", ".")]]


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
    return {key: value for key, value in environment.items() if not key.startswith("DJANGO_ALLOW")} | {
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


@contextmanager
def own_folder() -> Iterator[tuple[Path, int]]:
    """Give this run a folder and its lock, and take the folder away at the end."""
    sweep()
    folder = RUNS / f"run-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    held = keeping.lock(folder / "lock")
    if held is None:
        raise Failed(f"Another run uses {folder}")
    try:
        yield folder, held
    finally:
        _remove(folder)


@contextmanager
def services(folder: Path, held: int) -> Iterator[tuple[dict[str, str], str]]:
    """Start the servers; give the tests' environment and the address that the role app uses."""
    children = Children(keep_open=held, logs=folder)
    secrets, environment = folder / "secrets", base_environment(folder)
    problem = template.copy_to(folder, runs=RUNS, environment=environment)
    if problem is None:
        environment["TEST_DATABASE_TEMPLATE"] = template.DATABASE
    else:
        print(
            f"No migrated database could be prepared, so tests that need one fail. {problem}", file=sys.stderr
        )
    try:
        server = postgres.start(
            children, data=folder, secrets=secrets, environment=environment, for_tests=True
        )
        _, addresses = roles.ensure(server, secrets=secrets)
        broker = valkey.start(children, folder=folder / "valkey", secrets=secrets, environment=environment)
        environment |= {
            "DATABASE_URL": server.url(database=roles.DATABASE),
            "BROKER_URL": f"{broker}/0",
            "CACHE_URL": f"{broker}/1",
        }
        yield environment, addresses["app"]
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children.stop()


def check_everything(folder: Path, environment: dict[str, str], app_url: str) -> int:
    """Run all checks, the cheap ones first."""
    begun = time.monotonic()
    if not run_lanes(cheap_steps(environment, production_environment(environment, app_url)), folder):
        return 1
    code = call([*PYTEST, *PARALLEL], environment)
    report("everything", passed=code == 0, seconds=time.monotonic() - begun)
    return code


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for and return the exit code."""
    if arguments == ["--format"]:
        return put_in_shape()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with own_folder() as (folder, held), services(folder, held) as (environment, app_url):
            if arguments:
                return call([*PYTEST, *pytest_arguments(arguments)], environment)
            return check_everything(folder, environment, app_url)
    except (Failed, Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
