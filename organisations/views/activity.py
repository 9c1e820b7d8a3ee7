"""What happened in the organisation, and who of others read what belongs to it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from organisations.forms.activity import ActivityForm, ReadsForm
from organisations.queries.activity import activity_of, doer, reads_of, told
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from organisations.views.organisation import crumbs
from web.htmx import is_partial
from web.paging import keyset_page
from web.pieces import Crumb

ORDER = ("-at", "-id")


@member_required
def activity(request: ViewerRequest) -> HttpResponse:
    """Tell what the organisation did and what was done to what it owns, newest first."""
    form = ActivityForm(request.GET, viewer=request.viewer)
    page = keyset_page(form.narrowed(activity_of(request.viewer)), request=request, order=ORDER)
    context = {
        "form": form,
        "page": page,
        "happenings": told(page.rows, request.viewer),
        "crumbs": [*crumbs(), Crumb(_("Activity"))],
    }
    template = "organisations/_activity.html" if is_partial(request) else "organisations/activity.html"
    return render(request, template, context)


@member_required
def reads(request: ViewerRequest) -> HttpResponse:
    """Tell who of other organisations opened what, newest first."""
    form = ReadsForm(request.GET)
    page = keyset_page(form.narrowed(reads_of(request.viewer)), request=request, order=ORDER)
    context = {
        "form": form,
        "page": page,
        "lines": [(row, doer(row, request.viewer)) for row in page.rows],
        "crumbs": [*crumbs(), Crumb(_("Who read our data"))],
    }
    template = "organisations/_reads.html" if is_partial(request) else "organisations/reads.html"
    return render(request, template, context)
