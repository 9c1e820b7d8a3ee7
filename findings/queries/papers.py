"""Papers that an organisation asked for, made or on their way."""

from django.db import models

from documents.models import Rendering
from ledger.models.subjects import about
from organisations.visibility import Viewer


def paper_of(viewer: Viewer, kind: str, subject: models.Model) -> Rendering | None:
    """Return the paper of a kind that the viewer's organisation asked for last, with its document."""
    own = Rendering.objects.filter(organisation_id=viewer.organisation_id, kind=kind, **about(subject))
    return own.select_related("document").first()
