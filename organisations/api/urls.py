"""Addresses of people and organisations in the API."""

from django.urls import URLPattern, URLResolver, path

from organisations.api import organisation

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", organisation.MeView.as_view(), name="api-me"),
    path("organisations/", organisation.OrganisationListView.as_view(), name="api-organisations"),
    path("organisations/<str:code>/", organisation.OrganisationView.as_view(), name="api-organisation"),
]
