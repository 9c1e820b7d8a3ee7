"""Child processes: started in order, stopped in reverse, and never outliving the supervisor."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ground import ROOT

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """Something could not start or run; the message is one sentence for the person at the terminal."""


class Stopped(Exception):
    """The person asked us to stop."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a child runs as when we are root ourselves."""

    uid: int
    gid: int

    def for_subprocess(self) -> dict[str, Any]:
        """Return the keywords that make `subprocess` drop to this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}


def dying_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Return what a child calls before its program begins, so that our end sends it the signal `number`."""
    parent = os.getpid()

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # we were killed between the fork and this line
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel


def call(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """Run a command on this terminal and return its exit code; Ctrl-C is the command's to handle."""
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=dict(environment),
        preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - we have one thread only
    )
    try:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return process.wait()
    finally:
        if process.poll() is None:  # we were asked to end, not the command
            process.terminate()
            process.wait()


class Child:
    """One process in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor.

    `layer` orders stopping: children of the highest layer stop together and first. When the supervisor is
    killed the kernel sends `orphaned_by`; it must make the child and its own children go at once.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        layer: int,
        keep_open: int | None = None,
        log: Path | None = None,
        account: Account | None = None,
        stopped_by: signal.Signals = signal.SIGTERM,
        orphaned_by: signal.Signals = signal.SIGTERM,
        grace: float = 15,
    ) -> None:
        self.name, self.layer, self.log = name, layer, log
        self.stopped_by, self.grace = stopped_by, grace
        self.half_line = b""
        output = log.open("ab") if log else subprocess.PIPE
        try:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
                pass_fds=() if keep_open is None else (keep_open,),
                preexec_fn=dying_with_parent(orphaned_by),  # noqa: PLW1509 - we have one thread only
                **({"cwd": ROOT} if account is None else account.for_subprocess()),
            )
        except OSError as error:
            raise Failed(f"{name} could not start: {error}.") from error
        finally:
            if log:
                output.close()  # type: ignore[union-attr]

    @property
    def alive(self) -> bool:
        """Say whether the process still runs."""
        return self.process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the child and everything it started in its session."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


class Children:
    """The supervisor's children, their output and the person's wish to stop."""

    def __init__(self, *, keep_open: int | None = None, logs: Path | None = None) -> None:
        """Let every child hold the descriptor `keep_open` (a lock); `logs` is a folder for their output."""
        self.keep_open, self.logs = keep_open, logs
        self.all: list[Child] = []
        self.stop_requests = 0
        self._selector = selectors.DefaultSelector()
        self._can_print = True

    def listen_to_signals(self) -> None:
        """Turn Ctrl-C, a closed terminal and a polite kill into a request to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._request_stop)

    def _request_stop(self, *_: object) -> None:
        self.stop_requests += 1

    def start(self, name: str, command: Sequence[str | Path], *, layer: int, **options: Any) -> Child:
        """Start a child and take over its output, unless it goes to a file."""
        options.setdefault("log", self.logs / f"{name}.log" if self.logs else None)
        child = Child(name, command, layer=layer, keep_open=self.keep_open, **options)
        self.all.append(child)
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)
        return child

    def run(self, name: str, command: Sequence[str | Path], *, environment: Mapping[str, str]) -> None:
        """Run a step to its end; raise `Failed` when it fails."""
        child = self.start(name, command, layer=9, environment=environment)
        self.wait_until(lambda: not child.alive, f"{name} takes too long", seconds=1800, watch=False)
        self.pump(0)
        self.all.remove(child)
        if child.process.returncode:
            raise Failed(f"{name} failed (exit {child.process.returncode}).{self.tail(child)}")

    def wait_until(
        self, condition: Callable[[], object], what: str, *, seconds: float, watch: bool = True
    ) -> None:
        """Pass output on until `condition` holds; raise `Failed` when time is up (`what`) or a child died."""
        end = time.monotonic() + seconds
        while not condition():
            if self.stop_requests:
                raise Stopped
            if watch and (dead := self.first_dead()):
                self.pump(0)
                raise Failed(f"{dead.name} ended with exit code {dead.process.returncode}.{self.tail(dead)}")
            if time.monotonic() > end:
                raise Failed(f"{what}.")
            self.pump(0.05)

    def watch(self) -> None:
        """Pass output on until the person wants to stop; raise `Failed` as soon as a child ends by itself."""
        self.wait_until(lambda: False, "time is up", seconds=float("inf"))

    def first_dead(self) -> Child | None:
        """Return a child that has ended without being asked, if any."""
        return next((child for child in self.all if not child.alive), None)

    def tail(self, child: Child) -> str:
        """Return the end of a child's log file, since nobody saw it."""
        if child.log is None or not child.log.exists():
            return ""
        return "\n" + "\n".join(child.log.read_text(errors="replace").splitlines()[-15:])

    def pump(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for output and print it, each line behind its child's name."""
        if not self._selector.get_map():
            time.sleep(timeout)
            return
        for key, _ in self._selector.select(timeout):
            child: Child = key.data
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
            *lines, child.half_line = (child.half_line + data).split(b"\n")
            if not data and child.half_line:
                lines, child.half_line = [*lines, child.half_line], b""
            for line in lines:
                self.say(f"{child.name:8} | {line.decode(errors='replace')}")

    def say(self, line: str) -> None:
        """Print a line; a closed standard output is a request to stop, not an error."""
        if self._can_print:
            try:
                print(line, flush=True)
            except BrokenPipeError:
                self._can_print = False
                self.stop_requests += 1
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def stop(self) -> None:
        """Stop all layer by layer, the last started first; a second request to stop makes it short."""
        for layer in sorted({child.layer for child in self.all}, reverse=True):
            self._stop_layer([child for child in reversed(self.all) if child.layer == layer])
        self.pump(0)
        self.all.clear()

    def _stop_layer(self, layer: list[Child]) -> None:
        requests, begun = self.stop_requests, time.monotonic()
        for child in layer:
            if child.alive:
                child.process.send_signal(child.stopped_by)
        while waiting := [child for child in layer if child.alive]:
            for child in waiting:
                if self.stop_requests > requests or time.monotonic() - begun > child.grace:
                    child.signal_group(signal.SIGKILL)
            self.pump(0.05)
        for child in layer:
            child.signal_group(signal.SIGKILL)  # whatever a crashed leader left in its session
