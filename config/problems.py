"""Errors of the API as problem documents (RFC 9457), whichever layer they come from."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from ledger.refusals import NotVisible, Refusal
from web.api import BadQuery
from web.json_body import TooLarge

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Bearer realm="api"'
_UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)

Document = dict[str, Any]


def is_api(request: HttpRequest) -> bool:
    """Tell whether programs ask here, so that even an unknown address is answered with a problem document."""
    return request.path_info.startswith(PREFIX)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what went wrong in an API view: a stable `code`, a sentence, and the fields that need attention.

    Returns:
        None for a fault of ours: it goes on to Django, is logged with its trace, and `answer` says so.
    """
    found = _explained(error)
    if found is None:
        return None
    answer = Response(found, status=found["status"], content_type=MEDIA_TYPE)
    if found["status"] == status.HTTP_401_UNAUTHORIZED:
        answer["WWW-Authenticate"] = CHALLENGE
    if wait := getattr(error, "wait", None):  # of Throttled, in seconds
        answer["Retry-After"] = str(ceil(wait))
    return answer


def answer(error: Exception | None) -> JsonResponse:
    """Answer what went wrong before or outside an API view; None is a fault of ours."""
    found = (_explained(error) if error else None) or _document(
        500, "server-error", _("Something went wrong on our side. Please try again in a minute.")
    )
    return JsonResponse(found, status=found["status"], content_type=MEDIA_TYPE)


def _explained(error: Exception) -> Document | None:
    match _ours(error):
        case Refusal() as error:
            return _document(error.status, error.code, error.sentence, _errors("pointer", error.fields))
        case exceptions.ValidationError() as error:
            name = "parameter" if isinstance(error, BadQuery) else "pointer"
            return _document(400, "invalid", _("Some fields need attention."), _errors(name, error.detail))
        case exceptions.APIException() as error:
            code = error.get_codes()
            slug = code if isinstance(code, str) else error.default_code
            return _document(error.status_code, slug, str(error.detail))
    return None


def _ours(error: Exception) -> Exception:
    """Return what Django raised in our words."""
    match error:
        case Http404():
            return NotVisible()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case RequestDataTooBig():
            return TooLarge()
    if isinstance(error, _UNREADABLE):
        return exceptions.ParseError(_("This request could not be read."))
    return error


def _document(code: int, slug: str, sentence: str, errors: list[Document] | None = None) -> Document:
    slug = slug.replace("_", "-")
    document: Document = {
        "type": f"urn:common-thread:problem:{slug}",
        "title": sentence,
        "status": code,
        "code": slug,
    }
    return document | ({"errors": errors} if errors else {})


def _errors(name: str, detail: Any) -> list[Document]:
    """Return one error per sentence; a field of the body by its JSON pointer, a parameter by its plain name."""
    return [
        {name: "/".join(path[1:]) if name == "parameter" else "/".join(path), "detail": text}
        for path, text in _leaves(detail, [""])
    ]


def _leaves(detail: Any, path: list[str]) -> Iterator[tuple[list[str], str]]:
    """Walk nested errors; what is wrong with a whole object or list is said at its own place."""
    if isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        detail = dict(enumerate(detail))
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            is_whole = key == api_settings.NON_FIELD_ERRORS_KEY
            step = [] if is_whole else [str(key).replace("~", "~0").replace("/", "~1")]
            yield from _leaves(inner, path + step)
        return
    for one in detail if isinstance(detail, list) else [detail]:
        yield path, str(one)
