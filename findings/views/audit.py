"""Pages of audits."""

from django.http import HttpResponse
from django.shortcuts import render

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def audits(request: ViewerRequest) -> HttpResponse:
    """List the audits that the viewer may see."""
    return render(request, "findings/audit_list.html", {})
