"""Published ratings of initiatives as CSV and JSON: what the pages show, row by row."""

from collections.abc import Iterator
from typing import Any

from documents.tables import csv_lines
from schemes.models import Initiative, RatingReply
from schemes.queries.rating import published_of, sheets_of

COLUMNS = (
    "initiative",
    "initiative_code",
    "rated_by",
    "rubric",
    "published_on",
    "is_newest",
    "pillar",
    "indicator",
    "score",
    "first_score",
    "second_score",
    "why",
    "evidence",
    "pillar_points",
    "total",
    "reply",
)


def rating_rows() -> list[dict[str, Any]]:
    """Return one row for each indicator of each published rating; "not assessed" is empty, never a zero."""
    initiatives = list(Initiative.objects.visible_to(None).order_by("name", "pk"))
    ratings = published_of(initiatives)
    sheets = sheets_of(None, [one for found in ratings.values() for one in found])
    replies: dict[int, list[str]] = {}
    for reply in RatingReply.objects.visible_to(None).order_by("pk"):
        replies.setdefault(reply.rating_id, []).append(reply.words)
    rows = []
    for initiative in initiatives:
        for place, rating in enumerate(ratings.get(initiative.pk, [])):
            about = {
                "initiative": initiative.name,
                "initiative_code": initiative.code,
                "rated_by": initiative.body_name,
                "rubric": rating.edition.title,
                "published_on": rating.published_at.date() if rating.published_at else None,
                "is_newest": place == 0,
                "reply": "\n\n".join(replies.get(rating.pk, [])),
            }
            sheet = sheets[rating.pk]
            for pillar in sheet.pillars:
                for line in pillar.lines:
                    scores = {part: one.value for part, one in line.scores.items()}
                    rows.append(
                        about
                        | {
                            "pillar": pillar.group.title,
                            "indicator": line.criterion.title,
                            "score": scores.get("agreed"),
                            "first_score": scores.get("first"),
                            "second_score": scores.get("second"),
                            "why": line.agreed.rationale if line.agreed else "",
                            "evidence": [
                                {"title": c.title, "url": c.url, "dated_on": c.dated_on, "grade": c.grade}
                                for c in line.citations
                            ],
                            "pillar_points": pillar.points if pillar.is_complete else None,
                            "total": sheet.total,
                        }
                    )
    return rows


def ratings_csv() -> Iterator[bytes]:
    """Write the rows as CSV."""

    def lines() -> Iterator[list[object]]:
        yield list(COLUMNS)
        for row in rating_rows():
            cited = "; ".join(
                f"{one['title']} ({one['dated_on']}, {one['grade']})" for one in row["evidence"]
            )
            values = row | {"evidence": cited}
            yield ["" if values[name] is None else values[name] for name in COLUMNS]

    return csv_lines(lines())
