"""Loading a body's list of auditors: read in a confined child, checked line by line, loaded whole or not at all."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from documents import confined
from documents.sentences import SENTENCES
from documents.tables import Table, read_table
from documents.uploads import checked_upload
from forum.models import AuditorEntry, AuditorList, AuditorStatus, Body
from forum.permissions.update import can_post
from forum.queries.auditor import Marks, marks_for, plain_name, plain_number
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LOADED = "forum.auditors_loaded"
MOST = 20_000
MOST_FAULTS = 50
EXTENSIONS = ("csv", "xlsx")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("number", "membership number", "no", "apsca number"),
    "name": ("name", "auditor", "full name"),
    "grade": ("grade", "level"),
    "status": ("status", "state"),
    "valid_until": ("valid until", "valid to", "expiry", "expires", "expiry date"),
}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{1,38}")


@dataclass(frozen=True, slots=True)
class Row:
    """One auditor as the file names them; neither number nor name is kept."""

    number: str
    name: str
    grade: str
    status: AuditorStatus
    valid_until: dt.date


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong on one line of the file."""

    line: int
    text: str


class BadList(Refusal):
    """A file in which something is wrong; nothing of it is loaded."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(
            "bad-list", _("Nothing was loaded. Put these lines right and upload the file again.")
        )
        self.faults = list(faults)


def load_auditors(
    *, viewer: Viewer, body: Body, file: "UploadedFile[bytes]", dated_on: dt.date, at: dt.datetime
) -> AuditorList:
    """Load a list in place of the one before; the file itself is not kept.

    Promises: every line or none; from now on the new list is asked; of the old one the counts stay.

    Args:
        dated_on: the day of which the list speaks.

    Raises:
        Forbidden: see `can_post`. BadList: with each line and what is wrong on it. Refusal: `bad-date`, or a code of
        `documents.sentences` for a file that cannot be read.
    """
    can_post(viewer, body).require()
    if dated_on > at.date() + dt.timedelta(days=1):
        sentence = _("The list cannot be of a day that is still to come.")
        raise Refusal("bad-date", sentence, status=422, fields={"dated_on": [sentence]})
    rows = list(_rows(_table(file)))
    marks = marks_for(body)
    assert marks is not None  # noqa: S101 - a new list is made with the key in force
    with transaction.atomic():
        return _replace(viewer, body, marks, rows, dated_on, at)


def _replace(
    viewer: Viewer, body: Body, marks: Marks, rows: Sequence[Row], dated_on: dt.date, at: dt.datetime
) -> AuditorList:
    with connection.cursor() as cursor:  # the same lock as the trigger takes: one upload after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('forum.auditorlist', %s))", [body.pk])
    newest = AuditorList.objects.newest_of(body)
    before = set(AuditorEntry.objects.filter(list=newest).values_list("number_mark", flat=True))
    if newest is not None and marks.of_key() != newest.key_mark:
        before = set()  # made with another key: nothing can be compared
    entries = {marks.number(row.number): row for row in rows}
    made = AuditorList.objects.create(
        body=body,
        number=newest.number + 1 if newest else 1,
        dated_on=dated_on,
        loaded_at=at,
        total=len(entries),
        added=len(entries.keys() - before),
        removed=len(before - entries.keys()),
        key_mark=marks.of_key(),
    )
    AuditorEntry.objects.filter(list=newest).delete()
    AuditorEntry.objects.bulk_create(
        (
            AuditorEntry(
                list=made,
                organisation_id=body.organisation_id,
                number_mark=mark,
                name_mark=marks.name(row.number, row.name),
                grade=row.grade,
                status=row.status,
                valid_until=row.valid_until,
            )
            for mark, row in entries.items()
        ),
        batch_size=2000,
    )
    made.refresh_from_db()
    counts = {"total": made.total, "added": made.added, "removed": made.removed}
    record(
        verb=LOADED,
        by=viewer,
        subject=body,
        owner_id=body.organisation_id,
        at=at,
        data={**counts, "list": made.code, "dated_on": dated_on.isoformat()},
    )
    return made


def _table(file: "UploadedFile[bytes]") -> Table:
    with checked_upload(file, extensions=EXTENSIONS) as (extension, content):
        try:
            return read_table(content, name=f"list.{extension}", max_rows=MOST, max_columns=40)
        except confined.Unfit as unfit:
            raise Refusal(unfit.code, _sentence(unfit.code), status=422) from unfit


def _sentence(code: str) -> str:
    if code == "too-many-rows":
        return _("A list holds %(most)s auditors at most.") % {"most": MOST}
    if code == "no-header":
        return _("The first line has to name the columns: number, name, grade, status, valid until.")
    return str(SENTENCES.get(code, SENTENCES["unreadable"]))


def _rows(table: Table) -> Iterator[Row]:
    """Give every line as a row, or raise what is wrong in all of them."""
    places = _places(table.header)
    faults: list[RowFault] = []
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for line, cells in table.rows:
        said = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        wrong = list(_wrong(said))
        number = plain_number(said["number"])
        if number and number in seen:
            wrong.append(_("The number stands on line %(line)s already.") % {"line": seen[number]})
        seen.setdefault(number, line)
        faults += [RowFault(line, text) for text in wrong]
        if not wrong:
            rows.append(_row(said))
        if len(faults) >= MOST_FAULTS:
            break
    if not rows and not faults:
        faults.append(RowFault(1, _("The list is empty.")))
    if faults:
        raise BadList(faults[:MOST_FAULTS])
    return iter(rows)


def _places(header: Sequence[str]) -> dict[str, int]:
    named = [" ".join(cell.casefold().replace("_", " ").split()) for cell in header]
    places = {
        column: next((named.index(word) for word in words if word in named), -1)
        for column, words in COLUMNS.items()
    }
    missing = [words[0] for column, words in COLUMNS.items() if places[column] < 0]
    if missing:
        text = _("These columns are missing: %(columns)s.") % {"columns": ", ".join(missing)}
        raise BadList([RowFault(1, text)])
    return places


def _wrong(said: Mapping[str, str]) -> Iterator[str]:
    if not _NUMBER.fullmatch(said["number"]):
        yield _("The number is missing or is none: letters and digits, 2 to 39 of them.")
    if not plain_name(said["name"]) or len(said["name"]) > 200:
        yield _("The name is missing or too long.")
    if not said["grade"] or len(said["grade"]) > 20:
        yield _("The grade is missing or longer than 20 letters.")
    if said["status"].casefold() not in AuditorStatus.values:
        yield _("The status is none of %(choices)s.") % {"choices": ", ".join(AuditorStatus.values)}
    if _day(said["valid_until"]) is None:
        yield _("“Valid until” is no date like 2027-03-31.")


def _row(said: Mapping[str, str]) -> Row:
    until = _day(said["valid_until"])
    assert until is not None  # noqa: S101 - looked at before
    return Row(said["number"], said["name"], said["grade"], AuditorStatus(said["status"].casefold()), until)


def _day(text: str) -> dt.date | None:
    match = _DAY.fullmatch(text)
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
