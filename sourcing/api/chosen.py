"""Turning public codes in a request into rows."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions

M = TypeVar("M", bound=Model)


def chosen(rows: QuerySet[M], codes: Iterable[str], field: str) -> list[M]:
    """Return the visible `rows` with these codes.

    Raises:
        ValidationError: a code that is missing or not visible, the same sentence for both.
    """
    wanted = {code.upper() for code in codes}
    found: list[Any] = list(rows.filter(code__in=wanted))
    unknown = sorted(wanted - {one.code for one in found})
    if unknown:
        raise exceptions.ValidationError({field: [_("There is no %(code)s here.") % {"code": unknown[0]}]})
    return found
