"""`bin/bench`: measure the pages on an invented world of a size, in an installation made for this run.

bin/bench --scale 10k|100k|1m     print cost per case, and which goals hold
bin/bench --scale 100k --compare 10k    both in one go, in turns, and how cost grows
--rounds N   measurements per case     --json FILE   all of it as JSON     --keep   leave the databases running
"""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import report
from bench.installation import Installation, WebWorker, collect_static_files
from bench.scales import NAMED
from ground import ROOT, keeping, postgres
from ground.children import Children, Failed, Stopped

RUNS = ROOT / ".data-test"


def main(given: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    wanted = _arguments(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = RUNS / f"bench-{os.getpid()}"
    scales = [wanted.scale, *([wanted.compare] if wanted.compare else [])]
    held = keeping.lock(folder / "lock")
    children = Children(keep_open=held, logs=folder)
    try:
        installed = [_install(children, folder, scale) for scale in scales]
        found = _measure(installed, wanted.rounds)
        _print(installed, found)
        if wanted.json:
            _write(wanted.json, installed, found)
        if wanted.keep:
            _wait(installed)
    except (Failed, Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children.stop()
        for scale in scales:
            postgres.forget(folder / scale)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure the pages on an invented world.")
    parser.add_argument("--scale", choices=list(NAMED), default="10k", help="number of findings")
    parser.add_argument(
        "--compare", choices=list(NAMED), help="a smaller world, measured in turns with the first"
    )
    parser.add_argument("--rounds", type=int, default=15, help="measurements per case")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--keep", action="store_true", help="leave the databases running until Ctrl-C")
    wanted = parser.parse_args(given)
    if wanted.compare == wanted.scale:
        parser.error("--compare needs another scale")
    return wanted


def _install(children: Children, folder: Path, scale: str) -> Installation:
    made = Installation(scale, folder / scale)
    made.start(children)
    if not (folder / "static").exists():
        collect_static_files(made)
    made.prepare(_say)
    return made


def _measure(installed: list[Installation], rounds: int) -> list[dict[str, Any]]:
    """Let the installations take turns, round by round, so that a busy minute falls on all of them."""
    with ExitStack() as stack:
        workers = []
        for one in installed:
            workers.append(WebWorker(one))
            stack.callback(workers[-1].end)
        for _each in range(rounds):
            for worker in workers:
                worker.round()
        return [worker.report() for worker in workers]


def _print(installed: list[Installation], found: list[dict[str, Any]]) -> None:
    cases, bases = found[0]["cases"], found[1]["cases"] if len(found) > 1 else None
    for one, said in reversed(list(zip(installed, found, strict=True))):
        is_first = one is installed[0]
        took = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in one.took.items())
        print(f"\n{one.scale}: {took}; memory {said['memory']['highest']:.0f} MB\n")
        print(report.table(said["cases"], bases if is_first else None))
    print()
    for goal in report.goals(cases, bases, installed[0].took, found[0]["memory"]):
        print(goal.line())


def _write(path: Path, installed: list[Installation], found: list[dict[str, Any]]) -> None:
    bases = found[1]["cases"] if len(found) > 1 else None
    goals = report.goals(found[0]["cases"], bases, installed[0].took, found[0]["memory"])
    runs = [
        {"scale": one.scale, "took": one.took, **said} for one, said in zip(installed, found, strict=True)
    ]
    told = [{"goal": goal.name, "holds": goal.holds, "worst": goal.worst} for goal in goals]
    path.write_text(json.dumps({"runs": runs, "goals": told}, indent=1, ensure_ascii=False))


def _wait(installed: list[Installation]) -> None:
    for one in installed:
        _say(f"{one.scale}: {one.addresses['admin']}")
    while True:
        time.sleep(60)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
