"""The page on which a firm decides to publish."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.publication import publish_audit, today_at
from findings.lifecycle import AuditState
from findings.models import Audit
from findings.permissions import can_work_on_audit
from findings.queries.audit import earlier_audits, obstacles, open_cars, open_non_compliances, tallies
from findings.views.audit import crumbs
from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.pieces import Crumb


@member_required
def publish(request: ViewerRequest, code: str) -> HttpResponse:
    """Say who will see the audit and what else happens, or what is missing; publish on POST."""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    can_work_on_audit(viewer, audit).require()
    at, refusal = timezone.now(), None
    if request.method == "POST":
        try:
            publish_audit(viewer=viewer, audit=audit, at=at)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("The audit is published. Everyone who may see it is being told."))
            return redirect("findings:audit", audit.code)
    cars, is_periodic = open_cars(viewer, audit), audit.kind == Audit.Kind.PERIODIC
    earlier = list(earlier_audits(viewer, audit)) if is_periodic else []
    context = {
        "audit": audit,
        "refusal": refusal,
        "is_submitted": audit.state == AuditState.SUBMITTED,
        "obstacles": obstacles(viewer, audit, on=today_at(audit, at), at=at),
        "tally": tallies(viewer, [audit])[audit.pk],
        "cars": cars,
        "earlier": earlier,
        "leftovers": open_non_compliances(viewer, earlier).count() if earlier else 0,
        "crumbs": [*crumbs(audit), Crumb(_("Publish"))],
    }
    return render(request, "findings/audit_publish.html", context, status=refusal.status if refusal else 200)
