"""`bin/manage`: a Django management command in the environment of the development installation.

    bin/manage [--as owner|app|job] COMMAND …

Works beside a running `bin/run`; when none runs, database and broker are started for this command alone.
"""

import os
import signal
import sys

from ground.children import Children, Failed, Stopped, call
from ground.installation import DataFolder, settings_for, start_services
from ground.roles import ROLES
from ground.run import DEFAULT_PORT

MANAGE = (sys.executable, "manage.py")


def split_role(given: list[str]) -> tuple[str, list[str]]:
    """Take `--as ROLE` from the front of the arguments; without it the role is app."""
    if given[:1] != ["--as"]:
        return "app", given
    if given[1:2] == [] or given[1] not in ROLES:
        raise Failed(f"--as takes one of: {', '.join(ROLES)}")
    return given[1], given[2:]


def call_beside(folder: DataFolder, role: str, arguments: list[str]) -> int:
    """Run the command with the services of the running installation."""
    facts = folder.running()
    if not facts:
        raise Failed("bin/run is just starting: try again in a moment")
    return call(
        [*MANAGE, *arguments], os.environ | facts["settings"] | {"DATABASE_URL": facts["database"][role]}
    )


def call_alone(folder: DataFolder, role: str, arguments: list[str]) -> int:
    """Start the services, run the command, stop the services."""
    logs = folder.path / "logs"
    children = Children(keep_open=folder.claim(), logs=logs)
    logs.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        addresses, settings = start_services(children, folder)
        settings |= settings_for(folder, demo=True, port=DEFAULT_PORT)
        return call([*MANAGE, *arguments], os.environ | settings | {"DATABASE_URL": addresses.database[role]})
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        children.stop()


def main(given: list[str]) -> int:
    """Run the command and return its exit code."""
    try:
        role, arguments = split_role(given)
        folder = DataFolder()
        return (call_beside if folder.is_running() else call_alone)(folder, role, arguments)
    except (Failed, Stopped) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
