"""Everyone who might ask, by name, and the groups that the policy speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Principal:
    """Somebody at the door: a person of the world with a browser, a program with a token, or nobody we know."""

    name: str
    person: str = ""
    token: str = ""

    def __str__(self) -> str:
        return self.name


_PEOPLE = (
    "nobody",  # signed in, member of no organisation
    "ex_member",  # was an admin of the supplier once
    "supplier",  # the admin of the supplier in the middle
    "editor",
    "onlooker",  # the role viewer
    "limited",  # an editor of the supplier who looks after its south site only
    "customer",  # sees the north site
    "rival",  # another customer of the same supplier; sees both sites
    "unlinked",
    "asking",  # its trade link is proposed, not accepted
    "ended",  # its trade link is over
    "firm",  # the audit firm of record, engaged for the north site
    "former_firm",  # made the audit before; engaged no longer
    "other_firm",
    "stakeholder",
    "operator",
    "far_supplier",  # has everything of its own, far away
    "body",  # the admin of the scheme body by which the supplier is assessed
    "assessor",  # an editor there
    "decider",  # another editor there
)
PRINCIPALS = (
    Principal("anonymous"),
    *(Principal(name, person=name) for name in _PEOPLE),
    Principal("token_full", token="full"),
    Principal("token_read_only", token="read_only"),
    Principal("token_bare", token="bare"),
    Principal("token_revoked", token="revoked"),
)
BY_NAME = {one.name: one for one in PRINCIPALS}

EVERYONE = frozenset(BY_NAME)
TOKENS = frozenset({"token_full", "token_read_only", "token_bare", "token_revoked"})
VISITORS = TOKENS | {"anonymous"}  # to a page, a token is nobody
HOMELESS = frozenset({"nobody", "ex_member"})
PEOPLE = EVERYONE - VISITORS
MEMBERS = PEOPLE - HOMELESS

SUPPLIER = frozenset({"supplier", "editor", "onlooker", "limited"})
NORTH = SUPPLIER - {"limited"}
EDITORS = frozenset({"supplier", "editor"})
SCHEME_BODY = frozenset({"body", "assessor", "decider"})
ADMINS = MEMBERS - {"editor", "onlooker", "limited", "assessor", "decider"}
BUYERS = frozenset({"customer", "rival", "unlinked", "asking", "ended", "far_supplier"})
FIRMS = frozenset({"firm", "former_firm", "other_firm"})
READERS = NORTH | {"customer", "rival", "firm"}  # of the north site and its published audit

# Who also asks with a random code after each 404: strangers to the supplier, one of them with much of its own.
PROBERS = frozenset({"far_supplier", "customer", "former_firm", "token_full"})
# django-allauth knows no organisations: its pages look alike to all members, so these ask for all.
AT_THE_DOOR = frozenset({"anonymous", "nobody", "supplier"})
