"""What every answer gets and Django has no setting for."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.middleware import common

from config.problems import is_api

KEPT = re.compile(r"[0-9a-f]{24}")


class HeadersMiddleware:
    """Sensitive pages are never kept by caches, and the browser's powerful features stay off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault(
            "Permissions-Policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self)",
        )
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Django's, but an address of the API without its last slash does not exist: a redirect would lose the body."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        """Send only people to the address that they meant."""
        return not is_api(request) and super().should_redirect_with_slash(request)


class ArrivalMiddleware:
    """Tell the page that words it sent have arrived, so that it stops keeping them (`static/js/drafts.js`).

    A form carries a random `kept`. It comes back as the cookie `arrived` only when a signed-in member's request was
    done; a sign-in page, a fault or a refusal says nothing, so that the words stay where they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code < 400 and getattr(request, "viewer", None):
            kept = request.POST.get("kept", "")
            if KEPT.fullmatch(kept):
                response.set_cookie(
                    "arrived", kept, max_age=600, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
                )
        return response


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, but a cookie that we never wrote is none: one with a NUL would be a fault of the database."""

    def process_request(self, request: HttpRequest) -> None:
        """Drop what is not letters and digits, and go on as without a session."""
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "x").isalnum():
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)
