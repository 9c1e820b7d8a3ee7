"""Pages of audits: the list, one audit, and what its firm does with it."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from findings.actions.audit import change_audit, open_audit, start_audit, submit_audit, take_back_audit
from findings.forms.audit import (
    AuditFactsForm,
    AuditFilters,
    AuditorFormSet,
    DaysForm,
    NewAuditForm,
    doubts_about,
    named_auditors,
)
from findings.lifecycle import AuditState
from findings.models import Audit, Finding, MethodologyVersion, Share
from findings.models.audit import FOLLOW_UPS
from findings.permissions import can_enter_findings, can_open_audits, can_share_outside, can_work_on_audit
from findings.queries.audit import (
    audits_waiting,
    engaged_sites,
    findings_of,
    listed_audits,
    open_cars,
    readers,
    tallies,
    tally_of,
)
from findings.queries.auditor import auditors_of, known_auditors
from findings.queries.glance import bases_glanced, glanced_audits
from findings.queries.management import panel as management_of
from findings.queries.plan import bases_known
from findings.queries.share import shares_of_audit
from findings.views.audit_panels import begin_from, life_of
from ledger.refusals import Refusal
from organisations.queries import country_name, fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.visibility import Viewer
from web.dates import day_text
from web.formsets import as_typed, wants_row, with_row
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb, Fact

ORDER = ("-ends_on", "-id")


@member_required
def audits(request: ViewerRequest) -> HttpResponse:
    """List the audits that the viewer may see, newest first, with what each found."""
    viewer, form = request.viewer, AuditFilters(request.GET)
    rows = listed_audits(viewer, **form.wanted()).select_related("version")
    page = keyset_page(rows, request=request, order=ORDER)
    found = tallies(viewer, page.rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(audit, found[audit.pk]) for audit in page.rows],
        "waiting": audits_waiting(viewer),
        "may_open": can_open_audits(viewer),
    }
    return render(
        request, "findings/audit_rows.html" if is_partial(request) else "findings/audit_list.html", context
    )


@member_required
def detail(request: ViewerRequest, code: str) -> HttpResponse:
    """Show one audit: facts, findings by kind, who can see it, and what comes next."""
    viewer = request.viewer
    rows = glanced_audits().select_related("version")
    audit = fetch(Audit, code, viewer=viewer, queryset=rows)
    with bases_known(viewer, audit.pk, bases_glanced(audit)):
        return _detail(request, audit)


def _detail(request: ViewerRequest, audit: Audit) -> HttpResponse:
    viewer = request.viewer
    is_firm = viewer.organisation_id == audit.audit_firm_id
    found = list(findings_of(viewer, audit))
    context = {
        "audit": audit,
        "is_firm": is_firm,
        "is_supplier": viewer.organisation_id == audit.supplier_id,
        "facts": audit_facts(audit),
        "auditors": auditors_of(viewer, audit),
        "groups": finding_groups(found),
        "today": timezone.localdate(),
        "tally": tally_of(found),
        "earlier_cars": open_cars(viewer, audit) if is_firm and not audit.is_published else [],
        "may_work": can_work_on_audit(viewer, audit),
        "may_enter": can_enter_findings(viewer, audit),
        "readers": reader_facts(viewer, audit),
        "may_share_outside": can_share_outside(viewer, audit),
        "may_go_on": is_firm and audit.is_published and bool(can_open_audits(viewer)),
        "crumbs": crumbs(audit)[:1],
        **management_of(viewer, audit),
        **life_of(viewer, audit),
    }
    return render(request, "findings/audit.html", context)


@member_required
def new(request: ViewerRequest) -> HttpResponse:
    """Open an audit of a site for which the firm is engaged."""
    viewer = request.viewer
    can_open_audits(viewer).require()
    newest = (
        MethodologyVersion.objects.filter(live_from__lte=timezone.localdate()).order_by("-live_from").first()
    )
    initial = {"site": request.GET.get("site", ""), "kind": Audit.Kind.PERIODIC}
    if newest:
        initial["version"] = newest.key
    taken, named = begin_from(viewer, request.GET.get("after", ""), request.GET.get("kind", ""))
    initial |= taken
    form = NewAuditForm(request.POST or None, viewer=viewer, initial=initial)
    auditors = AuditorFormSet(request.POST or None, prefix="auditors", initial=named)
    if wants_row(request, "auditors"):
        form, auditors = as_typed(form), with_row(AuditorFormSet, request, prefix="auditors", initial=named)
    elif request.method == "POST" and all([form.is_valid(), auditors.is_valid()]):
        said = form.cleaned_data
        audit = _try(
            form,
            lambda: open_audit(
                viewer=viewer,
                site=said["site"],
                version=said["version"],
                parent=said["parent"],
                facts=form.facts(),
                auditors=named_auditors(auditors),
                at=timezone.now(),
            ),
        )
        if audit:
            for doubt in doubts_about(form, auditors):
                messages.warning(request, doubt)
            messages.success(request, _("The audit is on your list. Only your firm sees it."))
            if audit.kind in FOLLOW_UPS:
                return redirect("findings:follow_up", audit.code)
            return redirect("findings:audit", audit.code)
    context = {"form": form, "auditors": auditors, "has_sites": engaged_sites(viewer).exists()}
    context["known"] = known_auditors(viewer)
    context["crumbs"] = [Crumb(_("Audits"), reverse("findings:audits")), Crumb(_("New"))]
    return _form_page(request, "findings/audit_form.html", context)


@member_required
def edit(request: ViewerRequest, code: str) -> HttpResponse:
    """Correct the facts of an audit that is not published."""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    can_work_on_audit(viewer, audit).require()
    form = AuditFactsForm(request.POST or None, initial=_initial(audit))
    named = list(
        audit.auditors.order_by("-is_lead", "name").values(
            "name", "grade", "apsca_number", "validated_on", "is_lead"
        )
    )
    auditors = AuditorFormSet(request.POST or None, prefix="auditors", initial=named)
    if wants_row(request, "auditors"):
        form, auditors = as_typed(form), with_row(AuditorFormSet, request, prefix="auditors", initial=named)
    elif request.method == "POST" and all([form.is_valid(), auditors.is_valid()]):
        changed = _try(
            form,
            lambda: change_audit(
                viewer=viewer,
                audit=audit,
                facts=form.facts(),
                auditors=named_auditors(auditors),
                at=timezone.now(),
            ),
        )
        if changed:
            for doubt in doubts_about(form, auditors):
                messages.warning(request, doubt)
            messages.success(request, _("Saved."))
            return redirect("findings:audit", audit.code)
    context = {"form": form, "auditors": auditors, "audit": audit, "has_sites": True}
    context["known"] = known_auditors(viewer)
    context["crumbs"] = [*crumbs(audit), Crumb(_("Change"))]
    return _form_page(request, "findings/audit_form.html", context)


def _mover(
    action: Callable[..., Audit], told: Callable[[Audit], str]
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Return the view behind a button that moves an audit on."""

    @require_POST
    @member_required
    def moved(request: ViewerRequest, code: str) -> HttpResponse:
        audit = fetch(Audit, code, viewer=request.viewer)
        try:
            messages.success(request, told(action(viewer=request.viewer, audit=audit, at=timezone.now())))
        except Refusal as refusal:
            if refusal.code not in {"illegal-move", "engagement-ended", "management-not-graded"}:
                raise
            messages.error(request, refusal.sentence)
        return redirect("findings:audit", audit.code)

    return moved


start = _mover(start_audit, lambda _audit: _("The audit has started. You can enter findings."))


@require_POST
@member_required
def submit(request: ViewerRequest, code: str) -> HttpResponse:
    """Send an audit to the site, with the days that it has to comment."""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    form = DaysForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else -1
    try:
        submit_audit(viewer=viewer, audit=audit, days=days, at=timezone.now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, refusal.sentence)
    else:
        told = _("%(supplier)s can read the audit now and comment on it. Its customers cannot see it.")
        messages.success(request, told % {"supplier": audit.supplier_name})
    return redirect("findings:audit", audit.code)


take_back = _mover(
    take_back_audit,
    lambda audit: (
        _("The audit is back at work. %(supplier)s no longer sees it.") % {"supplier": audit.supplier_name}
    ),
)


def crumbs(audit: Audit) -> list[Crumb]:
    """Return the way back from a page below an audit."""
    label = _("%(site)s, %(day)s") % {"site": audit.site_name, "day": day_text(audit.ends_on)}
    return [
        Crumb(_("Audits"), reverse("findings:audits")),
        Crumb(label, reverse("findings:audit", args=[audit.code])),
    ]


def audit_facts(audit: Audit) -> list[Fact]:
    """Return what is known of an audit apart from its findings."""
    days = day_text(audit.ends_on)
    if audit.starts_on != audit.ends_on:
        days = _("%(first)s to %(last)s") % {"first": day_text(audit.starts_on), "last": days}
    facts = [
        Fact(_("Site"), ", ".join(filter(None, [audit.site_name, country_name(audit.site_country)]))),
        Fact(_("Supplier"), audit.supplier_name),
        Fact(_("Audit firm"), audit.audit_firm_name),
        Fact(_("Methodology"), str(audit.version), reverse("findings:methodology", args=[audit.version.key])),
        Fact(_("Kind"), audit.get_kind_display()),
        Fact(_("Notice"), audit.get_notice_display()),
        Fact(_("Pillars"), str(audit.pillars)),
        Fact(_("Days on site"), days),
    ]
    if audit.reference:
        facts.append(Fact(_("Reference elsewhere"), audit.reference))
    if audit.published_at:
        facts.append(Fact(_("Published"), day_text(audit.published_at)))
    return facts


def reader_facts(viewer: Viewer, audit: Audit) -> list[Fact]:
    """Return who sees an audit, in plain words; customers are named to the supplier only."""
    known = readers(viewer, audit)
    own = viewer.organisation_id
    is_supplier_told = audit.state not in {AuditState.SCHEDULED, AuditState.IN_PROGRESS}
    facts = [
        Fact(_("Supplier"), _you_or(audit.supplier_name, own == audit.supplier_id))
        if is_supplier_told
        else Fact(_("Supplier"), _("Not yet: when you send it to the site")),
        Fact(_("Audit firm"), _you_or(audit.audit_firm_name, own == audit.audit_firm_id)),
    ]
    if not audit.is_published:
        return [*facts, Fact(_("Customers"), _("Nobody before it is published"))]
    if known.is_told_customers:
        names = ", ".join(one.name for one in known.customers) or _("None now")
        outside = shares_of_audit(viewer, audit, at=timezone.now())
        return [*facts, Fact(_("Customers"), names), *outsiders(outside)]
    if own != audit.audit_firm_id:
        return [*facts, Fact(_("Customers"), _("You. We never tell customers about each other."))]
    return [*facts, Fact(_("Customers"), _("Those whose trade link covers this site"))]


def outsiders(shares: Iterable[Share]) -> list[Fact]:
    """Return whom the owner lets read something beside its customers, for the owner's own eyes."""
    told = [
        _("%(who)s, until %(day)s") % {"who": one.recipient, "day": day_text(one.ends_at)}
        if one.finding is None
        else _("%(who)s, only “%(title)s”, until %(day)s")
        % {"who": one.recipient, "title": one.finding.title, "day": day_text(one.ends_at)}
        for one in shares
    ]
    return [Fact(_("Shared outside"), "; ".join(told))] if told else []


def _you_or(name: str, is_you: bool) -> str:
    return _("You: %(name)s") % {"name": name} if is_you else name


def finding_groups(found: list[Finding]) -> list[dict[str, Any]]:
    """Return the findings by kind: non-compliances first, CARs apart from them."""
    kinds = [
        (
            Finding.Kind.NON_COMPLIANCE,
            _("Non-compliances"),
            _("Not one. Nothing fell short in the site's hands."),
        ),
        (Finding.Kind.CAR, _("Working together"), ""),
        (Finding.Kind.GOOD_EXAMPLE, _("Good examples"), ""),
        (Finding.Kind.OBSERVATION, _("Observations"), ""),
    ]
    gravity = {severity: rank for rank, severity in enumerate(Finding.Severity.values)}
    found = sorted(
        found, key=lambda one: gravity.get(one.severity or "", 0)
    )  # stable: else as in the catalogue
    groups = [
        {"kind": kind, "title": title, "empty": empty, "rows": [one for one in found if one.kind == kind]}
        for kind, title, empty in kinds
    ]
    return [group for group in groups if group["rows"] or group["empty"]]


def _initial(audit: Audit) -> dict[str, Any]:
    names = ("notice", "pillars", "starts_on", "ends_on", "reference", "summary", "language")
    return {name: getattr(audit, name) for name in names}


def _try(form: AuditFactsForm, action: Callable[[], Audit]) -> Audit | None:
    """Do it, or put the refusal beside its field and keep what was typed."""
    try:
        return action()
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        known = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
        for name, texts in known.items():
            form.add_error(name, texts)
        if not known:
            form.add_error(None, refusal.sentence)
        return None


def _form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    is_bad = request.method == "POST" and not wants_row(request, "auditors")
    return render(request, template, context, status=422 if is_bad else 200)
