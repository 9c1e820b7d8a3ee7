"""The contract: valid, complete, the same for everyone, and true of every view."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from config import api
from organisations.api.authentication import ANY, TokenAuthentication
from organisations.visibility import RESOURCES, SCOPES
from tests.api.conftest import ROOT, Program
from tests.factories.world import World
from web.api import Endpoint

WRITES = {"post", "put", "patch", "delete"}


def _contract() -> dict[str, Any]:
    found: dict[str, Any] = Client().get(f"{ROOT}/schema/").json()
    return found


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in _contract()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _routes(patterns: list[Any]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns)
        else:
            yield one


@pytest.mark.django_db
def test_schema_is_openapi_3_1_without_a_warning() -> None:
    made = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", stdout=made)
    document = json.loads(made.getvalue())
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()
    assert document == _contract()


@pytest.mark.django_db
def test_everyone_reads_the_same_schema(scene: World, program: Any, client_for: Any) -> None:
    answers = [
        Client().get(f"{ROOT}/schema/"),
        Client().get(f"{ROOT}/schema/", headers={"Accept-Language": "en-xa"}),
        client_for(scene.buyer.person).get(f"{ROOT}/schema/"),
        program(scene.supplier, "plans:read")("get", "/schema/"),
    ]
    assert {(one.status_code, one["Content-Type"]) for one in answers} == {(200, "application/json")}
    assert len({one.content for one in answers}) == 1


@pytest.mark.django_db
def test_every_operation_says_what_it_is_what_it_needs_and_how_it_refuses() -> None:
    seen = set()
    for path, method, operation in _operations():
        where = f"{method} {path}"
        seen.add(operation["operationId"])
        assert operation["summary"], where
        assert len(operation["tags"]) == 1, where
        assert [sorted(way) for way in operation["security"]] == [["token"], ["session"]], where
        scope = operation["security"][0]["token"]
        verb = "write" if method in WRITES else "read"
        assert path == f"{ROOT}/me/" or scope == [f"{operation['tags'][0]}:{verb}"], where
        assert set(scope) <= SCOPES, where
        answers = set(operation["responses"])
        assert answers & {"200", "201", "202", "204"}, where
        assert {"400", "401", "403", "406", "500"} <= answers, where
        assert ("404" in answers) or "{" not in path, where
        assert ({"409", "422"} <= answers) == (method in WRITES), where
        assert ({"413", "415"} <= answers) == ("requestBody" in operation), where
        for parameter in operation.get("parameters", []):
            assert parameter["in"] == "query" or parameter["description"], where
    assert len(seen) == len(list(_operations()))


@pytest.mark.django_db
def test_problems_share_one_component_and_input_is_closed() -> None:
    parts = _contract()["components"]
    for name, answer in parts["responses"].items():
        shape = answer["content"]["application/problem+json"]["schema"]
        assert shape == {"$ref": "#/components/schemas/Problem"}, name
    for _path, _method, operation in _operations():
        for body in operation.get("requestBody", {}).get("content", {}).values():
            shape = parts["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
            assert shape["additionalProperties"] is False


def test_every_view_is_an_endpoint_with_a_resource_and_asks_who_it_is() -> None:
    free = []
    for route in _routes(api.urlpatterns):
        view = route.callback.cls  # type: ignore[attr-defined]
        assert issubclass(view, Endpoint), route
        if view.resource == ANY:
            free.append(route.name)
        else:
            assert view.resource in RESOURCES, route
        if route.name != "api-schema":
            assert TokenAuthentication in view.authentication_classes, route
            assert [one.__name__ for one in view.permission_classes] == ["HasViewer"], route
    assert sorted(str(name) for name in free) == ["api-me", "api-schema"]


class Nowhere(dict[str, str]):
    """Gives every part of an address a value that names nothing."""

    def __missing__(self, part: str) -> str:
        return {"number": "999", "key": "none", "form": "xlsx"}.get(part, "ZZZZZZZZZZ")


@pytest.mark.django_db
def test_token_needs_the_scope_that_the_schema_names(scene: World, program: Any) -> None:
    """Every operation, once without its scope and once with nothing but its scope; nothing exists at the codes."""
    for path, method, operation in _operations():
        scope = operation["security"][0]["token"]
        if not scope:
            continue
        address = path.removeprefix(ROOT).format_map(Nowhere())
        body: Any = {} if method in WRITES else None
        without = _ask(program(scene.buyer, *sorted(SCOPES - set(scope))[:20]), method, address, body)
        assert (without.status_code, without.json()["code"]) == (403, "scope-missing"), path
        assert scope[0] in without.json()["title"]
        answer = _ask(program(scene.buyer, *scope), method, address, body)
        assert answer.status_code != 401, path
        assert answer.status_code != 403 or answer.json()["code"] != "scope-missing", path


def _ask(program: Program, method: str, address: str, body: Any) -> Any:
    return program(method, address, body)
