"""From a table to lines of a register: which column means what, and what each line says. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from documents.tables import original_cell
from sourcing.queries.countries import find_country
from sourcing.queries.matching import Listed, listed
from sourcing.queries.normalising import strays_in, tidy, unmangled
from sourcing.queries.remarks import Remark

Point = tuple[float | None, float | None]
NOWHERE: Point = (None, None)
REQUIRED = ("name", "country")
LIMITS = {"name": 250, "address": 500, "sector": 120}
# What lists call their columns, the likeliest first; keys as `_key` makes them.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": (
        "facilityname", "factoryname", "sitename", "name", "facility", "factory", "site", "unitname",
        "productionunit", "manufacturingsite", "suppliername", "vendorname", "companyname", "supplier",
        "vendor", "company", "manufacturer", "nom", "nombre", "nome", "firma",
    ),
    "country": (
        "country", "countryname", "countrycode", "countryregion", "countryorregion", "countryofproduction",
        "countryoforigin", "factorycountry", "facilitycountry", "sitecountry", "iso2", "iso3", "pays", "pais",
        "land", "paese", "ulke",
    ),
    "address": (
        "address", "fulladdress", "facilityaddress", "factoryaddress", "siteaddress", "streetaddress",
        "location", "street", "address1", "addressline1", "adresse", "direccion", "endereco", "indirizzo", "adres",
    ),
    "sector": (
        "sector", "industry", "productcategory", "producttype", "producttypes", "category", "products",
        "secteur", "branche",
    ),
    "latitude": ("lat", "latitude", "y", "gpslatitude", "latitud"),
    "longitude": ("lng", "lon", "long", "longitude", "x", "gpslongitude", "longitud"),
}  # fmt: skip
# Columns that complete an address, in the order in which they follow it.
FURTHER_ADDRESS = (
    "address2", "addressline2", "address3", "addressline3", "district", "city", "town", "state", "province",
    "stateprovince", "region", "postcode", "postalcode", "zip", "zipcode",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """What the header says: the place of each field, of the rest of the address, and the required ones missing."""

    fields: dict[str, int]
    further: tuple[int, ...]
    unused: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(slots=True)
class Line:
    """One line of the file as read and as understood."""

    number: int
    raw: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    def listed(self) -> Listed:
        """Return the line in the form in which it is compared; only for lines without errors."""
        return listed(
            self.number,
            country=self.values["country"],
            name=self.values["name"],
            address=self.values["address"],
            latitude=self.values["latitude"],
            longitude=self.values["longitude"],
        )


def understand(header: Sequence[str]) -> Columns:
    """Return which column means what; spelling, case and order of the header do not matter."""
    keys = [_key(name) for name in header]
    fields: dict[str, int] = {}
    for name, synonyms in SYNONYMS.items():
        places = [keys.index(one) for one in synonyms if one in keys]
        if places:
            fields[name] = places[0]
    taken = set(fields.values())
    further = tuple(
        keys.index(one) for one in FURTHER_ADDRESS if one in keys and keys.index(one) not in taken
    )
    unused = tuple(
        name.strip()
        for place, name in enumerate(header)
        if place not in taken and place not in further and name.strip()
    )
    return Columns(fields, further, unused, tuple(name for name in REQUIRED if name not in fields))


def read_lines(rows: Iterable[tuple[int, list[str]]], columns: Columns, width: int) -> list[Line]:
    """Return what each row says; `width` is how many columns the header has."""
    lines = [_read(number, cells, columns, width) for number, cells in rows]
    _doubt_points(lines)
    return lines


def _read(number: int, cells: list[str], columns: Columns, width: int) -> Line:
    line = Line(number, cells)
    filled = max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)
    if filled > width:
        line.errors.append(Remark("too-many-cells", {"cells": filled, "columns": width}))

    def cell(place: int | None) -> str:
        return original_cell(cells[place]) if place is not None and place < len(cells) else ""

    texts = {name: cell(columns.fields.get(name)) for name in ("name", "address", "sector")}
    texts["address"] = ", ".join(
        part for part in (texts["address"], *map(cell, columns.further)) if part.strip()
    )
    for name, text in texts.items():
        line.values[name] = _text(line, name, text)
    if not line.values["name"] and not any(one.code == "too-long" for one in line.errors):
        line.errors.append(Remark("name-missing", {}))
    line.values["country"] = _country(line, cell(columns.fields.get("country")))
    latitude, longitude = cell(columns.fields.get("latitude")), cell(columns.fields.get("longitude"))
    line.values["latitude"], line.values["longitude"] = _point(line, latitude, longitude)
    line.notes = list({one.code: one for one in line.notes}.values())
    return line


def _text(line: Line, name: str, text: str) -> str:
    clean = tidy(text)
    if strays_in(text):
        line.notes.append(Remark("strays-removed", {}))
    if mended := unmangled(clean):
        line.notes.append(Remark("garbled", {"text": mended}))
    if len(clean) > LIMITS[name]:
        line.errors.append(Remark("too-long", {"column": name, "limit": LIMITS[name]}))
        return ""
    return clean


def _country(line: Line, text: str) -> str:
    shown = tidy(text)
    if not shown:
        line.errors.append(Remark("country-missing", {}))
        return ""
    found = find_country(shown[:100])
    if found.suggestions:
        line.errors.append(
            Remark("country-misspelt", {"text": shown[:100], "codes": list(found.suggestions)})
        )
    elif not found.code:
        line.errors.append(Remark("country-unknown", {"text": shown[:100]}))
    return found.code


def _point(line: Line, latitude: str, longitude: str) -> Point:
    """Return the point, or two Nones with a note or an error that says why there is none."""
    first, second = tidy(latitude), tidy(longitude)
    if not first or not second:
        if first or second:
            line.notes.append(Remark("point-halved", {}))
        return NOWHERE
    north, east = _degrees(first), _degrees(second)
    if north is None or east is None:
        line.errors.append(Remark("point-unreadable", {"text": (first if north is None else second)[:60]}))
        return NOWHERE
    return _on_earth(line, north, east)


def _on_earth(line: Line, north: float, east: float) -> Point:
    if abs(north) < 1e-6 and abs(east) < 1e-6:
        line.notes.append(Remark("point-zero", {}))
        return NOWHERE
    if 90 < abs(north) <= 180 and abs(east) <= 90:
        line.notes.append(Remark("point-turned", {}))
        return east, north
    if abs(north) > 90 or abs(east) > 180:
        line.errors.append(Remark("point-outside", {"text": f"{north:g}, {east:g}"}))
        return NOWHERE
    return north, east


def _degrees(text: str) -> float | None:
    """Return decimal degrees: with point or comma, a degree sign, and N, S, E or W in place of the sign."""
    found = re.fullmatch(r"([+\-\u2212]?)(\d{1,3}(?:[.,]\d{1,20})?)\s*°?\s*([NSEWnsew]?)", text)
    if found is None:
        return None
    sign, number, side = found.groups()
    value = float(number.replace(",", "."))
    return -value if (sign in {"-", "\u2212"}) != (side.lower() in {"s", "w"} and not sign) else value


def _doubt_points(lines: Iterable[Line]) -> None:
    """Note points that would lie with the rest of their country if latitude and longitude changed places."""
    by_country: dict[str, list[Line]] = {}
    for line in lines:
        if line.values["latitude"] is not None and line.values["country"]:
            by_country.setdefault(line.values["country"], []).append(line)
    for found in by_country.values():
        if len(found) < 4:
            continue
        north = median(line.values["latitude"] for line in found)
        east = median(line.values["longitude"] for line in found)
        for line in found:
            here, there = line.values["latitude"], line.values["longitude"]
            off, turned = abs(here - north) + abs(there - east), abs(there - north) + abs(here - east)
            if off > 20 and turned < 5:
                line.notes.append(Remark("point-looks-turned", {}))


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in plain if each.isalnum())
