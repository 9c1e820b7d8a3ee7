"""Schemes and editions."""

import hashlib
import itertools
import json
from typing import Any

from django.utils import timezone

from organisations.models import Organisation
from schemes.definitions.edition import EditionData
from schemes.lifecycle import EditionState
from schemes.models import Criterion, Edition, Level, Scheme
from tests.conftest import owner_role

_numbers = itertools.count(1)

# Three rungs with a share on the second and third, asked of as many criteria as a test wants.
LEVELS: list[dict[str, Any]] = [
    {"key": "bronze", "title": "Bronze", "all_at": "bronze"},
    {
        "key": "silver",
        "title": "Silver",
        "all_at": "bronze",
        "share": {"at": "silver", "percent": 75},
        "rest": {"months": [6, 12]},
    },
    {"key": "gold", "title": "Gold", "all_at": "silver", "share": {"at": "gold", "percent": 50}},
]
SCALE: dict[str, Any] = {
    "values": [
        {"key": str(points), "title": title} for points, title in enumerate(("None", "Some", "Most", "All"))
    ],
    "proof_from": "2",
}
RHYTHM: dict[str, Any] = {
    "every_months": 6,
    "reminders_days": [60, 30, 7],
    "escalate_days": [1, 14],
    "improve_months": 6,
    "certificate_months": 12,
}


def edition_json(
    key: str,
    *,
    version: str = "1",
    shape: str = "ladder",
    criteria: int = 3,
    subject: str = "",
    **fields: Any,
) -> dict[str, Any]:
    """Return what a small edition's file would say; other `fields` replace or add."""
    data: dict[str, Any] = {
        "scheme": {
            "key": key,
            "title": key.replace("-", " ").capitalize(),
            "subject": subject or {"ladder": "organisation", "rubric": "initiative"}.get(shape, "contract"),
        },
        "edition": version,
        "title": f"{key.replace('-', ' ').capitalize()} {version}",
        "shape": shape,
        "language": "en",
        "notice": "It says what was looked at, and no more.",
        "groups": [{"key": "all", "title": "Everything"}],
        "criteria": [
            {
                "key": f"c{number}",
                "title": f"Criterion {number}",
                "summary": f"What criterion {number} asks.",
                "group": "all",
                "guidance": {},
                "evidence": ["policy"],
            }
            for number in range(1, criteria + 1)
        ],
        "rhythm": RHYTHM,
    }
    data |= {"levels": LEVELS} if shape == "ladder" else {"scale": SCALE}
    if shape == "rubric":
        data |= {"rating": {"raters": 2, "reply_days": 30}}
    return data | fields


def edition_data(key: str = "invented", **fields: Any) -> EditionData:
    """Return a small edition as the rules read it."""
    return EditionData.from_json(edition_json(key, **fields))


def scheme(body: Organisation | None = None, key: str = "", **fields: Any) -> Scheme:
    """Make a scheme without editions, run by `body`."""
    key = key or f"scheme-{next(_numbers)}"
    defaults = {"title": key.replace("-", " ").capitalize(), "subject": "organisation"}
    with owner_role():
        return Scheme.objects.create(key=key, body=body, **(defaults | fields))


def edition(
    of: Scheme,
    *,
    version: str = "1",
    state: str = EditionState.PUBLISHED,
    shape: str = "ladder",
    **fields: Any,
) -> Edition:
    """Make an edition of a scheme with its criteria and levels: three of each unless `criteria` says otherwise."""
    data = edition_json(of.key, version=version, shape=shape, subject=of.subject, **fields)
    source = json.dumps(data, indent=1)
    with owner_role():
        made = Edition.objects.create(
            scheme=of,
            version=version,
            title=data["title"],
            shape=shape,
            language=data["language"],
            source=source,
            sha256=hashlib.sha256(source.encode()).hexdigest(),
            data=data,
        )
        for position, one in enumerate(data["criteria"], start=1):
            Criterion.objects.create(
                edition=made,
                key=one["key"],
                title=one["title"],
                group=one.get("group", ""),
                position=position,
            )
        for rank, level in enumerate(data.get("levels", []), start=1):
            Level.objects.create(edition=made, key=level["key"], title=level["title"], rank=rank)
        if state != EditionState.DRAFT:
            publish(made)
        if state == EditionState.RETIRED:
            made.state, made.retired_at = EditionState.RETIRED, timezone.now()
            made.save(update_fields=["state", "retired_at"])
    return made


def publish(made: Edition) -> Edition:
    """Put an edition in force."""
    with owner_role():
        made.state, made.published_at = EditionState.PUBLISHED, timezone.now()
        made.save(update_fields=["state", "published_at"])
        return made
