"""How the API describes itself: one operation at a time, and what all of them share."""

from typing import Any, cast

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import permissions

from config.problems import MEDIA_TYPE
from findings.lifecycle import AuditState, RequestState, VarianceState
from organisations.api.authentication import ANY, scope_of
from schemes.lifecycle import EditionState
from schemes.models.tracker import StepState
from web.api import Endpoint, NoQuery

Schema = dict[str, Any]

# The schema's names of enumerations are given in the settings.
AUDIT_STATES = [one.value for one in AuditState]
EDITION_STATES = [one.value for one in EditionState]
EVIDENCE_STATES = ["valid", "expiring", "expired", "retired"]
REQUEST_STATES = [one.value for one in RequestState]
STEP_STATES = [one.value for one in StepState]
VARIANCE_STATES = [one.value for one in VarianceState]

PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Programs rely on `code`; `title` is for people, in their language.",
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "`urn:common-thread:problem:` and the code.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "description": "The HTTP status again."},
        "code": {"type": "string", "description": "Stable; lower case with hyphens."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body that was sent."},
                    "parameter": {"type": "string", "description": "Or the parameter of the address."},
                    "detail": {"type": "string"},
                },
                "required": ["detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "code"],
    "additionalProperties": False,
}
PROBLEMS = {
    "400": ("Invalid", "The body or a parameter is not understood; `errors` says where."),
    "401": ("Unauthenticated", "No token or session, or one that is over."),
    "403": ("Forbidden", "Visible, but not allowed, or not within the token's scopes."),
    "404": ("NotVisible", "There is no such object, or it is not visible; the answer is the same."),
    "406": ("NotAcceptable", "Only JSON is offered."),
    "409": ("Conflict", "Not possible in the state that things are in; `code` says why."),
    "413": ("TooLarge", "The body is too large."),
    "415": ("UnsupportedType", "The body or the file is of a type that is not taken."),
    "422": ("Unprocessable", "Understood, but against a rule; `code` says which."),
    "500": ("Fault", "A fault on our side."),
}
PATHS = {
    "code": "Public code of the object, in upper or lower case.",
    "car_code": "Public code of the open CAR.",
    "key": "Key of the methodology version, or of the scheme.",
    "version": "Version of the edition.",
    "finding_code": "Public code of the finding.",
    "company_code": "Public code of the tracked company.",
    "photo_code": "Public code of the photo.",
    "request_code": "Public code of the wish for another rhythm.",
    "form": "Kind of file, `pdf`, `docx` or `xlsx` as far as there is one.",
    "number": "Number of the group or payment within the plan.",
    "use": "Public code of the evidence, where it is shown.",
    "question": "Public code of the question.",
    "kind": "Kind of paper: `report`, `schedule`, `notice` or `certificate`.",
}


class Operation(AutoSchema):
    """One operation: tag, scope, summary and parameters come from its `Endpoint`."""

    def get_tags(self) -> list[str]:
        """Return the resource, by which scopes are named, too."""
        return [self._tag()]

    def get_summary(self) -> str:
        """Return the first line of the method's docstring."""
        said = self.get_description() or ""
        return said.strip().partition("\n")[0].rstrip(".")

    def get_auth(self) -> list[Schema]:
        """Return the ways in; a token is named with the scope that it needs."""
        ways: list[Schema] = super().get_auth()
        scope = scope_of(self._endpoint.resource, self.method)
        return [{"token": [scope]} if scope and "token" in way else way for way in ways]

    def get_override_parameters(self) -> list[Any]:
        """Return what the address takes, which is what the endpoint checks."""
        query = self._endpoint.query
        return [query] if self.method in permissions.SAFE_METHODS and query is not NoQuery else []

    def _tag(self) -> str:
        resource = self._endpoint.resource
        return self.path.removeprefix("/api/v1/").partition("/")[0] if resource == ANY else resource

    @property
    def _endpoint(self) -> Endpoint:
        return cast(Endpoint, self.view)


class StrictExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Input takes no other names than its own."""

    target_class = "web.api.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Schema:
        """Return the serializer's schema, closed when it is input."""
        schema: Schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False} if direction == "request" else schema


def describe(result: Schema, **_about: Any) -> Schema:
    """Add to every operation the problems that it can answer with, and say what stands in its path."""
    _drop_empty_defaults(result)
    parts = result["components"]
    parts["schemas"]["Problem"] = PROBLEM
    parts["responses"] = {name: _response(text) for name, text in PROBLEMS.values()}
    for path, item in result["paths"].items():
        for method, operation in item.items():
            for status in _problems(path, method, operation):
                name = PROBLEMS[status][0]
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = PATHS[parameter["name"]]
    return result


def _drop_empty_defaults(part: Any) -> None:
    """Take away `default: ""` where an empty text may not be sent: it only means that the name can be left out."""
    if isinstance(part, dict):
        if part.get("default") == "" and ("enum" in part or "format" in part or part.get("minLength")):
            del part["default"]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            _drop_empty_defaults(one)


def _response(text: str) -> Schema:
    return {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _problems(path: str, method: str, operation: Schema) -> list[str]:
    """Return the statuses: everything can be refused by rights, changes also by state and by rules."""
    found = {"400", "401", "403", "406", "500"}
    if "{" in path or method == "post":
        found.add("404")
    if method != "get":
        found |= {"409", "422"}
    if "requestBody" in operation:
        found |= {"413", "415"}
    return sorted(found)
