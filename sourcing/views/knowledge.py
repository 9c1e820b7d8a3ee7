"""What is known about purchasing categories and about evidence: read by everybody, with or without an account."""

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sourcing.definitions.categories import LEVELS
from sourcing.queries.evidence import checklist_for, evidence_kinds
from sourcing.queries.knowledge import category_named, known_categories
from web.pieces import Crumb


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the categories."""
    return render(
        request, "sourcing/knowledge/index.html", {"categories": known_categories(), "events_url": _events()}
    )


@require_safe
def category(request: HttpRequest, key: str) -> HttpResponse:
    """Show what is known about one category."""
    found = category_named(key)
    if found is None:
        raise Http404
    context = {
        "category": found,
        "as_of": dt.date.fromisoformat(f"{found.as_of}-01"),
        "risks": [(title, [one for one in found.risks if one.level == level]) for level, title in _levels()],
        "events_url": _events(key),
        "others": [one for one in known_categories() if one.key != key],
        "crumbs": _crumbs(found.title),
    }
    return render(request, "sourcing/knowledge/category.html", context)


@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """Show every kind of evidence with the questions that tell how far to trust a piece of it."""
    kinds = [(kind, checklist_for(kind.key)) for kind in evidence_kinds()]
    context = {"kinds": kinds, "events_url": _events("evidence"), "crumbs": _crumbs(_("Evidence"))}
    return render(request, "sourcing/knowledge/evidence.html", context)


def _levels() -> list[tuple[str, str]]:
    titles = {
        "site": _("At the site"),
        "project": _("In the project and its chain"),
        "country": _("In the country"),
    }
    return [(level, titles[level]) for level in LEVELS]


def _crumbs(here: str) -> list[Crumb]:
    return [Crumb(_("Knowledge"), reverse("sourcing:knowledge")), Crumb(here)]


def _events(tag: str = "") -> str:
    """Return where events are listed; a category's key is the tag of those about it."""
    return reverse("forum:events") + (f"?tag={tag}" if tag else "")
