"""Which language a form proposes to write in: the one this person wrote in last, for the organisation they act for.

The device remembers it in a cookie that holds a language's code and nothing else; where it remembers none, the
language of the interface is proposed. The person's own choice in the form is what counts.
"""

from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

FIELDS = ("language", "reason_language")
A_YEAR = 365 * 24 * 60 * 60
_last: ContextVar[str] = ContextVar("language written in last", default="")


def proposed_language() -> str:
    """Return the code of the language that a form proposes."""
    return _last.get() or of_interface()


def of_interface() -> str:
    """Return the language of the interface as one that people write in; empty where it is none of them."""
    code = (get_language() or "").lower()
    known = settings.WRITING_LANGUAGES
    return next((one for one in (code, code.partition("-")[0]) if one in known), "")


class WritingMiddleware:
    """Let forms know what was written in last, and remember what is written in now; after the viewer is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = getattr(request, "membership", None)
        if membership is None:
            return self.get_response(request)
        cookie = f"writing-{membership.code}"
        last = request.COOKIES.get(cookie, "")
        mark = _last.set(last if last in settings.WRITING_LANGUAGES else "")
        try:
            response = self.get_response(request)
        finally:
            _last.reset(mark)
        if (now := _written(request, response)) and now != last:
            response.set_cookie(
                cookie,
                now,
                max_age=A_YEAR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _written(request: HttpRequest, response: HttpResponse) -> str:
    """Return the language of the words that a request brought, if they were taken."""
    if request.method != "POST" or response.status_code >= 400 or request.path.startswith("/api/"):
        return ""
    said = (request.POST.get(name, "") for name in FIELDS)
    return next((one for one in said if one in settings.WRITING_LANGUAGES), "")
