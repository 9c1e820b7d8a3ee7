"""An audit firm's rows asked for in two parts: the same rows, each once, in the same order, page after page."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db.models import Count, QuerySet
from django.test import RequestFactory

from findings.models import Audit, AuditAccess, Finding
from findings.models.apart import MADE, OPENED
from findings.queries.audit import listed_audits
from findings.queries.finding import cars, listed_findings, non_compliances
from ledger.acting import acting
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.factories import organisations as people
from tests.factories import sourcing as places
from tests.findings.conftest import House
from web.paging import in_order, keyset_page

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 6, 1)
Asked = Callable[[Viewer], QuerySet[Any]]
NEWEST, OLDEST, BY_DAY = ("-raised_on", "-id"), ("first_raised_on", "id"), ("-ends_on", "-id")
FLAT = ("id", "code", "raised_on", "requirement__item")
LISTS: dict[str, tuple[Asked, Sequence[str]]] = {
    "ncs": (lambda who: non_compliances(who, on=ON).select_related("requirement"), NEWEST),
    "ncs of a site": (lambda who: non_compliances(who, on=ON, site="mill"), NEWEST),
    "cars": (lambda who: cars(who).select_related("requirement"), OLDEST),
    "audits": (lambda who: listed_audits(who).select_related("version"), BY_DAY),
    "flat": (lambda who: listed_findings(who, kind="nc").values(*FLAT), NEWEST),
}


@pytest.fixture
def busy(house: House) -> House:
    """Both firms have audits of both mills, on days that lie between each other's; the second is engaged for one."""
    for day in range(1, 7):
        for place, firm in enumerate((house.firm, house.other_firm)):
            for site in (house.north, house.south):
                audit = make.audit(site, firm, ends_on=dt.date(2026, 1, 2 * day + place))
                make.finding(audit)
                make.car(audit)
                if day < 6:
                    make.publish(audit)
    return house


def keys(rows: Any) -> list[int]:
    return [row["id"] if isinstance(row, dict) else row.pk for row in rows]


def as_of(house: House, who: Organisation) -> Any:
    return acting(person_id=house.admins[who.pk].person_id, organisation_id=who.pk)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("firm", ["firm", "other_firm"])
def test_pages_of_the_parts_are_pages_of_the_whole(busy: House, name: str, firm: str) -> None:
    rows, order = LISTS[name]
    who = getattr(busy, firm)
    with as_of(busy, who):
        asked = rows(busy.viewer(who))
        whole = keys(asked.order_by(*order))
        made, opened = (keys(part) for part in asked.in_parts())  # type: ignore[attr-defined]
        assert made
        assert opened
        assert sorted(made + opened) == sorted(whole)
        seen, url = [], ""
        while True:
            page = keyset_page(asked, request=RequestFactory().get(f"/{url}"), order=order, size=3)
            seen += keys(page.rows)
            if not page.has_next:
                break
            url = page.next_url
        assert seen == whole
        back = keyset_page(asked, request=RequestFactory().get(f"/{page.previous_url}"), order=order, size=3)
        assert keys(back.rows) == whole[len(whole) - len(page.rows) - 3 : len(whole) - len(page.rows)]


@pytest.mark.parametrize("model", [Audit, Finding])
def test_parts_alone_show_no_more_than_the_scope(busy: House, model: Any) -> None:
    """As the owner of the tables, whom no row security stops: the parts are scopes of their own."""
    for who in (busy.firm, busy.other_firm, busy.stranger, busy.buyer):
        firm = Viewer(1, who.pk, busy.viewer(who).role, frozenset({Capability.AUDIT_FIRM}))
        with owner_role():
            whole = keys(model.objects.visible_to(firm))
            parts = [keys(part) for part in model.objects.visible_to(firm).in_parts()]
            assert sorted(parts[0] + parts[1]) == sorted(whole)
            own = model.objects.filter(audit_firm_id=who.pk)
            assert sorted(parts[0]) == sorted(keys(own))


def test_others_than_firms_ask_for_the_whole(busy: House) -> None:
    assert len(Finding.objects.visible_to(busy.viewer(busy.buyer)).in_parts()) == 1
    assert len(Finding.objects.visible_to(None).in_parts()) == 1


def test_what_is_counted_cut_or_joined_is_not_asked_in_parts(busy: House) -> None:
    seen = Finding.objects.visible_to(busy.viewer(busy.firm))
    assert len(seen.in_parts()) == 2
    counted: Any = seen.values("kind").annotate(count=Count("pk"))
    assert len(counted.in_parts()) == 1
    assert len(seen.order_by("pk")[:3].in_parts()) == 1
    assert len(seen.union(seen).in_parts()) == 1


def test_member_of_some_sites_is_limited_in_both_parts(busy: House) -> None:
    """A supplier that audits as well looks at its own sites through those that its member looks after."""
    both = people.organisation("Own Eyes", Capability.SUPPLIER, Capability.AUDIT_FIRM)
    mine, other = places.site(both), places.site(both)
    places.engagement(busy.north, both)
    for site in (mine, other):
        make.publish(make.audit(site, busy.firm))
    viewer = people.viewer(both, site_ids=[mine.pk])
    with owner_role():
        found = in_order(Audit.objects.visible_to(viewer), BY_DAY, 50)
        assert {one.site_id for one in found} == {mine.pk, busy.north.pk}


def test_audit_is_opened_to_those_who_did_not_make_it(busy: House) -> None:
    with owner_role():
        for one in AuditAccess.objects.select_related("audit"):
            is_own = one.audit.audit_firm_id == one.organisation_id
            assert one.opened_to == (None if is_own else one.organisation_id)


def test_query_names_the_part_that_it_asks_for(busy: House) -> None:
    viewer = busy.viewer(busy.firm)
    made, opened = Finding.objects.visible_to(viewer).in_parts()
    assert [part.query.part for part in (made, opened)] == [MADE, OPENED]  # type: ignore[attr-defined]
    assert "opened_to" in str(opened.query)
    assert "auditaccess" not in str(made.query)
