"""A buyer's portfolio: the table of suppliers, one supplier's status, kept views, and what a person follows."""

import datetime as dt
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from findings.actions.portfolio import follow, keep_view, remove_view, unfollow
from findings.forms.portfolio import PortfolioFilters, SavedViewForm, SubscriptionForm
from findings.models import Finding, SavedView, Standing, Subscription, TableExport
from findings.permissions.portfolio import can_change_view, can_follow, can_keep_views, can_see_portfolio
from findings.queries.portfolio import (
    DEFAULT_ORDER,
    ORDERS,
    SEVERITIES,
    Totals,
    added_up,
    findings_to_watch,
    next_audit_on,
    portfolio,
    sites_of,
    standing_of,
    totals_of,
)
from findings.views.portfolio_line import columns, lines_of
from ledger.refusals import NotVisible, Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.countries import country_name
from web.htmx import is_partial
from web.paging import SORT, chosen_order, keyset_page
from web.pieces import Chart, Crumb, Series, Tile

MOST_COUNTRIES = 12
KEPT = ("q", "country", "severity", "audited", "overdue", "without_plan", SORT)


@member_required
def table(request: ViewerRequest) -> HttpResponse:
    """List the suppliers as they stand, with what they add up to and a picture of it by country."""
    can_see_portfolio(request.viewer).require()
    viewer, today, form = request.viewer, timezone.localdate(), PortfolioFilters(request.GET)
    rows = portfolio(viewer, form.wanted(), on=today)
    page = keyset_page(
        rows, request=request, order=chosen_order(request, ORDERS, default=DEFAULT_ORDER), size=50
    )
    context = {
        "form": form,
        "page": page,
        "rows": lines_of(page.rows),
        "columns": columns(),
        "today": today,
        "asked": asked_of(request.GET),
        "export_kind": TableExport.Kind.PORTFOLIO,
        "may_keep": can_keep_views(viewer),
    }
    if is_partial(request):
        return render(request, "findings/_portfolio.html", context)
    is_whole = not (page.has_next or page.has_previous)
    totals = added_up(page.rows, on=today) if is_whole else totals_of(rows, on=today)
    context |= {
        "totals": totals,
        "tiles": _tiles(totals),
        "chart": _chart(totals) if totals.open_ncs else None,
        "views": SavedView.objects.visible_to(viewer),
    }
    return render(request, "findings/portfolio.html", context)


@member_required
def supplier(request: ViewerRequest, code: str) -> HttpResponse:
    """Show how one supplier stands: its sites, what is open by date, and what is worked on together."""
    viewer, today = request.viewer, timezone.localdate()
    standing = standing_of(viewer, code)
    if standing is None:
        raise NotVisible
    request.place = "findings:portfolio"
    ncs, cars = findings_to_watch(viewer, standing)
    context = {
        "standing": standing,
        "overdue": standing.overdue_on(today),
        "sites": [(one, one.overdue_on(today), next_audit_on(one)) for one in sites_of(viewer, standing)],
        "ncs": ncs,
        "cars": cars,
        "tiles": _tiles_of(standing, today),
        "next_audit_on": next_audit_on(standing),
        "today": today,
        "crumbs": [
            Crumb(_("Portfolio"), reverse("findings:portfolio")),
            Crumb(standing.supplier_name),
        ],
    }
    return render(request, "findings/supplier_status.html", context)


@member_required
def keep(request: ViewerRequest) -> HttpResponse:
    """Keep what is on the screen under a name."""
    can_keep_views(request.viewer).require()
    form = SavedViewForm(request.POST or None)
    asked = asked_of(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            view = keep_view(
                viewer=request.viewer, name=form.cleaned_data["name"], asked=asked, at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error("name" if refusal.fields else None, refusal.sentence)
        else:
            messages.success(request, _("The view is kept. Your colleagues find it beside the table."))
            return redirect("findings:portfolio_view", view.code)
    filters = PortfolioFilters(asked)
    context = {
        "form": form,
        "asked": asked,
        "said": _in_words(filters, asked),
        "crumbs": [Crumb(_("Portfolio"), reverse("findings:portfolio")), Crumb(_("Keep this view"))],
    }
    return render(request, "findings/portfolio_keep.html", context, status=422 if form.is_bound else 200)


@member_required
def kept_view(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a kept view: what it asks for, the way to the table, and what the reader is told of it."""
    viewer = request.viewer
    view = fetch(SavedView, code, viewer=viewer)
    request.place = "findings:portfolio"
    mine = Subscription.objects.visible_to(viewer).filter(saved_view=view).first()
    initial = {
        "events": mine.events if mine else [Subscription.Event.BUSINESS_CRITICAL],
        "rhythm": mine.rhythm if mine else Subscription.Rhythm.DAILY,
    }
    form = SubscriptionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        can_follow(viewer).require()
        follow(viewer=viewer, view=view, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("You will be told by e-mail and in your inbox."))
        return redirect("findings:portfolio_view", view.code)
    context = {
        "view": view,
        "mine": mine,
        "form": form,
        "said": _in_words(PortfolioFilters(view.asked), view.asked),
        "table_url": f"{reverse('findings:portfolio')}?{urlencode(view.asked)}",
        "may_remove": can_change_view(viewer, view),
        "crumbs": [Crumb(_("Portfolio"), reverse("findings:portfolio")), Crumb(view.name)],
    }
    return render(request, "findings/portfolio_view.html", context, status=422 if form.is_bound else 200)


@require_POST
@member_required
def stop_following(request: ViewerRequest, code: str) -> HttpResponse:
    """Tell the reader no more of a view."""
    view = fetch(SavedView, code, viewer=request.viewer)
    unfollow(viewer=request.viewer, view=view)
    messages.success(request, _("You will hear no more of this view."))
    return redirect("findings:portfolio_view", view.code)


@member_required
def remove(request: ViewerRequest, code: str) -> HttpResponse:
    """Remove a kept view, once the reader has said so twice."""
    view = fetch(SavedView, code, viewer=request.viewer)
    can_change_view(request.viewer, view).require()
    if request.method == "POST":
        remove_view(viewer=request.viewer, view=view, at=timezone.now())
        messages.success(request, _("The view is removed."))
        return redirect("findings:portfolio")
    request.place = "findings:portfolio"
    crumbs = [
        Crumb(_("Portfolio"), reverse("findings:portfolio")),
        Crumb(view.name, reverse("findings:portfolio_view", args=[view.code])),
        Crumb(_("Remove")),
    ]
    return render(request, "findings/portfolio_remove.html", {"view": view, "crumbs": crumbs})


def asked_of(given: QueryDict) -> dict[str, str]:
    """Return the filters and the order that an address or a form carries, as they are kept."""
    return {name: str(given[name]) for name in KEPT if given.get(name)}


def _in_words(filters: PortfolioFilters, asked: dict[str, str]) -> list[tuple[str, str]]:
    """Say each filter as the form names it."""
    said = []
    for name, field in filters.fields.items():
        if value := asked.get(name, ""):
            choices = {str(key): str(label) for key, label in getattr(field, "choices", [])}
            word = _("yes") if name in {"overdue", "without_plan"} else choices.get(value, value)
            said.append((str(field.label), word))
    return said


def _tiles(totals: Totals) -> list[Tile]:
    here, labels = reverse("findings:portfolio"), dict(Finding.Severity.choices)
    tiles = [
        Tile(
            _("Overdue"),
            totals.overdue,
            f"{here}?overdue=on",
            _("non-compliances past their date"),
            "bad" if totals.overdue else "",
        )
    ]
    tiles += [
        Tile(str(labels[one]), totals.by_severity[one], f"{here}?severity={one}", _("open"))
        for one in SEVERITIES[:2]
    ]
    return [
        *tiles,
        Tile(
            _("Working together"),
            totals.car_open,
            f"{here}?without_plan=on",
            _("without a plan; %(n)s in progress") % {"n": totals.car_in_progress},
            "car",
        ),
    ]


def _chart(totals: Totals) -> Chart:
    """Draw open non-compliances by country and severity, those with most first; no CAR among them."""
    most = sorted(totals.countries, key=lambda one: sum(one.by_severity.values()), reverse=True)
    shown, labels = most[:MOST_COUNTRIES], dict(Finding.Severity.choices)
    tones = {"business_critical": "bad", "critical": "warn", "major": "thread", "minor": "calm"}
    return Chart(
        "portfolio",
        _("Open non-compliances by country"),
        [country_name(one.country) or _("No country") for one in shown],
        [
            Series(str(labels[each]), [one.by_severity[each] for one in shown], tones[each])
            for each in SEVERITIES
        ],
        is_stacked=True,
    )


def _tiles_of(standing: Standing, today: dt.date) -> list[Tile]:
    """Say how one supplier stands: what is late, what is open, what is shared work, how fast it answers."""
    labels, late = dict(Finding.Severity.choices), standing.overdue_on(today)
    grave = [(one, getattr(standing, f"nc_{one}")) for one in SEVERITIES]
    said = ", ".join(f"{count} {str(labels[one]).lower()}" for one, count in grave if count)
    days = standing.days_to_answer
    return [
        Tile(_("Overdue"), late, "", _("non-compliances past their date"), "bad" if late else ""),
        Tile(_("Open non-compliances"), standing.open_ncs, "", said),
        Tile(
            _("Working together"),
            standing.cars,
            "",
            _("%(n)s without a plan") % {"n": standing.car_open},
            "car",
        ),
        Tile(
            _("Acts after"),
            "–" if days is None else ngettext("%(n)s day", "%(n)s days", days) % {"n": days},
            "",
            _("on average, from publication to what was done"),
        ),
    ]
