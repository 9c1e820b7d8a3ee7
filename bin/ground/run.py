"""`bin/run`: the whole installation on this machine, by one command.

    bin/run [--port N] [--fresh] [--no-demo]

Ctrl-C stops everything, in reverse order. With DATABASE_URL, BROKER_URL or STORAGE_URL in the environment
those are used and none of our own is started.
"""

import argparse
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from ground import ROOT, keeping, preparing
from ground.children import Children, Failed, Stopped
from ground.installation import DataFolder, settings_for, start_services
from ground.ports import free_port, is_free

DEFAULT_PORT = 8000
DEMO_ACCOUNTS = (
    "supplier",
    "buyer",
    "auditor",
    "assessor",
    "decider",
    "coordinator",
    "forum",
    "operator",
)
DEMO_PASSWORD = "common thread demo 2026"  # noqa: S105 - printed for all; production refuses it


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the installation: what `bin/start` calls it, and the database role it gets."""

    name: str
    role: str


WEB = Process("web", "app")
OTHERS = (Process("worker", "app"), Process("system", "job"), Process("beat", "job"))


def arguments_of(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="bin/run", description="Set up and start Common Thread on this machine."
    )
    parser.add_argument(
        "--port", type=int, help=f"where to answer (default: {DEFAULT_PORT}, or the next free one)"
    )
    parser.add_argument("--fresh", action="store_true", help="throw the data folder's content away first")
    parser.add_argument(
        "--no-demo", action="store_true", help="start without the demo world and its accounts"
    )
    return parser.parse_args(given)


def choose_port(wish: int | None) -> int:
    """Return the port to answer on; a port that was asked for must be free."""
    if wish is None:
        return free_port(*range(DEFAULT_PORT, DEFAULT_PORT + 20))
    if not is_free(wish):
        raise Failed(f"Port {wish} is taken by another program: choose another one with --port")
    return wish


def answers(address: str) -> bool:
    """Say whether the installation at `address` is ready."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def banner(address: str, folder: DataFolder, *, demo: bool, seconds: float) -> str:
    """Return what the person at the terminal needs to know."""
    lines = ["", f"  Common Thread is ready: {address}/   ({seconds:.1f} s)"]
    if demo:
        lines.append(f"  Demo accounts, all with the password “{DEMO_PASSWORD}”:")
        lines += [f"    {name}@demo.example" for name in DEMO_ACCOUNTS]
    lines += [f"  Data, files and sent mail lie in {folder.path}", "  Ctrl-C stops everything.", ""]
    return "\n".join(lines)


def serve(
    children: Children, folder: DataFolder, options: argparse.Namespace, *, start: Path, steps: bool
) -> None:
    """Start everything in order, then watch it until something ends or the person wants to stop."""
    begun = time.monotonic()
    demo = not options.no_demo
    port = choose_port(options.port)
    if options.fresh:
        if os.environ.get("DATABASE_URL"):
            raise Failed(
                "--fresh throws away data of our own making only, and DATABASE_URL names your database"
            )
        folder.empty()
    addresses, settings = start_services(children, folder)
    settings |= settings_for(folder, demo=demo, port=port)

    def environment(role: str) -> dict[str, str]:
        return os.environ | settings | {"DATABASE_URL": addresses.database[role]}

    stamps = keeping.Stamps(folder.path / "stamps")
    if addresses.is_new:
        stamps.forget()
    if steps:
        whose = "ours" if addresses.is_ours else addresses.database["owner"]
        preparing.prepare(
            children, stamps=stamps, database=whose, environment=environment("owner"), demo=demo
        )
    _start(children, WEB, start, environment(WEB.role))
    local = f"http://127.0.0.1:{port}"
    children.wait_until(lambda: answers(local), f"{local}/readyz does not say that all is well", seconds=90)
    for process in OTHERS:
        _start(children, process, start, environment(process.role))
    address = settings["SITE_URL"]
    folder.write_running(
        {"pid": os.getpid(), "address": address, "settings": settings, "database": addresses.database}
    )
    children.say(banner(address, folder, demo=demo, seconds=time.monotonic() - begun))
    children.watch()


def _start(children: Children, process: Process, start: Path, environment: dict[str, str]) -> None:
    children.start(
        process.name,
        [start, process.name],
        layer=2,
        environment=environment,
        # Without broker and database a polite farewell may wait for ever. Their workers notice and leave as well,
        # and whatever was under way is done again: it is written in the database.
        orphaned_by=signal.SIGKILL,
        grace=20,
    )


def main(given: list[str], *, start: Path = ROOT / "bin" / "start", steps: bool = True) -> int:
    """Run the installation until it is stopped; tests have light processes by `start` and no `steps`."""
    options = arguments_of(given)
    folder = DataFolder()
    children: Children | None = None
    try:
        children = Children(keep_open=folder.claim())
        children.listen_to_signals()
        serve(children, folder, options, start=start, steps=steps)
    except Stopped:
        return 0
    except Failed as error:
        print(f"{error}", file=sys.stderr)
        return 1
    finally:
        if children is not None:
            children.say("Stopping …")
            children.stop()
            folder.forget_running()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
