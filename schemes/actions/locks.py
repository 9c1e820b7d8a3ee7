"""Things as they are now, held until the end of the transaction; always the membership before its assessment."""

from typing import TypeVar

from django.db import models

from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer
from schemes.models import Assessment, SchemeMembership

Row = TypeVar("Row", bound=models.Model)


def locked_assessment(viewer: Viewer, assessment: Assessment) -> Assessment:
    """Return the assessment as it is now; its row waits for nobody else until the transaction ends."""
    rows = Assessment.objects.visible_to(viewer).select_related("edition__scheme", "membership")
    return held(rows.filter(pk=assessment.pk))


def locked_membership(viewer: Viewer, membership: SchemeMembership) -> SchemeMembership:
    """Return the membership as it is now; its row waits for nobody else until the transaction ends."""
    rows = SchemeMembership.objects.visible_to(viewer).select_related("scheme")
    return held(rows.filter(pk=membership.pk))


def held(rows: "models.QuerySet[Row]") -> Row:
    """Return the one row, locked; what the viewer does not see looks like what does not exist."""
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotVisible
    return found


def refused(code: str, name: str, sentence: str) -> Refusal:
    """Return the refusal of one field of what was sent."""
    return Refusal(code, sentence, status=422, fields={name: [sentence]})
