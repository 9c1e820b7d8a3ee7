"""Files of audits that can be brought in again, and the template to begin with."""

import json

from django.http import Http404, HttpResponse

from findings.models import Audit, MethodologyVersion
from findings.permissions.audit_import import can_bring_in
from findings.queries.audit_book import XLSX_TYPE, audit_as_book, template
from findings.queries.audit_file import audit_as_data
from organisations.queries import fetch
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest


@member_required
def blank(request: ViewerRequest) -> HttpResponse:
    """Hand out the template; with `?methodology=` its requirements and cells are in it."""
    can_bring_in(request.viewer, None).require()
    key = request.GET.get("methodology", "")
    version = MethodologyVersion.objects.filter(key=key).first()
    if key and version is None:
        raise Http404
    return _file(template(version), XLSX_TYPE, f"audit-{key or 'template'}.xlsx")


@member_required
def audit_file(request: ViewerRequest, code: str, form: str) -> HttpResponse:
    """Hand out an audit as XLSX or JSON to whoever sees it; its owner can see who took it."""
    viewer = request.viewer
    audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
    if form not in {"xlsx", "json"}:
        raise Http404
    name = f"audit-{audit.code}.{form}"
    if form == "xlsx":
        return _file(audit_as_book(viewer, audit), XLSX_TYPE, name)
    text = json.dumps(audit_as_data(viewer, audit), ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", name)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
