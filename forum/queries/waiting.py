"""Who is next for a place, and why the others are not: one rule, for promoting people and for explaining it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Because(StrEnum):
    """Why somebody who waits is offered a place now, or is not."""

    NEXT = "next"
    FULL = "full"
    TOO_MANY = "too_many"
    SHARE = "share"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One registration on the list.

    Args:
        key: which one. organisation: whose. quantity: for how many places it is.
    """

    key: int
    organisation: int
    quantity: int


def standing(
    line: Iterable[Waiting],
    *,
    capacity: int | None,
    held: int,
    share: int | None,
    held_by: Mapping[int, int],
) -> list[tuple[Waiting, Because]]:
    """Go along the list in arrival order and say of each why it is offered its places now, or why not.

    Nobody is passed over who fits. Whoever does not fit keeps their place in the list, and those behind may be offered
    what is left: a group that needs five is not a reason to leave two chairs empty.

    Args:
        line: those who wait, first come first. capacity: places there are; None without a limit.
        held: places taken or offered. share: places that one organisation may hold; None without a limit.
        held_by: places taken or offered, by organisation.
    """
    free = None if capacity is None else max(0, capacity - held)
    taken = dict(held_by)
    told = []
    for one in line:
        mine = taken.get(one.organisation, 0)
        because = _because(one, capacity=capacity, free=free, share=share, mine=mine)
        if because is Because.NEXT:
            taken[one.organisation] = mine + one.quantity
            free = None if free is None else free - one.quantity
        told.append((one, because))
    return told


def _because(
    one: Waiting, *, capacity: int | None, free: int | None, share: int | None, mine: int
) -> Because:
    most = min(limit for limit in (capacity, share, one.quantity) if limit is not None)
    if one.quantity > most:
        return Because.NEVER
    if share is not None and mine + one.quantity > share:
        return Because.SHARE
    if free is None or one.quantity <= free:
        return Because.NEXT
    return Because.FULL if free == 0 else Because.TOO_MANY
