"""Methodologies: the same for every member; the operator's editors look after them."""

from typing import Any

from tests.findings.definitions.test_catalogue import SMALL
from tests.matrices.cases import NO_ONE, Case, done, page, says, sent
from tests.matrices.principals import MEMBERS

OPERATOR = frozenset({"operator"})
OTHERS = MEMBERS - OPERATOR
CLOSURE: dict[str, Any] = {"severity": "major", "days": 45, "source": "Ours"}

PAGES: dict[str, dict[str, Case]] = {
    "findings:methodologies": {"get": page()},
    "findings:methodology": {"get": page(of=("invented-1.0",))},
    "findings:methodology_load": {
        "get": page(OPERATOR),
        "post": page(NO_ONE, otherwise=dict.fromkeys(OPERATOR, 422)),
    },
    "findings:methodology_closure": {
        "get": page(OPERATOR, forbidden=OTHERS, of=("invented-1.0", "major")),
        "post": done(
            OPERATOR, forbidden=OTHERS, of=("invented-1.0", "major"), body=says(days="45", source="Ours")
        ),
    },
    "api-methodology-load": {"post": sent(OPERATOR, body=says(file_name="a.yaml", text=SMALL, apply=True))},
    "api-methodology-closure": {
        "patch": sent(OPERATOR, forbidden=OTHERS, of=("invented-1.0",), body=says(**CLOSURE))
    },
}
NO_LISTS = {
    "findings:methodologies": "reference data",
    "findings:methodology_load": "a form",
}
