"""The purchasing categories: whole, each thing with its ground, and every fault named by file, line and field."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sourcing.definitions.categories import FOLDER, LEVELS, DataFileError, categories, read_folder
from sourcing.queries.knowledge import categories_for, category_named


def test_the_six_categories_are_here_and_whole() -> None:
    assert list(categories()) == ["construction", "logistics", "food", "textiles", "furniture", "electronics"]
    for one in categories().values():
        assert {risk.level for risk in one.risks} == set(LEVELS)
        assert all(risk.sources for risk in one.risks)
        assert one.contract
        assert one.stories
        assert one.dos
        assert one.donts
        assert all(label.covers and label.leaves_out and label.owner for label in one.labels)


def test_a_story_has_a_source_or_is_called_invented() -> None:
    stories = [story for one in categories().values() for story in one.stories]
    assert all(story.is_invented != bool(story.sources) for story in stories)


@pytest.mark.parametrize(
    ("sector", "keys"),
    [
        ("Footwear components", ["textiles"]),
        ("Ready-made GARMENTS", ["textiles"]),
        ("Wood and furniture", ["furniture"]),
        ("Fish processing", ["food"]),
        ("Selfish things", []),
        ("", []),
    ],
)
def test_a_sector_is_recognised_by_the_beginning_of_a_word(sector: str, keys: list[str]) -> None:
    assert [one.key for one in categories_for([sector])] == keys


def test_a_key_that_no_file_has_gives_nothing() -> None:
    assert category_named("weapons") is None


def _replace(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_replace("key: textiles", "key: cloth"), "textiles.yaml:2: key: is not the name of the file"),
        (_replace('version: "1"', 'version: "one"'), "textiles.yaml:3: version: 'one' does not match"),
        (_replace("as_of: 2025-06", "as_of: 2025-13"), "textiles.yaml:4: as_of: '2025-13' does not match"),
        (_replace("as_of: 2025-06", "as_of: 2025-06\nas_of: 2025-05"), "as_of: stands here twice"),
        (
            _replace("  - level: site", "  - level: moon"),
            "textiles.yaml:10: risks.0.level: 'moon' is not one of",
        ),
        (
            _replace("sources: [ilo-rana-plaza, accord-2013]", "sources: [hearsay]"),
            "textiles.yaml:13: risks.0.sources.0: is not in sources.yaml",
        ),
        (
            _replace("sources: [ilo-rana-plaza, accord-2013]", "sources: []"),
            "textiles.yaml:13: risks.0.sources: [] should be non-empty",
        ),
        (
            _replace(
                "    sources: [ilo-uzbek-cotton]", "    sources: [ilo-uzbek-cotton]\n    is_invented: true"
            ),
            "stories.2: is either invented or has a source",
        ),
        (
            _replace("url: https://sa-intl.org", "url: javascript:x"),
            "labels.2.url: 'javascript:x' does not match",
        ),
        (_replace("dos:", "dos: ["), "textiles.yaml:"),
        (
            lambda text: text.replace("level: country", "level: site"),
            "risks: names no risk at the level “country”",
        ),
    ],
)
def test_each_fault_is_named_with_file_line_and_field(
    tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    folder = tmp_path / "categories"
    shutil.copytree(FOLDER, folder)
    path = folder / "textiles.yaml"
    path.write_text(change(path.read_text()))
    with pytest.raises(DataFileError) as refused:
        read_folder(folder)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("- key: spare\n  title: X\n  publisher: Y\n  year: 2020\n", "is named by no category"),
        ("- key: ilo-c29\n  title: X\n  publisher: Y\n  year: 2020\n", "stands twice"),
        ("- key: spare\n  title: X\n  publisher: Y\n", "'year' is a required property"),
    ],
)
def test_sources_are_named_once_and_used(tmp_path: Path, more: str, said: str) -> None:
    folder = tmp_path / "categories"
    shutil.copytree(FOLDER, folder)
    path = folder / "sources.yaml"
    path.write_text(path.read_text() + more)
    with pytest.raises(DataFileError, match=said) as refused:
        read_folder(folder)
    assert str(refused.value).startswith("sources.yaml:")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "categories"
    shutil.copytree(FOLDER, folder)
    (folder / "food.yaml").write_bytes(b"key: \xff")
    with pytest.raises(DataFileError, match=r"food\.yaml:1: file: is not UTF-8"):
        read_folder(folder)
