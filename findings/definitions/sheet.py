"""A methodology's requirements as a CSV table, one line each: what an operator keeps in a spreadsheet."""

import csv
import io
import re
from typing import Any

from findings.definitions.faults import DefinitionError, Fault, Where

COLUMNS = (
    "methodology_key",
    "methodology_name",
    "methodology_version",
    "section",
    "section_title",
    "item",
    "title",
    "car",
    "car_source",
    "indicators",
    "sdg_targets",
)
OPTIONAL = {"car", "car_source", "indicators", "sdg_targets"}
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}
MOST = 5000

Parsed = tuple[dict[str, Any], dict[Where, int]]


def parse(name: str, text: str) -> Parsed:
    """Return the data of a CSV in the shape of a YAML file, and the line of each place in it.

    The first three columns say the same on every line; lists are parted by spaces, commas or semicolons.

    Raises:
        DefinitionError: columns are missing or unknown, lines disagree, or `car` is neither yes nor no.
    """
    rows = _rows(name, text)
    faults: list[Fault] = []
    first = rows[0][1]
    data: dict[str, Any] = {
        "key": first["methodology_key"],
        "name": first["methodology_name"],
        "version": first["methodology_version"],
        "sections": [],
    }
    lines: dict[Where, int] = {(): 1, ("key",): rows[0][0], ("name",): rows[0][0], ("version",): rows[0][0]}
    places: dict[str, int] = {}
    for line, row in rows:
        for column in COLUMNS[:3]:
            if row[column] != first[column]:
                faults.append(Fault(name, line, column, "is another than on the first line"))
        at = places.setdefault(row["section"], len(places))
        if at == len(data["sections"]):
            data["sections"].append(
                {"code": row["section"], "title": row["section_title"], "requirements": []}
            )
            lines[("sections", at)] = line
        section = data["sections"][at]
        if section["title"] != row["section_title"]:
            faults.append(Fault(name, line, "section_title", "is another than further up for this section"))
        lines[("sections", at, "requirements", len(section["requirements"]))] = line
        section["requirements"].append(_requirement(name, line, row, faults))
    if faults:
        raise DefinitionError(faults)
    return data, lines


def _rows(name: str, text: str) -> list[tuple[int, dict[str, str]]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = [one.strip().lower() for one in next(reader, [])]
        unknown = [one for one in header if one not in COLUMNS]
        missing = [one for one in COLUMNS if one not in header and one not in OPTIONAL]
        if unknown or missing or len(set(header)) != len(header):
            said = f"columns must be {', '.join(COLUMNS)}; "
            said += f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}"
            raise DefinitionError([Fault(name, 1, "header", said)])
        began = reader.line_num + 1
        for cells in reader:
            line, began = began, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header) or len(rows) == MOST:
                text = (
                    "has more cells than the header"
                    if len(cells) > len(header)
                    else f"more than {MOST} lines"
                )
                raise DefinitionError([Fault(name, line, "line", text)])
            given = dict(zip(header, [cell.strip() for cell in cells], strict=False))
            rows.append((line, {column: given.get(column, "") for column in COLUMNS}))
    except csv.Error as error:
        raise DefinitionError([Fault(name, reader.line_num, "line", f"is not CSV: {error}")]) from error
    if not rows:
        raise DefinitionError([Fault(name, 1, "file", "has no requirements")])
    return rows


def _requirement(name: str, line: int, row: dict[str, str], faults: list[Fault]) -> dict[str, Any]:
    said = row["car"].lower()
    if said not in YES | NO:
        faults.append(Fault(name, line, "car", f"{row['car']!r} is neither yes nor no"))
    found: dict[str, Any] = {"item": row["item"], "title": row["title"], "is_car": said in YES}
    if row["car_source"]:
        found["car_source"] = row["car_source"]
    for column in ("indicators", "sdg_targets"):
        if words := [one for one in re.split(r"[\s,;]+", row[column]) if one]:
            found[column] = words
    return found
