"""Who acts in this transaction.

The database asks three settings, all local to the transaction, through `app.organisation()`, `app.person()`
and `app.secret()`. Outside `acting` they are unset and row-level security shows no row at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction


class ActingChanged(RuntimeError):
    """Someone tried to act as another person or organisation inside an open transaction."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The person and organisation whose eyes the database uses; either may be unknown."""

    person_id: int | None
    organisation_id: int | None


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acting_now() -> Acting | None:
    """Return who acts in this context, or None outside `acting`."""
    return _acting.get()


@contextmanager
def acting(*, person_id: int | None, organisation_id: int | None) -> Iterator[None]:
    """Open a transaction in which the database shows what this person in this organisation may see.

    Acting as the same pair again nests as a savepoint. Acting as another pair inside an open transaction
    raises `ActingChanged`, since a savepoint released would keep the inner setting.
    """
    wanted = Acting(person_id, organisation_id)
    before = _acting.get()
    if before is not None and before != wanted:
        raise ActingChanged("Finish the open transaction before acting as someone else.")
    token = _acting.set(wanted)
    try:
        with transaction.atomic():
            _stamp(wanted)
            yield
    finally:
        _acting.reset(token)
        if before is None and connection.in_atomic_block:
            _clear()  # a test's own outer transaction goes on: leave nothing behind in it


def become(*, organisation_id: int | None = None, person_id: int | None = None) -> None:
    """Go on in this transaction as a member of `organisation_id`, or as the person just recognised.

    Only for the doors of the house: signing in (page and API), founding an organisation and accepting
    an invitation; `tests/organisations/test_doors.py` holds the list of callers.
    """
    now = _acting.get()
    if now is None:
        raise ActingChanged("There is no open acting transaction to go on in.")
    wanted = Acting(person_id or now.person_id, organisation_id or now.organisation_id)
    if wanted != now:
        _acting.set(wanted)
        _stamp(wanted)


def act_alone() -> None:
    """Go on in this transaction as the person alone: the organisation claimed for it did not hold."""
    now = _acting.get()
    if now is None:
        raise ActingChanged("There is no open acting transaction to go on in.")
    wanted = Acting(now.person_id, None)
    _acting.set(wanted)
    _stamp(wanted)


def present_secret(sha256_hex: str) -> None:
    """Show the database the hash of a presented secret: it reveals the one row that keeps the same hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.secret', %s, true)", [sha256_hex])


def _stamp(who: Acting) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.person', %s, true), set_config('app.organisation', %s, true)",
            [_text(who.person_id), _text(who.organisation_id)],
        )


def _clear() -> None:
    if connection.needs_rollback:
        return
    _stamp(Acting(None, None))
    present_secret("")


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
