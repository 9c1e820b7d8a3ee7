"""Who trades with whom: organisations, people, sites, trade links, engagements and registers, all invented."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from bench.scales import Scale

FIRST_WORDS = (
    "Surma",
    "Meghna",
    "Halda",
    "Karun",
    "Olt",
    "Tisza",
    "Neris",
    "Volta",
    "Tana",
    "Ebro",
    "Sado",
    "Minho",
)
TRADES = (
    "Shoes",
    "Textiles",
    "Garments",
    "Packing",
    "Farms",
    "Knitwear",
    "Ceramics",
    "Foods",
    "Leather",
    "Timber",
)
COUNTRIES = ("BD", "BD", "BD", "CN", "CN", "CN", "IN", "IN", "VN", "VN", "TR", "PK", "KH", "ET", "PT", "MX")
SECTORS = ("Apparel", "Footwear", "Food", "Home textiles", "Ceramics", "Packaging")
MOST_SITES = 40
LIVING = ("accepted",) * 90 + ("proposed",) * 4 + ("ended",) * 4 + ("declined",) * 2


@dataclass(frozen=True, slots=True)
class Link:
    """`covers` is None for all sites."""

    id: int
    buyer: int
    supplier: int
    state: str
    covers: tuple[int, ...] | None


@dataclass
class Trade:
    """Ids are numbers from 1: suppliers first, then buyers (the big one first), then audit firms.

    Args:
        sites: the supplier of each site, by site id.
        firms: the audit firm of each site, by site id.
        customers: the buyers that see something of a supplier, by supplier id.
    """

    scale: Scale
    on: dt.date
    sites: list[int] = field(default_factory=lambda: [0])
    firms: list[int] = field(default_factory=lambda: [0])
    sites_of: dict[int, list[int]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    customers: dict[int, list[int]] = field(default_factory=dict)

    @property
    def big_buyer(self) -> int:
        """The buyer with most suppliers."""
        return self.scale.suppliers + 1

    @property
    def mid_buyer(self) -> int:
        """A buyer with a fortieth of that."""
        return self.scale.suppliers + self.scale.buyers

    @property
    def big_firm(self) -> int:
        """The audit firm with most engagements."""
        return self.mid_buyer + 1

    @property
    def last(self) -> int:
        """The highest id of an organisation."""
        return self.mid_buyer + self.scale.firms

    def name(self, organisation: int) -> str:
        """Return an invented name, the same each time."""
        word, trade = FIRST_WORDS[organisation % 12], TRADES[organisation // 12 % 10]
        return f"{word} {trade} {organisation}"

    def site_name(self, site: int) -> str:
        """Return an invented name, the same each time."""
        return f"{self.name(self.sites[site])}, unit {site}"

    def country(self, site: int) -> str:
        """Return the country of a site."""
        return COUNTRIES[site * 7 % len(COUNTRIES)]

    def capabilities(self, organisation: int) -> list[str]:
        """Every fifth supplier is a buyer as well."""
        if organisation <= self.scale.suppliers:
            return ["supplier", "buyer"] if organisation % 5 == 0 else ["supplier"]
        return ["buyer"] if organisation <= self.mid_buyer else ["audit_firm"]


def invent(scale: Scale, *, on: dt.date, seed: int) -> Trade:
    """Invent who trades with whom; the same seed gives the same world."""
    dice, trade = random.Random(seed), Trade(scale, on)
    _invent_sites(trade, dice)
    suppliers = range(1, scale.suppliers + 1)
    for buyer, wanted in _sizes(trade):
        for supplier in dice.sample(suppliers, wanted):
            trade.links.append(_link(trade, dice, buyer, supplier))
    for link in trade.links:
        if link.state == "accepted":
            trade.customers.setdefault(link.supplier, []).append(link.buyer)
    return trade


def _invent_sites(trade: Trade, dice: random.Random) -> None:
    """One to forty sites each, few have many; one of the firms audits a site, and few firms audit most."""
    numbers = range(1, MOST_SITES + 1)
    many = list(accumulate(number**-1.6 for number in numbers))
    firms = range(trade.big_firm, trade.last + 1)
    share = list(accumulate(1 / rank for rank in range(1, len(firms) + 1)))
    for supplier in range(1, trade.scale.suppliers + 1):
        first, count = len(trade.sites), dice.choices(numbers, cum_weights=many)[0]
        trade.sites_of[supplier] = list(range(first, first + count))
        trade.sites += [supplier] * count
        trade.firms += dice.choices(firms, cum_weights=share, k=count)


def _sizes(trade: Trade) -> Iterator[tuple[int, int]]:
    """Give each buyer its number of suppliers: by zipf, and a fixed share for the mid-sized one."""
    for rank in range(1, trade.scale.buyers):
        yield trade.big_buyer + rank - 1, max(3, trade.scale.big // rank)
    yield trade.mid_buyer, trade.scale.mid


def _link(trade: Trade, dice: random.Random, buyer: int, supplier: int) -> Link:
    sites = trade.sites_of[supplier]
    covers = None if dice.random() < 0.85 else tuple(dice.sample(sites, (len(sites) + 1) // 2))
    return Link(len(trade.links) + 1, buyer, supplier, dice.choice(LIVING), covers)
