"""What must be done before the first request: migrations, static files, reference data and the demo world.

Each step remembers on what it last ran, so that a later start skips it while nothing changed.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ground import ROOT, keeping
from ground.children import Children

CODE = [ROOT / "uv.lock", ROOT / "config" / "settings.py"]


@dataclass(frozen=True, slots=True)
class Step:
    """One management command run as the owner, and the files that make it stale; none means: run it once."""

    name: str
    arguments: tuple[str, ...]
    stale_with: Callable[[], list[Path]]
    demo_only: bool = False


def _files(*patterns: str) -> list[Path]:
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return [path for path in found if path.is_file() and path.suffix != ".pyc"]


def _migrations() -> list[Path]:
    return [*CODE, *_files("*/migrations/*.py", "*/migrations/*.sql", "ledger/rowsecurity.py")]


def _static_files() -> list[Path]:
    return [*CODE, *_files("static/**/*", "*/static/**/*")]


def _definitions() -> list[Path]:
    return [*_migrations(), *_files("*/definitions/**/*", "*/management/commands/load_definitions.py")]


def _editions() -> list[Path]:
    return [*_migrations(), *_files("schemes/definitions/**/*", "*/management/commands/load_editions.py")]


def _groups() -> list[Path]:
    return [*_migrations(), *_files("forum/definitions/**/*", "*/management/commands/load_groups.py")]


STEPS = (
    Step("migrate", ("migrate", "--noinput", "-v", "0"), _migrations),
    Step("collectstatic", ("collectstatic", "--noinput", "--clear", "-v", "0"), _static_files),
    Step("load_definitions", ("load_definitions",), _definitions),
    Step("load_editions", ("load_editions",), _editions),
    Step("load_groups", ("load_groups",), _groups),
    Step("load_demo", ("load_demo",), list, demo_only=True),
)


def prepare(
    children: Children, *, stamps: keeping.Stamps, database: str, environment: Mapping[str, str], demo: bool
) -> None:
    """Run every step that is not up to date; `database` names the database that the stamps speak of."""
    for step in STEPS:
        value = keeping.digest(step.stale_with(), also=database)
        if (step.demo_only and not demo) or stamps.is_current(step.name, value) or not _is_there(step.name):
            continue
        children.say(f"{step.name} …")
        children.run(step.name, [sys.executable, "manage.py", *step.arguments], environment=environment)
        stamps.put(step.name, value)


def _is_there(command: str) -> bool:
    """Say whether the command exists; Django's own always do."""
    return not command.startswith("load_") or bool(_files(f"*/management/commands/{command}.py"))
