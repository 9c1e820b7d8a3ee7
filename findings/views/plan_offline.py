"""A plan away from the screen: taken away as Word or Excel, and brought back into the draft."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.draft import save_draft
from findings.forms.plan_file import read_plan_file
from findings.forms.plan_offline import OfflineForm
from findings.forms.plan_typed import as_query, merge_typed, names_of, typed_from, values_of
from findings.models import Finding
from findings.permissions import can_share_plan
from findings.queries.draft import standing_of
from findings.reports.plan_file import FORMS, plan_file
from findings.views.plan import car_crumbs, car_of, car_steps
from findings.views.plan_edit import merge_page, page, typed_now, unjudged_forms
from ledger.refusals import Refusal
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.merging import packed


@member_required
def offline(request: ViewerRequest, code: str) -> HttpResponse:
    """Take the plan away as a file; by POST bring it back: read, put into the draft, and shown before it is shared."""
    finding = car_of(request, code)
    can_share_plan(request.viewer, finding).require()
    form = OfflineForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _brought_back(request, finding, form.cleaned_data["file"])
        except Refusal as refusal:
            form.add_error("file", refusal.sentence)
    context = {
        "finding": finding,
        "form": form,
        "steps": car_steps(finding, "plan", is_understood=True),
        "crumbs": car_crumbs(finding, _("Work offline")),
    }
    return render(request, "findings/plan_offline.html", context, status=422 if form.is_bound else 200)


@member_required
def download(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Hand out the plan as a file to fill in: the draft, or the version in force, or an empty one."""
    finding = car_of(request, code)
    can_share_plan(request.viewer, finding).require()
    if form not in FORMS:
        raise Http404
    file = plan_file(request.viewer, finding, form)
    response = HttpResponse(file.data, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def _brought_back(request: ViewerRequest, finding: Finding, file: "UploadedFile[bytes]") -> HttpResponse:
    """Put what the file says into the draft; where somebody else changed the same meanwhile, ask instead."""
    viewer, came = request.viewer, read_plan_file(file, finding)
    standing = standing_of(viewer, finding)
    now = typed_now(standing)
    theirs = values_of(now)
    found = merge_typed(packed(came.base(theirs)), typed_from(came.over(theirs)), now)
    more = {"came": came, "taken": names_of(found.taken)}
    if found.conflicts:
        return merge_page(request, finding, standing, found, more)
    typed = typed_from(found.values)
    save_draft(viewer=viewer, finding=finding, typed=typed, seen=standing.stamp, at=timezone.now())
    forms = unjudged_forms(as_query(typed))
    return page(request, finding, standing_of(viewer, finding), *forms, more=more)
