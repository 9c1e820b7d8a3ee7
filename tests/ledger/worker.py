"""A worker of its own process, to be killed: `python -m tests.ledger.worker relay|send|tick MOMENT`.

With `DIE_AT=n` in its environment it kills itself with -9 in the n-th reaction or handler, after
writing what it had to write and before the transaction commits.
"""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings

calls = 0


def die_when_told() -> None:
    """Count one call, and end without a word if it is the one."""
    global calls  # noqa: PLW0603 - a process that lives for one run
    calls += 1
    if calls == int(os.environ.get("DIE_AT", "0")):
        os.kill(os.getpid(), signal.SIGKILL)


def main(work: str, moment: str) -> None:
    """Do one run of `work` as the role job."""
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.DATABASES["default"]["OPTIONS"]["assume_role"] = settings.DB_ROLES["job"]
    django.setup()

    from ledger import delivery, occurrences, registry, relay
    from ledger.entries import record
    from ledger.models import Entry, Occurrence
    from ledger.registry import Recipient
    from organisations.models import Organisation

    @registry.notice("trial.told")
    def told(entry: Entry) -> list[Recipient]:
        return [Recipient(entry.data["person"], None)]

    @registry.reaction("trial.told")
    def stumble(entry: Entry) -> None:
        die_when_told()

    @registry.occurrence("trial.due")
    def remind(occurrence: Occurrence, at: datetime) -> None:
        subject = Organisation.objects.get(pk=occurrence.subject_id)
        record(verb=f"trial.{occurrence.due_at:%j}", by=None, subject=subject, owner_id=None, at=at)
        die_when_told()

    @registry.occurrences("trial.many")
    def remind_many(rows: Sequence[Occurrence], at: datetime) -> None:
        for row in rows:
            remind(row, at)

    at = datetime.fromisoformat(moment)
    runs = {
        "relay": lambda: relay.relay(at),
        "send": lambda: delivery.send(at, pause_seconds=0),
        "tick": lambda: occurrences.tick(at),
    }
    runs[work]()


if __name__ == "__main__":
    main(*sys.argv[1:])
