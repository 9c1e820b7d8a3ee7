"""What a result says to a person."""

from schemes.definitions.ladder import Result, Scored, result
from schemes.definitions.words import rule_sentences, sentence_of, step_sentence
from tests.schemes.definitions.test_ladder import at, ladder, scored


def test_every_line_and_step_is_a_sentence() -> None:
    edition = ladder(17)
    scores = scored((12, at("platinum")), (2, at("gold", 20)), (2, at("gold")), (1, at(None)))
    below = result(edition, scores)
    assert [sentence_of(edition, line) for line in below.lines] == [
        "16 of 17 relevant criteria are at GOLD or above.",
    ]
    assert [step_sentence(edition, step, rung="gold") for step in below.steps] == ["Bring it to GOLD."]
    found = result(edition, scores | {"c17": at("gold")})
    assert [sentence_of(edition, line) for line in found.lines] == [
        "Every relevant criterion is at GOLD or above.",
        "Every relevant criterion is at GOLD or above.",
        "At PLATINUM or above: 12. Needed: at least 14.",
        "Of the 5 others, 2 are worked towards and likely at PLATINUM within 24 months.",
    ]
    assert [(step.criterion, step_sentence(edition, step, rung="platinum")) for step in found.steps] == [
        ("c15", "Bring it to PLATINUM."),
        ("c16", "Bring it to PLATINUM."),
        ("c17", "Work towards the next level, likely within 24 months."),
    ]


def test_nothing_relevant_and_nothing_left_are_said() -> None:
    edition = ladder(2)
    nothing = result(edition, scored((2, Scored(None, is_relevant=False))))
    assert sentence_of(edition, nothing.lines[0]).startswith("No criterion counts")
    full = result(edition, scored((2, at("platinum"))))
    assert sentence_of(edition, full.lines_of("platinum")[-1]).startswith("None is left")


def test_a_rung_says_what_it_asks() -> None:
    assert rule_sentences(ladder(3), "platinum") == (
        "Every relevant criterion is at GOLD or above.",
        "At least 80 % of the relevant criteria, rounded up, are at PLATINUM or above.",
        "Each of the others is worked towards and likely to be there within 18–24 months.",
    )


def test_a_result_is_kept_as_data_and_read_again() -> None:
    found = result(ladder(5), scored((3, at("platinum")), (2, at("gold"))))
    kept = found.as_json()
    assert kept["lines"][0] == {
        "rung": "gold",
        "rule": "all",
        "at": "gold",
        "have": 5,
        "need": 5,
        "missing": [],
        "holds": True,
    }
    assert Result.from_json(kept) == found
