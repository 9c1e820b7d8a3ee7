"""How a thing's life is written down for the matrix of states, moves and roles."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone

from ledger.lifecycles import Lifecycle

Move = Callable[..., Any]


@dataclass(frozen=True)
class Life:
    """One kind of thing: which one, its states, and per move who may make it from where to where.

    Args:
        watchers: who else tries, and fails.
        related: relations that the actions expect to be loaded.
        with_state: more columns that a state needs, for states the thing is put into.
    """

    model: type[models.Model]
    thing: str
    lifecycle: Lifecycle
    moves: dict[str, tuple[Move, dict[str, str], frozenset[str]]]
    watchers: frozenset[str]
    related: tuple[str, ...] = ()
    with_state: Callable[[str], dict[str, Any]] = field(default=lambda _state: {})


def now(move: Move, argument: str, **more: Any) -> Move:
    """Return a move that happens now; the thing is handed over as `argument`."""
    return lambda viewer, row: move(viewer=viewer, at=timezone.now(), **{argument: row}, **more)
