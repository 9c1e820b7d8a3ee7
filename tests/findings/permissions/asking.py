"""Who asks about what, for tables of permissions: plain values, no database.

A line of a table is (permission, its arguments, the code of the refusal or "" when it is allowed).
"""

from types import SimpleNamespace
from typing import Any

from ledger.refusals import Decision
from organisations.visibility import Capability, Role, Viewer

US, THEM, OTHERS = 1, 2, 3
SITE, AUDIT = 10, 20
Line = tuple[Any, tuple[Any, ...], str]


def viewer(organisation: int = US, *can: Capability, role: Role = Role.EDITOR, **more: Any) -> Viewer:
    """Return an editor of our own organisation, unless told otherwise."""
    person = more.pop("person_id", 7)
    return Viewer(person, organisation, role, frozenset(can), **more)


def reader(*can: Capability) -> Viewer:
    """Return a colleague who may read only."""
    return viewer(US, *can, role=Role.VIEWER)


def audit(**facts: Any) -> Any:
    """Return a published audit of our site by their firm."""
    given = {"pk": AUDIT, "site_id": SITE, "supplier_id": US, "audit_firm_id": THEM, "state": "published"}
    found = SimpleNamespace(**(given | facts))
    found.is_published = found.state in {"published", "superseded"}
    found.published_at = "a day" if found.is_published else None
    return found


def car(**facts: Any) -> Any:
    """Return an open CAR of our site in a published audit."""
    state_of_audit = facts.pop("audit_state", "published")
    given = {
        **{"kind": "car", "is_car": True, "state": "open", "supplier_id": US, "audit_firm_id": THEM},
        **{"audit_id": AUDIT, "site_id": SITE, "has_plan": True, "audit": audit(state=state_of_audit)},
    }
    return SimpleNamespace(**(given | facts))


def nc(**facts: Any) -> Any:
    """Return an open non-compliance of our site that is verified from a desk."""
    return car(**({"kind": "nc", "is_car": False, "verification": "desktop"} | facts))


def thing(**facts: Any) -> Any:
    """Return anything else."""
    return SimpleNamespace(**facts)


def answer(line: Line) -> str:
    """Return the code of the refusal, "" when it is allowed."""
    permission, arguments, _expected = line
    decision = permission(*arguments)
    assert isinstance(decision, Decision)
    assert bool(decision) is not bool(decision.code)
    return decision.code


def named(line: Line) -> str:
    """Name a line of a table."""
    return f"{line[0].__name__}-{line[2] or 'allowed'}"
