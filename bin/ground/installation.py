"""Where one development installation lives and what its processes are told.

The data folder (`DATA_DIR`, by default `.data/`) holds everything: database, broker, files, mail, secrets and
stamps. Two locks in it tell a running supervisor from the remains of a killed one: `lock` belongs to the
supervisor alone, `children.lock` is also held by every process it started.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import ROOT, keeping, postgres, roles, valkey
from ground.children import Children, Failed

LEFTOVERS_GO_WITHIN = 40  # seconds; the broker and the database write their last pages
OUR_MARK = "common-thread"


@dataclass(frozen=True, slots=True)
class Addresses:
    """How the processes reach the database, by role; `is_new` says that we have just made it."""

    database: dict[str, str]
    is_ours: bool
    is_new: bool


class DataFolder:
    """The data folder and its locks."""

    def __init__(self) -> None:
        self.path = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
        self.secrets = self.path / "secrets"
        self._running = self.path / "running.json"
        self._lock: int | None = None

    def claim(self) -> int:
        """Lock the folder for us and return the lock that children share; refuse when another runs here."""
        if self.path.exists() and any(self.path.iterdir()) and not (self.path / OUR_MARK).exists():
            raise Failed(f"{self.path} is not empty and not a data folder of Common Thread")
        self._lock = keeping.lock(self.path / "lock")
        if self._lock is None:
            where = self.running().get("address", "it is just starting")
            raise Failed(f"Common Thread already runs from {self.path} ({where}): stop it first")
        (self.path / OUR_MARK).touch()
        try:
            os.close(keeping.wait_for_lock(self.path / "children.lock", seconds=LEFTOVERS_GO_WITHIN))
        except TimeoutError:
            raise Failed(
                f"Processes of an earlier run in {self.path} are still stopping: try again"
            ) from None
        shared = keeping.lock(self.path / "children.lock", shared=True)
        if shared is None:
            raise Failed(f"Another start in {self.path} was faster")
        return shared

    def is_running(self) -> bool:
        """Say whether a supervisor runs from this folder now."""
        if not (self.path / "lock").exists():
            return False
        descriptor = keeping.lock(self.path / "lock", shared=True)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def running(self) -> dict[str, Any]:
        """Return what the running supervisor wrote down about itself; empty when it has not come so far."""
        try:
            answer: dict[str, Any] = json.loads(self._running.read_text())
        except (OSError, ValueError):
            return {}
        return answer

    def write_running(self, facts: dict[str, Any]) -> None:
        """Write down how to reach this installation, for `bin/manage`; only the owner can read it."""
        keeping.write_private(self._running, json.dumps(facts))

    def forget_running(self) -> None:
        """Forget it: we stop."""
        self._running.unlink(missing_ok=True)

    def empty(self) -> None:
        """Throw all data away, except the locks that we hold."""
        postgres.forget(self.path)
        for entry in self.path.iterdir():
            if entry.name in {"lock", "children.lock", OUR_MARK}:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()


def start_services(children: Children, folder: DataFolder) -> tuple[Addresses, dict[str, str]]:
    """Start the database and the broker unless the environment names others; say where they are."""
    plain = dict(os.environ)
    settings: dict[str, str] = {}
    if os.environ.get("DATABASE_URL"):
        addresses = _given_database()
    else:
        server = postgres.start(children, data=folder.path, secrets=folder.secrets, environment=plain)
        is_new, urls = roles.ensure(server, secrets=folder.secrets)
        addresses = Addresses(urls, is_ours=True, is_new=is_new)
    if not os.environ.get("BROKER_URL"):
        broker = valkey.start(
            children, folder=folder.path / "valkey", secrets=folder.secrets, environment=plain
        )
        settings |= {"BROKER_URL": f"{broker}/0", "CACHE_URL": f"{broker}/1"}
    return addresses, settings


def _given_database() -> Addresses:
    names = {"owner": "DATABASE_OWNER_URL", "app": "DATABASE_URL", "job": "DATABASE_JOB_URL"}
    missing = [name for name in names.values() if not os.environ.get(name)]
    if missing:
        raise Failed(
            f"With a DATABASE_URL of your own, {' and '.join(missing)} must be set too: "
            "the logins of the owner's and the job's role (bin/roles.sql makes them)"
        )
    return Addresses({role: os.environ[name] for role, name in names.items()}, is_ours=False, is_new=False)


def settings_for(folder: DataFolder, *, demo: bool, port: int) -> dict[str, str]:
    """Return the settings of a development installation that answers on `port` of this machine."""
    settings = {
        "MODE": "development",
        "DEMO": "1" if demo else "0",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or keeping.secret(folder.secrets, "secret-key"),
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "BIND": f"127.0.0.1:{port}",
        "DATA_DIR": str(folder.path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Whether to run this as root is for the person at the terminal to decide.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    if not os.environ.get("STORAGE_URL"):
        settings["STORAGE_URL"] = f"file://{folder.path / 'files'}"
    return settings
