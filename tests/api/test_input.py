"""What is sent: only what the schema names, within bounds, and never a fault of ours."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.api.conftest import ROOT, House, Program
from tests.factories.world import World

pytestmark = pytest.mark.django_db
Programs = Callable[..., Program]
SITE = {"name": "East Mill", "country": "BD"}


def _send(ask: Program, raw: bytes | str, path: str = "/sites/") -> Any:
    data = raw.encode() if isinstance(raw, str) else raw
    return ask.client.post(f"{ROOT}{path}", data, content_type="application/json", headers=ask.headers)


def _operations() -> list[tuple[str, str, list[dict[str, Any]]]]:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    return [
        (method, path.removeprefix(ROOT), one.get("parameters", []))
        for path, methods in paths.items()
        for method, one in methods.items()
    ]


def _address(path: str, house: House) -> str:
    resource = path.strip("/").partition("/")[0]
    codes = house.codes.get(resource, ["x"])
    finding = house.codes["findings"][0]
    known = {"code": codes[0], "key": codes[0], "car_code": finding, "finding_code": finding, "form": "xlsx"}
    return path.format_map(defaultdict(lambda: "1", known))


def test_parameter_that_is_not_known_is_refused_everywhere(house: House, program: Programs) -> None:
    ask = program(house.world.supplier)
    for method, path, _known in _operations():
        for name in ("colour", "format"):
            body: Any = {} if method != "get" else None
            answer = ask(method, f"{_address(path, house)}?{name}=1", body)
            assert answer.status_code == 400, f"{method} {path}"
            assert [one["parameter"] for one in answer.json()["errors"]] == [name]


def test_nul_in_an_address_is_refused_everywhere(house: House, program: Programs) -> None:
    asks = [program(one) for one in (house.world.supplier, house.world.buyer)]
    for method, path, known in _operations():
        body: Any = {} if method != "get" else None
        names = [one["name"] for one in known if one["in"] == "query"]
        for ask in asks:
            for name in (*names, "name"):
                answer = ask(method, f"{_address(path, house)}?{name}=%00", body)
                assert answer.status_code == 400, f"{method} {path} {name}"
            if "{" in path:
                broken = path.format_map(
                    defaultdict(lambda: "1", code="A%00B", key="%00", car_code="%00", finding_code="%00")
                )
                assert ask(method, broken, body).status_code == 404, f"{method} {path}"


def test_list_takes_no_junk(house: House, program: Programs) -> None:
    buyer, supplier = program(house.world.buyer), program(house.world.supplier)
    foreign = signing.dumps(["name,id", True, [["=", "A"], ["=", "x"]]], salt="web.paging")
    junk = {
        "limit": ["0", "201", "-1", "x", "", "1e2", "1000000000", "9" * 5000, "٣", "1&limit=2"],
        "cursor": ["", "x", "%00", "%ED%A0%80", "é" * 5000, "a:b:c", foreign[:-1] + "!"],
    }
    for method, path, known in _operations():
        if method != "get" or "limit" not in {one["name"] for one in known}:
            continue
        start = f"{_address(path, house)}?" + ("methodology=invented-1.0&" if "requirements" in path else "")
        ask = buyer if buyer("get", f"{start}limit=200").status_code == 200 else supplier
        assert ask("get", f"{start}limit=200").status_code == 200, path
        for name, values in junk.items():
            for value in values:
                answer = ask("get", f"{start}{name}={value}")
                assert answer.status_code == 400, f"{path} {name}={value[:20]}"
                assert [one["parameter"] for one in answer.json()["errors"]] == [name]


def test_cursor_of_another_list_is_refused(house: House, program: Programs) -> None:
    ask = program(house.world.supplier)
    following = ask("get", "/sites/?limit=1").json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert ask("get", f"/sites/?limit=1&cursor={cursor}").status_code == 200
    assert ask("get", f"/plans/?cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe{\x00}\x00",
        b'{"name": "\xed\xa0\x80", "country": "BD"}',
        '{"name": "\\ud800", "country": "BD"}',
        '{"\\ud800": 1}',
        '{"name": "a\\u0000b", "country": "BD"}',
        '{"name": "a", "country": "BD", "latitude": NaN, "longitude": 1}',
        '{"name": "a", "country": "BD", "latitude": Infinity, "longitude": 1}',
        '{"name": "a", "country": "BD", "latitude": 1e999, "longitude": 1}',
        '{"name": "a", "country": "BD", "latitude": "nan", "longitude": 1}',
        '{"name": "a", "name": "b", "country": "BD"}',
        '{"name": "a", "country": "BD", "workers": ' + "9" * 5000 + "}",
        "[" * 200_000,
        "[" * 5000 + "]" * 5000,
        '{"name": ' + '{"a":' * 33 + "1" + "}" * 34,
        "null",
        "[]",
        '"x"',
        "1",
    ],
)
def test_body_that_is_broken_is_refused(scene: World, program: Programs, raw: bytes | str) -> None:
    answer = _send(program(scene.supplier), raw)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("name", True),
        ("name", None),
        ("name", ["x"]),
        ("name", {"x": 1}),
        ("workers", "12"),
        ("workers", True),
        ("workers", 1.5),
        ("workers", 10**30),
        ("latitude", "1"),
        ("latitude", True),
        ("kind", 1),
        ("kind", "moon"),
        ("closed_on", 20260101),
        ("closed_on", "2026-02-30"),
        ("colour", "red"),
        ("code", "ABC"),
    ],
)
def test_value_of_another_type_than_the_schema_says_is_refused(
    scene: World, program: Programs, field: str, value: Any
) -> None:
    ask = program(scene.supplier)
    answer = ask("post", "/sites/", SITE | {field: value})
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{field}"]


def test_values_of_the_right_types_are_taken(scene: World, program: Programs) -> None:
    body = SITE | {"workers": 12.0, "latitude": 23, "longitude": 90.4, "kind": "farm", "closed_on": None}
    answer = program(scene.supplier)("post", "/sites/", body)
    assert (answer.status_code, answer.json()["workers"]) == (201, 12)


def test_body_within_its_bounds_is_read(scene: World, program: Programs) -> None:
    ask = program(scene.supplier)
    assert _send(ask, b" " * 900_000 + json.dumps(SITE).encode()).status_code == 201
    assert _send(ask, b" " * 1_000_001).status_code == 413
    assert (
        Client().post(f"{ROOT}/sites/", b" " * 1_000_001, content_type="application/json").status_code == 401
    )
