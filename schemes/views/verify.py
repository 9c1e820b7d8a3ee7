"""Checking a certificate: open to everybody who holds its code, and the same page for a code that is none.

Nothing here lists certificates. A code has a hundred random bits, requests are counted by address, known and unknown
codes alike, and both cost one question to the database and answer with one page.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from schemes.permissions.knocking import MOST, MOST_BADGES, SECONDS, knock
from schemes.queries.verify import certificate_of, cleaned, grouped
from schemes.reports.badge import badge_of, drawn
from schemes.reports.verify import as_data, snippet_of, today

# How long others may keep showing a badge that we have changed.
BADGE_SECONDS = 120
JSON = "application/json"


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """Ask for the code on a certificate."""
    code = cleaned(request.GET.get("code", ""))
    if code:
        return redirect("schemes:verify", code)
    return render(request, "schemes/verify_door.html", {"was_empty": "code" in request.GET})


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a certificate is worth today, as a page, or as JSON to whoever prefers that."""
    if request.get_preferred_type(["text/html", JSON]) == JSON:
        return verify_json(request, code)
    knock(request, door="verify", most=MOST, seconds=SECONDS)
    found = certificate_of(code)
    context = {
        "code": grouped(cleaned(code)),
        "certificate": found,
        "status": found.status_on(today()) if found else None,
        "json_url": reverse("schemes:verify_json", args=[cleaned(code) or "0"]),
    }
    answer = render(request, "schemes/verify.html", context, status=200 if found else 404)
    return _negotiated(answer)


@require_safe
def verify_json(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a certificate is worth today to a program."""
    knock(request, door="verify", most=MOST, seconds=SECONDS)
    found = certificate_of(code)
    said = as_data(found, today()) if found else {"code": cleaned(code), "status": "unknown"}
    answer = JsonResponse(
        said, status=200 if found else 404, json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _negotiated(answer)


@require_safe
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """Draw what a certificate is worth now, for pages of others; `?newest` follows it to the one that came after it.

    It may be kept for two minutes, so that a certificate that was withdrawn looks valid nowhere for longer.
    """
    knock(request, door="badge", most=MOST_BADGES, seconds=SECONDS)
    found = certificate_of(code)
    if found and "newest" in request.GET and found.newest_code != found.code:
        found = certificate_of(found.newest_code)
    answer = HttpResponse(
        drawn(badge_of(found, today())),
        content_type="image/svg+xml; charset=utf-8",
        status=200 if found else 404,
    )
    answer["Cache-Control"] = f"public, max-age={BADGE_SECONDS}, must-revalidate"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _alike(answer)


@require_safe
def snippet(request: HttpRequest, code: str) -> HttpResponse:
    """Give what shows the badge on another page, as a file: for whoever cannot copy it from ours."""
    knock(request, door="verify", most=MOST, seconds=SECONDS)
    found = certificate_of(code)
    said = snippet_of(found.code, found.scheme_title) if found else ""
    answer = HttpResponse(said, content_type="text/plain; charset=utf-8", status=200 if found else 404)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename="badge.html")
    return _alike(answer)


def _negotiated(answer: HttpResponse) -> HttpResponse:
    patch_vary_headers(answer, ["Accept"])
    return _alike(answer)


def _alike(answer: HttpResponse) -> HttpResponse:
    """Keep an answer about no certificate from taking one step more than another: there is nothing to roll back."""
    answer.keeps_changes = True  # type: ignore[attr-defined]
    return answer
