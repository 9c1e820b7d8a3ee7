"""The steps of the company tracker, read from the data file beside this module."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

FILE = Path(__file__).parent / "tracker_steps.yaml"
OFFERED = frozenset({"always", "state_imposed", "otherwise"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a company can be seen to take; `offered` says on which kind of issue it is looked for."""

    key: str
    title: str
    asks: str
    offered: str

    @property
    def label(self) -> str:
        """Its title in the reader's language."""
        return _(self.title)

    @property
    def question(self) -> str:
        """What is looked for, in the reader's language."""
        return _(self.asks)


@cache
def tracker_steps() -> tuple[Step, ...]:
    """Return every step in the order of the file.

    Raises:
        ValueError: a key stands twice, or `offered` says something unknown.
    """
    steps = tuple(Step(**one) for one in yaml.safe_load(FILE.read_text(encoding="utf-8")))
    if len({one.key for one in steps}) != len(steps) or not {one.offered for one in steps} <= OFFERED:
        raise ValueError(f"{FILE.name}: every key once, and offered is one of {', '.join(sorted(OFFERED))}.")
    return steps


def steps_for(*, is_state_imposed: bool) -> list[str]:
    """Return the keys that are looked for; where a state imposes the forced labour, never those of a site."""
    wanted = {"always", "state_imposed" if is_state_imposed else "otherwise"}
    return [one.key for one in tracker_steps() if one.offered in wanted]


def steps_named(keys: list[str]) -> list[Step]:
    """Return the steps of these keys, in the order of the file; a key that is gone is left out."""
    return [one for one in tracker_steps() if one.key in keys]
