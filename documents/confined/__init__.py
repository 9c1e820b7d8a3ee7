"""Run one function on untrusted bytes in a process of its own: what it eats, nobody else misses.

The child (`documents.confined.__main__`) starts without Django, settings or secrets, lowers its own limits
before it reads the first byte, cannot open sockets or start programs, and dies with its parent.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
OUTPUT_BYTES = 100 * 1024 * 1024
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
REFUSED = 3


class Unfit(Exception):
    """The function looked at the bytes and will not have them; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooSlow(Unfit):
    """The time or the processor seconds ran out."""

    def __init__(self) -> None:
        super().__init__("too-slow")


class TooLarge(Unfit):
    """The memory or the room for output ran out."""

    def __init__(self) -> None:
        super().__init__("too-large")


class Crashed(Unfit):
    """The child ended without an answer: a parser fell over the bytes."""

    def __init__(self) -> None:
        super().__init__("unreadable")


def run(
    function: str,
    *,
    options: Mapping[str, object],
    source: IO[bytes] | None = None,
    timeout: float,
    memory_mb: int,
) -> bytes:
    """Run `module:function` in a limited child and return the bytes it wrote.

    Args:
        function: where it lives; it is called as `function(source, target, **options)` with two open files.
        options: keyword arguments, sent as JSON.
        source: the untrusted bytes, an open file with a descriptor; read from its start.
        timeout: seconds on the wall; the processor gets as many.
        memory_mb: address space of the child in MiB.

    Raises:
        Unfit: with the function's own code, or `TooSlow`, `TooLarge`, `Crashed`.
    """
    with tempfile.TemporaryDirectory(prefix="confined-") as folder, tempfile.TemporaryFile() as target:
        order = {"function": function, "options": dict(options), "seconds": timeout, "memory_mb": memory_mb}
        if source is not None:
            source.seek(0)
        child = subprocess.Popen(  # noqa: S603 our own interpreter and our own words
            [sys.executable, "-I", "-c", _START, str(ROOT)],
            stdin=subprocess.PIPE,
            stdout=target,
            stderr=subprocess.PIPE,
            pass_fds=[source.fileno()] if source is not None else [],
            cwd=folder,
            env=_environment(folder),
        )
        order["source"] = source.fileno() if source is not None else None
        said = _converse(child, json.dumps(order).encode(), timeout)
        _judge(child.returncode, said)
        target.seek(0)
        return target.read(OUTPUT_BYTES + 1)


_START = "import sys; sys.path.insert(0, sys.argv[1]); from documents.confined.__main__ import main; main()"


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "HOME": folder,
        "TMPDIR": folder,
        "XDG_CACHE_HOME": _font_cache(),
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _font_cache() -> str:
    """Return a folder in which the font library keeps its index between children; it holds no content."""
    folder = Path(tempfile.gettempdir()) / f"common-thread-fonts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return str(folder)


def _converse(child: subprocess.Popen[bytes], order: bytes, timeout: float) -> bytes:
    try:
        _, said = child.communicate(order, timeout=timeout)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise TooSlow from None
    except BaseException:
        child.kill()
        child.communicate()
        raise
    return said


def _judge(status: int, said: bytes) -> None:
    if status == 0:
        return
    if status in (-24, -9):  # SIGXCPU, SIGKILL: the processor seconds ran out
        raise TooSlow
    if status == -25:  # SIGXFSZ: the room for output ran out
        raise TooLarge
    if status == REFUSED:
        code = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise {"too-large": TooLarge(), "too-slow": TooSlow()}.get(code, Unfit(code))
    raise Crashed
