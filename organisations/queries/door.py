"""The one door through which a single object enters a page, an API answer, a form or a task."""

from typing import Any, TypeVar

from django.db import models
from django.utils import timezone

from ledger.reads import log_read
from ledger.refusals import NotVisible
from organisations.visibility import Viewer

M = TypeVar("M", bound=models.Model)


def fetch(model: type[M], code: str, *, viewer: Viewer | None, queryset: Any = None) -> M:
    """Return the object with public `code` if `viewer` may see it; a foreign one and a missing one look the same.

    An object with `reads_are_logged` and `owner_id` leaves a line in the owner's read log when another
    organisation opens it.

    Args:
        model: the class; its manager has `visible_to(viewer)`.
        code: the public code, as in the address.
        viewer: who is looking; None sees nothing.
        queryset: a prepared queryset of `model` (relatives, locks); `visible_to` is applied to it.

    Raises:
        NotVisible: there is no such object, or not for this viewer.
    """
    if "\0" in code:  # PostgreSQL would stumble over it, and so answer differently
        raise NotVisible
    everything: Any = model._default_manager.all() if queryset is None else queryset
    rows = everything.visible_to(viewer)
    found: M | None = rows.filter(code=code.upper()).first()
    if found is None or viewer is None:
        raise NotVisible
    if getattr(found, "reads_are_logged", False):
        log_read(by=viewer, subject=found, owner_id=found.owner_id, at=timezone.now())  # type: ignore[attr-defined]
    return found
