"""Questions about an organisation's own register of places."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, Value

from organisations.queries import country_name
from organisations.visibility import Viewer
from sourcing.models import ImportRow, RegisterEntry
from sourcing.queries.normalising import normal_name

if TYPE_CHECKING:
    from sourcing.models.register import RegisterEntryQuerySet


@dataclass(frozen=True, slots=True)
class RegisterCounts:
    """What a register holds: places, their countries and sectors, and how many are a site of a supplier here."""

    places: int
    connected: int
    codes: list[str]
    sectors: list[str]

    @property
    def countries(self) -> int:
        """How many countries there are."""
        return len(self.codes)

    @property
    def named_countries(self) -> list[tuple[str, str]]:
        """The countries as (code, name), by name."""
        return sorted(((code, country_name(code)) for code in self.codes), key=lambda pair: pair[1])


def register_of(
    viewer: Viewer, *, text: str = "", country: str = "", sector: str = ""
) -> "RegisterEntryQuerySet":
    """Return the viewer's register, narrowed by words in name or address, country code and sector."""
    rows = RegisterEntry.objects.visible_to(viewer)
    if country:
        rows = rows.filter(country=country)
    if sector:
        rows = rows.filter(sector=sector)
    for word in text.replace("\x00", " ").split()[:8]:
        wanted = Q(name__icontains=word) | Q(address__icontains=word)
        if key := normal_name(word):
            wanted |= Q(match_key__contains=key)
        rows = rows.filter(wanted)
    return rows


def register_counts(viewer: Viewer) -> RegisterCounts:
    """Return how much the viewer's whole register holds, by one query."""
    found = RegisterEntry.objects.visible_to(viewer).aggregate(
        places=Count("pk"),
        connected=Count("site"),
        codes=ArrayAgg("country", distinct=True, default=Value([])),
        sectors=ArrayAgg("sector", distinct=True, filter=~Q(sector=""), default=Value([])),
    )
    return RegisterCounts(**found)


def origins_of(entry: RegisterEntry, *, viewer: Viewer) -> list[ImportRow]:
    """Return the lines of applied lists that this place came from or was found in, newest list first."""
    rows = ImportRow.objects.filter(organisation_id=viewer.organisation_id, entry=entry)
    return list(rows.select_related("site_import").order_by("-site_import__uploaded_at", "line")[:10])
