"""Files that people take away: lines with errors to correct, and the template of a list."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from documents.tables import csv_lines
from sourcing.models import ImportRow, SiteImport
from sourcing.queries.remarks import error_sentences

TEMPLATE = (
    ("name", "country", "address", "sector", "lat", "lng"),
    ("Example Garments Ltd.", "Bangladesh", "12 Example Road, Gazipur", "Apparel", "23.9999", "90.4203"),
)


def template_lines() -> Iterator[bytes]:
    """Give the template of a list as CSV: its columns and one invented place."""
    return csv_lines(TEMPLATE)


def error_lines(site_import: SiteImport) -> Iterator[bytes]:
    """Give the lines that cannot be read as CSV: line number, reason and the original cells.

    Corrected and uploaded again, the two first columns are passed over. Reads a thousand lines at a time.
    """
    header = site_import.columns.get("header", [])
    return csv_lines(_error_rows(site_import, header))


def _error_rows(site_import: SiteImport, header: list[str]) -> Iterator[list[object]]:
    yield [_("Line in your file"), _("What is wrong"), *header]
    rows = site_import.rows.filter(verdict=ImportRow.Verdict.ERROR).order_by("line")
    last = 0
    while found := list(rows.filter(line__gt=last)[:1000]):
        for row in found:
            yield [row.line, " ".join(error_sentences(row.values.get("errors", []))), *row.raw]
        last = found[-1].line
