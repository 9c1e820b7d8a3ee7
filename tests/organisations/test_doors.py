"""The doors of the house: the only places in which a transaction goes on as somebody else."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = ("config", "documents", "findings", "forum", "ledger", "organisations", "schemes", "sourcing", "web")
DOORS = {
    "organisations/actions/invitation.py": 1,  # accepting an invitation
    "organisations/actions/organisation.py": 1,  # founding an organisation
    "organisations/api/authentication.py": 1,  # signing in by token
    "organisations/views/middleware.py": 1,  # signing in by browser
}
SECRET_DOORS = {
    "forum/queries/consultation.py": 1,  # a comment without an account, by the link in its letter
    "forum/queries/news.py": 1,  # ending letters by the link in them
    "forum/queries/update.py": 1,  # the same
    "ledger/acting.py": 1,  # forgets the secret again in tests
    "organisations/api/authentication.py": 1,
    "organisations/queries/invitations.py": 1,
}


def _callers(name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            calls = sum(
                isinstance(node, ast.Call)
                and name in {getattr(node.func, "id", ""), getattr(node.func, "attr", "")}
                for node in ast.walk(ast.parse(path.read_text()))
            )
            if calls:
                found[str(path.relative_to(ROOT))] = calls
    return found


def test_become_is_called_by_the_doors_alone() -> None:
    assert _callers("become") == DOORS


def test_present_secret_is_called_by_the_doors_alone() -> None:
    assert _callers("present_secret") == SECRET_DOORS


def test_become_is_never_passed_on_under_another_name() -> None:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "ledger.acting":
                    assert all(alias.asname is None for alias in node.names), path
