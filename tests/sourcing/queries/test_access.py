"""The answer to "who can see this, and why": whole for the owner, of oneself for anyone else."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from organisations.models import Organisation
from sourcing.models import TradeLink
from sourcing.queries.access import who_sees_site
from sourcing.queries.timezones import guess_timezone, only_timezone
from tests.factories import sourcing as places
from tests.sourcing.conftest import World

OWNER, CUSTOMER, FIRM = "You own the site.", "A customer, by a trade link.", "An audit firm, engaged for it."


@pytest.fixture
def links(world: World) -> dict[str, TradeLink]:
    """Link two customers who know nothing of each other, and engage a firm."""
    places.engagement(world.north, world.firm)
    return {
        "buyer": places.link(world.buyer, world.supplier, world.north),
        "rival": places.link(world.rival, world.supplier),
    }


@pytest.mark.usefixtures("links")
def test_owner_reads_everyone_and_why(world: World) -> None:
    with world.as_(world.supplier) as viewer:
        assert who_sees_site(viewer, world.north) == [
            ("Meadow Garments", OWNER),
            ("Bright Stores", CUSTOMER),
            ("Fair Look Audits", FIRM),
            ("Rival Retail", CUSTOMER),
        ]


@pytest.mark.usefixtures("links")
def test_customer_reads_of_itself_and_the_owner_only(world: World) -> None:
    with world.as_(world.buyer) as viewer:
        assert who_sees_site(viewer, world.north) == [
            ("Meadow Garments", "It owns the site."),
            ("Bright Stores", "Your trade link covers it."),
        ]


@pytest.mark.parametrize(("one", "other"), [("buyer", "rival"), ("rival", "buyer")])
def test_customers_never_learn_of_each_other_on_any_page_or_answer(
    world: World,
    links: dict[str, TradeLink],
    signed_in: Callable[[Organisation], Client],
    one: str,
    other: str,
) -> None:
    mine, theirs = getattr(world, one), getattr(world, other)
    client = signed_in(mine)
    open_pages = 0
    for path in _addresses(world, links):
        answer = client.get(path)
        text = answer.content.decode()
        open_pages += answer.status_code == 200
        for word in (theirs.name, theirs.code, links[other].code):
            assert word not in text or word in path, (path, word)
    assert open_pages > 12


def test_code_of_a_stranger_and_no_code_at_all_are_answered_alike(
    world: World, links: dict[str, TradeLink], signed_in: Callable[[Organisation], Client]
) -> None:
    client = signed_in(world.buyer)
    for path in ("/links/{}/", "/api/v1/trade-links/{}/", "/links/{}/end/"):
        foreign = client.get(path.format(links["rival"].code))
        missing = client.get(path.format("ZZZZZZZZZZ"))
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert _same(foreign.content, missing.content, links["rival"].code)
        assert client.get(path.format(links["buyer"].code)).status_code == 200


def _same(one: bytes, other: bytes, code: str) -> bool:
    """Compare two answers, apart from the tokens against forgery."""

    def plain(text: bytes) -> str:
        return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+', "", text.decode())

    return plain(one).replace(code, "ZZZZZZZZZZ") == plain(other)


def _addresses(world: World, links: dict[str, TradeLink]) -> list[str]:
    """Return every address of the app, with every code that fits."""
    codes = [world.north.code, world.supplier.code, *(link.code for link in links.values())]
    found = []
    for name in get_resolver("sourcing.urls").reverse_dict:
        if isinstance(name, str):
            shape = str(get_resolver("sourcing.urls").reverse_dict.getlist(name))
            if "%(key)s" in shape:
                found.append(reverse(f"sourcing:{name}", args=["textiles"]))
                continue
            takes_code = "%(code)s" in shape
            found += [reverse(f"sourcing:{name}", args=[code] if takes_code else []) for code in codes]
    api = [f"/api/v1/{kind}/" for kind in ("sites", "trade-links", "engagements")]
    return sorted({*found, *api, *(f"{path}{code}/" for path in api for code in codes)})


def test_time_zone_is_guessed_where_a_country_has_one() -> None:
    assert (only_timezone("BD"), only_timezone("CN"), only_timezone("XX")) == ("Asia/Dhaka", None, "UTC")
    assert (guess_timezone("CN"), guess_timezone("TR")) == ("Asia/Shanghai", "Europe/Istanbul")
