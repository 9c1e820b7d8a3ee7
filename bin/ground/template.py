"""A migrated database to copy for every run of the tests, made again only when a migration changes."""

import ast
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from ground import ROOT, keeping, postgres, roles
from ground.children import Children, Failed

DATABASE = "template_common_thread"
KEPT = 3  # templates of other branches


def sources() -> list[Path]:
    """Return the files that decide what a migrated database looks like.

    Those are the migrations, our own modules that they import, SQL beside the code, and what they run on.
    """
    migrations = list(ROOT.glob("*/migrations/*.py"))
    imported = {module for path in migrations for module in _imports(path)}
    modules = [
        ROOT / f"{name.replace('.', '/')}{end}" for name in imported for end in (".py", "/__init__.py")
    ]
    others = [ROOT / "uv.lock", ROOT / "config" / "settings.py", ROOT / "bin" / "roles.sql", Path(__file__)]
    return [
        *migrations,
        *ROOT.glob("*/*.sql"),
        *ROOT.glob("*/*/*.sql"),
        *others,
        *(path for path in modules if path.is_file()),
    ]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def copy_to(folder: Path, *, runs: Path, environment: Mapping[str, str]) -> str | None:
    """Put a cluster with the migrated `DATABASE` into `folder`; return why not, if it cannot be made.

    `runs` is the folder in which templates are kept, and `environment` the one for `migrate`.
    """
    with _locked(runs / "template.lock") as lock:
        try:
            template = runs / f"template-{keeping.digest(sources())[:16]}"
            if not (template / "complete").exists():
                _make(template, lock=lock, environment=environment)
        except (Failed, SyntaxError) as error:
            return str(error)
        os.utime(template)
        for path in sorted(runs.glob("template-*"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            _remove(path)
        programs = postgres.find_programs()
        target = postgres.cluster_folder(folder, programs)
        target.parent.mkdir(parents=True, exist_ok=True)
        cluster = postgres.cluster_folder(template, programs)
        subprocess.run(["cp", "-a", "--reflink=auto", cluster, target], check=True)
        shutil.copytree(template / "secrets", folder / "secrets")
    return None


def _make(template: Path, *, lock: int, environment: Mapping[str, str]) -> None:
    print("Preparing a migrated database for the tests …", file=sys.stderr)
    _remove(template)
    template.mkdir(parents=True)
    children = Children(keep_open=lock, logs=template)
    secrets = template / "secrets"
    try:
        server = postgres.start(
            children, data=template, secrets=secrets, environment=environment, for_tests=True
        )
        _, addresses = roles.ensure(server, secrets=secrets)
        migrate = [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"]
        children.run("migrate", migrate, environment={**environment, "DATABASE_URL": addresses["owner"]})
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {roles.DATABASE} IS_TEMPLATE true")
    finally:
        children.stop()
    (template / "complete").touch()


def _remove(template: Path) -> None:
    postgres.forget(template)
    shutil.rmtree(template, ignore_errors=True)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = keeping.wait_for_lock(path, seconds=300)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
