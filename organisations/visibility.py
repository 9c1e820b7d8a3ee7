"""Who is looking: the one value from which every scope and permission is computed."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in an organisation; each includes those below it."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class Capability(StrEnum):
    """What an organisation is; any mix. Most suppliers are also buyers of someone else."""

    BUYER = "buyer"
    SUPPLIER = "supplier"
    AUDIT_FIRM = "audit_firm"
    SCHEME_BODY = "scheme_body"
    STAKEHOLDER = "stakeholder"
    OPERATOR = "operator"


# What an organisation may call itself; the operator of the installation gives the others.
FREE_CAPABILITIES = frozenset({Capability.BUYER, Capability.SUPPLIER, Capability.STAKEHOLDER})

# An organisation that is any of these sees what belongs to others.
SEES_OTHERS = frozenset(Capability) - {Capability.SUPPLIER}

# What a program can be allowed to read or write; every API view names one of these as its `resource`.
RESOURCES = (
    "organisations",
    "sites",
    "register",
    "imports",
    "trade-links",
    "engagements",
    "methodologies",
    "audits",
    "findings",
    "plans",
    "evidence",
    "documents",
    "schemes",
)
SCOPES = frozenset(f"{resource}:{verb}" for resource in RESOURCES for verb in ("read", "write"))

RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2}


@dataclass(frozen=True, slots=True)
class Viewer:
    """One person looking on behalf of one organisation.

    Args:
        person_id: the person signed in, or the person who made the API token.
        organisation_id: the organisation on whose behalf they look.
        role: what they may do there.
        capabilities: what the organisation is.
        site_ids: the organisation's own sites the member is limited to; None means all.
        scopes: what an API token may do, `resource:verb`; None means a browser session, limited by role only.
    """

    person_id: int
    organisation_id: int
    role: Role
    capabilities: frozenset[Capability]
    site_ids: frozenset[int] | None = None
    scopes: frozenset[str] | None = None

    def is_at_least(self, role: Role) -> bool:
        """Tell whether the member's role is `role` or one that includes it."""
        return RANK[self.role] >= RANK[role]

    def has(self, capability: Capability) -> bool:
        """Tell whether the organisation has `capability`."""
        return capability in self.capabilities
