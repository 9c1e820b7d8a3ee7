"""Errors of the API as problem documents (RFC 9457)."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from ledger.refusals import NotVisible, Refusal

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer any error of an API view with a problem document: stable `code`, a sentence, and fields."""
    if isinstance(error, Refusal):
        return _answer(error.status, error.code, error.sentence, error.fields)
    if isinstance(error, Http404):
        return problem(NotVisible(), context)
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _answer(
            status.HTTP_400_BAD_REQUEST, "invalid", _("Some fields need attention."), _pointers(error.detail)
        )
    if isinstance(error, exceptions.APIException):
        code = error.get_codes()
        answer = _answer(
            error.status_code, code if isinstance(code, str) else error.default_code, str(error.detail), {}
        )
        if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            answer["WWW-Authenticate"] = 'Bearer realm="api"'
        return answer
    logger.error("api_failure", exc_info=error)
    return _answer(
        500, "server-error", _("Something went wrong on our side. Please try again in a minute."), {}
    )


def _answer(code: int, slug: str, sentence: str, fields: dict[str, list[str]]) -> Response:
    slug = slug.replace("_", "-")
    document: dict[str, Any] = {
        "type": f"urn:common-thread:problem:{slug}",
        "title": sentence,
        "status": code,
        "code": slug,
    }
    if fields:
        document["errors"] = [
            {"pointer": pointer, "detail": text} for pointer, texts in fields.items() for text in texts
        ]
    return Response(document, status=code, content_type=MEDIA_TYPE)


def _pointers(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= _pointers(inner, f"{prefix}/{name}")
        return found
    if isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        found = {}
        for index, inner in enumerate(detail):
            found |= _pointers(inner, f"{prefix}/{index}")
        return found
    return {prefix or "/": [str(one) for one in (detail if isinstance(detail, list) else [detail])]}
