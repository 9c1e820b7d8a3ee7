"""A small world for a test: a supplier with a site, an audit firm engaged for it, customers, and a published CAR."""

from dataclasses import dataclass

from findings.models import Finding
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Viewer
from sourcing.models import Site
from tests.factories import findings as make
from tests.factories.organisations import membership, organisation
from tests.factories.sourcing import engagement, link, site


@dataclass
class World:
    """Everyone's membership, and what they work on."""

    supplier: Membership
    firm: Membership
    buyer: Membership
    other_buyer: Membership
    stranger: Membership
    site: Site
    car: Finding

    @property
    def as_supplier(self) -> Viewer:
        return viewer_from(self.supplier)

    @property
    def as_firm(self) -> Viewer:
        return viewer_from(self.firm)

    @property
    def as_buyer(self) -> Viewer:
        return viewer_from(self.buyer)

    @property
    def as_other_buyer(self) -> Viewer:
        return viewer_from(self.other_buyer)

    @property
    def as_stranger(self) -> Viewer:
        return viewer_from(self.stranger)


def world(*, publish: bool = True) -> World:
    """Make the small world; its audit has one CAR and is published unless told otherwise."""
    supplier = organisation("Surma Shoes")
    firm = organisation("Meridian Assurance", Capability.AUDIT_FIRM, is_listed=True)
    buyer, other = (organisation(name, Capability.BUYER) for name in ("Northfield Retail", "Eastgate Stores"))
    place = site(supplier, "Surma Shoes, Unit 2")
    engagement(place, firm)
    for customer in (buyer, other):
        link(customer, supplier)
    car = make.car(make.audit(place, firm), title="Workers paid fees to get this job")
    if publish:
        make.publish(car.audit)
    return World(
        supplier=_member(supplier),
        firm=_member(firm),
        buyer=_member(buyer),
        other_buyer=_member(other),
        stranger=_member(organisation("Quiet Mill")),
        site=place,
        car=car,
    )


def _member(of: Organisation) -> Membership:
    return membership(of)
