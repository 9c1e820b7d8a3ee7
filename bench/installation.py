"""A production-like installation of its own for each scale: PostgreSQL, migrations, a world, a web worker."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ground import ROOT, postgres, roles
from ground.children import Children, Failed, dying_with_parent

# Autovacuum stays off, as in tests, so that it does not run in the middle of a measurement; jit is off in the app.
SERVER = (
    "shared_buffers=1GB",
    "effective_cache_size=4GB",
    "work_mem=16MB",
    "maintenance_work_mem=256MB",
    "max_wal_size=8GB",
    "random_page_cost=1.1",
    "max_parallel_workers_per_gather=0",
)


@dataclass
class Installation:
    """One scale's database and the environments of its processes; `took` keeps seconds by step."""

    scale: str
    folder: Path
    addresses: dict[str, str] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)

    def environment(self, role: str) -> dict[str, str]:
        """Return what a process of this role is told, as in production."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PG_BIN") if name in os.environ}
        return kept | {
            "MODE": "production",
            "SECRET_KEY": "bench-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
            "ALLOWED_HOSTS": "testserver",
            "SITE_URL": "https://testserver",
            "EMAIL_URL": "smtp://mail.example:25",
            "BROKER_URL": "memory://",
            # Counts guesses of passwords; nobody signs in by one here, so nothing listens there.
            "CACHE_URL": "redis://127.0.0.1:1/0",
            "DATA_DIR": str(self.folder / "data"),
            "STATIC_ROOT": str(self.folder.parent / "static"),
            "STATEMENT_TIMEOUT": "600s",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.addresses[role],
            "ADMIN_URL": self.addresses["admin"],
        }

    def start(self, children: Children) -> None:
        """Start PostgreSQL with an empty database and the three roles."""
        self.folder.mkdir(parents=True, exist_ok=True)
        secrets = self.folder / "secrets"
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        server = postgres.start(
            children, data=self.folder, secrets=secrets, environment=kept, for_tests=True, also=SERVER
        )
        _is_new, self.addresses = roles.ensure(server, secrets=secrets)
        self.addresses["admin"] = server.url(database=roles.DATABASE)

    def prepare(self, say: Any) -> None:
        """Migrate the empty database, load the methodologies and write the world."""
        manage = [sys.executable, "manage.py"]
        with self._timed("migrate"):
            _run([*manage, "migrate", "--noinput", "--skip-checks", "-v", "0"], self.environment("owner"))
        say(f"{self.scale}: migrated in {self.took['migrate']:.1f} s")
        _run([*manage, "load_definitions"], self.environment("owner"))
        with self._timed("load"):
            _run(
                ["nice", sys.executable, "-m", "bench.worker", "load", self.scale], self.environment("owner")
            )
        say(f"{self.scale}: world written in {self.took['load']:.1f} s")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        wall, cpu = time.monotonic(), _children_cpu()
        yield
        self.took[step], self.took[f"{step}_cpu"] = time.monotonic() - wall, _children_cpu() - cpu


class WebWorker:
    """The process that serves one installation's pages."""

    def __init__(self, installation: Installation) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "bench.worker", "measure", installation.scale],
            cwd=ROOT,
            env=installation.environment("app"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=dying_with_parent(15),  # type: ignore[arg-type]  # noqa: PLW1509 - we have one thread only
        )
        self._expect("ready")

    def round(self) -> None:
        """Have every case measured once."""
        self._input.write("round\n")
        self._input.flush()
        self._expect("done")

    def report(self) -> dict[str, Any]:
        """End the process and return what it measured."""
        self._input.close()
        said: dict[str, Any] = json.loads(self._line())
        self.process.wait(timeout=30)
        return said

    def end(self) -> None:
        """Stop the process if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()

    @property
    def _input(self) -> IO[str]:
        assert self.process.stdin is not None  # noqa: S101 - asked for above
        return self.process.stdin

    def _line(self) -> str:
        assert self.process.stdout is not None  # noqa: S101 - asked for above
        line: str = self.process.stdout.readline()
        if not line:
            raise Failed("The web worker ended; what it said is above.")
        return line.strip()

    def _expect(self, word: str) -> None:
        if (said := self._line()) != word:
            raise Failed(f"The web worker said {said!r}.")


def collect_static_files(of: Installation) -> None:
    """Gather the static files that production pages name, once for all scales."""
    _run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"], of.environment("owner"))


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=dict(environment), check=False)  # noqa: S603 - our own
    if done.returncode:
        raise Failed(f"{' '.join(command[1:])} failed (exit {done.returncode}).")


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
