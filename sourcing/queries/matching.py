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


NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line or a register entry in the form in which it is compared; `key` is for whoever asks.

    `numbers` are the words with a digit, of the name and of the address: they tell neighbours apart.
    """

    key: int
    country: str
    name: str
    words: frozenset[str]
    address: frozenset[str]
    point: tuple[float, float] | None
    fingerprint: str
    name_numbers: frozenset[str] = NONE
    address_numbers: frozenset[str] = NONE


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
    bare, places = normal_name(name), address_tokens(address, country)
    words = frozenset(bare.split())
    return Listed(
        key=key,
        country=country,
        name=bare.replace(" ", ""),
        words=words,
        address=frozenset(places),
        point=None if latitude is None or longitude is None else (latitude, longitude),
        fingerprint=_digest(country, bare, places),
        name_numbers=numbers_in(words) or NONE,
        address_numbers=numbers_in(places) or NONE,
    )


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
        self._namesakes = Namesakes()
        self._by_key: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._frequency: Counter[tuple[str, str]] = Counter()
        self._size: Counter[str] = Counter()
        self._weights: dict[tuple[str, str], float] = {}
        found = list(places)
        for one in (*found, *others):
            self._size[one.country] += 1
            self._frequency.update((one.country, word) for word in one.words)
        for one in found:
            self._add(one)

    def _add(self, place: Listed) -> None:
        self._places[place.key] = place
        self._namesakes.add(place)
        for key in self._keys(place):
            found = self._by_key[key]
            if len(found) <= CROWD:
                found.append(place.key)

    def candidates(self, line: Listed, *, besides: frozenset[int] = frozenset()) -> list[Candidate]:
        """Return up to three places that `line` may mean, the likeliest first.

        A certain one stands alone. `besides` are places that people have said it is not.
        """
        certain = self._namesakes.certain(line, besides=besides)
        if certain:
            return [certain]
        found = [_compare_namesakes(line, one) for one in self._namesakes.of(line) if one.key not in besides]
        known = {one.key for one in found} | besides
        compared = (self._compare(line, self._places[key]) for key in self._near(line) if key not in known)
        found += [one for one in compared if one]
        return sorted(found, key=lambda one: (-one.score, one.key))[:MOST_CANDIDATES]

    def _near(self, line: Listed) -> list[int]:
        """Return the places worth a closer look: those that share most of what is rare."""
        shared: Counter[int] = Counter()
        for key in self._keys(line):
            found = self._by_key.get(key, ())
            if len(found) <= CROWD:
                shared.update(found)
        return [key for key, _count in shared.most_common(SHORTLIST)]

    def _keys(self, place: Listed) -> Iterator[tuple[str, ...]]:
        country = place.country
        counts = sorted((self._frequency[country, word], word) for word in place.words)
        rare = [word for count, word in counts if count <= CROWD]
        for word in rare[:4]:
            yield country, word
        if len(rare) < 2:
            for pair in combinations(sorted(word for _count, word in counts[:5]), 2):
                yield country, *pair
        if len(place.name) >= 5:
            yield country, "begins", place.name[:7]
        if place.point:
            yield country, "lies", *(str(round(degree * SPOT)) for degree in place.point)

    def _weight(self, country: str, word: str) -> float:
        known = self._weights.get((country, word))
        if known is None:
            rarity = math.log(1 + self._size[country] / (1 + self._frequency[country, word]))
            known = rarity * (0.35 if word in TRADE_WORDS else 1.0) + 0.05
            self._weights[country, word] = known
        return known

    def _compare(self, line: Listed, place: Listed) -> Candidate | None:
        name = self.name_likeness(line, place)
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

    def name_likeness(self, line: Listed, place: Listed) -> float:
        """Return how much of the two names' weight is in words that both have; alike words count in part."""
        both = line.words & place.words
        shared = 2 * sum(self._weight(line.country, word) for word in both)
        total = shared
        left, right = line.words - both, place.words - both
        for words, others in ((left, right), (right, left)):
            for word in words:
                weight = self._weight(line.country, word)
                total += weight
                likest = max(
                    (word_likeness(word, other) for other in others if other[0] == word[0]), default=0.0
                )
                shared += weight * likest
        likeness = shared / total if total else 0.0
        return likeness if line.name_numbers == place.name_numbers else 0.6 * likeness


class Namesakes:
    """Places by their whole name: enough to say which are certainly the same."""

    def __init__(self) -> None:
        self._by_line: dict[str, Listed] = {}
        self._by_name: dict[tuple[str, str], list[Listed]] = defaultdict(list)

    def add(self, place: Listed) -> None:
        """Let `place` be found from now on."""
        self._by_line.setdefault(place.fingerprint, place)
        self._by_name[place.country, place.name].append(place)

    def of(self, line: Listed) -> list[Listed]:
        """Return the places of the same name, a crowd of them at most."""
        return self._by_name.get((line.country, line.name), [])[:CROWD]

    def certain(self, line: Listed, *, besides: frozenset[int] = frozenset()) -> Candidate | None:
        """Return the place that is listed so but for habits of spelling, or has this name there; else None."""
        same = self._by_line.get(line.fingerprint)
        if same is not None and same.key not in besides:
            return Candidate(same.key, Likeness.SAME_LINE, 1.0)
        compared = (_compare_namesakes(line, one) for one in self.of(line) if one.key not in besides)
        found = [one for one in compared if one.likeness.is_certain]
        return min(found, key=lambda one: (-one.score, one.key), default=None)


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
    mine, theirs = line.address_numbers, place.address_numbers
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
    if numbers_in((first, second)):
        return 0.0
    mine, theirs = _pairs(first), _pairs(second)
    alike = 2 * len(mine & theirs) / (len(mine) + len(theirs))
    return alike if alike >= 0.6 else 0.0


def _pairs(word: str) -> set[str]:
    edged = f" {word} "
    return {edged[place : place + 2] for place in range(len(edged) - 1)}
