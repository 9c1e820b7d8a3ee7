"""The pages of initiatives: what each is, how it is rated, and several side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.initiative import describe_initiative, edit_initiative, publish_initiative
from schemes.forms.initiative import InitiativeFilters, InitiativeForm
from schemes.models import Initiative, Rating
from schemes.permissions.initiative import can_describe, can_keep_initiative, can_publish_initiative
from schemes.queries.door import open_page
from schemes.queries.initiative import initiatives_with, listed_initiatives
from schemes.queries.rating import (
    Sheet,
    open_rating_of,
    published_of,
    replies_to,
    sheet_of,
    sheets_of,
    tallies_of,
)
from schemes.reports.initiative import rating_rows, ratings_csv
from schemes.views.public import csv_file, json_file, reader
from schemes.views.tracker import show_refusal
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Chart, Crumb, Series

MOST = 4  # side by side
TONES = ("thread", "car", "good", "warn")


@require_safe
def initiatives(request: HttpRequest) -> HttpResponse:
    """List initiatives with their newest published rating."""
    viewer = reader(request)
    form = InitiativeFilters(request.GET)
    page = keyset_page(listed_initiatives(viewer, **form.wanted()), request=request, order=("name", "id"))
    ratings = {key: found[0] for key, found in published_of(page.rows).items()}
    counted = tallies_of(ratings.values())
    context = {
        "form": form,
        "page": page,
        "rows": [_line(one, ratings.get(one.pk), counted) for one in page.rows],
        "may_describe": bool(viewer and can_describe(viewer)),
        "most": MOST,
    }
    partial = "schemes/_initiatives.html"
    return render(request, partial if is_partial(request) else "schemes/initiatives.html", context)


def _line(one: Initiative, rating: Rating | None, counted: dict[int, Any]) -> dict[str, Any]:
    return {"initiative": one, "rating": rating, "tally": counted[rating.pk] if rating else None}


@require_safe
def initiative(request: HttpRequest, code: str) -> HttpResponse:
    """Show what an initiative is, its newest rating, and those before it."""
    viewer = reader(request)
    found = open_page(Initiative, code, viewer=viewer)
    ratings = published_of([found]).get(found.pk, [])
    newest = ratings[0] if ratings else None
    sheet = sheet_of(viewer, newest) if newest else None
    context = {
        "initiative": found,
        "rating": newest,
        "sheet": sheet,
        "chart": _chart([(found, sheet)]) if sheet else None,
        "replies": replies_to(viewer, newest) if newest else [],
        "earlier": ratings[1:],
        "open_rating": open_rating_of(viewer, found),
        "may_keep": bool(viewer and can_keep_initiative(viewer, found)),
        "may_publish": bool(viewer and can_publish_initiative(viewer, found)),
        "crumbs": [_list(), Crumb(found.name)],
    }
    return render(request, "schemes/initiative.html", context)


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show the newest published ratings of some initiatives side by side."""
    chosen = initiatives_with(request.GET.getlist("of"), most=MOST)
    ratings = {key: newest for key, (newest, *_earlier) in published_of(chosen).items()}
    found = sheets_of(None, ratings.values())
    sheets = [(one, found[ratings[one.pk].pk]) for one in chosen if one.pk in ratings]
    context = {
        "chosen": chosen,
        "rated": [one for one, _sheet in sheets],
        "unrated": [one for one in chosen if one.pk not in ratings],
        "pillars": _side_by_side(sheets),
        "totals": [(one, sheet.total, sheet.most) for one, sheet in sheets],
        "rubrics": {ratings[one.pk].edition.title for one, _sheet in sheets},
        "chart": _chart(sheets) if sheets else None,
        "most": MOST,
        "crumbs": [_list(), Crumb(_("Side by side"))],
    }
    return render(request, "schemes/initiative_compare.html", context)


def _side_by_side(sheets: list[tuple[Initiative, Sheet]]) -> list[dict[str, Any]]:
    """Put the lines of several ratings beside each other, by pillar and indicator; rubrics may differ."""
    pillars: dict[str, dict[str, Any]] = {}
    nothing = [(one, None) for one, _sheet in sheets]
    for place, (one, sheet) in enumerate(sheets):
        for pillar in sheet.pillars:
            kept = pillars.setdefault(
                pillar.group.key, {"title": pillar.group.title, "points": list(nothing), "lines": {}}
            )
            kept["points"][place] = (one, pillar)
            for line in pillar.lines:
                beside = kept["lines"].setdefault(
                    line.criterion.key, {"title": line.criterion.title, "cells": list(nothing)}
                )
                beside["cells"][place] = (one, line)
    return [one | {"lines": list(one["lines"].values())} for one in pillars.values()]


def _chart(sheets: list[tuple[Initiative, Sheet]]) -> Chart:
    """Draw the points of each pillar; a pillar with a gap has none."""
    titles = list(dict.fromkeys(pillar.group.title for _one, sheet in sheets for pillar in sheet.pillars))
    most = max((pillar.most for _one, sheet in sheets for pillar in sheet.pillars), default=0)
    series = []
    for place, (one, sheet) in enumerate(sheets):
        points = {pillar.group.title: pillar.points for pillar in sheet.pillars if pillar.is_complete}
        series.append(Series(one.name, [points.get(title) for title in titles], TONES[place % len(TONES)]))
    return Chart("pillars", _("Points in each pillar"), titles, series, maximum=most)


@require_GET
def ratings_as_csv(_request: HttpRequest) -> HttpResponse:
    """Give every published rating as CSV."""
    return csv_file(ratings_csv(), "initiative-ratings.csv")


@require_GET
def ratings_as_json(_request: HttpRequest) -> HttpResponse:
    """Give the same as JSON."""
    return json_file(rating_rows(), "initiative-ratings.json")


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Describe an initiative."""
    can_describe(request.viewer).require()
    form = InitiativeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = describe_initiative(
                viewer=request.viewer,
                said=form.said(),
                organisation_code=form.cleaned_data["organisation"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Described. Nobody else sees it until you publish it."))
            return redirect("schemes:initiative", made.code)
    return _form(request, form, _("Which initiative?"), [_list(), Crumb(_("New"))])


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Put the facts of an initiative right."""
    found = _own(request, code)
    names = ("name", "summary", "covers", "how_to_join", "website", "language")
    sites = "\n".join(f"{one['title']} {one['url']}" for one in found.improving)
    form = InitiativeForm(
        request.POST or None, initial={name: getattr(found, name) for name in names} | {"sites": sites}
    )
    if request.method == "POST" and form.is_valid():
        try:
            edit_initiative(
                viewer=request.viewer,
                initiative=found,
                said=form.said(),
                organisation_code=form.cleaned_data["organisation"] or None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("schemes:initiative", found.code)
    return _form(request, form, found.name, crumbs_of(found, _("Edit")))


@member_required
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Show the page of an initiative to everybody, after saying what that means."""
    found = _own(request, code)
    can_publish_initiative(request.viewer, found).require()
    if request.method == "POST":
        publish_initiative(viewer=request.viewer, initiative=found, at=timezone.now())
        messages.success(request, _("Published. Everybody can read it now."))
        return redirect("schemes:initiative", found.code)
    context = {"initiative": found, "crumbs": crumbs_of(found, _("Publish"))}
    return render(request, "schemes/initiative_publish.html", context)


def _own(request: ViewerRequest, code: str) -> Initiative:
    found = fetch(Initiative, code, viewer=request.viewer)
    can_keep_initiative(request.viewer, found).require()
    return found


def _form(request: ViewerRequest, form: InitiativeForm, heading: str, crumbs: list[Crumb]) -> HttpResponse:
    request.place = "schemes:initiatives"
    context = {"form": form, "heading": heading, "crumbs": crumbs}
    return render(request, "schemes/tracker_form.html", context, status=422 if form.is_bound else 200)


def _list() -> Crumb:
    return Crumb(_("Initiatives"), reverse("schemes:initiatives"))


def crumbs_of(found: Initiative, here: str) -> list[Crumb]:
    """Return the way back from a page of an initiative."""
    return [_list(), Crumb(found.name, reverse("schemes:initiative", args=[found.code])), Crumb(here)]
