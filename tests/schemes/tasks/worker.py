"""A scheduler of its own process, to be killed: `python -m tests.schemes.tasks.worker MOMENT`.

With `DIE_BEFORE=name` in its environment it kills itself with -9 when `schemes.actions.interim` is about to call that
function: after some statements of a batch and before others.
"""

import os
import signal
import sys
from datetime import datetime

import django
from django.conf import settings


def main(moment: str) -> None:
    """Do one tick as the role job."""
    settings.DATABASES["default"]["OPTIONS"]["assume_role"] = settings.DB_ROLES["job"]
    django.setup()

    from ledger.occurrences import tick
    from schemes.actions import interim

    def die(*_args: object, **_more: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if name := os.environ.get("DIE_BEFORE"):
        setattr(interim, name, die)
    tick(datetime.fromisoformat(moment))


if __name__ == "__main__":
    main(*sys.argv[1:])
