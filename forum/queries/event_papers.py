"""Certificates of attendance: which there are to make, and how far each is."""

from documents.models import Rendering
from forum.models import EventPlace
from ledger.models.subjects import kind_of
from organisations.visibility import Viewer

CERTIFICATE = "forum.attendance_certificate"


def certificate_of(viewer: Viewer, place: EventPlace) -> Rendering | None:
    """Return how far the viewer's organisation has the certificate of a place; None before anybody there asked."""
    rows = Rendering.objects.filter(
        organisation_id=viewer.organisation_id,
        kind=CERTIFICATE,
        subject_kind=kind_of(EventPlace),
        subject_id=place.pk,
    )
    return rows.select_related("document").first()
