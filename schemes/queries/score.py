"""What was scored, as the level rule reads it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from schemes.definitions.ladder import Result, Scored, result
from schemes.models import Assessment, Criterion, Score, Shape


def scored(assessment: Assessment, *, on: dt.date) -> dict[str, Scored]:
    """Return the scores of an assessment by key of criterion, as they count on a day."""
    rows = Score.objects.filter(assessment=assessment).select_related("criterion")
    return {
        one.criterion.key: Scored(
            level=one.value or None,
            is_relevant=one.is_relevant,
            is_working_towards=one.is_working_towards,
            likely_months=months_until(one.likely_on, on) if one.likely_on else None,
        )
        for one in rows
    }


def months_until(month: dt.date, on: dt.date) -> int:
    """Return how many months lie between a day and a month; none for what is past."""
    return max(0, (month.year - on.year) * 12 + month.month - on.month)


def result_of(assessment: Assessment, *, on: dt.date) -> Result | None:
    """Return what the level rule says of the scores as they stand; None where the edition has no ladder."""
    if assessment.edition.shape != Shape.LADDER:
        return None
    return result(assessment.edition.content, scored(assessment, on=on))


def as_json(found: Result | None) -> dict[str, Any]:
    """Return a result as it is frozen with a proposal."""
    if found is None:
        return {}
    frozen = asdict(found)
    for line in frozen["lines"]:
        line["holds"] = line["have"] >= line["need"]
    frozen["shortest"] = list(found.shortest)
    return frozen


def unscored(assessment: Assessment) -> list[Criterion]:
    """Return the criteria whose score is missing or says too little to be proposed, in the edition's order."""
    whole = {one.criterion_id for one in Score.objects.filter(assessment=assessment) if one.is_whole}
    return [one for one in Criterion.objects.filter(edition_id=assessment.edition_id) if one.pk not in whole]


def texts_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as a page and a merge compare them: dates as text, tuples as lists."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
