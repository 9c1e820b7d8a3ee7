"""Grades, imports and methodologies over the API: the same actions, the same refusals."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator

from findings.models import ClosurePolicyChange, Finding, MethodologyVersion
from organisations.models import Organisation, Person
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.management import managed
from tests.findings.conftest import House
from tests.findings.definitions.test_catalogue import SMALL

SignedIn = Callable[[Organisation], Client]
GOOD = {"requirement": "3.B", "title": "Exit", "description": "Seen", "severity": "major"}
HINT = "UPDATE findings_workplacerequirement SET sdg_targets = '{8.7}'"
TITLE = "UPDATE findings_workplacerequirement SET title = 'Other words'"


def _send(client: Client, path: str, body: Any, status: int = 200, method: str = "post") -> Any:
    send: Callable[..., HttpResponse] = getattr(client, method)
    answer = send(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def _document(*findings: dict[str, Any]) -> dict[str, Any]:
    return {"format": "common-thread-audit", "version": 1, "findings": list(findings)}


def test_a_document_is_judged_and_then_taken_once(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    brought = _send(client, "audit-imports/", {"audit": audit.code, "content": _document(GOOD)}, 201)
    assert (brought["is_ready"], brought["rows"][0]["verdict"]) == (True, "new")
    for _ in range(2):
        done = _send(client, f"audit-imports/{brought['code']}/apply/", {})
        assert done["state"] == "applied"
    with owner_role():
        assert Finding.objects.count() == 1
    told = client.get("/api/v1/audit-imports/schema/").json()
    document = client.get(f"/api/v1/audits/{audit.code}/export/").json()
    Draft202012Validator(told["schema"]).validate(document)
    assert document["findings"][0]["title"] == "Exit"


def test_a_bad_row_names_its_column_and_applying_is_refused(house: House, signed_in: SignedIn) -> None:
    client, audit = signed_in(house.firm), house.audit()
    bad = GOOD | {"requirement": "1A.C"}
    brought = _send(client, "audit-imports/", {"audit": audit.code, "content": _document(bad)}, 201)
    assert brought["rows"][0]["faults"][0]["column"] == "Severity"
    _send(client, f"audit-imports/{brought['code']}/apply/", {}, 409)
    _send(client, "audit-imports/", {"audit": audit.code}, 400)
    _send(client, "audit-imports/", {"audit": audit.code, "content": {"format": "other"}}, 422)


def test_cells_are_graded_and_read(house: House, signed_in: SignedIn) -> None:
    managed(house.version)
    client, audit = signed_in(house.firm), house.audit()
    path = f"audits/{audit.code}/management-systems/"
    said = {"section": "3", "element": "policies", "grade": "robust"}
    assert _send(client, path, {"ratings": [said]}, method="patch")["rated"] == 1
    assert _send(client, path, {"ratings": [said | {"grade": None}]}, method="patch")["rated"] == 0
    _send(client, path, {"ratings": [said | {"grade": "perfect"}]}, 422, method="patch")
    assert signed_in(house.supplier).get(f"/api/v1/{path}").status_code == 404


@pytest.fixture
def operator(db: object) -> Person:
    """An admin of the organisation that runs the installation."""
    return people.membership(people.organisation("We run it", Capability.OPERATOR)).person


def test_the_operator_loads_a_catalogue_and_sets_a_period(
    operator: Person, client_for: Callable[..., Client]
) -> None:
    client = client_for(operator)
    said = {"file_name": "a.yaml", "text": SMALL}
    assert not _send(client, "methodologies/load/", said)["applied"]
    with owner_role():
        assert not MethodologyVersion.objects.exists()
    _send(client, "methodologies/load/", said | {"apply": True})
    _send(client, "methodologies/load/", said | {"text": "key: ["}, 400)
    closure = {"severity": "major", "days": 45, "source": "Ours"}
    _send(client, "methodologies/small-1.0/closure/", closure, method="patch")
    _send(client, "methodologies/small-1.0/closure/", closure | {"source": ""}, 422, method="patch")
    with owner_role():
        assert ClosurePolicyChange.objects.filter(days=45, days_before=60).count() == 1


def _sql(house: House, who: Any, sql: str) -> int:
    with house.as_(who), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def test_raw_sql_changes_no_catalogue_that_audits_rest_on_but_for_hints(house: House) -> None:
    runs = people.viewer(people.organisation("We run it", Capability.OPERATOR))
    assert _sql(house, runs, TITLE.replace("Other", "Our")) == 3
    house.audit()
    for sql in (TITLE, "DELETE FROM findings_workplacerequirement", "UPDATE findings_section SET code = 'X'"):
        with pytest.raises(Error, match="audits rest on this"):
            _sql(house, runs, sql)
    assert _sql(house, runs, HINT) == 3
    for who in (house.firm, house.supplier, house.buyer):
        assert _sql(house, who, HINT) == 0
        assert _sql(house, who, "UPDATE findings_closurepolicy SET days = 1") == 0
        with pytest.raises(Error):
            _sql(house, who, "DELETE FROM findings_closurepolicychange")
