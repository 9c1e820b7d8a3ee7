"""The routes of the API, version 1; each app brings its own resources."""

import json
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from organisations.api.authentication import ANY
from web.api import Endpoint


class SchemaView(Endpoint):
    """The contract: the same for everyone, and it holds nobody's data, so that anyone may read it."""

    resource = ANY
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Return the OpenAPI document as JSON."""
        return HttpResponse(_contract(), content_type="application/json")


@cache
def _contract() -> bytes:
    """Return the document, made once per process: making it takes a second."""
    with translation.override(settings.LANGUAGE_CODE):
        made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        return json.dumps(made, ensure_ascii=False).encode()


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("", include("sourcing.api.urls")),
    path("", include("organisations.api.urls")),
    path("", include("schemes.api.urls")),
    path("", include("findings.api.urls")),
]
