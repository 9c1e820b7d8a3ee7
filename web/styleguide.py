"""Every component on one page, with invented companies: what developers look at and what the browser tests drive."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.fields import DayField, MonthField, SearchField
from web.formsets import as_typed, wants_row, with_row
from web.htmx import is_partial
from web.paging import Page
from web.pieces import Chart, Crumb, Fact, Moment, Series, Step, Tile, Todo
from web.statuses import STATUSES

ERRORS = ("400", "403", "404", "500", "refusal")


class PlanForm(forms.Form):
    """One field of each sort."""

    title = forms.CharField(label=gettext_lazy("Name of the plan"), max_length=80)
    causes = forms.CharField(
        label=gettext_lazy("Root causes"),
        help_text=gettext_lazy("Ask “why?” again for each answer. There may be several."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often will you tell how it goes?"),
        choices=[("", "–"), ("1", gettext_lazy("Every month")), ("3", gettext_lazy("Every three months"))],
    )
    by_month = MonthField(label=gettext_lazy("By when"))
    started_on = DayField(label=gettext_lazy("Started on"), required=False)
    workers = forms.IntegerField(label=gettext_lazy("Workers"), min_value=0, required=False)
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("What do you ask of your customers?"),
        choices=[
            ("nothing", gettext_lazy("Nothing now. This is for information.")),
            ("confirm", gettext_lazy("Confirm that this plan meets your requirements.")),
            ("call", gettext_lazy("A call, to agree who does what.")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level reached"),
        choices=[("0", gettext_lazy("Not met")), ("1", gettext_lazy("Met"))],
        widget=forms.RadioSelect,
        required=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Your own plan"),
        help_text=gettext_lazy("PDF, Word, Excel or a photo, up to 25 MB."),
        required=False,
    )
    agrees = forms.BooleanField(label=gettext_lazy("I may share this for my site"))


class ActionForm(forms.Form):
    """One row of the formset."""

    what = forms.CharField(label=gettext_lazy("Action"), widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.CharField(label=gettext_lazy("Who"))


ActionFormSet = forms.formset_factory(ActionForm, extra=1, max_num=5, can_delete=True)


class FilterForm(forms.Form):
    """Filters of the example list."""

    q = SearchField(label=gettext_lazy("Name"))
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        choices=[("", gettext_lazy("All")), ("BD", "Bangladesh"), ("VN", "Viet Nam")],
    )


@dataclass(frozen=True)
class Supplier:
    """A row of the example table."""

    name: str
    place: str
    worst: str
    count: int
    overdue: int
    car: str
    audited_on: date


SUPPLIERS = [
    Supplier("Shapla Footwear Limited", "Chattogram, Bangladesh", "business_critical", 5, 1, "in_progress", date(2026, 9, 12)),
    Supplier("Meghna Knit Works Ltd.", "Gazipur, Bangladesh", "major", 5, 0, "in_progress", date(2026, 8, 3)),
    Supplier("Qingshan Home Textiles", "Anqing, China", "minor", 1, 0, "open", date(2026, 5, 28)),
]


def shell() -> dict[str, Any]:
    """Return an invented member's surroundings."""
    firms = [SimpleNamespace(code="NRTH", name="Northfield Retail"), SimpleNamespace(code="SRMA", name="Surma Shoes")]

    def item(label: str, icon: str, count: int | None = None, *, current: bool = False) -> SimpleNamespace:
        return SimpleNamespace(label=label, url=reverse("styleguide:show"), icon=icon, count=count, current=current)

    main = [
        item(_("Home"), "home", current=True),
        item(_("Suppliers"), "truck", 1284),
        item(_("Non-compliances"), "flag", 417),
        item(_("Working together"), "thread", 38),
    ]
    return {
        "viewer": SimpleNamespace(person_id=0),
        "organisation": firms[0],
        "memberships": [SimpleNamespace(organisation=firm) for firm in firms],
        "navigation": [
            SimpleNamespace(title="", items=main),
            SimpleNamespace(title=_("You"), items=[item(_("Inbox"), "inbox", 4), item(_("Settings"), "settings")]),
        ],
        "is_demo": True,
    }


def show(request: HttpRequest) -> HttpResponse:
    """Show every component; the form can be sent wrongly, to see what it says."""
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
    context = shell() | _pieces() | {"form": form, "actions": actions}
    return render(request, "styleguide/index.html", context, status=status)


def _pieces() -> dict[str, Any]:
    here = reverse("styleguide:show")
    return {
        "crumbs": [Crumb(_("Home"), "/"), Crumb(_("Style guide"))],
        "statuses": {kind: list(states) for kind, states in STATUSES.items()},
        "tiles": [
            Tile(_("Open non-compliances"), 379, here, _("31 overdue · 46 fewer than in spring")),
            Tile(_("Being worked on together"), 38, here, _("29 with a plan · counted apart on purpose"), "car"),
            Tile(_("Overdue"), 31, here, _("oldest: 41 days"), "bad"),
        ],
        "todos": [
            Todo("Padma Weave Ltd.", _("asks you to confirm its plan on recruitment fees"), here, _("Read and answer"),
                 "car", "in_progress", _("2 days ago"), is_primary=True),
            Todo("Shapla Footwear", _("has one business-critical non-compliance, 3 days over its date"), here, _("Open"),
                 "nc", "overdue"),
        ],
        "steps": [Step(_("Understand it"), "done", here), Step(_("Write the plan"), "now"), Step(_("Keep it moving"))],
        "moments": [
            Moment(_("Raised"), _("periodic audit"), date(2026, 9, 12)),
            Moment(_("Understood"), _("no urgent case, not yet known to customers"), datetime(2026, 11, 20, 9, tzinfo=UTC)),
            Moment(_("Plan shared"), _("status becomes in progress"), state="next"),
            Moment(_("Next periodic audit looks at it anew"), state="later"),
        ],
        "readers": [
            Fact(_("You"), _("2 people")),
            Fact(_("Auditor"), "Meridian Assurance"),
            Fact(_("Customers"), _("3, once you share. They do not see each other.")),
        ],
        "chart_one": Chart(
            "closed", _("Closed within their date, by quarter"), ["Q3 25", "Q4 25", "Q1 26", "Q2 26", "Q3 26"],
            [Series(_("Closed in time"), [61, 64, 70, 68, 79])], unit="%", maximum=100,
        ),
        "chart_two": Chart(
            "raised", _("Raised and closed"), ["2023", "2024", "2025", "2026"],
            [Series(_("Non-compliances"), [40, 52, 47, 31], "warn"), Series(_("Worked on together"), [None, 8, 12, 18], "car")],
            kind="line",
        ),
        "suppliers": SUPPLIERS,
        "filter_form": FilterForm(),
        "page": Page(rows=SUPPLIERS, size=3, next_cursor="x", previous_cursor="y", next_url="?cursor=x", previous_url="?cursor=y"),
        "moment": datetime(2026, 11, 21, 12, 4, tzinfo=UTC),
        "tones": ("bad", "warn", "good", "car", "thread", "calm"),
        "grounds": ("paper", "card", "sunken", "line", "ink", "ink-2", "thread"),
    }  # fmt: skip


def rows(request: HttpRequest) -> HttpResponse:
    """Show the example list alone: filters, table and pager, as a whole page or as the part that htmx swaps."""
    form = FilterForm(request.GET)
    words = form.cleaned_data["q"].lower() if form.is_valid() else ""
    found = [supplier for supplier in SUPPLIERS if words in supplier.name.lower()]
    context = shell() | {"form": form, "suppliers": found, "page": Page(rows=found, size=50)}
    return render(request, "styleguide/table.html" if is_partial(request) else "styleguide/list.html", context)


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
    context = {"id": "work", "label": _("Reading 12,000 rows"), "percent": percent, "done": percent == 100, "url": url}
    return render(request, "components/progress.html", context)
