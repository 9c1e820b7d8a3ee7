"""What pages share that are read without an account."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header

from organisations.visibility import Viewer


def reader(request: HttpRequest) -> Viewer | None:
    """Return who looks, or None for everybody else."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    return viewer


def csv_file(lines: Iterable[bytes], name: str) -> HttpResponse:
    """Answer with a download; joined here, since the database shows nothing once the request is over."""
    answer = HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def json_file(data: object, name: str) -> HttpResponse:
    """Answer with a download of JSON."""
    answer = JsonResponse(data, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
