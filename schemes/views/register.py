"""The public register of a scheme's members: read, searched and taken along without an account."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from schemes.forms.register import RegisterFilters
from schemes.models import RegisterEntry
from schemes.queries.register import register_of, scheme_with_register, schemes_with_registers
from schemes.reports.register import register_csv, register_json
from schemes.views.public import csv_file, json_file
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb

ORDERS = {
    "name": ("name", "id"),
    "country": ("country", "name", "id"),
    "level": ("level_rank", "-name", "-id"),
    "since": ("since_on", "id"),
}
DEFAULT = "name"
SIZE = 50


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """List the schemes that have a register; where there is one only, open it."""
    page = keyset_page(schemes_with_registers(), request=request, order=("title", "id"))
    if len(page.rows) == 1 and "cursor" not in request.GET:
        return redirect("schemes:register", page.rows[0].key)
    return render(request, "schemes/registers.html", {"page": page})


@require_safe
def register(request: HttpRequest, key: str) -> HttpResponse:
    """Show the members who consent, page by page."""
    scheme = scheme_with_register(key)
    form = RegisterFilters(request.GET, scheme=scheme)
    order = chosen_order(request, ORDERS, default=DEFAULT)
    page = keyset_page(register_of(scheme, **form.wanted()), request=request, order=order, size=SIZE)
    context = {"scheme": scheme, "form": form, "page": page, "is_filtered": bool(form.wanted())}
    if is_partial(request):
        return render(request, "schemes/_register.html", context)
    asked = request.GET.copy()
    asked.pop("cursor", None)
    query = f"?{asked.urlencode()}" if asked else ""
    context |= {
        "crumbs": [
            Crumb(scheme.title, reverse("schemes:scheme", args=[scheme.key])),
            Crumb(_("Register of members")),
        ],
        "csv_url": reverse("schemes:register_csv", args=[scheme.key]) + query,
        "json_url": reverse("schemes:register_json", args=[scheme.key]) + query,
    }
    return render(request, "schemes/register.html", context)


@require_safe
def register_as_csv(request: HttpRequest, key: str) -> HttpResponse:
    """Give every row that the page's filters leave, in its order, as CSV."""
    scheme = scheme_with_register(key)
    form = RegisterFilters(request.GET, scheme=scheme)
    rows = _ordered(request, register_of(scheme, **form.wanted()))
    return csv_file(register_csv(rows), f"{scheme.key}-register.csv")


@require_safe
def register_as_json(request: HttpRequest, key: str) -> HttpResponse:
    """Give the same rows as JSON."""
    scheme = scheme_with_register(key)
    form = RegisterFilters(request.GET, scheme=scheme)
    rows = _ordered(request, register_of(scheme, **form.wanted()))
    return json_file(register_json(scheme, rows, form.wanted()), f"{scheme.key}-register.json")


def _ordered(request: HttpRequest, rows: QuerySet[RegisterEntry]) -> QuerySet[RegisterEntry]:
    return rows.order_by(*chosen_order(request, ORDERS, default=DEFAULT))
