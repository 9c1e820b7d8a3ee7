"""Questions about an organisation's own register of places."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from organisations.queries import country_name
from organisations.visibility import Viewer
from sourcing.models import ImportRow, RegisterEntry
from sourcing.queries.normalising import normal_name

if TYPE_CHECKING:
    from sourcing.models.register import RegisterEntryQuerySet


@dataclass(frozen=True, slots=True)
class RegisterCounts:
    """What a register holds: places, countries, and places connected to a site of a supplier here."""

    places: int
    countries: int
    connected: int


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
    """Return how much the viewer's whole register holds."""
    found = RegisterEntry.objects.visible_to(viewer).aggregate(
        places=Count("pk"), countries=Count("country", distinct=True), connected=Count("site")
    )
    return RegisterCounts(**found)


def register_countries(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the countries that occur in the viewer's register as (code, name), by name."""
    codes = RegisterEntry.objects.visible_to(viewer).order_by().values_list("country", flat=True).distinct()
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])


def register_sectors(viewer: Viewer) -> list[str]:
    """Return the sectors that occur in the viewer's register, by name."""
    rows = RegisterEntry.objects.visible_to(viewer).exclude(sector="").order_by("sector")
    return list(rows.values_list("sector", flat=True).distinct())


def origins_of(entry: RegisterEntry, *, viewer: Viewer) -> list[ImportRow]:
    """Return the lines of applied lists that this place came from or was found in, newest list first."""
    rows = ImportRow.objects.filter(organisation_id=viewer.organisation_id, entry=entry)
    return list(rows.select_related("site_import").order_by("-site_import__uploaded_at", "line")[:10])
