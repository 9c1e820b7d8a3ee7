"""What the data folder keeps between starts: secrets, locks, and stamps that say which step is up to date."""

import errno
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """Return the secret `name` kept in `folder`, making it up the first time; only its owner can read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that is whole or absent, and readable by its owner only."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    half.replace(path)


def lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock a file and return its descriptor, or None when another process holds it; it ends with us."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
            raise
        return None
    return descriptor


def wait_for_lock(path: Path, *, seconds: float) -> int:
    """Lock a file for us alone and return its descriptor; raise TimeoutError when others keep it too long."""
    end = time.monotonic() + seconds
    while (descriptor := lock(path)) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"{path} stays locked")
        time.sleep(0.05)
    return descriptor


def digest(paths: Iterable[Path], *, also: str = "") -> str:
    """Return a digest of the files' names and contents."""
    total = hashlib.sha256(also.encode())
    for path in sorted(set(paths)):
        total.update(f"\0{path}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


class Stamps:
    """Which steps are up to date: one small file per step holding the digest of what it last ran on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def forget(self) -> None:
        """Make every step stale."""
        for path in self.folder.iterdir():
            path.unlink()

    def is_current(self, step: str, value: str) -> bool:
        """Say whether `step` last ran on exactly this."""
        path = self.folder / step
        return path.exists() and path.read_text() == value

    def put(self, step: str, value: str) -> None:
        """Remember that `step` ran on this; call it only when the step has succeeded."""
        write_private(self.folder / step, value)
