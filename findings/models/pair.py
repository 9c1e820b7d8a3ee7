"""What stays between one customer and the supplier: who of the two may see it."""

from typing import TypeVar

from django.db import models

from organisations.visibility import Viewer

Rows = TypeVar("Rows", bound=models.QuerySet)  # type: ignore[type-arg]


def between(rows: Rows, viewer: Viewer | None, *, customer: str = "customer_id") -> Rows:
    """Return the rows whose customer or supplier is the viewer's organisation, within the site limits.

    Row security asks further whether a customer still sees the audit; what it wrote itself stays visible to it.
    """
    if viewer is None:
        return rows.none()
    own = viewer.organisation_id
    found = rows.filter(models.Q(**{customer: own}) | models.Q(supplier_id=own))
    if viewer.site_ids is not None:
        found = found.exclude(models.Q(supplier_id=own) & ~models.Q(audit__site_id__in=viewer.site_ids))
    return found
