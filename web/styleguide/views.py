"""The style guide's pages: what developers look at and what the browser tests drive."""

from types import SimpleNamespace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from web.formsets import as_typed, wants_row, with_row
from web.htmx import is_partial
from web.paging import Page
from web.styleguide.forms import ActionForm, ActionFormSet, FilterForm, PlanForm
from web.styleguide.world import SUPPLIERS, pieces, shell

ERRORS = ("400", "403", "404", "500", "refusal")


def show(request: HttpRequest) -> HttpResponse:
    """Show every component; the form can be sent wrongly, to see what it says."""
    if is_partial(request) and request.method == "GET":
        return rows(request)
    status = 200
    form, actions = PlanForm(), ActionFormSet(prefix="actions")
    if wants_row(request, "actions"):
        form = as_typed(PlanForm(request.POST))
        actions = with_row(ActionFormSet, request, prefix="actions")
    elif request.method == "POST":
        form, actions = PlanForm(request.POST, request.FILES), ActionFormSet(request.POST, prefix="actions")
        if form.is_valid() and actions.is_valid():
            messages.success(request, _("The plan is shared with 3 customers."))
            return redirect("styleguide:show")
        status = 422
    if "toast" in request.GET:
        messages.success(request, _("The plan is shared with 3 customers."))
        messages.warning(request, _("One customer could not be told by e-mail. We try again."))
    context = shell() | pieces() | {"form": form, "actions": actions, "filter_form": FilterForm()}
    return render(request, "styleguide/index.html", context, status=status)


def rows(request: HttpRequest) -> HttpResponse:
    """Show the example list alone, as a whole page or as the part that htmx swaps."""
    form = FilterForm(request.GET)
    words = form.cleaned_data["q"].lower() if form.is_valid() else ""
    found = [supplier for supplier in SUPPLIERS if words in supplier.name.lower()]
    context = shell() | {"form": form, "suppliers": found, "page": Page(rows=found, size=50)}
    return render(
        request, "styleguide/table.html" if is_partial(request) else "styleguide/list.html", context
    )


def entrance(request: HttpRequest) -> HttpResponse:
    """Show the layout of the sign-in pages."""
    return render(request, "styleguide/entrance.html", {"form": ActionForm()})


def error(request: HttpRequest, name: str) -> HttpResponse:
    """Show an error page."""
    if name not in ERRORS:
        raise Http404
    refusal = SimpleNamespace(sentence=_("The audit is already published. A published audit never changes."))
    return render(request, f"errors/{name}.html", shell() | {"refusal": refusal})


def draft(request: HttpRequest) -> HttpResponse:
    """Take a draft."""
    return HttpResponse(status=204 if request.method == "POST" else 405)


def dialog(request: HttpRequest) -> HttpResponse:
    """Show a dialog's page for readers without scripts."""
    return render(request, "styleguide/dialog.html", shell())


def progress(request: HttpRequest) -> HttpResponse:
    """Tell of a long work's progress; each look brings it further."""
    percent = min(int(request.GET["at"]) + 20, 100) if request.GET.get("at", "").isdigit() else 20
    url = f"{reverse('styleguide:progress')}?at={percent}"
    context = {
        "id": "work",
        "label": _("Reading 12,000 rows"),
        "percent": percent,
        "done": percent == 100,
        "url": url,
    }
    return render(request, "components/progress.html", context)
