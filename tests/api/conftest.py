"""A small world with one thing of each kind, and programs that ask about it with tokens."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from documents.models import Document
from ledger.acting import acting
from ledger.codes import new_code
from organisations.actions.token import make_token
from organisations.models import ApiToken, Membership
from organisations.queries import viewer_from
from organisations.visibility import SCOPES, Capability
from sourcing.lifecycle import EngagementState, ImportState, LinkState
from sourcing.models import ImportRow, RegisterEntry, SiteImport
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import schemes, tracker
from tests.factories import sourcing as places
from tests.factories.world import World, world

ROOT = "/api/v1"


def new_token(member: Membership, *scopes: str) -> tuple[ApiToken, str]:
    """Make a token of a member: with all scopes unless some are named; `""` names none."""
    viewer = viewer_from(member)
    wanted = [one for one in scopes if one] if scopes else sorted(SCOPES)
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        row, secret = make_token(
            viewer=viewer, name="ERP", scopes=wanted or ["sites:read"], days=9, at=timezone.now()
        )
    if not wanted:
        with owner_role():
            ApiToken.objects.filter(pk=row.pk).update(scopes=[])
    return row, secret


class Program:
    """A client that sends JSON with a token."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Ask, and return the answer as it is."""
        sent = {"data": body, "content_type": "application/json"} if body is not None else {}
        headers = self.headers | more.pop("headers", {})
        return getattr(self.client, method)(f"{ROOT}{path}", headers=headers, **(sent | more))


@dataclass
class House:
    """The small world, and the codes of what is in it by resource."""

    world: World
    codes: dict[str, list[str]]


@pytest.fixture
def scene(db: None) -> World:
    """Return the small world alone."""
    return world()


@pytest.fixture
def program(db: None) -> Callable[..., Program]:
    """Return a function that gives a member's program."""
    return lambda member, *scopes: Program(new_token(member, *scopes)[1])


@pytest.fixture
def house(scene: World) -> House:
    """Return the small world with something to ask about at every address."""
    supplier, buyer, firm = (one.organisation for one in (scene.supplier, scene.buyer, scene.firm))
    asking = people.organisation("Asking Stores", Capability.BUYER)
    asked = places.link(asking, supplier, state=LinkState.PROPOSED)
    second = places.site(supplier, "Surma Shoes, Unit 3")
    wanted = places.engagement(second, firm, EngagementState.PROPOSED)
    draft = audits.audit(scene.site, firm, ends_on=dt.date(2026, 3, 1))
    written = audits.finding(draft)
    non_compliance = audits.finding(audits.audit(second, firm))
    audits.publish(non_compliance.audit)
    plan = audits.plan(scene.car)
    entry, listed = _register(scene.buyer)
    with owner_role():
        published, links = scene.car.audit, [one.code for one in supplier.links_as_supplier.order_by("pk")]
        methodology = published.version.key
    codes = {
        "sites": [scene.site.code, second.code],
        "trade-links": [asked.code, *links],
        "engagements": [wanted.code],
        "audits": [draft.code, published.code],
        "findings": [scene.car.code, written.code, non_compliance.code],
        "register": [entry.code],
        "imports": [listed.code],
        "organisations": [supplier.code, firm.code, buyer.code],
        "methodologies": [methodology],
        "plans": [plan.code],
        "schemes": [schemes.edition(schemes.scheme()).scheme.key],
        "tracker": [tracker.issue().code],
    }
    return House(scene, codes)


def _register(owner: Membership) -> tuple[RegisterEntry, SiteImport]:
    now, of = timezone.now(), owner.organisation
    with owner_role():
        entry = RegisterEntry.objects.create(organisation=of, name="Unit 9", country="BD", match_key="unit 9")
        code = new_code()
        file = Document.objects.create(
            code=code,
            organisation=of,
            uploaded_by=owner.person,
            kind=Document.Kind.IMPORT,
            name="list.csv",
            media_type="text/csv",
            size=1,
            sha256="0" * 64,
            storage_key=f"organisations/{of.pk}/{code}.csv",
            created_at=now,
        )
        made = SiteImport.objects.create(
            organisation=of,
            person=owner.person,
            document=file,
            file_name="list.csv",
            state=ImportState.PREVIEWED,
            rows_total=1,
            rows_done=1,
            columns={"header": ["Name"], "meaning": {"name": 0}},
            summary={"possible": 1},
            uploaded_at=now,
            read_at=now,
        )
        place = dict.fromkeys(("address", "sector", "latitude", "longitude"))
        ImportRow.objects.create(
            site_import=made,
            organisation=of,
            line=2,
            raw={},
            values={"name": "Unit 9", "country": "BD", **place},
            verdict=ImportRow.Verdict.POSSIBLE,
            reason="",
            candidate=entry,
        )
    return entry, made
