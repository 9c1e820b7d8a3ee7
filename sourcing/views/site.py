"""Pages of sites."""

from django.http import HttpResponse
from django.shortcuts import render

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def index(request: ViewerRequest) -> HttpResponse:
    """Show the list."""
    return render(request, "sourcing/sites.html")
