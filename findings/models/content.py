"""What an action plan says: the fields of the template, as values that never change once shared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ask(models.TextChoices):
    """What a site asks of its customers; each is answered yes or no, so any mix may be asked."""

    INFORM = "inform", _("Nothing now. This is for information; it is in progress.")
    CONFIRM = "confirm", _("Confirm that this plan meets your requirements.")
    CALL_APPROACH = "call_approach", _("A call, to discuss the approach and agree who does what.")
    CALL_ROOT_CAUSE = "call_root_cause", _("A call, to agree how to look further into the root cause.")


@dataclass(frozen=True, slots=True)
class Action:
    """One preventive or corrective action.

    Args:
        what: what will be done.
        who: who does it.
        by_when: the month it should be done, `YYYY-MM`; empty when it cannot be said yet.
        support: what support is needed, and from whom.
        measure: how one will see that it worked.
    """

    what: str
    who: str = ""
    by_when: str = ""
    support: str = ""
    measure: str = ""

    @property
    def month(self) -> date | None:
        """The first day of the month in `by_when`."""
        return date.fromisoformat(f"{self.by_when}-01") if self.by_when else None


@dataclass(frozen=True, slots=True)
class PlanContent:
    """The key fields of a plan. A plan uploaded as a file has at least root causes or actions, and the asks.

    Args:
        root_causes: why it happens, one sentence each.
        stakeholders: who needs to be involved.
        investigation: what was looked into so far.
        initiatives: links to, or names of, collaborative initiatives.
        actions: what will be done.
        asks: values of `Ask`.
    """

    root_causes: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    investigation: str = ""
    initiatives: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    asks: frozenset[str] = field(default_factory=frozenset)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON column."""
        return {**asdict(self), "asks": [ask.value for ask in Ask if ask.value in self.asks]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "PlanContent":
        """Read a JSON column; fields that an older version did not have are empty."""
        return cls(
            root_causes=tuple(stored.get("root_causes", ())),
            stakeholders=tuple(stored.get("stakeholders", ())),
            investigation=stored.get("investigation", ""),
            initiatives=tuple(stored.get("initiatives", ())),
            actions=tuple(Action(**one) for one in stored.get("actions", ())),
            asks=frozenset(stored.get("asks", ())),
        )

    @property
    def ask_labels(self) -> list[tuple[str, bool]]:
        """Each ask's sentence, with yes or no."""
        return [(str(ask.label), ask.value in self.asks) for ask in Ask]
