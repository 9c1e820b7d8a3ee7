"""Pages of the suppliers."""

from django.http import HttpResponse
from django.shortcuts import render

from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def suppliers(request: ViewerRequest) -> HttpResponse:
    """Show the list."""
    return render(request, "sourcing/suppliers.html")
