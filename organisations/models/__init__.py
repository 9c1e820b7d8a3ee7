"""Shape and invariants of people and organisations."""

from organisations.models.invitation import Invitation
from organisations.models.membership import ROLE_LABELS, Membership
from organisations.models.organisation import CAPABILITY_LABELS, Organisation, OrganisationAccess
from organisations.models.person import Person
from organisations.models.token import ApiToken

__all__ = [
    "CAPABILITY_LABELS",
    "ROLE_LABELS",
    "ApiToken",
    "Invitation",
    "Membership",
    "Organisation",
    "OrganisationAccess",
    "Person",
]
