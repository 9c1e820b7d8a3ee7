"""The company tracker as CSV and JSON: what the pages show, row by row."""

from collections.abc import Iterator
from typing import Any

from documents.tables import csv_lines
from organisations.visibility import Viewer
from schemes.models import CompanyReply, Issue
from schemes.queries.tracker import LEADERS, Found, listed_companies, newest_records

COLUMNS = (
    "company",
    "company_code",
    "country",
    "outside_ids",
    "step",
    "state",
    "basis",
    "source",
    "source_url",
    "source_on",
    "recorded_on",
    "next_check_on",
    "words",
    "reply",
)


def issue_rows(viewer: Viewer | None, issue: Issue) -> list[dict[str, Any]]:
    """Return one row for each step of each company of an issue, leaders first, as the page orders them."""
    found = newest_records(viewer, issue)
    replies: dict[int, str] = {}
    for reply in CompanyReply.objects.visible_to(viewer).filter(issue=issue).order_by("pk"):
        replies[reply.company_id] = reply.words
    rows = []
    for tracking in listed_companies(viewer, issue).order_by(*LEADERS):
        company = tracking.company
        about = {
            "company": company.name,
            "company_code": company.code,
            "country": company.country,
            "outside_ids": company.outside_ids,
        }
        reply_words = replies.get(company.pk, "")
        rows += [{**about, **_line(one), "reply": reply_words} for one in found.get(company.pk, [])]
    return rows


def _line(found: Found) -> dict[str, Any]:
    record = found.record
    return {
        "step": found.step.key,
        "state": found.state,
        "basis": record.basis if record else "",
        "source": record.source if record else "",
        "source_url": record.source_url if record else "",
        "source_on": record.source_on if record else None,
        "recorded_on": record.at.date() if record else None,
        "next_check_on": record.next_check_on if record else None,
        "words": record.words if record else "",
    }


def issue_csv(viewer: Viewer | None, issue: Issue) -> Iterator[bytes]:
    """Write the rows as CSV."""

    def lines() -> Iterator[list[object]]:
        yield list(COLUMNS)
        for row in issue_rows(viewer, issue):
            ids = "; ".join(f"{one['system']}: {one['value']}" for one in row["outside_ids"])
            values = row | {"outside_ids": ids}
            yield ["" if values[name] is None else values[name] for name in COLUMNS]

    return csv_lines(lines())


def issue_json(viewer: Viewer | None, issue: Issue) -> dict[str, Any]:
    """Return the rows with what they are about."""
    return {
        "issue": issue.title,
        "code": issue.code,
        "about": issue.summary,
        "kept_by": issue.keeper_name,
        "is_state_imposed": issue.is_state_imposed,
        "steps": issue.steps,
        "published_at": issue.published_at,
        "rows": issue_rows(viewer, issue),
    }
