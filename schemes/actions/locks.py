"""Things as they are now, held until the end of the transaction; always the membership before its assessment."""

from ledger.refusals import Refusal
from organisations.visibility import Viewer
from schemes.models import Assessment, SchemeMembership


def locked_assessment(viewer: Viewer, assessment: Assessment) -> Assessment:
    """Return the assessment as it is now; its row waits for nobody else until the transaction ends."""
    rows = Assessment.objects.visible_to(viewer).select_related("edition__scheme", "membership")
    return rows.select_for_update(of=("self",)).get(pk=assessment.pk)


def locked_membership(viewer: Viewer, membership: SchemeMembership) -> SchemeMembership:
    """Return the membership as it is now; its row waits for nobody else until the transaction ends."""
    rows = SchemeMembership.objects.visible_to(viewer).select_related("scheme")
    return rows.select_for_update(of=("self",)).get(pk=membership.pk)


def refused(code: str, name: str, sentence: str) -> Refusal:
    """Return the refusal of one field of what was sent."""
    return Refusal(code, sentence, status=422, fields={name: [sentence]})
