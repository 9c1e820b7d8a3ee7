"""Rubrics and checklists: a gap is no zero, and there is no total while a pillar has one."""

import pytest

from schemes.definitions.edition import EditionData
from schemes.definitions.reading import read_path, shipped
from schemes.definitions.tally import counts, tally
from tests.factories.schemes import edition_data


@pytest.fixture
def rubric() -> EditionData:
    return next(one for path in shipped() if (one := read_path(path).edition).shape == "rubric")


def test_points_by_pillar_and_the_total(rubric: EditionData) -> None:
    values: dict[str, str | None] = {one.key: "2" for one in rubric.criteria}
    first = rubric.criteria[0].key
    found = tally(rubric, values | {first: "3"})
    assert [(pillar.points, pillar.most) for pillar in found.pillars] == [(11, 15), (10, 15), (10, 15)]
    assert (found.total, found.most) == (31, 45)


def test_zero_counts_and_a_gap_takes_the_total_away(rubric: EditionData) -> None:
    values: dict[str, str | None] = {one.key: "1" for one in rubric.criteria}
    first = rubric.criteria[0].key
    assert tally(rubric, values | {first: "0"}).total == 14
    found = tally(rubric, values | {first: None})
    assert (found.total, found.pillars[0].gaps, found.pillars[0].points) == (None, (first,), 4)
    assert [pillar.is_complete for pillar in found.pillars] == [False, True, True]


def test_a_checklist_counts_each_answer_and_the_gaps() -> None:
    edition = next(one for path in shipped() if (one := read_path(path).edition).shape == "checklist")
    keys = [one.key for one in edition.criteria]
    values: dict[str, str | None] = {
        **dict.fromkeys(keys[:4], "achieved"),
        **dict.fromkeys(keys[4:6], "neither"),
    }
    assert list(counts(edition, values).items()) == [
        ("achieved", 4),
        ("due_diligence", 0),
        ("neither", 2),
        (None, 4),
    ]


def test_what_the_edition_does_not_have_is_an_error(rubric: EditionData) -> None:
    first = rubric.criteria[0].key
    for wrong in ({"nothing": "1"}, {first: "9"}):
        with pytest.raises(KeyError):
            tally(rubric, wrong)
        with pytest.raises(KeyError):
            counts(rubric, wrong)
    with pytest.raises(ValueError, match="no scale"):
        tally(edition_data(), {})
