"""Whether the minutes of a meeting lie ready as a file."""

from documents.models import Rendering
from forum.models import Minutes
from ledger.models.subjects import about
from organisations.visibility import Viewer

MINUTES_PDF = "forum.minutes_pdf"


def pdf_of(viewer: Viewer, minutes: Minutes) -> Rendering | None:
    """Return how far the PDF of a version is, for the viewer's organisation; None when nobody has asked for it."""
    rows = Rendering.objects.filter(
        organisation_id=viewer.organisation_id, group_id=minutes.group_id, kind=MINUTES_PDF, **about(minutes)
    )
    return rows.select_related("document").first()
