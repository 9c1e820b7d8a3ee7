"""Pages of trade links, and of the customers behind them."""

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
from organisations.visibility import Capability, Viewer
from sourcing.actions.link import (
    accept_as_customer,
    accept_as_supplier,
    decline_link,
    end_link,
    propose_to_customer,
    propose_to_supplier,
    withdraw_link,
)
from sourcing.forms.link import (
    AcceptForm,
    DeclineForm,
    LinkFilters,
    ProposeToCustomerForm,
    ProposeToSupplierForm,
)
from sourcing.models import TradeLink
from sourcing.models.link import TradeLinkQuerySet
from sourcing.permissions import (
    can_answer_link,
    can_end_link,
    can_propose_to_customer,
    can_propose_to_supplier,
    can_withdraw_link,
)
from sourcing.queries.link import (
    LinkCounts,
    link_counts,
    links_matching,
    links_to_customers,
    sites_shown_by,
    waiting_for,
)
from web.formsets import as_typed
from web.htmx import is_partial
from web.paging import chosen_order, keyset_page
from web.pieces import Crumb, Moment

ORDERS = {"name": ("buyer__name", "id"), "asked": ("proposed_at", "id")}
PARTIES = TradeLink.objects.select_related("buyer", "supplier", "proposed_by")


@member_required
def customers(request: ViewerRequest) -> HttpResponse:
    """List who our customers are, and who asks to be one."""
    viewer = request.viewer
    every = links_to_customers(viewer)
    filters = LinkFilters(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = links_matching(every, side="buyer", text=wanted.get("q", ""), state=wanted.get("state", ""))
    page = keyset_page(
        rows.select_related("buyer").prefetch_related("named_sites"),
        request=request,
        order=chosen_order(request, ORDERS, default="-asked"),
    )
    counts = link_counts(viewer, as_side="supplier")
    context = {
        "page": page,
        "filters": filters,
        "total": counts.accepted,
        "waiting": _waiting(viewer, every, counts),
        "can_propose": can_propose_to_customer(viewer),
        "is_empty": not page.rows and not request.GET,
    }
    template = "sourcing/_customers.html" if is_partial(request) else "sourcing/customers.html"
    return render(request, template, context)


def _waiting(viewer: Viewer, every: TradeLinkQuerySet, counts: LinkCounts) -> list[TradeLink]:
    """Return the first proposals to answer; nothing is asked where none waits."""
    return list(waiting_for(viewer, every).select_related("buyer")[:20]) if counts.waiting else []


@member_required
def propose(request: ViewerRequest) -> HttpResponse:
    """Ask a supplier for a trade link, or offer one to a customer (`?to=customer`)."""
    viewer = request.viewer
    to_customer = request.GET.get("to") == "customer" or not viewer.has(Capability.BUYER)
    return _offer_customer(request) if to_customer else _ask_supplier(request)


def _ask_supplier(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    can_propose_to_supplier(viewer).require()
    initial = {"entries": request.GET.getlist("entry"), "code": request.GET.get("code", "")}
    form = ProposeToSupplierForm(request.POST or None, viewer=viewer, initial=initial)
    is_looking = "look" in request.POST
    if is_looking:
        form = as_typed(form)
    elif request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            link = propose_to_supplier(
                viewer=viewer,
                code=said["code"],
                entries=list(said["entries"]),
                message=said["message"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("code" if "code" in refusal.fields else None, refusal.sentence)
        else:
            messages.success(request, _("We have asked %(name)s for you.") % {"name": link.supplier})
            return redirect("sourcing:link", link.code)
    crumbs = [Crumb(_("Suppliers"), reverse("sourcing:suppliers")), Crumb(_("Ask a supplier"))]
    status = 422 if form.is_bound and not is_looking else 200
    context = {"form": form, "crumbs": crumbs, "to_customer": False}
    return render(request, "sourcing/link_propose.html", context, status=status)


def _offer_customer(request: ViewerRequest) -> HttpResponse:
    viewer = request.viewer
    can_propose_to_customer(viewer).require()
    form = ProposeToCustomerForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            link = propose_to_customer(
                viewer=viewer,
                code=said["code"],
                covers_all_sites=said["coverage"] == "all",
                sites=list(said["sites"]),
                message=said["message"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("code" if "code" in refusal.fields else None, refusal.sentence)
        else:
            messages.success(request, _("We have told %(name)s for you.") % {"name": link.buyer})
            return redirect("sourcing:link", link.code)
    crumbs = [Crumb(_("Customers"), reverse("sourcing:customers")), Crumb(_("Add a customer"))]
    context = {"form": form, "crumbs": crumbs, "to_customer": True}
    return render(request, "sourcing/link_propose.html", context, status=422 if form.is_bound else 200)


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one trade link: who asks whom for what, and where it stands."""
    viewer = request.viewer
    link = fetch(TradeLink, code, viewer=viewer, queryset=PARTIES)
    context = {
        **_about(viewer, link),
        "sites": sites_shown_by(viewer, link)[:200],
        "moments": _moments(link),
        "can_answer": can_answer_link(viewer, link),
        "can_withdraw": can_withdraw_link(viewer, link),
        "can_end": can_end_link(viewer, link),
    }
    return render(request, "sourcing/link.html", context)


@member_required
def accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Accept a proposal: a supplier says which sites it shows, a customer takes the offer as it stands."""
    viewer = request.viewer
    link = fetch(TradeLink, code, viewer=viewer, queryset=PARTIES)
    can_answer_link(viewer, link).require()
    if link.buyer_id == viewer.organisation_id:
        if request.method == "POST":
            accept_as_customer(viewer=viewer, link=link, at=timezone.now())
            messages.success(request, _("You see the sites of %(name)s now.") % {"name": link.supplier})
            return redirect("sourcing:supplier", link.supplier.code)
        return render(request, "sourcing/link_accept.html", _about(viewer, link))
    form = AcceptForm(request.POST or None, viewer=viewer, link=link)
    if request.method == "POST" and form.is_valid():
        try:
            accept_as_supplier(
                viewer=viewer,
                link=link,
                covers_all_sites=form.cleaned_data["coverage"] == "all",
                sites=list(form.cleaned_data["sites"]),
                places=form.places(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("%(name)s is your customer here now.") % {"name": link.buyer})
            return redirect("sourcing:link", link.code)
    context = {**_about(viewer, link), "form": form}
    return render(request, "sourcing/link_accept.html", context, status=422 if form.is_bound else 200)


@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no to a proposal."""
    viewer = request.viewer
    link = fetch(TradeLink, code, viewer=viewer, queryset=PARTIES)
    can_answer_link(viewer, link).require()
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decline_link(viewer=viewer, link=link, reason=form.cleaned_data["reason"], at=timezone.now())
        messages.success(request, _("You said no. The other side is told."))
        return redirect("sourcing:link", link.code)
    context = {**_about(viewer, link), "form": form}
    return render(request, "sourcing/link_decline.html", context, status=422 if form.is_bound else 200)


@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Take a proposal back."""
    viewer = request.viewer
    link = fetch(TradeLink, code, viewer=viewer, queryset=PARTIES)
    can_withdraw_link(viewer, link).require()
    if request.method == "POST":
        withdraw_link(viewer=viewer, link=link, at=timezone.now())
        messages.success(request, _("You have taken it back."))
        return redirect("sourcing:link", link.code)
    return render(request, "sourcing/link_withdraw.html", _about(viewer, link))


@member_required
def end(request: ViewerRequest, code: str) -> HttpResponse:
    """End a trade link, after saying what will no longer be seen."""
    viewer = request.viewer
    link = fetch(TradeLink, code, viewer=viewer, queryset=PARTIES)
    can_end_link(viewer, link).require()
    if request.method == "POST":
        end_link(viewer=viewer, link=link, at=timezone.now())
        messages.success(request, _("The trade link has ended."))
        return redirect("sourcing:link", link.code)
    sites = sites_shown_by(viewer, link)
    context = {**_about(viewer, link), "sites": sites[:12], "count": sites.count()}
    return render(request, "sourcing/link_end.html", context)


def _about(viewer: Viewer, link: TradeLink) -> dict[str, object]:
    is_supplier = link.supplier_id == viewer.organisation_id
    name, route = (
        (_("Customers"), "sourcing:customers") if is_supplier else (_("Suppliers"), "sourcing:suppliers")
    )
    other = link.buyer if is_supplier else link.supplier
    return {
        "link": link,
        "is_supplier": is_supplier,
        "is_proposer": link.proposed_by_id == viewer.organisation_id,
        "other": other,
        "crumbs": [Crumb(name, reverse(route)), Crumb(str(other))],
    }


def _moments(link: TradeLink) -> list[Moment]:
    """What happened to the link, for both ends alike."""
    answers = {"declined": _("Declined"), "accepted": _("Accepted"), "ended": _("Accepted")}
    moments = [Moment(_("%(name)s asked") % {"name": link.proposed_by}, at=link.proposed_at)]
    if link.answered_at:
        moments.append(Moment(answers.get(link.state, _("Answered")), note=link.answer, at=link.answered_at))
    elif not link.ended_at:
        moments.append(Moment(_("Answer of the other side"), state="next"))
    if link.ended_at:
        word = _("Ended") if link.answered_at else _("Taken back")
        moments.append(Moment(word, at=link.ended_at))
    return moments
