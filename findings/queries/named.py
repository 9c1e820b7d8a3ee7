"""Narrowing lists to a site by its code or by words of its name."""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import StrIndex, Upper

from ledger.codes import LENGTH
from organisations.visibility import Viewer
from sourcing.models import Site

Q = TypeVar("Q", bound="QuerySet[Any]")
MANY = 1000


def of_site(rows: Q, viewer: Viewer, site: str, *, audit: str = "audit__") -> Q:
    """Keep what belongs to the site with this code, or to audits of sites whose name has these words in it.

    Args:
        audit: the way from a row to its audit, as in a filter; "" for audits themselves.
    """
    words = site.strip().replace("\0", "")
    if not words:
        return rows
    if len(words) == LENGTH and words.isalnum():
        own = Site.objects.visible_to(viewer).filter(code=words.upper()).values_list("pk", flat=True).first()
        if own:
            return rows.filter(site_id=own)
    named = _audits_named(words)
    if named is not None:
        return rows.filter(**{"audit_id__in" if audit else "pk__in": named})
    # So many that the first of them are soon met in the list's own order. The planner, which may not look at names
    # behind row security, takes any LIKE for rare and would gather and sort them all; of this it expects a third.
    return rows.alias(named_at=StrIndex(Upper(f"{audit}site_name"), Upper(Value(words)))).filter(
        named_at__gt=0
    )


def _audits_named(words: str) -> list[int] | None:
    """Return audits that the acting organisation sees, by words of their site's name; None for more than `MANY`.

    None, too, where so many of its newest have them that the list's own order soon finds the first.
    """
    pattern = f"%{connection.ops.prep_for_like_query(words)}%"
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.audits_named(%s, %s)", [pattern, MANY])
        found: list[int] | None = cursor.fetchone()[0]
    return found
