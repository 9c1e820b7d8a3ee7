# ruff: noqa: S608 (names of this file only)
"""What each organisation gets from a bare SELECT, against the rule said independently; and with a net or scope missing.

Row security is the guarantee, `visible_to` is for speed: either alone shows the right rows, and with both gone this
test can fail, which is proven too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from findings.models import Audit
from ledger.acting import acting
from organisations.models import Membership, Organisation
from organisations.queries import viewer_from
from organisations.visibility import Capability, Viewer
from sourcing.lifecycle import EngagementState, LinkState
from sourcing.models import Engagement, RegisterEntry, Site, TradeLink
from tests.conftest import _assume, owner_role
from tests.factories import findings as audits
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.visibility import rule

Seen = dict[str, set[int]]
MODELS: dict[str, type[Any]] = {
    "organisations_organisation": Organisation,
    "sourcing_site": Site,
    "sourcing_tradelink": TradeLink,
    "sourcing_engagement": Engagement,
    "sourcing_registerentry": RegisterEntry,
    "findings_audit": Audit,
}
TABLES = (*MODELS, "sourcing_tradelinksite", "sourcing_siteaccess", "findings_finding", "findings_actionplan")


@pytest.fixture
def personas(db: Any) -> list[Viewer]:
    """Return an admin of each organisation of a small, adversarial world."""
    both = people.organisation("Makes and buys", Capability.SUPPLIER, Capability.BUYER)
    small, other = people.organisation("Small Works Invented"), people.organisation("Other Works Invented")
    whole, some, ended, waiting, stranger = (
        people.organisation(f"{name} Retail Invented", Capability.BUYER)
        for name in ("Whole", "Some", "Ended", "Waiting", "Stranger")
    )
    engaged, dismissed, asked = (
        people.organisation(f"{name} Auditing Invented", Capability.AUDIT_FIRM, is_listed=name == "Engaged")
        for name in ("Engaged", "Dismissed", "Asked")
    )
    first, second, third = (places.site(small, name) for name in ("First", "Second", "Third"))
    places.site(other), places.site(both)
    places.link(whole, small)
    places.link(some, small, first)
    places.link(ended, small, state=LinkState.ENDED)
    places.link(waiting, small, state=LinkState.PROPOSED)
    places.link(both, other)
    places.link(whole, both)
    places.engagement(first, engaged)
    _ended(places.engagement(second, dismissed))
    places.engagement(third, asked, EngagementState.PROPOSED)
    for site, firm, is_published in (
        (first, engaged, True),
        (first, dismissed, True),
        (second, dismissed, True),
    ):
        audit = audits.audit(site, firm)
        car = audits.car(audit)
        audits.finding(audit)
        if is_published:
            audits.publish(audit)
            audits.plan(car)
    audits.finding(audits.audit(first, engaged))
    with owner_role():
        for keeper in (whole, some):
            RegisterEntry.objects.create(organisation=keeper, name="Noted", country="BD", match_key="noted")
    every = (both, small, other, whole, some, ended, waiting, stranger, engaged, dismissed, asked)
    return [people.viewer(one) for one in every]


def _ended(engagement: Engagement) -> None:
    with owner_role():
        engagement.state = EngagementState.ENDED
        engagement.save(update_fields=["state"])


def _right(viewer: Viewer) -> Seen:
    """Say which rows the organisation may see, from the sources alone."""
    own = viewer.organisation_id
    with owner_role():
        facts = rule.read_facts()
        sites = {site for who, site in rule.site_access(facts) if who == own}
        seen_audits = {audit for who, audit in rule.audit_access(facts) if who == own}
        known = {other for one, other in rule.acquaintance(facts) if one == own}
        return {
            "organisations_organisation": known
            | {own}
            | {pk for pk, listed in facts.organisations.items() if listed},
            "sourcing_site": sites,
            "sourcing_tradelink": _ids(
                f"SELECT id FROM sourcing_tradelink WHERE {own} IN (buyer_id, supplier_id)"
            ),
            "sourcing_engagement": _ids(
                f"SELECT id FROM sourcing_engagement WHERE {own} IN (audit_firm_id, supplier_id)"
            ),
            "sourcing_registerentry": _ids(
                f"SELECT id FROM sourcing_registerentry WHERE organisation_id = {own}"
            ),
            "findings_audit": seen_audits,
            "sourcing_tradelinksite": _ids(
                f"""SELECT n.id FROM sourcing_tradelinksite n JOIN sourcing_tradelink l ON l.id = n.link_id
                     WHERE {own} IN (l.buyer_id, l.supplier_id)"""
            ),
            "sourcing_siteaccess": _ids(f"SELECT id FROM sourcing_siteaccess WHERE organisation_id = {own}"),
            "findings_finding": _of_audits("findings_finding", seen_audits),
            "findings_actionplan": _of_audits("findings_actionplan", seen_audits),
        }


def _of_audits(table: str, audit_ids: set[int]) -> set[int]:
    return _ids(
        f"SELECT id FROM {table} WHERE audit_id = ANY(ARRAY[{','.join(map(str, audit_ids))}]::bigint[])"
    )


def _ids(sql: str) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def _bare(viewer: Viewer) -> Seen:
    """Ask for everything without any filter, as a page that forgot its scope would."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return {table: _ids(f"SELECT id FROM {table}") for table in TABLES}


def _scoped(viewer: Viewer) -> Seen:
    """Ask through `visible_to`, as every page does."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        return {
            table: set(model.objects.visible_to(viewer).values_list("pk", flat=True))
            for table, model in MODELS.items()
        }


def _only(seen: Seen, tables: Any) -> Seen:
    return {table: seen[table] for table in tables}


@contextmanager
def _without_net() -> Iterator[None]:
    """Act as the superuser, for whom there is no row security."""
    before = connection.settings_dict["OPTIONS"].get("assume_role")
    _assume(None)
    try:
        yield
    finally:
        _assume(before)


@pytest.fixture
def without_scope(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after which `visible_to` shows everything, as if someone had broken it."""

    def break_it() -> None:
        for model in MODELS.values():
            monkeypatch.setattr(model.objects.all().__class__, "visible_to", _everything)

    return break_it


def _everything(rows: QuerySet[Any], viewer: Viewer | None) -> QuerySet[Any]:
    return rows.all()


def test_bare_select_shows_each_organisation_its_own_rows_and_no_others(personas: list[Viewer]) -> None:
    for viewer in personas:
        assert _bare(viewer) == _right(viewer), viewer.organisation_id


def test_world_has_something_to_leak(personas: list[Viewer]) -> None:
    """Every table has rows that some see and others do not."""
    seen = [_right(viewer) for viewer in personas]
    for table in TABLES:
        assert len({frozenset(one[table]) for one in seen}) > 1, table


def test_former_owner_of_a_site_sees_neither_its_audits_nor_its_plans(personas: list[Viewer]) -> None:
    with owner_role():
        site = Site.objects.get(name="First")
        heir = Organisation.objects.get(name="Other Works Invented")
        former = site.organisation_id
        Site.objects.filter(pk=site.pk).update(organisation=heir)
        plans = _ids(
            f"""SELECT p.id FROM findings_actionplan p JOIN findings_audit a ON a.id = p.audit_id
                 WHERE a.site_id = {site.pk}"""
        )
    seen = {viewer.organisation_id: _bare(viewer) for viewer in personas}
    assert plans
    assert seen[former]["findings_actionplan"] & plans == set()
    assert seen[heir.pk]["findings_actionplan"] >= plans
    for viewer in personas:
        assert seen[viewer.organisation_id] == _right(viewer)


def test_nobody_acting_sees_nothing(personas: list[Viewer]) -> None:
    with acting(person_id=None, organisation_id=None):
        seen = {table: _ids(f"SELECT id FROM {table}") for table in TABLES}
    listed = seen.pop("organisations_organisation")
    assert set().union(*seen.values()) == set()
    with owner_role():
        assert listed == set(Organisation.objects.filter(is_listed=True).values_list("pk", flat=True))


def test_scope_alone_and_net_alone_hold(personas: list[Viewer], without_scope: Callable[[], None]) -> None:
    right = {viewer: _right(viewer) for viewer in personas}
    for viewer in personas:
        assert _scoped(viewer) == _only(right[viewer], MODELS)
        with _without_net():
            assert _scoped(viewer) == _only(right[viewer], MODELS), viewer.organisation_id
    without_scope()
    for viewer in personas:
        assert _scoped(viewer) == _only(right[viewer], MODELS)


def test_without_scope_and_net_this_test_would_fail(
    personas: list[Viewer], without_scope: Callable[[], None]
) -> None:
    right = {viewer: _right(viewer) for viewer in personas}
    without_scope()
    with _without_net():
        assert all(_scoped(viewer) != _only(right[viewer], MODELS) for viewer in personas)


PAGES = ("/sites/", "/suppliers/", "/customers/", "/engagements/", "/api/v1/sites/", "/api/v1/trade-links/")


@pytest.mark.parametrize("has_scope", [True, False])
def test_pages_name_no_organisation_that_the_reader_may_not_know(
    personas: list[Viewer],
    client_for: Callable[..., Client],
    without_scope: Callable[[], None],
    has_scope: bool,
) -> None:
    with owner_role():
        names = dict(Organisation.objects.values_list("pk", "name"))
        members = {viewer: Membership.objects.get(person_id=viewer.person_id) for viewer in personas}
        people_of = {viewer: one.person for viewer, one in members.items()}
        assert all(viewer_from(one) == viewer for viewer, one in members.items())
    readers = [
        viewer
        for viewer in personas
        if names[viewer.organisation_id].split()[0] in {"Small", "Some", "Engaged"}
    ]
    right = {viewer: _right(viewer) for viewer in readers}
    if not has_scope:
        without_scope()
    for viewer in readers:
        client = client_for(people_of[viewer])
        strangers = [names[pk] for pk in names if pk not in right[viewer]["organisations_organisation"]]
        assert strangers
        for page in PAGES:
            text = client.get(page).content.decode()
            found = [name for name in strangers if name in text]
            assert found == [], (page, viewer.organisation_id)
