"""Requests made up from the schema, valid and broken, as several callers: no fault, and nothing the schema hides.

`API_FUZZ_EXAMPLES=200 bin/test tests/api/test_fuzz.py` digs deeper; the default is a fixed handful per operation.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from tests.api.conftest import House, new_token

EXAMPLES = int(os.environ.get("API_FUZZ_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# Names of fields that take a code → where it comes from, so that a made-up body gets further than "no such site".
NAMED = {
    "site": "sites",
    "sites": "sites",
    "audit": "audits",
    "follows": "audits",
    "audit_firm": "organisations",
    "supplier_code": "organisations",
    "customer_code": "organisations",
    "methodology": "methodologies",
    "places": "register",
}
BUSY = {"supplier", "firm", "buyer"}
CALLERS = (*sorted(BUSY), "browser", "bare", "anonymous")


@pytest.fixture
def contract(house: House) -> Iterator[Any]:
    """Return the schema as it is published, with our application behind it in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@pytest.mark.parametrize("caller", CALLERS)
def test_made_up_requests_get_answers_that_the_schema_names(house: House, contract: Any, caller: str) -> None:
    headers, cookies = _credentials(house, caller)
    kinds = list(GenerationMode) if caller in BUSY else [GenerationMode.POSITIVE]
    run = Run(house, headers, cookies, EXAMPLES if caller in BUSY else 1)
    for operation in _operations(contract):
        for kind in kinds:
            run.ask(operation, kind)
    assert not run.wrong, "\n\n".join(run.wrong)
    if caller == "anonymous":
        assert run.answers <= {401, 404}  # an address that no route has is nobody's secret
    else:
        assert {200, 404} <= run.answers or caller == "bare"


def _operations(contract: Any) -> Iterator[Any]:
    for one in contract.get_all_operations():
        yield one.ok()


def _credentials(house: House, caller: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the headers and cookies with which a caller comes in."""
    if caller == "anonymous":
        return {}, {}
    if caller == "browser":
        client, secret = Client(), "x" * 32
        client.force_login(house.world.supplier.person)
        return {"X-CSRFToken": secret}, {"sessionid": client.cookies["sessionid"].value, "csrftoken": secret}
    member = house.world.supplier if caller == "bare" else getattr(house.world, caller)
    _row, secret = new_token(member, *([""] if caller == "bare" else []))
    return {"Authorization": f"Bearer {secret}"}, {}


@dataclass
class Run:
    """Asks one caller's requests, each taken back, and keeps what is wrong with an answer."""

    house: House
    headers: dict[str, str]
    cookies: dict[str, str]
    examples: int
    wrong: list[str] = field(default_factory=list)
    answers: set[int] = field(default_factory=set)

    def ask(self, operation: Any, kind: GenerationMode) -> None:
        """Ask an operation with the codes that there are, and with made-up ones."""

        @settings(
            max_examples=self.examples if kind is GenerationMode.POSITIVE else max(1, self.examples // 2),
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.one_of(self._ways(operation, kind)), st.randoms(use_true_random=False))
        def once(case: Any, chance: Any) -> None:
            if kind is GenerationMode.POSITIVE and isinstance(case.body, dict):
                case.body = {
                    name: _planted(name, value, self.house, chance) for name, value in case.body.items()
                }
            with transaction.atomic():
                answer = case.call(headers=self.headers, cookies=self.cookies)
                transaction.set_rollback(True)
            self.answers.add(answer.status_code)
            broken = [checks.negative_data_rejection] if kind is GenerationMode.NEGATIVE else []
            case.validate_response(answer, checks=[*CHECKS, *broken], headers=self.headers)

        try:
            once()
        except (FailureGroup, Failure) as error:
            each = getattr(error, "exceptions", [error])
            self.wrong += [f"{operation.label} ({kind.value}): {one}" for one in each]

    def _ways(self, operation: Any, kind: GenerationMode) -> list[Any]:
        resource = operation.path.removeprefix("/api/v1/").partition("/")[0]
        known = self.house.codes.get(resource, []) if "{" in operation.path else []
        ways = []
        for code in known:
            places = {one: code for one in ("code", "key") if f"{{{one}}}" in operation.path}
            if "{car_code}" in operation.path:
                places["car_code"] = self.house.codes["findings"][0]
            ways.append(operation.as_strategy(kind, path_parameters=places))
        return [*ways, operation.as_strategy(kind)]


def _planted(name: str, value: Any, house: House, chance: Any) -> Any:
    codes = house.codes.get(NAMED.get(name, ""), [])
    if not codes or chance.random() < 0.2:
        return value
    if isinstance(value, list):
        return [chance.choice(codes) if isinstance(one, str) else one for one in value]
    return chance.choice(codes) if isinstance(value, str) else value
