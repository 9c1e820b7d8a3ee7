"""Every list asks the database as many questions for thirty rows as for one, and few beyond the page's shell.

The shell of a page (sign-in, who is acting, memberships, navigation) has a budget of its own, held by a page and an
endpoint without rows, so that what a list adds is stated apart from it. New lists without a line here fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from ledger.models import Channel, Delivery, DeliveryState, Entry, ReadLog
from organisations.models import Organisation
from organisations.models.membership import Membership
from organisations.visibility import Capability, Role
from sourcing.models import RegisterEntry, SiteImport
from tests.conftest import owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import shares as sharing
from tests.factories import sourcing as places
from tests.matrices import slices
from tests.matrices.policy import POLICY
from tests.matrices.world import _document

MOST = 5  # statements beyond the shell, whatever the number of rows
SHELL = 10  # session, person, savepoint, who acts, memberships, organisation, unread letters
SHELL_PAGE, SHELL_CALL = "organisations:new", "api-me"


@dataclass
class Small:
    """A supplier, a customer and an audit firm with one row in every list; `grow` gives each list one more."""

    supplier: Membership
    buyer: Membership
    firm: Membership

    def grow(self) -> None:
        """Add one row to every list."""
        now = timezone.now()
        with owner_role():
            other = people.organisation("", Capability.SUPPLIER, Capability.BUYER)
            supplier, buyer, firm = (one.organisation for one in (self.supplier, self.buyer, self.firm))
            site = places.site(supplier)
            places.link(buyer, other)
            places.link(other, supplier)
            places.engagement(site, firm)
            audit = audits.audit(site, firm)
            car = audits.car(audit)
            audits.finding(audit)
            audits.publish(audit)
            plan = audits.plan(car)
            sharing.share(audit, other, granted_by=self.supplier.person)
            sharing.share(car, buyer, granted_by=self.supplier.person)
            people.membership(supplier, role=Role.VIEWER)
            RegisterEntry.objects.create(organisation=buyer, name=f"M{plan.pk}", country="BD", match_key="m")
            _import(buyer, self.buyer, now)
            entry = Entry.objects.create(
                at=now,
                verb="findings.plan_shared",
                actor=self.supplier.person,
                organisation=supplier,
                owner=supplier,
                subject_kind="findings.finding",
                subject_id=car.pk,
                subject_code=car.code,
                subject_label=car.title,
            )
            Delivery.objects.create(
                entry=entry,
                person=self.supplier.person,
                organisation=supplier,
                channel=Channel.INBOX,
                verb=entry.verb,
                title="A plan",
                happened_at=now,
                state=DeliveryState.SENT,
                sent_at=now,
                next_try_at=now,
            )
            ReadLog.objects.create(
                at=now,
                person=self.buyer.person,
                organisation=buyer,
                owner=supplier,
                subject_kind="findings.finding",
                subject_id=car.pk,
                subject_label=car.title,
                slot=1,
            )
            for more in slices.all_of("grow"):
                more(self)


def _import(buyer: Organisation, member: Membership, now: datetime) -> SiteImport:
    return SiteImport.objects.create(
        organisation=buyer,
        person=member.person,
        document=_document(buyer, member.person, Document.Kind.IMPORT),
        file_name="list.csv",
        uploaded_at=now,
    )


# Route → whose list it is. Lists inside another page (a site's links, a plan's versions) belong to that page.
LISTS = {
    "organisations:members": "supplier",
    "organisations:activity": "supplier",
    "organisations:reads": "supplier",
    "organisations:inbox": "supplier",
    "sourcing:sites": "supplier",
    "sourcing:customers": "supplier",
    "sourcing:suppliers": "buyer",
    "sourcing:engagements": "firm",
    "sourcing:register": "buyer",
    "sourcing:imports": "buyer",
    "findings:audits": "supplier",
    "findings:non_compliances": "supplier",
    "findings:working_together": "supplier",
    "findings:shares": "supplier",
    "findings:received": "buyer",
    "home": "supplier",
    "api-organisations": "buyer",
    "api-sites": "supplier",
    "api-links": "buyer",
    "api-engagements": "firm",
    "api-register": "buyer",
    "api-imports": "buyer",
    "api-audits": "supplier",
    "api-findings": "supplier",
    "api-plans": "supplier",
}
# GET pages and endpoints without code that list nothing of the organisation's that grows.
NO_LISTS = {
    "livez": "no rows",
    "readyz": "no rows",
    "organisations:detail": "the last few of other lists, at most five",
    "organisations:new": "a form",
    "organisations:edit": "a form",
    "organisations:invite": "a form",
    "organisations:settings": "a person's own few tokens",
    "organisations:new_token": "a form",
    "sourcing:site_new": "a form",
    "sourcing:link_propose": "a form",
    "sourcing:engagement_new": "a form",
    "sourcing:import_new": "a form",
    "sourcing:import_template": "no rows",
    "findings:audit_new": "a form",
    "api-schema": "no rows",
    "api-me": "one's own",
    "api-methodologies": "reference data",
    "api-requirements": "reference data",
    "styleguide:show": "no rows",
    "styleguide:rows": "no rows",
    "styleguide:entrance": "no rows",
    "styleguide:dialog": "no rows",
    "styleguide:progress": "no rows",
    "styleguide:draft": "no rows",
}


for _more in slices.all_of("LISTS"):
    LISTS |= _more
for _more in slices.all_of("NO_LISTS"):
    NO_LISTS |= _more


@pytest.fixture
def small(db: None) -> Small:
    """Return the small world with one row in every list."""
    made = Small(
        *(
            people.membership(people.organisation("", capability))
            for capability in (Capability.SUPPLIER, Capability.BUYER, Capability.AUDIT_FIRM)
        )
    )
    with owner_role():
        places.link(made.buyer.organisation, made.supplier.organisation)
    made.grow()
    return made


def measured(client: Client, url: str) -> tuple[int, int]:
    """Return how many statements a warm GET of `url` takes, and how long the answer is."""
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return len(asked), len(answer.content)


def query_count(client: Client, url: str) -> int:
    """Return how many statements a warm GET of `url` takes."""
    return measured(client, url)[0]


def test_every_list_is_measured() -> None:
    lists = {name for name, cases in POLICY.items() if "get" in cases and not cases["get"].of}
    unmeasured = sorted(lists - LISTS.keys() - NO_LISTS.keys())
    assert unmeasured == [], "Add each to LISTS, or to NO_LISTS with the reason."
    assert sorted((LISTS.keys() | NO_LISTS.keys()) - lists) == []


def test_lists_ask_as_many_questions_for_thirty_rows_as_for_one(
    small: Small, client_for: Callable[..., Client]
) -> None:
    clients = {name: client_for(getattr(small, name).person) for name in ("supplier", "buyer", "firm")}
    for empty in (SHELL_PAGE, SHELL_CALL):
        assert query_count(clients["supplier"], reverse(empty)) <= SHELL
    one = {name: measured(clients[who], reverse(name)) for name, who in LISTS.items()}
    for _number in range(29):
        small.grow()
    thirty = {name: measured(clients[who], reverse(name)) for name, who in LISTS.items()}
    assert [name for name in LISTS if thirty[name][1] < one[name][1] + 1000] == ["home"], (
        "All others have to grow."
    )
    grown = {name: (one[name][0], thirty[name][0]) for name in LISTS if one[name][0] != thirty[name][0]}
    assert grown == {}
    assert {name: count for name, (count, _size) in thirty.items() if count > SHELL + MOST} == {}
