"""`bin/mutate`: break one rule at a time and see whether a test notices.

Rules of two kinds are broken: Python (`python.py`: lifecycles, visibility, permissions and scopes) and what the
database holds (`sql.py`: CHECK constraints, triggers and their functions, row policies, the rules of access).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mutant:
    """One rule broken.

    Args:
        room: the file, or the kind of thing in the database, under which it is counted.
        where: the function or the table's object that is broken.
        change: what it was and what it became, for people.
        needs: what a test has to touch to be able to notice: `path:line` of a function, names of tables; none of
            them means that `tests` names the files.
        says: words of the refusal that is silenced or weakened; tests that speak of it are asked first.
        applied: breaks the rule for as long as the context lasts; SQL is given as `broken` and `mended` instead.
    """

    room: str
    where: str
    change: str
    needs: frozenset[str] = frozenset()
    tests: tuple[str, ...] = ()
    says: str = ""
    applied: Callable[[], AbstractContextManager[None]] | None = field(default=None, compare=False)
    broken: str = ""
    mended: str = ""
