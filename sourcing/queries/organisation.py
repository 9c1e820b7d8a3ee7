"""Finding an organisation by the code that its people gave away."""

from dataclasses import dataclass

from django.db import connection

from organisations.visibility import Capability


@dataclass(frozen=True, slots=True)
class Named:
    """What a code gives away: that the organisation is here, its name and what it is."""

    id: int
    name: str
    capabilities: frozenset[Capability]


def organisation_with_code(code: str, *, capability: Capability | None = None) -> Named | None:
    """Return the organisation with exactly this code, if it has `capability`; None alike for any other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, capabilities FROM app.organisation_with_code(%s)", [code.strip()])
        row = cursor.fetchone()
    if row is None:
        return None
    found = Named(row[0], row[1], frozenset(Capability(name) for name in row[2]))
    return found if capability is None or capability in found.capabilities else None
