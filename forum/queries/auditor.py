"""Asking a body's list for a number: never for a name, and never for more than was named.

The database keeps fingerprints only, made with the installation's key, which it does not have.
"""

import datetime as dt
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from forum.models import AuditorList, AuditorStatus, Body
from organisations.visibility import Viewer

_SALT = "forum.auditor"


@dataclass(frozen=True, slots=True)
class Listed:
    """How one number stands on a list.

    Args:
        is_named: whether the name that was asked with it stands beside it.
    """

    grade: str
    status: AuditorStatus
    valid_until: dt.date
    is_named: bool

    def is_valid(self, on: dt.date) -> bool:
        """Tell whether the list says that it counts on a day."""
        return self.status == AuditorStatus.ACTIVE and self.valid_until >= on


@dataclass(frozen=True, slots=True)
class Answered:
    """What a body's newest list says to numbers, by each number as it was asked; None for “not on the list”."""

    body: Body
    newest: AuditorList
    by_number: Mapping[str, Listed | None]


def plain_number(number: str) -> str:
    """Return a number without what people write between its digits and letters."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", number).upper())


def plain_name(name: str) -> str:
    """Return a name without marks, capitals and order, so that “Doe, Jané” is “Jane Doe”."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(sorted(re.findall(r"\w+", kept)))


@dataclass(frozen=True, slots=True)
class Marks:
    """Makes the fingerprints of one body under one key."""

    body: Body
    key: str

    def of_key(self) -> str:
        """Return what tells later whether this key made a list."""
        return self._mark("key")

    def number(self, number: str) -> str:
        """Return the fingerprint of a number."""
        return self._mark("number", plain_number(number))

    def name(self, number: str, name: str) -> str:
        """Return the fingerprint of a name beside a number."""
        return self._mark("name", plain_number(number), plain_name(name))

    def _mark(self, *parts: str) -> str:
        said = "\n".join((self.body.code, *parts)).encode("utf-8", "surrogatepass")
        return hmac.new(f"{_SALT}:{self.key}".encode(), said, hashlib.sha256).hexdigest()


def marks_for(body: Body, newest: AuditorList | None = None) -> Marks | None:
    """Return the fingerprints that a list was made with; for none, those of a new one.

    None when the installation's key was changed since and the earlier one is not known any more.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        marks = Marks(body, key)
        if newest is None or hmac.compare_digest(marks.of_key(), newest.key_mark):
            return marks
    return None


def ask(viewer: Viewer, body: Body, numbers: Iterable[str], *, name: str = "") -> Answered | None:
    """Return what the newest list of a body says to some numbers.

    Args:
        name: whom the asker takes the number for; it is compared and never answered with.

    None when there is no list, or none that can be read with the keys of this installation.
    """
    newest = AuditorList.objects.visible_to(viewer).newest_of(body)
    return _ask(body, newest, numbers, name) if newest else None


def _ask(body: Body, newest: AuditorList, numbers: Iterable[str], name: str) -> Answered | None:
    marks = marks_for(body, newest)
    if marks is None:
        return None
    wanted = {number: marks.number(number) for number in numbers if plain_number(number)}
    names = [marks.name(number, name) for number in wanted] if plain_name(name) else []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number_mark, is_named, grade, status, valid_until FROM app.auditors(%s, %s, %s)",
            [body.pk, list(wanted.values()), names],
        )
        rows = cursor.fetchall()
    found = {
        mark: Listed(grade, AuditorStatus(status), valid_until, bool(is_named))
        for mark, is_named, grade, status, valid_until in rows
    }
    return Answered(body, newest, {number: found.get(mark) for number, mark in wanted.items()})


def ask_for_audit(viewer: Viewer, numbers: Iterable[str]) -> Answered | None:
    """Return what the body whose list is asked for audits says to their auditors' numbers; None without one."""
    wanted = list(numbers)
    if not wanted:
        return None
    rows = AuditorList.objects.visible_to(viewer).filter(body__answers_for_audits=True)
    newest = rows.select_related("body").order_by("-number").first()
    return _ask(newest.body, newest, wanted, "") if newest else None


def lists_of(viewer: Viewer, body: Body) -> list[AuditorList]:
    """Return the last uploads of a body's list, the newest first."""
    return list(AuditorList.objects.visible_to(viewer).filter(body=body).order_by("-number")[:20])
