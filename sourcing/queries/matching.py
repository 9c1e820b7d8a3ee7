"""Telling whether two lines mean the same place: pure functions over normalised values.

Comparing everything with everything is out of the question (50,000 lines, 100,000 places). Lines and places
meet only when they share a country and something rare: the whole name, a rare word of it, a rare pair of
words, the beginning of the name written together, or a spot on the map. `Index` knows what is rare.
"""

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import combinations

from sourcing.queries.normalising import address_tokens, normal_name, numbers_in

CROWD = 60  # a key that more places share than this brings nobody together
SHORTLIST = 8
MOST_CANDIDATES = 3
SPOT = 500  # parts of a degree: cells of about 200 m

# Words of the trade, which tell two names apart less well than other words that are as rare.
TRADE_WORDS = frozenset(
    """and apparel apparels apparell clothes clothing collection denim design dyeing embroidery enterprise
    enterprises export exports fabric fabrics factory fashion fashions footwear garment garments industrial
    industries industry international knit knits knitting knitwear leather making manufacturing manufactory
    manufacturer mill mills printing product products shoe shoes sweater sweaters textile textiles trading
    washing wear weaving works""".split()  # noqa: SIM905
)


class Likeness(StrEnum):
    """What two lines have in common; all but the first two leave the question to a person."""

    SAME_LINE = "same-line"
    SAME_PLACE = "same-place"
    SAME_NAME = "same-name"
    SAME_ADDRESS = "same-address"
    SIMILAR_NAME = "similar-name"

    @property
    def is_certain(self) -> bool:
        """Tell whether nobody needs to be asked."""
        return self in {Likeness.SAME_LINE, Likeness.SAME_PLACE}


@dataclass(frozen=True, slots=True)
class Listed:
    """A line or a register entry in the form in which it is compared; `key` is for whoever asks."""

    key: int
    country: str
    name: str
    address: frozenset[str]
    latitude: float | None = None
    longitude: float | None = None
    fingerprint: str = ""

    @property
    def words(self) -> list[str]:
        """The words of the normalised name."""
        return self.name.split()

    @property
    def point(self) -> tuple[float, float] | None:
        """The point on the map, if there is one."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a line may mean: how alike, and how much (0 to 1)."""

    key: int
    likeness: Likeness
    score: float


def listed(
    key: int,
    *,
    country: str,
    name: str,
    address: str,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Listed:
    """Return a line or an entry in the form in which it is compared."""
    bare, words = normal_name(name), address_tokens(address, country)
    return Listed(key, country, bare, frozenset(words), latitude, longitude, _digest(country, bare, words))


def fingerprint_of(country: str, name: str, address: str) -> str:
    """Return the SHA-256 of a line's normalised values: equal for lines that differ only in habit."""
    return listed(0, country=country, name=name, address=address).fingerprint


def _digest(country: str, name: str, words: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps([country, name, *words], ensure_ascii=False).encode()).hexdigest()


class Index:
    """Places to compare with, found by what they share with a line.

    Args:
        places: all that may be found; their keys must differ.
        others: lines that will be asked for; they count for what is rare.
    """

    def __init__(self, places: Iterable[Listed], others: Iterable[Listed] = ()) -> None:
        self._places: dict[int, Listed] = {}
        self._by_line: dict[str, int] = {}
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._frequency: Counter[tuple[str, str]] = Counter()
        self._size: Counter[str] = Counter()
        found = list(places)
        for one in (*found, *others):
            self._size[one.country] += 1
            self._frequency.update((one.country, word) for word in set(one.words))
        for one in found:
            self.add(one)

    def add(self, place: Listed) -> None:
        """Let `place` be found from now on."""
        self._places[place.key] = place
        self._by_line.setdefault(place.fingerprint, place.key)
        self._by_name[place.country, place.name.replace(" ", "")].append(place.key)
        for key in self._keys(place):
            found = self._by_key[key]
            if len(found) <= CROWD:
                found.append(place.key)

    def same_line(self, line: Listed) -> int | None:
        """Return the place that is listed exactly so, but for habits of spelling."""
        return self._by_line.get(line.fingerprint)

    def candidates(self, line: Listed, *, besides: frozenset[int] = frozenset()) -> list[Candidate]:
        """Return up to three places that `line` may mean, the likeliest first.

        A certain one stands alone. `besides` are places that people have said it is not.
        """
        same = self.same_line(line)
        if same is not None and same not in besides:
            return [Candidate(same, Likeness.SAME_LINE, 1.0)]
        compared = (self._compare(line, self._places[key]) for key in self._near(line) if key not in besides)
        found = sorted((one for one in compared if one), key=lambda one: (-one.score, one.key))
        certain = [one for one in found if one.likeness.is_certain]
        return certain[:1] or found[:MOST_CANDIDATES]

    def _near(self, line: Listed) -> list[int]:
        """Return the places worth a closer look."""
        shared: Counter[int] = Counter()
        for key in self._keys(line):
            found = self._by_key.get(key, ())
            if len(found) <= CROWD:
                shared.update(found)
        same_name = self._by_name.get((line.country, line.name.replace(" ", "")), [])[:CROWD]
        return list(dict.fromkeys([*same_name, *(key for key, _count in shared.most_common(SHORTLIST))]))

    def _keys(self, place: Listed) -> Iterator[tuple[str, ...]]:
        country, words = place.country, sorted(set(place.words), key=lambda word: self._count(place, word))
        rare = [word for word in words if self._count(place, word) <= CROWD]
        for word in rare[:4]:
            yield country, "word", word
        if len(rare) < 2:
            for pair in combinations(sorted(words[:5]), 2):
                yield country, "pair", *pair
        together = place.name.replace(" ", "")
        if len(together) >= 5:
            yield country, "begin", together[:7]
        if place.point:
            yield country, "spot", *(str(round(degree * SPOT)) for degree in place.point)

    def _count(self, place: Listed, word: str) -> int:
        return self._frequency[place.country, word]

    def _weight(self, country: str, word: str) -> float:
        rarity = math.log(1 + self._size[country] / (1 + self._frequency[country, word]))
        return rarity * (0.35 if word in TRADE_WORDS else 1.0) + 0.05

    def _compare(self, line: Listed, place: Listed) -> Candidate | None:
        if line.name.replace(" ", "") == place.name.replace(" ", ""):
            return _compare_namesakes(line, place)
        name = self._name_likeness(line, place)
        if name < 0.5:
            return None
        address, near = _address_likeness(line, place), _distance_km(line, place)
        is_close = near is not None and near <= 0.3
        is_telling = name >= 0.9 and min(len(line.words), len(place.words)) > 1
        if name >= 0.8 and (address >= 0.5 or is_close or is_telling):
            return Candidate(
                place.key, Likeness.SIMILAR_NAME, _score(0.7 * name + 0.2 * address + 0.1 * is_close)
            )
        is_there = address >= 0.75 or (address >= 0.65 and name >= 0.6)
        if is_there and len(line.address & place.address) >= 3:
            return Candidate(place.key, Likeness.SAME_ADDRESS, _score(0.4 * name + 0.5 * address))
        return None

    def _name_likeness(self, line: Listed, place: Listed) -> float:
        """Return how much of the two names' weight is in words that both have, nearly alike counting in part."""
        mine, theirs = set(line.words), set(place.words)
        if numbers_in(tuple(mine)) != numbers_in(tuple(theirs)):
            return 0.6 * self._shared_weight(line.country, mine, theirs)
        return self._shared_weight(line.country, mine, theirs)

    def _shared_weight(self, country: str, mine: set[str], theirs: set[str]) -> float:
        both = mine & theirs
        shared = 2 * sum(self._weight(country, word) for word in both)
        total = shared
        left, right = mine - both, theirs - both
        for words, others in ((left, right), (right, left)):
            for word in words:
                weight = self._weight(country, word)
                total += weight
                shared += weight * max((word_likeness(word, other) for other in others), default=0.0)
        return shared / total if total else 0.0


def _compare_namesakes(line: Listed, place: Listed) -> Candidate:
    """Same name: the same place when the address agrees, or the spot with some of the address; else ask."""
    address, near = _address_likeness(line, place), _distance_km(line, place)
    is_silent = not line.address and not place.address
    agrees = (
        address >= 0.6
        or (near is not None and near <= 1 and address >= 0.3)
        or (is_silent and (near is None or near <= 1))
    )
    if agrees and _numbers_agree(line, place):
        return Candidate(place.key, Likeness.SAME_PLACE, _score(0.9 + 0.1 * address))
    return Candidate(place.key, Likeness.SAME_NAME, _score(0.7 + 0.2 * address))


def _score(value: float) -> float:
    return round(min(value, 1.0), 3)


def _address_likeness(line: Listed, place: Listed) -> float:
    """Return the part of the shorter address that stands in the longer one, 0 when either says too little."""
    if min(len(line.address), len(place.address)) < 2:
        return 0.0
    return len(line.address & place.address) / min(len(line.address), len(place.address))


def _numbers_agree(line: Listed, place: Listed) -> bool:
    """Tell whether no plot, floor or unit number speaks against the two being one."""
    mine, theirs = numbers_in(tuple(line.address)), numbers_in(tuple(place.address))
    return mine <= theirs or theirs <= mine


def _distance_km(line: Listed, place: Listed) -> float | None:
    """Return the distance on the sphere, or None when either has no point."""
    if line.point is None or place.point is None:
        return None
    (first, east), (second, west) = (tuple(map(math.radians, point)) for point in (line.point, place.point))
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin((west - east) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(half)))


@lru_cache(maxsize=100_000)
def word_likeness(first: str, second: str) -> float:
    """Return how alike two words are by their letter pairs; 0 below a half, and for numbers that differ."""
    if any(each.isdigit() for each in first + second):
        return 0.0
    mine, theirs = _pairs(first), _pairs(second)
    alike = 2 * len(mine & theirs) / (len(mine) + len(theirs))
    return alike if alike >= 0.6 else 0.0


def _pairs(word: str) -> set[str]:
    edged = f" {word} "
    return {edged[place : place + 2] for place in range(len(edged) - 1)}
