"""Editions' files: what is shipped, and every fault with its file, line and field."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemes.definitions import reading
from schemes.definitions.edition import EditionData
from schemes.definitions.faults import DefinitionError
from schemes.definitions.ladder import Scored, result
from schemes.definitions.reading import read_bytes, read_path, read_text, shipped
from sourcing.definitions.kinds import kinds

# Time is no part of these promises: a machine may be busy.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A scheme of somebody else's: three rungs with shares of their own, and nothing of it in any code.
METALS = """\
scheme:
  key: fair-floors
  title: Fair floors
  subject: organisation
edition: "3"
title: Fair floors, third edition
shape: ladder
language: en
notice: It says what was seen on the day.
levels:
  - {key: bronze, title: Bronze, share: {at: bronze, percent: 60}}
  - key: silver
    title: Silver
    all_at: bronze
    share: {at: silver, percent: 75}
    rest: {months: [6]}
  - {key: gold, title: Gold, all_at: gold}
groups:
  - {key: home, title: At home}
criteria:
  - {key: wages, title: Wages, summary: Pay can be lived on., group: home}
  - {key: hours, title: Hours, summary: Hours have limits., group: home}
  - {key: voice, title: Voice, summary: Workers are heard., group: home}
  - {key: homes, title: Homes, summary: Homes are safe., group: home}
  - {key: exits, title: Exits, summary: Doors open., group: home, evidence: [photo]}
"""


def faults(text: str) -> list[tuple[int, str, str]]:
    """Return line, field and words of everything that is wrong in a text."""
    with pytest.raises(DefinitionError) as caught:
        read_text("mine.yaml", text)
    assert all(str(one).startswith(f"mine.yaml:{one.line}: {one.place}: ") for one in caught.value.faults)
    return [(one.line, one.place, one.text) for one in caught.value.faults]


def test_three_shapes_are_shipped_and_each_is_in_order() -> None:
    found = [read_path(path) for path in shipped()]
    assert {(one.edition.shape, len(one.edition.criteria)) for one in found} == {
        ("ladder", 17),
        ("rubric", 15),
        ("checklist", 10),
    }
    for one, path in zip(found, shipped(), strict=True):
        assert (path.parent.name, path.stem) == (one.edition.scheme.key, one.edition.version)
        assert one.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert EditionData.from_json(json.loads(json.dumps(one.data))) == one.edition


def test_every_shipped_criterion_has_guidance_for_every_step_and_hints_of_evidence() -> None:
    for path in shipped():
        edition = read_path(path).edition
        asked = set[str]()
        for criterion in edition.criteria:
            assert set(criterion.guidance) == {key for key, _title in edition.choices()}, criterion.key
            assert criterion.evidence, criterion.key
            assert set(criterion.evidence) <= set(kinds()), criterion.key
            for question in (one for some in criterion.guidance.values() for one in some):
                assert question not in asked or question == "Neither.", question
                asked.add(question)
            assert edition.groups
            assert criterion.group in {group.key for group in edition.groups}


def test_the_rubric_has_three_pillars_of_five_and_asks_proof_for_the_upper_half() -> None:
    edition = next(one for path in shipped() if (one := read_path(path).edition).shape == "rubric")
    assert [len(edition.criteria_of(group.key)) for group in edition.groups] == [5, 5, 5]
    assert edition.scale is not None
    assert [edition.scale.needs_proof(str(value)) for value in range(4)] == [False, False, True, True]
    assert edition.rating is not None
    assert (edition.rating.raters, edition.rating.reply_days) == (2, 30)


def test_levels_between_which_one_moves_are_computed() -> None:
    edition = read_text("mine.yaml", METALS).edition
    assert edition.lowest is not None
    assert edition.lowest.key == "bronze"
    assert [
        rung and rung.key for rung in (edition.above(None), edition.above("silver"), edition.above("gold"))
    ] == [
        "bronze",
        "gold",
        None,
    ]
    assert [rung and rung.key for rung in (edition.below("gold"), edition.below("bronze"))] == [
        "silver",
        None,
    ]


@pytest.mark.parametrize(
    ("scores", "level"),
    [
        ({"wages": "bronze", "hours": "bronze"}, None),
        ({"wages": "bronze", "hours": "bronze", "voice": "silver"}, "bronze"),
        (dict.fromkeys(("wages", "hours", "voice", "homes"), "silver") | {"exits": "bronze"}, "silver"),
        (
            dict.fromkeys(("wages", "hours", "voice"), "silver") | {"homes": "bronze", "exits": "bronze"},
            "bronze",
        ),
        (dict.fromkeys(("wages", "hours", "voice", "homes", "exits"), "gold"), "gold"),
    ],
)
def test_a_scheme_with_other_rungs_and_shares_needs_no_code(
    scores: dict[str, str], level: str | None
) -> None:
    edition = read_text("mine.yaml", METALS).edition
    given = {key: Scored(one, is_working_towards=True, likely_months=6) for key, one in scores.items()}
    assert result(edition, given).level == level


def test_what_a_windows_editor_saved_reads_the_same() -> None:
    plain, other = (
        read_text("a", METALS),
        read_bytes("a", b"\xef\xbb\xbf" + METALS.replace("\n", "\r\n").encode()),
    )
    assert (other.source, other.sha256, other.data) == (plain.source, plain.sha256, plain.data)


@pytest.mark.parametrize(
    ("before", "after", "line", "place", "words"),
    [
        ("key: hours", "key: wages", 22, "criteria.1.key", "“wages” is here already"),
        ("key: gold,", "key: silver,", 17, "levels.2.key", "“silver” is here already"),
        ("share: {at: silver", "share: {at: tin", 15, "levels.1.share.at", "“tin” is none of: bronze, silver, gold"),
        ("all_at: gold", "all_at: brass", 17, "levels.2.all_at", "“brass” is none of: bronze, silver, gold"),
        (", all_at: gold", "", 17, "levels.2", "asks for nothing: name a level in “all_at” or in “share”"),
        ("    share: {at: silver, percent: 75}\n", "", 12, "levels.1", "“rest” goes with a “share” only"),
        ("percent: 75", "percent: most", 15, "levels.1.share.percent", "'most' is no whole number"),
        ("percent: 75", "percent: 101", 15, "levels.1.share.percent", "101 is more than 100"),
        ("percent: 75", "percent: 0", 15, "levels.1.share.percent", "0 is less than 1"),
        ("[6]", "[24, 18]", 16, "levels.1.rest.months", "begins with the longer of the two"),
        ("[6]", "[]", 16, "levels.1.rest.months", "has less than 1"),
        ('edition: "3"', "edition: 3", 5, "edition", "3 is no text; put it in quotation marks"),
        ("shape: ladder", "shape: pyramid", 7, "shape", "'pyramid' is none of: ladder, rubric, checklist"),
        ("subject: organisation", "subject: person", 4, "scheme.subject", None),
        ("subject: organisation", "subject: organisation\n  colour: red", 5, "scheme.colour", "is not known here"),
        ("title: Fair floors\n", "title: Fair floors\n  title: Again\n", 4, "scheme.title", "stands here twice"),
        ("notice: It", "notes: It", 1, "file", "“notice” is missing"),
        ("notice: It says what was seen on the day.", 'notice: ""', 9, "notice", "is empty"),
        ("group: home}\n  - {key: hours", "group: away}\n  - {key: hours", 21, "criteria.0.group", None),
        ("evidence: [photo]", "evidence: [gossip]", 25, "criteria.4.evidence.0", None),
        ("evidence: [photo]", "guidance: {tin: [Why]}", 25, "criteria.4.guidance.tin", None),
        ("shape: ladder", "shape: rubric", 10, "levels", "does not belong to an edition of this shape"),
        ("key: fair-floors", "key: Fair Floors", 2, "scheme.key", None),
        ("title: Silver", 'title: "\\0"', 13, "levels.1.title", "holds a character that cannot be kept"),
        ("title: Silver", 'title: "\\uD800"', 13, "levels.1.title", "holds a character that cannot be kept"),
        ("title: Silver", "title: &t Silver\n    about: *t", 14, "file", "uses an alias (*); write it out"),
        ("title: Silver", "title: !!python/name:os.system ''", 13, "file", "uses a tag (!); leave it out"),
        ("title: Silver", "title: [Silver", 14, "file", None),
        ("title: Silver", "\ttitle: Silver", 13, "file", None),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line_and_field(
    before: str, after: str, line: int, place: str, words: str | None
) -> None:
    assert before in METALS
    found = faults(METALS.replace(before, after, 1))
    assert (line, place) in {one[:2] for one in found}, found
    if words is not None:
        assert (line, place, words) in found


def test_all_faults_are_told_at_once_in_the_order_of_lines() -> None:
    text = (
        METALS.replace("percent: 60", "percent: 600")
        .replace("percent: 75", "percent: x")
        .replace("key: exits", "kay: exits")
    )
    assert [one[:2] for one in faults(text)] == [
        (11, "levels.0.share.percent"),
        (15, "levels.1.share.percent"),
        (25, "criteria.4.kay"),
        (25, "criteria.4"),
    ]


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "---\n---\n", "just words", "- a\n- b\n", "a: 9" + "9" * 5000]
)
def test_what_is_no_edition_at_all_is_refused(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 5000,
        "a: " + "{b: " * 5000,
        "criteria:\n" + "- a: b\n" * 30_000,
        "x" * (reading.LARGEST + 1),
        "é" * (reading.LARGEST // 2 + 1),
        "a: &a [x,x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abc", "bcd", strict=True)),
    ],
)  # fmt: skip
def test_a_bomb_is_refused_before_anything_is_built(text: str) -> None:
    assert len(faults(text)) == 1


def test_a_large_file_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (reading.LARGEST + 1))
    with pytest.raises(DefinitionError, match=r"large\.yaml:1: file: is larger than"):
        read_path(path)


def test_other_bytes_than_utf_8_are_refused_with_their_line() -> None:
    with pytest.raises(DefinitionError, match=r"a\.yaml:2: file: is not UTF-8"):
        read_bytes("a.yaml", b"title: x\nnotice: \xff\n")


@PATIENT
@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
).map(yaml.safe_dump))  # fmt: skip
def test_whatever_is_sent_is_read_or_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        read_text("any.yaml", text)


@PATIENT
@given(st.sampled_from(["levels", "criteria", "scheme", "rhythm", "groups", "edition"]), st.data())
def test_a_part_of_any_other_kind_is_refused_and_never_breaks(part: str, data: st.DataObject) -> None:
    whole: dict[str, Any] = yaml.safe_load(METALS)
    whole[part] = data.draw(
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3)
    )
    try:
        read_text("any.yaml", yaml.safe_dump(whole))
    except DefinitionError:
        return
    assert part in {"groups", "edition"}


def test_the_example_of_the_documentation_can_be_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "schemes.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert read_text("docs", example).edition.scheme.key == "fair-floors"
