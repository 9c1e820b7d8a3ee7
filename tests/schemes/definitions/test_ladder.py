"""The level rule: every count of criteria, every order, every ladder; and the shortest way up proven by force."""

import itertools
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemes.definitions.edition import EditionData, LevelRule
from schemes.definitions.ladder import NOTHING, Result, Rule, Scored, Step, result, share_of
from schemes.definitions.reading import read_path, shipped
from tests.factories.schemes import edition_data

LADDER = [
    {"key": "gold", "title": "GOLD", "all_at": "gold"},
    {
        "key": "platinum",
        "title": "PLATINUM",
        "all_at": "gold",
        "share": {"at": "platinum", "percent": 80},
        "rest": {"months": [18, 24]},
    },
    {
        "key": "diamond",
        "title": "DIAMOND",
        "all_at": "platinum",
        "share": {"at": "diamond", "percent": 80},
        "rest": {"months": [18, 24]},
    },
]
Scores = dict[str, Scored]
# Time is no part of these promises: a machine may be busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = (
    "bronze",
    "gold",
    "a",
    "z9",
    "stage_two",
    "not_yet",
    "all",
    "rest",
    "share",
    "none",
    "level-1",
    "x" * 40,
)


def ladder(criteria: int, levels: list[dict[str, Any]] | None = None) -> EditionData:
    return edition_data(criteria=criteria, levels=LADDER if levels is None else levels)


def scored(*groups: tuple[int, Scored]) -> Scores:
    """Return so many criteria with this score, then so many with that, numbered from c1."""
    flat = [one for count, one in groups for _ in range(count)]
    return {f"c{number}": one for number, one in enumerate(flat, start=1)}


def at(level: str | None, months: int | None = None) -> Scored:
    return Scored(level, is_working_towards=months is not None, likely_months=months)


def plainly(edition: EditionData, scores: Scores) -> str | None:
    """State the rule again in another way: fractions, quantifiers, and the longest run of rungs from the lowest."""
    found = [scores.get(one.key, NOTHING) for one in edition.criteria]
    counted = [one for one in found if one.is_relevant]
    if not counted:
        return None
    order = [None, *(rung.key for rung in edition.levels)]

    def reaches(one: Scored, level: str) -> bool:
        return order.index(one.level) >= order.index(level)

    def holds(rung: LevelRule) -> bool:
        if rung.all_at is not None and not all(reaches(one, rung.all_at) for one in counted):
            return False
        if rung.share is None:
            return True
        there = [one for one in counted if reaches(one, rung.share.at)]
        if Fraction(len(there), len(counted)) < Fraction(rung.share.percent, 100):
            return False
        rest = [one for one in counted if not reaches(one, rung.share.at)]
        return rung.rest is None or all(
            one.is_working_towards
            and one.likely_months is not None
            and one.likely_months <= max(rung.rest.months)
            for one in rest
        )

    held = list(itertools.takewhile(holds, edition.levels))
    return held[-1].key if held else None


# -- the arithmetic


@pytest.mark.parametrize(
    ("count", "need"), [(1, 1), (2, 2), (4, 4), (5, 4), (6, 5), (10, 8), (11, 9), (15, 12), (20, 16)]
)
def test_eighty_in_a_hundred_are_rounded_up(count: int, need: int) -> None:
    assert share_of(count, 80) == need


def test_thirteen_of_sixteen_are_enough_and_twelve_are_not() -> None:
    edition = ladder(16)
    assert result(edition, scored((13, at("platinum")), (3, at("gold", 24)))).level == "platinum"
    assert result(edition, scored((12, at("platinum")), (4, at("gold", 24)))).level == "gold"


def test_fourteen_of_seventeen_are_enough_and_thirteen_are_not() -> None:
    edition = ladder(17)
    assert result(edition, scored((14, at("diamond")), (3, at("platinum", 18)))).level == "diamond"
    assert result(edition, scored((13, at("diamond")), (4, at("platinum", 18)))).level == "platinum"


def test_one_that_is_not_relevant_makes_sixteen_of_seventeen() -> None:
    edition = ladder(17)
    left_out = Scored(None, is_relevant=False)
    assert (
        result(edition, scored((13, at("platinum")), (3, at("gold", 1)), (1, left_out))).level == "platinum"
    )
    assert result(edition, scored((13, at("platinum")), (4, at("gold", 1)))).level == "gold"


@pytest.mark.parametrize("relevant", range(1, 31))
@pytest.mark.parametrize("total", [30])
def test_every_count_of_relevant_criteria_against_the_rule_said_otherwise(relevant: int, total: int) -> None:
    """Every way to spread levels over the relevant ones, with the rest worked towards, late, or left alone."""
    edition = ladder(total)
    out = (total - relevant, Scored("diamond", is_relevant=False))
    for high in range(relevant + 1):
        for below, months in itertools.product((None, "gold", "platinum"), (None, 0, 24, 25)):
            for top in ("platinum", "diamond"):
                scores = scored((high, at(top)), (relevant - high, at(below, months)), out)
                assert result(edition, scores).level == plainly(edition, scores), scores


def test_every_score_of_every_criterion_on_small_editions() -> None:
    choices = [
        Scored(None, is_relevant=False),
        *(at(level, months) for level in (None, "gold", "platinum", "diamond") for months in (None, 24, 25)),
    ]
    for count in (1, 2, 3):
        edition = ladder(count)
        for picked in itertools.product(choices, repeat=count):
            scores = scored(*((1, one) for one in picked))
            assert result(edition, scores).level == plainly(edition, scores), scores


def test_nothing_relevant_gives_no_level_and_says_so() -> None:
    found = result(ladder(4), scored((4, Scored("diamond", is_relevant=False))))
    assert (found.level, found.next_level, found.relevant, found.steps) == (None, "gold", 0, ())
    assert [(line.rule, line.holds) for line in found.lines] == [(Rule.RELEVANT, False)]


def test_what_was_not_scored_counts_as_below_the_lowest() -> None:
    found = result(ladder(3), {"c1": at("gold")})
    assert (found.level, found.shortest) == (None, ("c2", "c3"))


@pytest.mark.parametrize("scores", [{"c9": NOTHING}, {"c1": at("titanium")}])
def test_a_criterion_or_level_that_there_is_not_is_an_error(scores: Scores) -> None:
    with pytest.raises(KeyError):
        result(ladder(3), scores)


# -- properties, over ladders of any height and names


@st.composite
def ladders(draw: st.DrawFn, *, most_criteria: int = 30) -> EditionData:
    """Draw a ladder of one to six rungs with names of its own, each asking something."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    levels = []
    for name in names:
        rung: dict[str, Any] = {"key": name, "title": name.upper()}
        if draw(st.booleans()):
            rung["all_at"] = draw(st.sampled_from(names))
        if "all_at" not in rung or draw(st.booleans()):
            rung["share"] = {"at": draw(st.sampled_from(names)), "percent": draw(st.integers(1, 100))}
            if draw(st.booleans()):
                rung["rest"] = {"months": sorted(draw(st.lists(st.integers(0, 36), min_size=1, max_size=2)))}
        levels.append(rung)
    return ladder(draw(st.integers(1, most_criteria)), levels)


@st.composite
def judged(draw: st.DrawFn, *, most_criteria: int = 30) -> tuple[EditionData, Scores]:
    """Draw a ladder and the scores of all its criteria."""
    edition = draw(ladders(most_criteria=most_criteria))
    one = st.builds(
        Scored,
        st.sampled_from([None, *(rung.key for rung in edition.levels)]),
        is_relevant=st.sampled_from([True, True, True, False]),
        is_working_towards=st.booleans(),
        likely_months=st.none() | st.integers(0, 40),
    )
    return edition, {criterion.key: draw(one) for criterion in edition.criteria}


@PATIENT
@given(judged())
def test_the_level_is_that_of_the_rule_said_otherwise(drawn: tuple[EditionData, Scores]) -> None:
    edition, scores = drawn
    assert result(edition, scores).level == plainly(edition, scores)


@PATIENT
@given(judged(), st.data())
def test_raising_a_score_never_lowers_the_level(
    drawn: tuple[EditionData, Scores], data: st.DataObject
) -> None:
    edition, scores = drawn
    key = data.draw(st.sampled_from(sorted(scores)))
    now = scores[key]
    higher = [rung.key for rung in edition.levels if edition.rank(rung.key) > edition.rank(now.level)]
    raised = Scored(
        data.draw(st.sampled_from(higher)) if higher else now.level,
        is_relevant=now.is_relevant,
        is_working_towards=now.is_working_towards,
        likely_months=now.likely_months,
    )
    before, after = result(edition, scores), result(edition, scores | {key: raised})
    assert edition.rank(after.level) >= edition.rank(before.level)


@PATIENT
@given(judged(), st.data())
def test_working_towards_more_or_sooner_never_lowers_the_level(
    drawn: tuple[EditionData, Scores], data: st.DataObject
) -> None:
    edition, scores = drawn
    key = data.draw(st.sampled_from(sorted(scores)))
    now = scores[key]
    better = Scored(now.level, is_relevant=now.is_relevant, is_working_towards=True, likely_months=0)
    before, after = result(edition, scores), result(edition, scores | {key: better})
    assert edition.rank(after.level) >= edition.rank(before.level)


@PATIENT
@given(judged(), st.randoms())
def test_neither_the_order_of_scores_nor_of_criteria_matters(
    drawn: tuple[EditionData, Scores], dice: Any
) -> None:
    edition, scores = drawn
    items, criteria = list(scores.items()), list(edition.criteria)
    dice.shuffle(items)
    assert result(edition, dict(items)) == result(edition, scores)
    dice.shuffle(criteria)
    shuffled = EditionData(**{**_fields(edition), "criteria": tuple(criteria)})
    found, expected = result(shuffled, scores), result(edition, scores)
    assert (found.level, len(found.steps)) == (expected.level, len(expected.steps))
    assert [(one.rung, one.rule, one.have, one.need) for one in found.lines] == [
        (one.rung, one.rule, one.have, one.need) for one in expected.lines
    ]


def _fields(edition: EditionData) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in edition.__dataclass_fields__}


# -- the explanation


@PATIENT
@given(judged())
def test_the_lines_say_what_holds_and_what_is_missing(drawn: tuple[EditionData, Scores]) -> None:
    edition, scores = drawn
    found = result(edition, scores)
    reached = edition.rank(found.level)
    for rung in edition.levels[:reached]:
        assert all(line.holds for line in found.lines_of(rung.key))
    if found.next_level is None:
        assert reached == len(edition.levels)
        assert found.steps == ()
    else:
        assert edition.rank(found.next_level) == reached + 1
        assert not all(line.holds for line in found.lines_of(found.next_level))
    for line in found.lines:
        if line.rule in {Rule.ALL, Rule.REST}:
            assert line.need - line.have == len(line.missing)
        if line.rule == Rule.SHARE:
            assert line.have + len(line.missing) == found.relevant


def test_the_explanation_of_a_member_between_two_levels() -> None:
    scores = scored(
        (12, at("platinum")), (2, at("gold", 20)), (2, at("gold")), (1, Scored(None, is_relevant=False))
    )
    found = result(ladder(17), scores)
    assert (found.level, found.next_level, found.relevant) == ("gold", "platinum", 16)
    assert [(one.rung, one.rule.value, one.have, one.need, one.holds) for one in found.lines] == [
        ("gold", "all", 16, 16, True),
        ("platinum", "all", 16, 16, True),
        ("platinum", "share", 12, 13, False),
        ("platinum", "rest", 2, 4, False),
    ]
    assert found.lines[3].missing == ("c15", "c16")
    assert found.steps == (Step("c15", "platinum", needs_plan=False), Step("c16", None, needs_plan=True))


# -- the shortest way up


def _with(edition: EditionData, scores: Scores, found: Result) -> Scores:
    """Return the scores after every step of the shortest way."""
    changed = dict(scores)
    for step in found.steps:
        now = scores.get(step.criterion, NOTHING)
        changed[step.criterion] = Scored(
            step.to or now.level,
            is_working_towards=step.needs_plan or now.is_working_towards,
            likely_months=0 if step.needs_plan else now.likely_months,
        )
    return changed


def _fewest(edition: EditionData, scores: Scores, wanted: int) -> int:
    """Try every set of criteria, smallest first, brought to the very top, until the level is reached."""
    best = Scored(edition.levels[-1].key, is_working_towards=True, likely_months=0)
    counted = [key for key in sorted(scores) if scores[key].is_relevant]
    for size in range(len(counted) + 1):
        for picked in itertools.combinations(counted, size):
            level = result(edition, scores | dict.fromkeys(picked, best)).level
            if edition.rank(level) >= wanted:
                return size
    raise AssertionError("no way up")


@settings(PATIENT, max_examples=300)
@given(judged(most_criteria=7))
def test_the_shortest_list_reaches_the_next_level_and_no_shorter_one_does(
    drawn: tuple[EditionData, Scores],
) -> None:
    edition, scores = drawn
    found = result(edition, scores)
    if found.next_level is None or not found.relevant:
        assert found.steps == ()
        return
    wanted = edition.rank(found.next_level)
    assert edition.rank(result(edition, _with(edition, scores, found)).level) >= wanted
    assert len(found.steps) == _fewest(edition, scores, wanted)
    assert [one.key for one in edition.criteria if one.key in found.shortest] == list(found.shortest)


@PATIENT
@given(judged())
def test_every_step_of_the_shortest_list_changes_something(drawn: tuple[EditionData, Scores]) -> None:
    edition, scores = drawn
    for step in result(edition, scores).steps:
        assert step.to or step.needs_plan
        if step.to:
            assert edition.rank(step.to) > edition.rank(scores[step.criterion].level)


# -- the shipped ladder


@cache
def shipped_ladder() -> EditionData:
    editions = [read_path(path).edition for path in shipped()]
    return next(one for one in editions if one.shape == "ladder")


def test_the_shipped_ladder_asks_for_fourteen_of_its_seventeen() -> None:
    edition = shipped_ladder()
    keys = [one.key for one in edition.criteria]
    assert len(keys) == 17
    scores = {key: at("platinum") for key in keys[:14]} | {key: at("gold", 24) for key in keys[14:]}
    assert result(edition, scores).level == "platinum"
    assert result(edition, scores | {keys[0]: at("gold", 24)}).level == "gold"


@PATIENT
@given(st.data())
def test_on_the_shipped_ladder_a_raise_that_starts_afresh_never_lowers_the_level(data: st.DataObject) -> None:
    """Whoever reaches a level has no plan for the next one yet; that takes nothing from the whole."""
    edition = shipped_ladder()
    steps = [None, *(rung.key for rung in edition.levels)]
    one = st.builds(
        Scored,
        st.sampled_from(steps),
        is_working_towards=st.booleans(),
        likely_months=st.none() | st.integers(0, 30),
    )
    scores = {criterion.key: data.draw(one) for criterion in edition.criteria}
    key = data.draw(st.sampled_from(sorted(scores)))
    higher = steps[edition.rank(scores[key].level) + 1 :]
    raised = Scored(data.draw(st.sampled_from(higher))) if higher else scores[key]
    before, after = result(edition, scores), result(edition, scores | {key: raised})
    assert edition.rank(after.level) >= edition.rank(before.level)
