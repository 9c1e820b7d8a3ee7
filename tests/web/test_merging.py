"""Two people change one thing: nothing that either wrote is lost."""

import datetime as dt
import itertools

import pytest

from web.merging import Conflict, merge, packed, same, settled, unpacked

BASE = {"title": "Exit blocked", "words": "Boxes.", "workers": 4}


def test_whoever_changed_a_field_alone_is_right() -> None:
    met = merge(BASE, BASE | {"title": "Exit shut"}, BASE | {"workers": 9})
    assert met.values == {"title": "Exit shut", "words": "Boxes.", "workers": 9}
    assert met.taken == ["workers"]
    assert met.is_clean


def test_a_field_that_both_changed_is_asked_about_and_mine_stays_until_then() -> None:
    met = merge(
        BASE, BASE | {"words": "Mine."}, BASE | {"words": "Theirs."}, labels={"words": "What was found"}
    )
    assert met.values["words"] == "Mine."
    assert met.conflicts == [Conflict("words", "Boxes.", "Mine.", "Theirs.", "What was found")]
    assert not met.is_clean


def test_the_same_change_by_both_is_no_conflict() -> None:
    assert merge(BASE, BASE | {"words": "New."}, BASE | {"words": "New. \r\n"}).is_clean


@pytest.mark.parametrize("values", list(itertools.product(["a", "b", "c"], repeat=3)))
def test_no_word_of_anyone_disappears(values: tuple[str, str, str]) -> None:
    base, mine, theirs = values
    met = merge({"x": base}, {"x": mine}, {"x": theirs})
    shown = {met.values["x"], *(one.theirs for one in met.conflicts)}
    changed = {one for one in (mine, theirs) if one != base}
    assert changed <= shown


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (None, "", True),
        ("a\r\nb", "a\nb ", True),
        ([], None, True),
        (["a "], ["a"], True),
        (0, None, False),
        (False, None, False),
        (dt.date(2026, 3, 4), "2026-03-04", True),
        ("a", "b", False),
    ],
)
def test_same(one: object, other: object, expected: bool) -> None:
    assert same(one, other) is expected


def test_answers_are_put_into_what_was_sent() -> None:
    mine, theirs = (
        {"a": "1", "b": "mine\nx", "c": ["m"], "d": "d"},
        {"a": "2", "b": "theirs", "c": ["t"], "d": "e"},
    )
    answers = {"keep-a": "theirs", "keep-b": "both", "keep-c": "both", "keep-d": "nonsense"}
    assert settled(mine, theirs, answers) == {"a": "2", "b": "theirs\n\nmine\nx", "c": ["t", "m"], "d": "d"}


def test_only_long_words_and_lists_can_stand_after_each_other() -> None:
    assert Conflict("x", "", "a\nb", "c").can_be_both
    assert Conflict("x", None, ["a"], ["b"]).can_be_both
    assert not Conflict("x", "", "a", "c").can_be_both
    assert not Conflict("x", None, 1, 2).can_be_both
    assert not Conflict("x", "", "a\nb", "").can_be_both


def test_base_survives_the_way_to_the_browser_and_back() -> None:
    given = {"title": "Ausgang “A”", "workers": 4, "on": dt.date(2026, 3, 4), "empty": ""}
    found = unpacked(packed(given), given)
    assert found == {"title": "Ausgang “A”", "workers": 4, "on": "2026-03-04", "empty": None}
    assert all(same(given[name], found[name]) for name in given)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, "x" * 300_000])
def test_what_never_came_from_here_is_no_base(text: str) -> None:
    assert unpacked(text, ["title"]) is None
