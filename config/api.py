"""The routes of the API, version 1; each app brings its own resources."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("", include("sourcing.api.urls")),
    path("", include("organisations.api.urls")),
    path("", include("findings.api.urls")),
]
