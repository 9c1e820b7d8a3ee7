"""Keyset paging against real rows: nothing skipped, nothing doubled, junk harmless."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db.models import QuerySet
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisations.models import Person
from web.paging import LARGEST, Page, chosen_order, keyset_page

Owner = Callable[[], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db

ORDERS = (("-joined_at",), ("name", "id"), ("-name", "language", "-id"), ("language", "-name"), ("id",))
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def request_for(url: str) -> HttpRequest:
    return RequestFactory().get(f"/list/{url}")


def people(specs: list[tuple[str, str]], start: int = 0) -> list[Person]:
    return Person.objects.bulk_create(
        Person(email=f"p{start + place}@rows.example", name=name, language=language)
        for place, (name, language) in enumerate(specs)
    )


def rows() -> QuerySet[Person]:
    return Person.objects.filter(email__endswith="@rows.example")


def page(url: str, order: tuple[str, ...], size: int = 3) -> Page[Person]:
    return keyset_page(rows(), request=request_for(url), order=order, size=size)


def walk(order: tuple[str, ...], size: int) -> list[Page[Person]]:
    pages = [page("", order, size)]
    while pages[-1].has_next:
        pages.append(page(pages[-1].next_url, order, size))
    return pages


specs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "en-gb", "ar"])), max_size=14)


@quick
@given(specs=specs, order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_every_row_comes_once_when_walking_forward_and_back(
    as_owner: Owner, specs: list[tuple[str, str]], order: tuple[str, ...], size: int
) -> None:
    with as_owner():
        rows().delete()
        people(specs)
        there = walk(order, size)
        seen = [person.pk for one in there for person in one.rows]
        tail = () if {"id", "-id"} & set(order) else (("-id",) if order[-1].startswith("-") else ("id",))
        assert seen == list(rows().order_by(*order, *tail).values_list("pk", flat=True))
        back = [there[-1]]
        while back[-1].has_previous:
            back.append(page(back[-1].previous_url, order, size))
        assert back[-1].rows == there[0].rows
        assert {person.pk for one in back for person in one.rows} == set(seen)


@quick
@given(before=specs, added=st.lists(specs, max_size=4), order=st.sampled_from(ORDERS))
def test_old_rows_are_neither_skipped_nor_doubled_when_rows_are_added(
    as_owner: Owner, before: list[tuple[str, str]], added: list[list[tuple[str, str]]], order: tuple[str, ...]
) -> None:
    with as_owner():
        rows().delete()
        old = {person.pk for person in people(before)}
        count = len(before)
        one = page("", order)
        seen = [person.pk for person in one.rows]
        for batch in [*added, *[[]] * 20]:
            people(batch, start=count)
            count += len(batch)
            if not one.has_next:
                break
            one = page(one.next_url, order)
            seen += [person.pk for person in one.rows]
        assert len(seen) == len(set(seen))
        assert old <= set(seen)


@quick
@given(junk=st.text(max_size=60) | st.just("x" * 10_000))
def test_the_first_page_comes_when_the_cursor_is_junk(as_owner: Owner, junk: str) -> None:
    with as_owner():
        rows().delete()
        people([("a", "")] * 5)
        request = RequestFactory().get("/list/", {"cursor": junk})
        found = keyset_page(rows(), request=request, order=("id",), size=2)
        assert found.rows == page("", ("id",), 2).rows
        assert found.has_previous is False


def test_the_first_page_comes_when_the_cursor_is_of_another_order_or_changed(as_owner: Owner) -> None:
    with as_owner():
        people([("a", ""), ("b", ""), ("c", ""), ("d", "")])
        cursor = page("", ("name",), 2).next_url
        assert page(cursor, ("-name",), 2).rows == page("", ("-name",), 2).rows
        assert page(f"{cursor[:-3]}abc", ("name",), 2).rows == page("", ("name",), 2).rows
        assert page(cursor, ("name",), 2).rows != page("", ("name",), 2).rows


def test_filters_stay_in_the_neighbours_addresses(as_owner: Owner) -> None:
    with as_owner():
        people([("a", "")] * 4)
        assert "country=BD" in page("?country=BD&cursor=junk", ("id",), 2).next_url
        assert "junk" not in page("?country=BD&cursor=junk", ("id",), 2).next_url


def test_a_page_never_holds_more_than_the_largest_size(as_owner: Owner) -> None:
    with as_owner():
        people([("a", "")] * 3)
        assert page("", ("id",), 100_000).size == LARGEST
        assert page("", ("id",), 0).size == 1


def test_only_offered_orders_are_chosen() -> None:
    offered = {"name": ("name",), "new": ("-joined_at", "name")}
    assert chosen_order(request_for("?sort=name"), offered, default="-new") == ("name",)
    assert chosen_order(request_for("?sort=-new"), offered, default="name") == ("joined_at", "-name")
    assert chosen_order(request_for("?sort=password"), offered, default="name") == ("name",)
    assert chosen_order(request_for(""), offered, default="-name") == ("-name",)
