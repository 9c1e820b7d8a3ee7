"""What an owner says about a piece of evidence, on its way in: from a form or the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from sourcing.models.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFacts:
    """What an owner says about a piece of evidence; all of it can be put right later.

    Args:
        kind: a key of `sourcing.queries.evidence.evidence_kinds`.
        expires_on: the last day on which it counts. period_from, period_to: what time it tells about.
        requirements: codes as printed ("1A.C"), whatever the methodology.
        supplied_by: who made it: a person's job, a company, an authority.
        confidentiality: a value of `Evidence.Confidentiality`. language: BCP 47.
        answers: to the kind's checklist, by its keys: "yes", "no" or "unknown".
    """

    kind: str
    title: str
    issued_on: date | None = None
    expires_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    requirements: tuple[str, ...] = ()
    supplied_by: str = ""
    confidentiality: str = Evidence.Confidentiality.SHARED
    language: str = ""
    note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Return what is said about `evidence` now."""
        said: dict[str, Any] = {
            one.name: getattr(evidence, one.name) for one in fields(cls) if one.name != "answers"
        }
        said["requirements"] = tuple(evidence.requirements)
        return cls(**said, answers=dict(evidence.checklist.get("answers", {})))

    def columns(self, version: str) -> dict[str, Any]:
        """Return the columns that hold these facts; `version` is that of the kind's checklist."""
        said: dict[str, Any] = {
            one.name: getattr(self, one.name) for one in fields(self) if one.name != "answers"
        }
        said["requirements"] = sorted({one.strip().upper() for one in self.requirements if one.strip()})
        said["checklist"] = {"version": version, "answers": dict(self.answers)}
        return said
