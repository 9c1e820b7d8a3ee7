"""What is known about purchasing categories and evidence: read by everybody, the same for all."""

from tests.matrices.cases import Case, everyone

PAGES: dict[str, dict[str, Case]] = {
    "sourcing:knowledge": {"get": everyone()},
    "sourcing:knowledge_evidence": {"get": everyone()},
    "sourcing:knowledge_category": {"get": everyone(of=("textiles",))},
}
NO_LISTS = {
    "sourcing:knowledge": "six categories, from files",
    "sourcing:knowledge_evidence": "fourteen kinds, from files",
}
