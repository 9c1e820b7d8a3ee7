"""A list as a file: asked for with the filters of the screen, made by the worker, taken away."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from documents.models import Rendering
from documents.renderings import request_rendering
from documents.serve import serve
from findings.actions.portfolio import TABLE, take_list
from findings.models import TableExport
from ledger.models.subjects import about
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from web.htmx import is_partial
from web.paging import PARAMETER

NOT_ASKED = {"csrfmiddlewaretoken", "kind", "format", PARAMETER}


@require_POST
@member_required
def take(request: ViewerRequest) -> HttpResponse:
    """Ask for the list that the form names, narrowed as its hidden fields say."""
    kind, wanted = request.POST.get("kind", ""), request.POST.get("format", "")
    if kind not in TableExport.Kind.values or wanted not in TableExport.Format.values:
        raise Http404
    asked = {name: request.POST[name][:200] for name in request.POST if name not in NOT_ASKED}
    wish = take_list(viewer=request.viewer, kind=kind, file_format=wanted, asked=asked, at=timezone.now())
    return redirect("findings:list_file", wish.code)


@member_required
def show(request: ViewerRequest, code: str) -> HttpResponse:
    """Show how far the file is; a POST tries again after it failed."""
    wish = fetch(TableExport, code, viewer=request.viewer)
    if request.method == "POST":
        request_rendering(by=request.viewer, kind=TABLE, subject=wish, at=timezone.now())
        return redirect("findings:list_file", wish.code)
    template = "findings/_list_file.html" if is_partial(request) else "findings/list_file.html"
    return render(request, template, {"wish": wish, "rendering": _rendering(wish)})


@member_required
def download(request: ViewerRequest, code: str) -> HttpResponse:
    """Hand the file out."""
    rendering = _rendering(fetch(TableExport, code, viewer=request.viewer))
    if rendering is None or rendering.document is None:
        raise Http404
    return serve(rendering.document)  # type: ignore[return-value]


def _rendering(wish: TableExport) -> Rendering | None:
    own = Rendering.objects.filter(organisation_id=wish.organisation_id, kind=TABLE, **about(wish))
    return own.select_related("document").first()
