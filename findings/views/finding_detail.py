"""The page of one finding; for a CAR it tells the whole story so far."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents.models import Rendering
from documents.renderings import request_rendering
from documents.serve import serve
from findings.actions.plan import PLAN_PDF
from findings.lifecycle import FindingState
from findings.models import Finding, PlanUpdate, PlanVersion
from findings.permissions import can_respond, can_share_outside, can_share_plan, can_update_plan
from findings.permissions.plan import can_ask_for_rhythm, can_keep_ledger
from findings.queries.draft import to_carry_on
from findings.queries.glance import bases_glanced, glanced_findings, may_have
from findings.queries.plan import (
    PlanStory,
    bases_known,
    bases_of,
    chain_of,
    customers_who_see,
    draft_of,
    story_of,
    understanding_of,
)
from findings.queries.rhythm import wishes_of
from findings.queries.share import shares_of_finding
from findings.queries.together import customers_at
from findings.views import corrective_panel, evidence_use, photo, reply, together, translation
from findings.views.audit import outsiders
from findings.views.car_waits import waits_here
from findings.views.figures import (
    LEDGER,
    carried_words,
    figures_of,
    progress_chart,
    progress_rows,
    spans_of,
    updates_in_force,
)
from findings.views.plan import car_steps
from findings.visibility import Basis
from ledger.models.subjects import about
from ledger.refusals import NotVisible
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.pieces import Crumb, Fact, Moment


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show a finding; a CAR with its plan, its story and who can see it."""
    rows = glanced_findings().select_related("audit", "requirement__section", "requirement__version")
    finding = fetch(Finding, code, viewer=request.viewer, queryset=rows)
    with bases_known(request.viewer, finding.audit_id, bases_glanced(finding)):
        return _car(request, finding) if finding.is_car else _plain(request, finding)


def _car(request: ViewerRequest, finding: Finding) -> HttpResponse:
    request.place = "findings:working_together"
    viewer, story = request.viewer, story_of(request.viewer, finding)
    chain = chain_of(viewer, finding)
    customers = customers_at(viewer, finding, request.membership.organisation)
    is_site = viewer.organisation_id == finding.supplier_id
    understood = understanding_of(viewer, finding)
    now = "moving" if finding.has_plan else "plan" if understood else "understand"
    context = {
        "finding": finding,
        "story": story,
        "actions": _actions(story),
        "is_site": is_site,
        "draft": draft_of(viewer, finding),
        "understood": understood,
        "steps": car_steps(finding, now, is_understood=understood is not None or finding.has_plan),
        "moments": _moments(finding, story, chain),
        **plan_work(request, finding, story, chain),
        "readers": readers_of(request, finding, customers if is_site else None),
        "may_share": can_share_plan(viewer, finding),
        "may_share_outside": can_share_outside(viewer, finding.audit),
        "may_update": can_update_plan(viewer, finding),
        "may_respond": story is not None and can_respond(viewer, story.plan),
        "pdf": _rendering(request, story.latest) if story and may_have(finding, "pdf") else None,
        "age": age_of(finding.first_raised_on, timezone.localdate()),
        "own_id": viewer.organisation_id,
        **together.panel(request, finding, story, customers),
        "crumbs": [Crumb(_("Working together"), reverse("findings:working_together")), Crumb(finding.title)],
        **photo.panel(request, finding),
        **reply.panel(request, finding),
        **evidence_use.panel(request, finding),
        **translation.panel(request, finding, plan=story.latest if story else None),
    }
    context["waits_here"] = waits_here(viewer, finding, context)
    return render(request, "findings/car.html", context)


def plan_work(
    request: ViewerRequest, finding: Finding, story: PlanStory | None, chain: list[Finding]
) -> dict[str, Any]:
    """Return the context of the supplier's own work on a plan: rhythm, figures, pictures, what came before."""
    today = timezone.localdate()
    found: dict[str, Any] = {"spans": spans_of(finding, chain, today), "refunds": None, "wage_gap": None}
    if story is None:
        return found | {"carries_on": to_carry_on(request.viewer, finding)}
    wishes = wishes_of(request.viewer, story.plan)
    return found | {
        **figures_of(story.plan, finding, chain),
        "carried": carried_words(story.latest) or carried_words(story.versions[0]),
        "progress_chart": progress_chart(story),
        "progress_rows": progress_rows(story),
        "progress_updates": updates_in_force(story),
        "wishes": wishes,
        "may_ask_rhythm": can_ask_for_rhythm(request.viewer, story.plan)
        and not any(
            one.organisation_id == request.viewer.organisation_id and is_open for one, is_open in wishes
        ),
        "may_keep_refunds": can_keep_ledger(request.viewer, finding, LEDGER.REFUNDS),
        "may_keep_wages": can_keep_ledger(request.viewer, finding, LEDGER.WAGE_GAP),
    }


def _plain(request: ViewerRequest, finding: Finding) -> HttpResponse:
    context = {
        "finding": finding,
        "readers": readers_of(request, finding),
        "is_overdue": finding.state == FindingState.OPEN
        and finding.due_by is not None
        and finding.due_by < timezone.localdate(),
        **corrective_panel.panel(request, finding),
        "crumbs": [
            Crumb(_("Audit of %(site)s") % {"site": finding.audit.site_name}, _audit_url(finding)),
            Crumb(finding.title),
        ],
        **photo.panel(request, finding),
        **reply.panel(request, finding),
        **evidence_use.panel(request, finding),
    }
    action = context["said"][0][0] if context.get("said") else None
    context |= translation.panel(request, finding, action=action)
    return render(request, "findings/finding.html", context)


@member_required
def version_pdf(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Say how far the PDF of a version is; by POST, ask for it."""
    finding, version = _version(request, code, number)
    wanted = _rendering(request, version)
    if request.method == "POST":
        wanted = request_rendering(by=request.viewer, kind=PLAN_PDF, subject=version, at=timezone.now())
        if not is_partial(request):
            return redirect("findings:version_pdf", finding.code, number)
    template = "findings/_version_pdf.html" if is_partial(request) else "findings/version_pdf.html"
    context = {"finding": finding, "version": version, "rendering": wanted}
    return render(request, template, context)


@member_required
def version_pdf_file(request: ViewerRequest, code: str, number: int) -> HttpResponse:
    """Hand out the finished PDF of a version."""
    _finding, version = _version(request, code, number)
    wanted = _rendering(request, version)
    if wanted is None or wanted.document is None:
        raise Http404
    return serve(wanted.document)  # type: ignore[return-value]


def readers_of(
    request: ViewerRequest, finding: Finding, customers: list[Organisation] | None = None
) -> list[Fact]:
    """Say who can see a finding, in words fit for this reader: a customer learns of no other customer.

    Args:
        customers: those who see it, for the supplier alone, where the page has asked for them already.
    """
    audit, own = finding.audit, request.viewer.organisation_id
    bases = bases_of(request.viewer, audit.pk)
    facts = [Fact(_("You"), request.membership.organisation.name)]
    if own != audit.supplier_id:
        facts.append(Fact(_("Supplier"), audit.supplier_name))
    if own != audit.audit_firm_id:
        facts.append(Fact(_("Auditor"), audit.audit_firm_name))
    if Basis.OWNER in bases:
        if customers is None:
            customers = customers_who_see(audit) if audit.is_published else []
        names = [one.name for one in customers]
        facts.append(Fact(_("Customers"), ", ".join(names) or _("None yet")))
        facts += outsiders(shares_of_finding(request.viewer, finding, at=timezone.now()))
    return facts


def age_of(since: dt.date, today: dt.date) -> str:
    """Say how long an issue has lasted: in months up to two years, in years after that."""
    months = max((today.year - since.year) * 12 + today.month - since.month - (today.day < since.day), 0)
    if not months:
        return _("less than a month")
    if months >= 24:
        return ngettext("%(n)s year", "%(n)s years", months // 12) % {"n": months // 12}
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


def _actions(story: PlanStory | None) -> list[tuple[object, str]]:
    if story is None:
        return []
    progress = story.progress
    return [
        (action, progress.get(place, PlanUpdate.Progress.NOT_STARTED.value))
        for place, action in enumerate(story.latest.said.actions)
    ]


def _moments(finding: Finding, story: PlanStory | None, chain: list[Finding]) -> list[Moment]:
    """The issue so far, across predecessors, oldest first, and what comes next."""
    moments = [
        Moment(
            _("Raised again") if one.predecessor_id else _("Raised"),
            note=one.audit.audit_firm_name,
            at=one.raised_on,
            url="" if one == finding else reverse("findings:finding", args=[one.code]),
        )
        for one in chain
        if one.raised_on <= finding.raised_on
    ]
    for version in story.versions if story else []:
        title = _("Plan shared") if version.number == 1 else _("Plan, version %(n)s") % {"n": version.number}
        moments.append(Moment(title, note=version.completed_by, at=version.shared_at))
    for update in story.updates if story else []:
        moments.append(
            Moment(_("Update %(n)s") % {"n": update.number}, note=update.summary[:120], at=update.shared_at)
        )
    for response in story.responses if story else []:
        moments.append(
            Moment(response.get_kind_display(), note=response.organisation.name, at=response.answered_at)
        )
    moments.sort(key=lambda one: _as_datetime(one.at))
    if finding.state == FindingState.CLOSED:
        return [*moments, Moment(_("Closed by a later audit"), at=finding.closed_at)]
    if not finding.has_plan:
        moments.append(
            Moment(_("Plan shared"), note=_("Then the status becomes “in progress”."), state="next")
        )
    elif story and story.plan.next_update_on:
        is_late = story.plan.next_update_on < timezone.localdate()
        title = _("Report is late, it was due") if is_late else _("Next update due")
        moments.append(Moment(title, at=story.plan.next_update_on, state="next"))
    return [*moments, Moment(_("The next periodic audit looks at it anew"), state="later")]


def _as_datetime(at: dt.date | dt.datetime | None) -> dt.datetime:
    if isinstance(at, dt.datetime):
        return at
    return dt.datetime.combine(at or dt.date.max, dt.time(), tzinfo=dt.UTC)


def _version(request: ViewerRequest, code: str, number: int) -> tuple[Finding, PlanVersion]:
    finding = fetch(Finding, code, viewer=request.viewer)
    story = story_of(request.viewer, finding)
    found = next((one for one in story.versions if one.number == number), None) if story else None
    if found is None:
        raise NotVisible
    return finding, found


def _rendering(request: ViewerRequest, version: PlanVersion) -> Rendering | None:
    """Return the viewer's own organisation's PDF of a version, made or on its way."""
    own = Rendering.objects.filter(organisation_id=request.viewer.organisation_id, kind=PLAN_PDF)
    return own.filter(**about(version)).select_related("document").first()


def _audit_url(finding: Finding) -> str:
    return reverse("findings:audit", args=[finding.audit.code])
