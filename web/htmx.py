"""Telling a whole page from a part of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


def is_partial(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a fragment; a history restore or a boosted link wants the whole page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect after a POST, in the way that the asker understands."""
    if is_partial(request):
        answer: HttpResponse = HttpResponseClientRedirect(url)
        return answer
    return redirect(url)
