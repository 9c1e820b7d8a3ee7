"""The door to what is public: as `organisations.queries.fetch`, but also for readers without an account."""

from typing import Any, TypeVar

from django.db import models

from ledger.refusals import NotVisible
from organisations.visibility import Viewer

M = TypeVar("M", bound=models.Model)


def open_page(model: type[M], code: str, *, viewer: Viewer | None, queryset: Any = None) -> M:
    """Return the object with public `code` if the reader, known or not, may see it.

    Args:
        model: the class; its manager's `visible_to(None)` is what everybody reads.
        queryset: a prepared queryset of `model`; `visible_to` is applied to it.

    Raises:
        NotVisible: there is no such object, or not for this reader; the two look the same.
    """
    if "\0" in code:  # PostgreSQL would stumble over it, and so answer differently
        raise NotVisible
    everything: Any = model._default_manager.all() if queryset is None else queryset
    found: M | None = everything.visible_to(viewer).filter(code=code.upper()).first()
    if found is None:
        raise NotVisible
    return found
