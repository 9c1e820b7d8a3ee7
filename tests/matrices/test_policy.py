"""Nothing without an entry: every route and method, every tenant table and every text column is spoken for."""

from tests.matrices.canaries import unshaped
from tests.matrices.oracle import ruleless
from tests.matrices.policy import POLICY, THIRD_PARTY
from tests.matrices.routes import routes


def test_every_route_and_method_is_classified() -> None:
    missing = [
        f"{route.name} ({method}, /{route.pattern}) has no line in tests/matrices/policy.py: say who gets which answer."
        for route in routes()
        if not route.is_foreign
        for method in sorted(route.methods - POLICY.get(route.name, {}).keys())
    ]
    assert missing == []


def test_policy_speaks_of_no_route_that_is_gone() -> None:
    known = {route.name for route in routes()}
    assert [name for name in POLICY if name not in known] == []


def test_every_route_of_other_packages_is_named() -> None:
    assert sorted(THIRD_PARTY) == sorted(route.name for route in routes() if route.is_foreign)


def test_every_denial_has_a_positive_twin() -> None:
    """Somebody gets the same request done, or as far as being told what is missing (a file, another state)."""
    denials = {"401", "403", "404", "login", "new"}
    lonely = [
        f"{name} {method}"
        for name, cases in POLICY.items()
        for method, case in cases.items()
        if not set(case.outcomes.values()) - denials
    ]
    assert lonely == []


def test_every_tenant_table_has_a_rule_in_the_oracle() -> None:
    assert ruleless() == []


def test_every_json_column_has_a_shape_to_plant_words_in() -> None:
    assert unshaped() == []
