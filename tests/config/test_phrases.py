"""Every verb that code can record reads as a sentence in a history."""

import re
from pathlib import Path

from ledger.phrases import phrases

APPS = ("documents", "organisations", "sourcing", "findings")


def recorded() -> set[str]:
    """Return the verbs that stand in actions, reports and tasks, apart from occurrences and module names."""
    found: set[str] = set()
    for app in APPS:
        for path in Path(app).rglob("*.py"):
            if "verb" in (text := path.read_text()) and "migrations" not in path.parts:
                found |= set(re.findall(r'verb=f?"([a-z_]+\.[a-z_]+)"', text))
    return found


def test_every_recorded_verb_has_a_phrase() -> None:
    assert recorded() - set(phrases()) == set()
    assert len(recorded()) > 20
