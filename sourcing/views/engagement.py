"""Pages of engagements."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Capability, Viewer
from sourcing.actions.engagement import accept_engagement, ask_for_audit, decline_engagement, end_engagement
from sourcing.forms.engagement import AskForAuditForm, EngagementFilters
from sourcing.forms.link import DeclineForm
from sourcing.lifecycle import EngagementState
from sourcing.models import Engagement, Site
from sourcing.permissions import can_answer_engagement, can_ask_for_audit, can_end_engagement
from sourcing.queries.engagement import (
    engagement_counts,
    engagements_matching,
    listed_engagements,
    waiting_for_firm,
)
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb, Moment

PARTIES = Engagement.objects.select_related("supplier", "audit_firm")


@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """List the sites that we audit, or the audit firms that we asked."""
    viewer = request.viewer
    every = listed_engagements(viewer)
    filters = EngagementFilters(request.GET)
    wanted = filters.cleaned_data if filters.is_valid() else {}
    rows = engagements_matching(every, text=wanted.get("q", ""), state=wanted.get("state", ""))
    page = keyset_page(
        rows.select_related("supplier", "audit_firm"), request=request, order=("-proposed_at", "-id")
    )
    counts = engagement_counts(viewer)
    waiting = list(waiting_for_firm(viewer).select_related("supplier")[:20]) if counts.waiting else []
    context = {
        "page": page,
        "filters": filters,
        "is_firm": viewer.has(Capability.AUDIT_FIRM),
        "total": counts.active,
        "waiting": waiting,
        "can_ask": can_ask_for_audit(viewer),
        "is_empty": not page.rows and not request.GET,
    }
    template = "sourcing/_engagements.html" if is_partial(request) else "sourcing/engagements.html"
    return render(request, template, context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Ask an audit firm to audit some of our sites."""
    viewer = request.viewer
    can_ask_for_audit(viewer).require()
    initial = {"sites": request.GET.getlist("site")}
    form = AskForAuditForm(request.POST or None, viewer=viewer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for_audit(viewer=viewer, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            sentence = ngettext(
                "We have asked for one site.", "We have asked for %(count)d sites.", len(made)
            )
            messages.success(request, sentence % {"count": len(made)})
            return redirect("sourcing:engagements")
    crumbs = [Crumb(_("Audit firms"), reverse("sourcing:engagements")), Crumb(_("Ask an audit firm"))]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "sourcing/engagement_form.html", context, status=422 if form.is_bound else 200)


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one engagement: who asks whom, for which site, and where it stands."""
    viewer = request.viewer
    engagement = fetch(Engagement, code, viewer=viewer, queryset=PARTIES)
    context = {
        **_about(viewer, engagement),
        "site": Site.objects.visible_to(viewer).filter(pk=engagement.site_id).first(),
        "moments": _moments(engagement),
        "can_answer": can_answer_engagement(viewer, engagement),
        "can_end": can_end_engagement(viewer, engagement),
    }
    return render(request, "sourcing/engagement.html", context)


@member_required
def accept(request: ViewerRequest, code: str) -> HttpResponse:
    """Accept a request to audit a site."""
    viewer = request.viewer
    engagement = fetch(Engagement, code, viewer=viewer, queryset=PARTIES)
    can_answer_engagement(viewer, engagement).require()
    if request.method == "POST":
        accept_engagement(viewer=viewer, engagement=engagement, at=timezone.now())
        messages.success(request, _("You are engaged. You see the site now."))
        return redirect("sourcing:engagement", engagement.code)
    return render(request, "sourcing/engagement_accept.html", _about(viewer, engagement))


@member_required
def decline(request: ViewerRequest, code: str) -> HttpResponse:
    """Say no to a request."""
    viewer = request.viewer
    engagement = fetch(Engagement, code, viewer=viewer, queryset=PARTIES)
    can_answer_engagement(viewer, engagement).require()
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        decline_engagement(viewer=viewer, engagement=engagement, reason=reason, at=timezone.now())
        messages.success(request, _("You said no. The supplier is told."))
        return redirect("sourcing:engagement", engagement.code)
    context = {**_about(viewer, engagement), "form": form}
    return render(request, "sourcing/engagement_decline.html", context, status=422 if form.is_bound else 200)


@member_required
def end(request: ViewerRequest, code: str) -> HttpResponse:
    """End an engagement, after saying what that means."""
    viewer = request.viewer
    engagement = fetch(Engagement, code, viewer=viewer, queryset=PARTIES)
    can_end_engagement(viewer, engagement).require()
    if request.method == "POST":
        end_engagement(viewer=viewer, engagement=engagement, at=timezone.now())
        messages.success(request, _("The engagement has ended."))
        return redirect("sourcing:engagement", engagement.code)
    return render(request, "sourcing/engagement_end.html", _about(viewer, engagement))


def _about(viewer: Viewer, engagement: Engagement) -> dict[str, object]:
    is_firm = engagement.audit_firm_id == viewer.organisation_id
    name = _("Sites I audit") if is_firm else _("Audit firms")
    return {
        "engagement": engagement,
        "is_firm": is_firm,
        "other": engagement.supplier if is_firm else engagement.audit_firm,
        "crumbs": [Crumb(name, reverse("sourcing:engagements")), Crumb(engagement.place.get("name", ""))],
    }


def _moments(engagement: Engagement) -> list[Moment]:
    """What happened to the engagement, for both sides alike."""
    moments = [Moment(_("%(name)s asked") % {"name": engagement.supplier}, at=engagement.proposed_at)]
    if engagement.answered_at:
        is_no = engagement.state == EngagementState.DECLINED
        word = _("Declined") if is_no else _("Accepted")
        moments.append(Moment(word, note=engagement.answer, at=engagement.answered_at))
    elif not engagement.ended_at:
        moments.append(Moment(_("Answer of the audit firm"), state="next"))
    if engagement.ended_at:
        word = _("Ended") if engagement.answered_at else _("Taken back")
        moments.append(Moment(word, at=engagement.ended_at))
    return moments
