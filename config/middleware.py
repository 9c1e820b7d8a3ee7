"""What every answer gets and Django has no setting for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.middleware import common

from config.problems import is_api


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


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, but a cookie that we never wrote is none: one with a NUL would be a fault of the database."""

    def process_request(self, request: HttpRequest) -> None:
        """Drop what is not letters and digits, and go on as without a session."""
        if not request.COOKIES.get(settings.SESSION_COOKIE_NAME, "x").isalnum():
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)
