"""What each noun adds to the matrices: one module per noun, found by being here.

A module may hold any of

- `build(world)`: more rows of the world, made as the owner of the tables, with their names in `world.things`;
- `PAGES`: route → method → `Case` (see `cases.py`); before them `OTHERS.update(...)` for what is crawled as well;
- `RULES`: model label → who may see a row, stated independently (see `oracle.py`); `ALSO`: who may as well;
- `KEPT`, `SHAPES`: text columns without a word of their own, and what JSON columns look like (see `canaries.py`);
- `LIVES`: states × moves × roles (see `lives.py`); `NARROWER`: (who, move, state) that an allowed role may not;
- `ELSEWHERE`: lifecycle → moves that nobody makes by hand (see `test_lifecycles.py`);
- `STORY`: steps whose letters are read (see `test_letters.py`);
- `LISTS`, `NO_LISTS`, `grow(small)`: lists whose statements are counted (see `test_lists.py`).
"""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any


def all_of(name: str) -> Iterator[Any]:
    """Yield what each module calls `name`, as far as it has such a thing."""
    for found in sorted(one.name for one in pkgutil.iter_modules(__path__)):
        module = import_module(f"{__name__}.{found}")
        if hasattr(module, name):
            yield getattr(module, name)
