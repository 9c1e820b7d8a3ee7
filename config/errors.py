"""Refusals and faults become pages; under /api/ they become problem documents."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from config import problems
from ledger.refusals import NotVisible, Refusal


class RefusalMiddleware:
    """Turn a Refusal that a page did not handle into a plain page that says what can be done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 404 alike for missing and foreign objects, and the refusal's own status and sentence otherwise."""
        if isinstance(exception, NotVisible):
            return not_found(request, exception)
        if isinstance(exception, Refusal):
            return render(request, "errors/refusal.html", {"refusal": exception}, status=exception.status)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be read."""
    if problems.is_api(request):
        return problems.answer(exception)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this is not for this member."""
    if problems.is_api(request):
        return problems.answer(exception)
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here, whether it never was or is not for this reader."""
    if problems.is_api(request):
        return problems.answer(exception)
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault; needs neither a session nor the database."""
    if problems.is_api(request):
        return problems.answer(None)
    page = _("Something went wrong on our side. Nothing you saved is lost. Please try again in a minute.")
    return render(None, "errors/500.html", {"sentence": page}, status=500)
