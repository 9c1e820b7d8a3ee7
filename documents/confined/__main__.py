"""The child's side of `documents.confined`: lower the limits, lock the doors, read the order, do it."""

import contextlib
import ctypes
import importlib
import json
import math
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from documents.confined import OUTPUT_BYTES, REFUSED, ROOT, Unfit

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWNET = 0x4000_0000
RECURSION = 900

# Doors that no function here needs: an audit hook cannot be taken off again (PEP 578).
CLOSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.kill",
    "ftplib.",
    "http.client.",
    "smtplib.",
)


def main() -> None:
    """Do one order and end with 0, or with `REFUSED` and a code as the last line of standard error."""
    _die_with_parent()
    _leave_the_network()
    order = json.loads(sys.stdin.buffer.read())
    _limit(order["seconds"], order["memory_mb"])
    sys.setrecursionlimit(RECURSION)
    code = _do(order)
    if code:
        sys.stderr.write(f"\n{code}\n")
    sys.stderr.flush()
    os._exit(REFUSED if code else 0)  # without clean-up: a tired interpreter may hang in it


def _do(order: dict[str, Any]) -> str:
    """Call the function and return "" or the code of the refusal."""
    module, _, name = order["function"].partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
        _close_doors()
        with os.fdopen(1, "wb", closefd=False) as target:
            function(_source(order["source"]), target, **order["options"])
    except Unfit as unfit:
        return unfit.code
    except (MemoryError, OSError) as error:
        return "too-large" if isinstance(error, MemoryError) or error.errno in (12, 27) else "unreadable"
    except RecursionError:
        return "too-deep"
    except Exception as error:  # whatever a parser raises on hostile bytes is a verdict on them
        sys.stderr.write(f"{type(error).__name__}: {error}"[:2000])
        return "unreadable"
    return ""


def _source(descriptor: int | None) -> BinaryIO | None:
    return None if descriptor is None else os.fdopen(descriptor, "rb", closefd=False)


def _limit(seconds: float, memory_mb: int) -> None:
    processor = math.ceil(seconds) + 1
    for name, soft, hard in (
        (resource.RLIMIT_AS, memory_mb * 1024 * 1024, memory_mb * 1024 * 1024),
        (resource.RLIMIT_CPU, processor, processor + 1),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES, OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 128, 128),
    ):
        resource.setrlimit(name, (soft, hard))


def _die_with_parent() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _leave_the_network() -> None:
    """Move into an empty network where the kernel allows it; elsewhere the closed doors hold."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _close_doors() -> None:
    readable = _readable()
    writable = str(Path(tempfile.gettempdir()).resolve())

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(CLOSED):
            raise PermissionError(f"{event} is closed here")
        if event == "open" and not _may_open(arguments, readable, writable):
            raise PermissionError("this file is closed here")

    sys.addaudithook(guard)


def _readable() -> tuple[str, ...]:
    """Return the folders that may be read: interpreter, this package, fonts, the system's type lists."""
    own = (ROOT / "documents", ROOT / "static")
    interpreter = (sys.prefix, sys.base_prefix, os.__file__.rpartition("/")[0])
    system = ("/usr", "/lib", "/etc/fonts", "/etc/mime.types", "/dev/null", "/dev/urandom", "/proc/self")
    return tuple(str(Path(each).resolve()) for each in (*own, *interpreter, *system))


def _may_open(arguments: tuple[Any, ...], readable: tuple[str, ...], writable: str) -> bool:
    path, mode, flags = (*arguments, None, None)[:3]
    if isinstance(path, int):
        return True
    with contextlib.suppress(OSError, ValueError):
        real = os.path.realpath(os.fsdecode(path))
        is_write = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR)) or bool(set(str(mode or "")) & set("wax+"))
        allowed = (writable,) if is_write else (*readable, writable)
        return any(real == each or real.startswith(f"{each}/") for each in allowed)
    return False


if __name__ == "__main__":
    main()
