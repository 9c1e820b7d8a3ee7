"""One page that a notice can lead to."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def page(request: HttpRequest, code: str) -> HttpResponse:
    """Answer."""
    return HttpResponse(code)


urlpatterns = [path("trial/<str:code>/", page, name="trial-page")]
