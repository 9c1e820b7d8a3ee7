"""Pages of sites."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ledger.refusals import Refusal
from organisations.queries import country_name, fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from sourcing.actions.site import add_site, change_site
from sourcing.forms.site import SiteFilters, SiteForm
from sourcing.models import Site
from sourcing.permissions import can_add_site, can_ask_for_audit, can_change_site
from sourcing.queries.access import who_sees_site
from sourcing.queries.knowledge import categories_for
from sourcing.queries.site import engagements_of, links_covering, outline_of, sites_matching
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb, Fact

ORDERS = {"name": ("name",), "country": ("country", "name"), "workers": ("workers", "name")}


@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """List the viewer's own sites."""
    viewer = request.viewer
    own = Site.objects.owned_by(viewer)
    outline = outline_of(own)
    filters = SiteFilters(request.GET, countries=outline.countries, sectors=outline.sectors)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = sites_matching(
        own, text=wanted.get("q", ""), country=wanted.get("country", ""), sector=wanted.get("sector", "")
    )
    page = keyset_page(rows, request=request, order=chosen_order(request, ORDERS, default="name"))
    template = "sourcing/_sites.html" if is_partial(request) else "sourcing/sites.html"
    context = {"page": page, "filters": filters, "total": outline.total, "can_add": can_add_site(viewer)}
    return render(request, template, context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Add a site."""
    can_add_site(request.viewer).require()
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            site = add_site(viewer=request.viewer, details=form.details(), at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("%(site)s is on your list now.") % {"site": site})
            return redirect("sourcing:site", site.code)
    crumbs = [Crumb(_("My sites"), reverse("sourcing:sites")), Crumb(_("New site"))]
    return render(
        request,
        "sourcing/site_form.html",
        {"form": form, "crumbs": crumbs},
        status=422 if form.is_bound else 200,
    )


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one site: what it is, and who sees it."""
    viewer = request.viewer
    site = fetch(Site, code, viewer=viewer, queryset=Site.objects.select_related("organisation"))
    return render(
        request,
        "sourcing/site.html",
        {
            "site": site,
            "is_owner": site.organisation_id == viewer.organisation_id,
            "facts": _facts(site),
            "links": links_covering(viewer, site),
            "engagements": engagements_of(viewer, site),
            "readers": [Fact(name, reason) for name, reason in who_sees_site(viewer, site)],
            "can_change": can_change_site(viewer, site),
            "can_ask": can_ask_for_audit(viewer),
            "categories": categories_for([site.sector]),
            "crumbs": _crumbs(viewer, site),
        },
    )


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Change what is said about a site."""
    site = fetch(Site, code, viewer=request.viewer)
    can_change_site(request.viewer, site).require()
    form = SiteForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        try:
            change_site(viewer=request.viewer, site=site, details=form.details(), at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("sourcing:site", site.code)
    crumbs = [
        *_crumbs(request.viewer, site)[:-1],
        Crumb(site.name, reverse("sourcing:site", args=[site.code])),
    ]
    context = {"form": form, "site": site, "crumbs": [*crumbs, Crumb(_("Change"))]}
    return render(request, "sourcing/site_form.html", context, status=422 if form.is_bound else 200)


def _crumbs(viewer: Viewer, site: Site) -> list[Crumb]:
    if site.organisation_id == viewer.organisation_id:
        return [Crumb(_("My sites"), reverse("sourcing:sites")), Crumb(site.name)]
    if "customer" in {basis for one in site.access.all() for basis in one.bases}:
        supplier = Crumb(str(site.organisation), reverse("sourcing:supplier", args=[site.organisation.code]))
        return [Crumb(_("Suppliers"), reverse("sourcing:suppliers")), supplier, Crumb(site.name)]
    return [Crumb(_("Sites I audit"), reverse("sourcing:engagements")), Crumb(site.name)]


def _facts(site: Site) -> list[Fact]:
    """What is known about the place; what is not known has no line."""
    point = ""
    if site.latitude is not None and site.longitude is not None:
        point = _degrees(site.latitude, _("N"), _("S")) + " · " + _degrees(site.longitude, _("E"), _("W"))
    said: list[tuple[str, Any]] = [
        (_("What it is"), site.get_kind_display()),
        (_("Address"), site.address),
        (_("Country"), country_name(site.country)),
        (_("Sector"), site.sector),
        (
            _("People at work"),
            "" if site.workers is None else number_format(site.workers, force_grouping=True),
        ),
        (_("Point on the map"), point),
        (_("Time zone"), site.timezone.replace("_", " ")),
        (_("Code"), site.code),
    ]
    return [Fact(term, str(detail)) for term, detail in said if detail not in {"", None}]


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.4f}° {positive if value >= 0 else negative}"
