"""One supplier with a site, two customers, two audit firms, and strangers; who acts is said by name."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from findings.lifecycle import AuditState
from findings.models import Audit, Auditor, ClosurePolicy, Finding, MethodologyVersion
from ledger.acting import acting
from organisations.models import Membership, Organisation, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role, Viewer
from sourcing.models import Site
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories import sourcing as places

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAYS = {"business_critical": 0, "critical": 30, "major": 60, "minor": 90}


@dataclass
class House:
    """Organisations by their part, an admin of each, and two sites of the supplier."""

    supplier: Organisation
    buyer: Organisation
    rival: Organisation
    firm: Organisation
    other_firm: Organisation
    stranger: Organisation
    north: Site
    south: Site
    version: MethodologyVersion
    admins: dict[int, Membership] = field(default_factory=dict)

    def viewer(self, of: Organisation) -> Viewer:
        """Return the admin of an organisation as Viewer."""
        return viewer_from(self.admins[of.pk])

    def member(self, of: Organisation, role: Role, site_ids: list[int] | None = None) -> Viewer:
        """Make another member and return their Viewer."""
        return people.viewer(of, role, site_ids)

    @contextmanager
    def as_(self, who: Organisation | Viewer) -> Iterator[Viewer]:
        """Act as the admin of an organisation, or as a given member."""
        viewer = who if isinstance(who, Viewer) else self.viewer(who)
        with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
            yield viewer

    def audit(self, state: str = AuditState.IN_PROGRESS, *, lead: bool = True, **fields: Any) -> Audit:
        """Make an audit of the north site by the firm, in a state, with its lead auditor named."""
        site, firm = fields.pop("site", self.north), fields.pop("firm", self.firm)
        made = (
            self._scheduled(site, firm) if state == AuditState.SCHEDULED else make.audit(site, firm, **fields)
        )
        with owner_role():
            if lead:
                Auditor.objects.create(
                    audit=made, name="Rita Rahman", grade="CSCA", apsca_number="21700123", is_lead=True
                )
        if state in {AuditState.SUBMITTED, AuditState.PUBLISHED, AuditState.SUPERSEDED}:
            self.to(made, AuditState.SUBMITTED)
        if state in {AuditState.PUBLISHED, AuditState.SUPERSEDED}:
            self.to(made, AuditState.PUBLISHED)
        return made

    def _scheduled(self, site: Site, firm: Organisation) -> Audit:
        with owner_role():
            made = Audit.objects.create(
                site=site,
                audit_firm=firm,
                version=self.version,
                starts_on=dt.date(2026, 3, 3),
                ends_on=dt.date(2026, 3, 4),
            )
            made.refresh_from_db()
            return made

    def to(self, audit: Audit, state: str) -> Audit:
        """Move an audit in the database, as its guards allow; closes nothing by itself."""
        with owner_role():
            if state == AuditState.SUBMITTED:
                audit.submitted_at = AT
            if state == AuditState.PUBLISHED:
                audit.published_at = AT
            audit.state = state
            audit.save(update_fields=["state", "submitted_at", "published_at"])
        return audit


@pytest.fixture
def house(db: Any) -> House:
    """Return the house: both customers are linked to the whole supplier, both firms engaged for the north site."""
    made = {
        "supplier": people.organisation("Meadow Garments"),
        "buyer": people.organisation("Bright Stores", Capability.BUYER),
        "rival": people.organisation("Rival Retail", Capability.BUYER),
        "firm": people.organisation("Fair Look Audits", Capability.AUDIT_FIRM),
        "other_firm": people.organisation("Second Sight", Capability.AUDIT_FIRM),
        "stranger": people.organisation("Stranger Stores", Capability.BUYER),
    }
    north, south = places.site(made["supplier"], "North Mill"), places.site(made["supplier"], "South Mill")
    for name in ("buyer", "rival"):
        places.link(made[name], made["supplier"])
    for name in ("firm", "other_firm"):
        places.engagement(north, made[name])
    version = make.version()
    with owner_role():
        for severity, days in DAYS.items():
            ClosurePolicy.objects.get_or_create(version=version, severity=severity, defaults={"days": days})
    admins = {one.pk: people.membership(one) for one in made.values()}
    return House(**made, north=north, south=south, version=version, admins=admins)


@pytest.fixture
def signed_in(house: House, client_for: Callable[[Person], Client]) -> Callable[[Organisation], Client]:
    """Return a function that signs the admin of an organisation in."""
    return lambda of: client_for(house.admins[of.pk].person)


@pytest.fixture
def car(house: House) -> Finding:
    """Return an open CAR of a published audit of March 2026, with a non-compliance beside it."""
    audit = house.audit()
    found = make.car(audit, title="Agents charge fees")
    make.finding(audit, title="Blocked exit")
    house.to(audit, AuditState.SUBMITTED)
    house.to(audit, AuditState.PUBLISHED)
    return found
