"""Ringing for a worker. A bell not heard costs a minute at most: the tick looks into every mailbox."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import transaction

log = structlog.get_logger(__name__)

QUIET_SECONDS = 30.0  # after the broker failed, so that pages do not each wait for it
FRESH_SECONDS = 60  # an older ring without arguments is worth nothing: the tick has been there

_silent_until = 0.0


@dataclass(frozen=True)
class _Ring:
    """What to ring for after the commit; equal rings of one transaction ring once."""

    task: str
    arguments: tuple[object, ...]
    queue: str

    def __call__(self) -> None:
        _send(self)


def ring(task: str, *arguments: object, queue: str = "system") -> None:
    """Ring for `task` after the running transaction commits, or now outside one.

    Never raises and never waits long: what must happen is a row already; this only saves it from waiting
    for the next tick. Equal rings in one transaction become one.
    """
    wanted = _Ring(task, arguments, queue)
    connection = transaction.get_connection()
    if any(_same(entry[1], wanted) for entry in connection.run_on_commit):
        return
    transaction.on_commit(wanted, robust=True)


def _same(waiting: Callable[[], object], wanted: _Ring) -> bool:
    return isinstance(waiting, _Ring) and waiting == wanted


def _send(wanted: _Ring) -> None:
    global _silent_until  # noqa: PLW0603 - one small memory per process
    if time.monotonic() < _silent_until:
        return
    try:
        from celery import current_app

        current_app.send_task(
            wanted.task,
            args=wanted.arguments,
            queue=wanted.queue,
            expires=None if wanted.arguments else FRESH_SECONDS,
            retry=False,
            ignore_result=True,
        )
    except Exception as error:  # whatever the broker's library raises, the row is safe
        _silent_until = time.monotonic() + QUIET_SECONDS
        log.warning("bell_not_heard", task=wanted.task, error=type(error).__name__)
