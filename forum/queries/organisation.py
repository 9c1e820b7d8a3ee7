"""An organisation by the code that its people gave away; nothing else about strangers can be asked."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Called:
    """An organisation as far as a stranger learns of it."""

    id: int
    name: str


def organisation_called(code: str) -> Called | None:
    """Return the organisation with this code, or None."""
    wanted = code.strip().upper().replace("\0", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM app.organisation_with_code(%s)", [wanted])
        row = cursor.fetchone()
    return Called(*row) if row else None
