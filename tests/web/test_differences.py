"""What changed between two texts: nothing is lost, markup stays words, and screen readers hear it."""

import time

import pytest
from django.template import Context, Template

from web.differences import differences, is_changed, paired

PAIRS = [
    ("", ""),
    ("", "New words."),
    ("Old words.", ""),
    ("The exit is blocked.", "The exit was blocked, then cleared."),
    ("কারখানার দরজা বন্ধ ছিল।", "কারখানার দরজা খোলা ছিল।"),
    ("出口被堵住了", "出口已经打开了"),
    ("One\ntwo\nthree", "One\nthree"),
    ("a b c d", "w x y z"),
    ("same again ", "same  again"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = differences(before, after)
    assert "".join(one.text for one in found if one.kind != "added") == before
    assert "".join(one.text for one in found if one.kind != "removed") == after


def test_only_the_word_that_changed_is_marked() -> None:
    found = [(one.kind, one.text) for one in differences("Ten workers waited.", "Nine workers waited.")]
    assert found == [("removed", "Ten"), ("added", "Nine"), ("same", " workers waited.")]


def test_signs_without_spaces_are_compared_one_by_one() -> None:
    assert [one.kind for one in differences("出口被堵", "出口很堵")] == ["same", "removed", "added", "same"]


def test_texts_that_share_no_word_are_one_stretch_each() -> None:
    assert [one.text for one in differences("a b c", "x y z")] == ["a b c", "x y z"]


def test_very_long_texts_are_compared_by_lines() -> None:
    before = "\n".join(f"word{n} word{n + 1} word{n + 2}" for n in range(2000))
    found = differences(before, before + "\nmore")
    assert "".join(one.text for one in found if one.kind != "removed") == before + "\nmore"


def test_lists_stand_side_by_side() -> None:
    assert paired(["Agents charge fees", "No budget"], ["Agents still charge fees", "Nobody checks"]) == [
        ("Agents charge fees", "Agents still charge fees"),
        ("No budget", ""),
        ("", "Nobody checks"),
    ]


def test_spaces_at_the_ends_change_nothing() -> None:
    assert not is_changed("Fees ", " Fees")
    assert is_changed("Fees", "Fee")


def test_marks_are_said_and_words_are_escaped() -> None:
    drawn = Template("{% said_anew a b lang %}").render(
        Context({"a": "<b> one", "b": "<b> two", "lang": "ar"})
    )
    assert drawn == (
        '<span class="said anew" lang="ar" dir="auto">&lt;b&gt; '
        '<del><span class="vh">[taken out: </span>one<span class="vh">]</span></del>'
        '<ins><span class="vh">[put in: </span>two<span class="vh">]</span></ins></span>'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [("a\n" * 2000, "b\na\n" * 1000), ("a " * 4000, "b a " * 2000), ("a " * 1_000, "a " * 1_001)],
    ids=["lines", "words", "alike"],
)
def test_texts_made_to_be_slow_are_compared_in_bounded_time(before: str, after: str) -> None:
    began = time.process_time()
    pieces = differences(before, after)
    assert time.process_time() - began < 5  # without bounds: hours
    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "removed") == after


def test_lists_made_to_be_slow_stand_side_by_side_in_bounded_time() -> None:
    before, after = [f"{'a ' * 900}{n}" for n in range(40)], [f"{'b a ' * 450}{n}" for n in range(40)]
    began = time.process_time()
    rows = paired(before, after)
    assert time.process_time() - began < 10
    assert [old for old, _new in rows if old] == before
    assert [new for _old, new in rows if new] == after
