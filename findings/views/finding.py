"""Lists of findings: non-compliances and CARs, never in one."""

from django.http import HttpResponse
from django.shortcuts import render

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def non_compliances(request: ViewerRequest) -> HttpResponse:
    """List non-compliances; never CARs."""
    return render(request, "findings/finding_list.html", {})


@member_required
def working_together(request: ViewerRequest) -> HttpResponse:
    """List CARs by the state of their plans."""
    return render(request, "findings/finding_list.html", {})
