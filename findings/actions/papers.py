"""Asking for papers about things that change: made anew each time, as the person who asks may see them."""

from datetime import datetime

from django.db import models

from documents.models import Rendering
from documents.renderings import request_rendering
from organisations.visibility import Viewer

CAPR = {"pdf": "findings.capr_pdf", "xlsx": "findings.capr_xlsx"}
SITE_HISTORY = {"pdf": "findings.site_history_pdf", "xlsx": "findings.site_history_xlsx"}


def ask_for_paper(*, viewer: Viewer, kind: str, subject: models.Model, at: datetime) -> Rendering:
    """Have a paper made anew for the viewer's organisation; one that is on its way already is waited for.

    Promises: it belongs to the viewer's organisation alone, and holds what that person may see at that moment.
    """
    return request_rendering(by=viewer, kind=kind, subject=subject, anew=True, at=at)
