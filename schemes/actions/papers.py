"""Asking for the papers of an assessment."""

import datetime as dt

from documents.models import Rendering
from documents.renderings import request_rendering
from organisations.visibility import Viewer
from schemes.queries.papers import KINDS, PaperKind


def ask_for_paper(*, viewer: Viewer, paper: PaperKind, at: dt.datetime) -> Rendering:
    """Have a paper made for the viewer's organisation; one that is on its way already is waited for.

    Promises: it belongs to that organisation alone. It is made anew each time, since what it rests on goes on: lines of
    a schedule are done, and a certificate is followed or withdrawn.
    """
    return request_rendering(by=viewer, kind=KINDS[paper.key], subject=paper.subject, anew=True, at=at)
