"""What the operator says of a group, and co-leads in a charter, before it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forum.models.group import Stage


@dataclass(frozen=True, slots=True)
class GroupSaid:
    """What the operator says of a group; `kind` and `key` count only when it is made."""

    title: str
    summary: str
    entry: str
    kind: str = "topic"
    key: str = ""
    stage: Stage | None = None
    country: str = ""
    sdg_tags: Sequence[str] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class CharterSaid:
    """What a charter says."""

    purpose: str
    deliverables: str = ""
    ends_on: date | None = None
    language: str = ""
