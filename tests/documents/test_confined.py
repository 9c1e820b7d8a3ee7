"""What the child may and may not do."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import pytest

from documents import confined
from documents.confined import __main__ as child


def run(name: str, source: IO[bytes] | None = None, **options: Any) -> bytes:
    timeout, memory_mb = options.pop("timeout", 10), options.pop("memory_mb", 256)
    return confined.run(
        f"documents.checks.trials:{name}",
        options=options,
        source=source,
        timeout=timeout,
        memory_mb=memory_mb,
    )


@pytest.fixture(autouse=True)
def trials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the child find the trial functions below as a module of its own."""
    module = tmp_path / "trials.py"
    module.write_text(TRIALS)
    start = confined._START.replace("import main; main()", "import main; import documents.checks; ")
    start += f"documents.checks.__path__.append({str(tmp_path)!r}); main()"
    monkeypatch.setattr(confined, "_START", start)


TRIALS = """
import os, socket, subprocess, sys, time
from documents.confined import Unfit

def echo(source, target): target.write(source.read())
def refuse(source, target): raise Unfit("wrong-content")
def crash(source, target): os.abort()
def blunder(source, target): raise KeyError("x")
def sleep(source, target): time.sleep(60)
def spin(source, target):
    while True: pass
def eat(source, target): bytearray(1024 * 1024 * 1024)
def dig(source, target):
    def down(n): return down(n + 1) + 1
    down(0)
def flood(source, target):
    while True: target.write(bytes(1024 * 1024))
def call(source, target, port): socket.create_connection(("127.0.0.1", port), timeout=2)
def look_up(source, target): socket.getaddrinfo("localhost", 80)
def start(source, target): subprocess.run(["true"])
def shell(source, target): os.system("true")
def fork(source, target): os.fork()
def read(source, target, path): target.write(open(path, "rb").read())
def write(source, target, path): open(path, "w").write("x")
def secrets(source, target): target.write(repr(sorted(os.environ)).encode())
def scratch(source, target):
    with open("mine", "w") as mine: mine.write("x")
    target.write(open("mine", "rb").read())
"""


def test_it_reads_and_answers() -> None:
    with tempfile.TemporaryFile() as source:
        source.write(b"abc")
        source.flush()
        assert run("echo", source) == b"abc"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("refuse", "wrong-content"),
        ("crash", "unreadable"),
        ("blunder", "unreadable"),
        ("eat", "too-large"),
        ("dig", "too-deep"),
        ("flood", "too-large"),
    ],
)
def test_every_end_has_its_code(name: str, code: str) -> None:
    with pytest.raises(confined.Unfit) as unfit:
        run(name)
    assert unfit.value.code == code


@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_time_runs_out(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(confined.TooSlow):
        run(name, timeout=1)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["look_up", "start", "shell", "fork"])
def test_the_doors_are_closed(name: str) -> None:
    with pytest.raises(confined.Unfit):
        run(name)


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/hostname", "/proc/1/environ"])
def test_files_of_others_stay_closed(path: str) -> None:
    with pytest.raises(confined.Unfit):
        run("read", path=path)


def test_what_lies_beside_the_code_stays_closed(tmp_path: Path) -> None:
    canary = confined.ROOT / "pyproject.toml"
    assert canary.read_bytes()
    with pytest.raises(confined.Unfit):
        run("read", path=str(canary))
    with pytest.raises(confined.Unfit):
        run("write", path=str(tmp_path / "made"))
    assert not (tmp_path / "made").exists()


def test_it_has_a_folder_of_its_own() -> None:
    assert run("scratch") == b"x"


def test_it_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "canary")
    known = run("secrets").decode()
    assert "SECRET_KEY" not in known
    assert "DATABASE_URL" not in known


def test_nothing_listens_to_it() -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import socket,time; s=socket.create_server(('127.0.0.1',0)); "
            "print(s.getsockname()[1], flush=True); s.settimeout(3); s.accept(); print('hit', flush=True)",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with pytest.raises(confined.Unfit):
            run("call", port=port)
        assert server.stdout.read() == ""


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from documents import confined\n"
        f"confined._START = {confined._START!r}\n"
        "confined.run('documents.checks.trials:sleep', options={}, timeout=60, memory_mb=256)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(confined.ROOT)])
    try:
        found = _wait_for_child(parent.pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 5
    while _is_alive(found) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(found)


def _wait_for_child(parent: int) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if text:
            time.sleep(0.3)  # past the line that ties it to its parent
            return int(text[0])
        time.sleep(0.05)
    raise AssertionError("The child did not start.")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_closed_doors_name_what_exists() -> None:
    assert all(
        name.partition(".")[0] in {"socket", "subprocess", "os", "ftplib", "http", "smtplib"}
        for name in child.CLOSED
    )
    assert os.name == "posix"
