"""`bin/mutate`: break one rule at a time and see whether a test notices.

bin/mutate                               everything; exit code 1 when fewer than 95 of 100 are noticed
bin/mutate --only findings/permissions   one room: the beginning of a path, or constraints, triggers, functions,
                                         helpers, policies, rules; more of them with commas between
bin/mutate --tests tests/findings/models   on these tests alone, or with `-k WORDS` those of them that pytest picks
bin/mutate --json FILE                   all of it as JSON           --workers N   processes, each with a database
bin/mutate --sample N                    one of N mutants of each room, spread evenly
bin/mutate --again FILE                  only what survived in such a FILE, on other tests or for longer; counts the
                                         whole of both
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ground.children import Failed, Stopped
from ground.suite import own_folder, services

GOAL = 95.0
TESTS = (
    *(
        "tests/visibility",
        "tests/security",
        "tests/ledger/test_lifecycles.py",
        "tests/ledger/test_transitions.py",
    ),
    *("tests/findings/models", "tests/findings/permissions", "tests/findings/actions", "tests/findings/api"),
    *("tests/findings/views", "tests/findings/queries", "tests/organisations", "tests/sourcing"),
    *("tests/documents", "tests/schemes", "tests/forum"),
    *("tests/matrices/test_lifecycles.py", "tests/matrices/test_policy.py", "tests/matrices/test_scopes.py"),
    "tests/matrices/test_rows.py",
)


def main(given: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="bin/mutate", description="Break rules; see whether a test notices."
    )
    parser.add_argument("--only", default="", metavar="ROOM")
    parser.add_argument("--tests", nargs="*", default=[], metavar="PATH")
    parser.add_argument("-k", default="", metavar="WORDS", dest="words")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--sample", type=int, default=1, metavar="N")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--again", type=Path, metavar="FILE")
    wanted = parser.parse_args(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    try:
        with own_folder() as (folder, held), services(folder, held) as (environment, _app):
            found = _run(folder, environment, wanted)
            found = _with_the_earlier(found, wanted.again) if wanted.again else found
    except (Failed, Stopped) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if wanted.json:
        wanted.json.write_text(json.dumps(found, indent=1))
    return report(found, time.monotonic() - begun)


def _run(folder: Path, environment: dict[str, str], wanted: argparse.Namespace) -> list[dict[str, Any]]:
    """Start the workers, each with a database of its own, and gather what they found."""
    paths = wanted.tests or [one for one in TESTS if Path(one).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "mutation.running", "-m", "not browser", *paths]
    command += ["-k", wanted.words] if wanted.words else []
    workers = []
    for shard in range(wanted.workers):
        own = {
            "MUTATE_FOLDER": str(folder),
            "MUTATE_SHARD": str(shard),
            "MUTATE_OF": str(wanted.workers),
            "MUTATE_ONLY": wanted.only,
            "MUTATE_AGAIN": str(wanted.again or ""),
            "MUTATE_SAMPLE": str(wanted.sample),
            "PYTHONPATH": os.pathsep.join([".", "bin"]),
        }
        with (folder / f"worker-{shard}.log").open("w") as log:
            workers.append(subprocess.Popen(command, env=environment | own, stdout=log, stderr=log))  # noqa: S603
    print(f"Progress: {folder}/progress-*", file=sys.stderr)
    try:
        codes = [worker.wait() for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    progress = "".join(path.read_text() for path in sorted(folder.glob("progress-*")))
    (folder.parent / "mutate-progress.txt").write_text(progress)
    outcomes = [folder / f"outcome-{shard}.json" for shard in range(wanted.workers)]
    if not all(path.exists() for path in outcomes):
        logs = "\n".join(
            (folder / f"worker-{shard}.log").read_text()[-3000:] for shard in range(wanted.workers)
        )
        raise Failed(f"A worker ended early ({codes}):\n{logs}")
    return [one for path in outcomes for one in json.loads(path.read_text())]


def _with_the_earlier(found: list[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """Put what was found now in the place of what was found before."""
    now = {(one["room"], one["where"], one["change"]) for one in found}
    earlier = json.loads(path.read_text())
    return [*found, *(one for one in earlier if (one["room"], one["where"], one["change"]) not in now)]


def report(found: list[dict[str, Any]], seconds: float) -> int:
    """Print the table and the survivors; return 1 below the goal."""
    rooms = sorted({one["room"] for one in found})
    print(f"{'room':44} {'killed':>7} {'of':>6} {'%':>6}")
    total: Counter[str] = Counter()
    for room in rooms:
        states = Counter(one["state"] for one in found if one["room"] == room)
        total += states
        _line(room, states)
    _line("everything", total)
    for one in sorted(found, key=lambda one: (one["room"], one["where"])):
        if one["state"] == "survived":
            print(f"SURVIVED {one['room']} {one['where']}: {one['change']}  ({one['by']})")
    print(f"{total['invalid']} more could not be applied. {seconds:.0f} s.")
    return 0 if _share(total) >= GOAL else 1


def _line(name: str, states: Counter[str]) -> None:
    counted = states["killed"] + states["survived"]
    print(f"{name:44} {states['killed']:7} {counted:6} {_share(states):6.1f}")


def _share(states: Counter[str]) -> float:
    counted = states["killed"] + states["survived"]
    return 100.0 * states["killed"] / counted if counted else 100.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
