"""Which request or job is running now; the same id stands in the logs and in the ledger."""

import string

import structlog

LONGEST = 64
_PLAIN = frozenset(string.ascii_letters + string.digits + "-_.")


def request_id() -> str:
    """Return the id of the running request or task, or an empty string outside both.

    The id may come from a client's header, so only plain characters are kept and the length is bounded.
    """
    bound = structlog.contextvars.get_contextvars()
    found = str(bound.get("request_id") or bound.get("task_id") or "")
    return "".join(letter for letter in found[:LONGEST] if letter in _PLAIN)
