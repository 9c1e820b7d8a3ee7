"""Knowledge pages in a browser: nothing wrong on a phone or a desk, in light and dark, and on paper."""

import os
from pathlib import Path
from typing import Literal

import pytest

from tests.web.browsing import Open, complaints, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
SIZES: list[tuple[int, Literal["light", "dark"]]] = [
    (390, "light"),
    (1280, "dark"),
    (1280, "light"),
    (390, "dark"),
]
PLACES = ("knowledge/", "knowledge/evidence/", "knowledge/textiles/", "knowledge/construction/")


def test_everybody_reads_and_nothing_is_wrong(open_page: Open, transactional_db: None) -> None:
    wrong = {}
    for place in PLACES:
        for width, theme in SIZES if SHOTS else SIZES[:2]:
            page = open_page(place, width=width, theme=theme)
            page.wait_for_load_state("networkidle")
            if SHOTS:
                name = place.strip("/").replace("/", "-")
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{theme}.png"), full_page=True)
            faults: list[str] = page.faults  # type: ignore[attr-defined]
            wide, violations = overflow(page), page.evaluate("window.violations")
            found = [*complaints(page), *violations, *faults, *([f"{wide} px too wide"] if wide else [])]
            if found:
                wrong[f"{place} {width} {theme}"] = found
            page.close()
    assert wrong == {}


def test_on_paper_stand_the_words_and_not_the_furniture(open_page: Open, transactional_db: None) -> None:
    page = open_page("knowledge/food/")
    page.emulate_media(media="print")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "knowledge-food-print.png"), full_page=True)
    assert page.get_by_role("heading", name="Sources").is_visible()
    assert not page.get_by_role("link", name="See the events").is_visible()
