"""Checks that run side by side, in lanes, each with its output kept back unless it fails."""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ground import ROOT


@dataclass(frozen=True, slots=True)
class Step:
    """One check: what it is called, and its command."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


class _Running:
    """A check under way."""

    def __init__(self, step: Step, lane: deque[Step], folder: Path) -> None:
        self.step, self.lane, self.begun = step, lane, time.monotonic()
        self.output: IO[bytes] = (folder / f"{step.name.replace(' ', '-')}.out").open("w+b")
        self.process = subprocess.Popen(
            step.command, cwd=ROOT, env=dict(step.environment), stdout=self.output, stderr=subprocess.STDOUT
        )

    def finish(self) -> bool:
        """Print one line, and the output of a failure; say whether it passed."""
        passed = self.process.wait() == 0
        report(self.step.name, passed=passed, seconds=time.monotonic() - self.begun)
        with self.output:
            if not passed:
                self.output.seek(0)
                sys.stdout.write(self.output.read().decode(errors="replace"))
        return passed

    def cancel(self) -> None:
        """Stop it without a word: another check has failed."""
        self.process.terminate()
        self.process.wait()
        self.output.close()


def report(name: str, *, passed: bool, seconds: float) -> None:
    """Print the line of a finished check."""
    print(f"{'ok' if passed else 'FAILED':8}{name:24}{seconds:7.1f} s", flush=True)


def run_lanes(lanes: Sequence[Sequence[Step]], folder: Path) -> bool:
    """Run the lanes side by side, each in its own order; say whether all passed.

    The first failure stops all others. `folder` takes the output files.
    """
    queues = [deque(lane) for lane in lanes]
    running = [_Running(queue.popleft(), queue, folder) for queue in queues if queue]
    try:
        while running:
            time.sleep(0.02)
            for check in [check for check in running if check.process.poll() is not None]:
                running.remove(check)
                if not check.finish():
                    return False
                if check.lane:
                    running.append(_Running(check.lane.popleft(), check.lane, folder))
        return True
    finally:
        for check in running:
            check.cancel()
