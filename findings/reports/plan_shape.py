"""What stands in a plan that is filled away from the screen, for Word and Excel alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from findings.definitions.plan_file import SINGLES, prints_of
from findings.forms.plan_typed import DATES
from findings.forms.plan_words import language_word, rhythm_word
from findings.models import Ask


@dataclass(frozen=True)
class PlanFile:
    """A plan with the facts of its CAR, as it goes into a file.

    Args:
        facts: label and words that come from the audit and are read only; the first is the CAR's number.
        values: what is typed so far, field by field, as `values_of` gives it.
        said_language: the language that the plan is written in, or nothing.
    """

    code: str
    title: str
    facts: list[tuple[str, str]]
    facts_language: str
    values: Mapping[str, Any]
    said_language: str

    @property
    def prints(self) -> dict[str, str]:
        """Fingerprints of what the file begins with."""
        return prints_of(self.values)

    @property
    def singles(self) -> dict[str, str]:
        """The fields that stand once, as they are written in the file."""
        values = self.values
        return {name: str(values.get(name) or "") for name in SINGLES} | {
            "rhythm": rhythm_word(values.get("rhythm")),
            "language": language_word(values.get("language")),
            "dates": "\n".join(str(values[one]) for one in DATES if values.get(one)),
        }

    @property
    def causes(self) -> list[str]:
        """The root causes."""
        return [str(one.get("why") or "") for one in self._rows("causes")]

    @property
    def actions(self) -> list[Mapping[str, Any]]:
        """The actions, each by its parts."""
        return self._rows("actions")

    @property
    def asks(self) -> list[tuple[str, str, bool]]:
        """What may be asked of customers: its name, its sentence, and whether it is asked."""
        return [(ask.value, str(ask.label), ask.value in (self.values.get("asks") or [])) for ask in Ask]

    def _rows(self, prefix: str) -> list[Mapping[str, Any]]:
        return [one for name, one in self.values.items() if name.startswith(f"{prefix}-") and one]
