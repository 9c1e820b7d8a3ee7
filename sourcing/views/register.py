"""Pages of an organisation's own register of places."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from sourcing.actions.register import edit_entry
from sourcing.forms.register import EntryForm, RegisterFilters
from sourcing.models import RegisterEntry, Site
from sourcing.permissions import can_keep_register, can_see_register
from sourcing.queries.register import origins_of, register_counts, register_of
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb, Fact

ORDERS = {"name": ("name", "id"), "country": ("country", "name", "id"), "added": ("created_at", "id")}


@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """Show the register: words, country and sector narrow it."""
    can_see_register(request.viewer).require()
    counts = register_counts(request.viewer)
    filters = RegisterFilters(request.GET, counts=counts)
    chosen = filters.chosen()
    rows = register_of(request.viewer, **chosen)
    page = keyset_page(rows, request=request, order=chosen_order(request, ORDERS, default="name"), size=50)
    context = {
        "filters": filters,
        "page": page,
        "counts": counts,
        "found": rows.count() if chosen else counts.places,
        "is_narrowed": bool(chosen),
        "may_change": can_keep_register(request.viewer),
        "readers": _readers(request),
    }
    template = "sourcing/register/_list.html" if is_partial(request) else "sourcing/register/index.html"
    return render(request, template, context)


@member_required
def entry(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one place, the site it is connected to if there is one, and the lists it came from."""
    found = fetch(RegisterEntry, code, viewer=request.viewer)
    site = Site.objects.visible_to(request.viewer).filter(pk=found.site_id).first() if found.site_id else None
    context = {
        "entry": found,
        "site": site,
        "origins": origins_of(found, viewer=request.viewer),
        "may_change": can_keep_register(request.viewer),
        "readers": _readers(request),
        "crumbs": [Crumb(_("Site register"), reverse("sourcing:register")), Crumb(found.name)],
    }
    return render(request, "sourcing/register/entry.html", context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Change one place."""
    found = fetch(RegisterEntry, code, viewer=request.viewer)
    can_keep_register(request.viewer).require()
    form = EntryForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            edit_entry(viewer=request.viewer, entry=found, values=form.cleaned_data, at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The place is changed."))
            return redirect("sourcing:register_entry", found.code)
    found.refresh_from_db()
    context = {
        "form": form,
        "entry": found,
        "crumbs": [
            Crumb(_("Site register"), reverse("sourcing:register")),
            Crumb(found.name, reverse("sourcing:register_entry", args=[found.code])),
            Crumb(_("Edit")),
        ],
    }
    return render(request, "sourcing/register/edit.html", context, status=422 if form.is_bound else 200)


def _readers(request: ViewerRequest) -> list[Fact]:
    return [Fact(request.membership.organisation.name, _("everyone in your organisation"))]
