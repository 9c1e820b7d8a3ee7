"""Beginning an interim assessment by hand, before the calendar does."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.refusals import Refusal
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.assessment import begin_interim, today
from schemes.forms.declaration import BeginForm
from schemes.models import Assessment, SchemeMembership
from schemes.permissions.membership import can_begin_interim
from schemes.views.assessment import blame
from web.pieces import Crumb

# What is proposed: time to answer, and a weekend or a holiday between.
DAYS = timedelta(days=30)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def begin(request: ViewerRequest, code: str) -> HttpResponse:
    """Ask by which day the member answers, and open the assessment."""
    viewer, now = request.viewer, timezone.now()
    rows = SchemeMembership.objects.select_related("scheme")
    found = fetch(SchemeMembership, code, viewer=viewer, queryset=rows)
    can_begin_interim(viewer, found).require()
    request.place = "schemes:assessments"
    busy = Assessment.objects.visible_to(viewer).under_way().filter(membership=found).first()
    if busy is not None and request.method != "POST":
        messages.info(request, _("An assessment of this member is under way already."))
        return redirect("schemes:assessment", busy.code)
    form = BeginForm(request.POST or None, initial={"due_on": today(now) + DAYS})
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_interim(viewer=viewer, membership=found, at=now, **form.cleaned_data)
        except Refusal as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("The assessment is open. The member is told."))
            return redirect("schemes:assessment", made.code)
    context = {
        "membership": found,
        "form": form,
        "crumbs": [
            Crumb(_("Assessments"), reverse("schemes:assessments")),
            Crumb(found.member_name, reverse("schemes:membership", args=[found.code])),
            Crumb(_("Begin an assessment")),
        ],
    }
    return render(request, "schemes/interim_begin.html", context, status=422 if form.is_bound else 200)
