"""Papers of things that change: asked for by a button, made by the worker, shown with their progress, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.models import Rendering
from documents.serve import serve
from findings.actions.papers import CAPR, SITE_HISTORY, ask_for_paper
from findings.models import Audit
from findings.queries.papers import paper_of
from findings.views.audit import crumbs
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.models import Site
from web.htmx import is_partial
from web.pieces import Crumb

WORDS = {"pdf": "PDF", "xlsx": "Excel"}


@dataclass(frozen=True)
class Paper:
    """One form of a paper: where its progress stands, where it is taken, and how far it is."""

    form: str
    word: str
    label: str
    url: str
    file_url: str
    rendering: Rendering | None


@member_required
def capr(request: ViewerRequest, code: str) -> HttpResponse:
    """Offer the corrective action plan report of an audit."""
    audit = fetch(Audit, code, viewer=request.viewer)
    label = _("the corrective action plan report")
    context = {
        "audit": audit,
        "papers": _papers(request, audit, CAPR, "capr_paper", label),
        "crumbs": [*crumbs(audit), Crumb(_("Corrective action plan report"))],
    }
    return render(request, "findings/capr.html", context)


@member_required
def capr_paper(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Show how far one form of the report is; by POST, have it made anew."""
    audit = fetch(Audit, code, viewer=request.viewer)
    label = _("the corrective action plan report")
    return _asked_or_shown(request, audit, CAPR, form, ("capr", "capr_paper"), label)


@member_required
def capr_file(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Hand out the finished report."""
    return _handed_out(request, fetch(Audit, code, viewer=request.viewer), CAPR, form)


@member_required
def history(request: ViewerRequest, code: str) -> HttpResponse:
    """Offer the history of a site."""
    site = fetch(Site, code, viewer=request.viewer)
    request.place = "sourcing:sites"
    context = {
        "site": site,
        "papers": _papers(request, site, SITE_HISTORY, "site_history_paper", _("the history")),
        "crumbs": [
            Crumb(_("Sites"), reverse("sourcing:sites")),
            Crumb(site.name, reverse("sourcing:site", args=[site.code])),
            Crumb(_("History")),
        ],
    }
    return render(request, "findings/site_history.html", context)


@member_required
def history_paper(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Show how far one form of the history is; by POST, have it made anew."""
    site = fetch(Site, code, viewer=request.viewer)
    names = ("site_history", "site_history_paper")
    return _asked_or_shown(request, site, SITE_HISTORY, form, names, _("the history"))


@member_required
def history_file(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Hand out the finished history."""
    return _handed_out(request, fetch(Site, code, viewer=request.viewer), SITE_HISTORY, form)


def _papers(
    request: ViewerRequest, subject: Any, kinds: Mapping[str, str], route: str, label: str
) -> list[Paper]:
    return [_paper(request, subject, kinds, form, route, label) for form in kinds]


def _paper(
    request: ViewerRequest, subject: Any, kinds: Mapping[str, str], form: str, route: str, label: str
) -> Paper:
    arguments = [subject.code, form]
    return Paper(
        form=form,
        word=WORDS[form],
        label=label,
        url=reverse(f"findings:{route}", args=arguments),
        file_url=reverse(f"findings:{route}_file", args=arguments),
        rendering=paper_of(request.viewer, kinds[form], subject),
    )


def _asked_or_shown(
    request: ViewerRequest,
    subject: Any,
    kinds: Mapping[str, str],
    form: str,
    names: tuple[str, str],
    label: str,
) -> HttpResponse:
    if form not in kinds:
        raise Http404
    if request.method == "POST":
        ask_for_paper(viewer=request.viewer, kind=kinds[form], subject=subject, at=timezone.now())
    if not is_partial(request):
        return redirect(f"findings:{names[0]}", subject.code)
    paper = _paper(request, subject, kinds, form, names[1], label)
    return render(request, "findings/_paper.html", {"paper": paper})


def _handed_out(
    request: ViewerRequest, subject: models.Model, kinds: Mapping[str, str], form: str
) -> HttpResponse:
    paper = paper_of(request.viewer, kinds[form], subject) if form in kinds else None
    if paper is None or paper.document is None:
        raise Http404
    return serve(paper.document)  # type: ignore[return-value]
