"""What a new edition says otherwise than the one before."""

from schemes.definitions.changes import changes
from schemes.definitions.reading import read_path, read_text, shipped
from tests.schemes.definitions.test_reading import METALS

FIRST = read_text("a", METALS).edition


def after(*replaced: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Return effect, thing and part of every change that replacing words makes."""
    text = METALS
    for before, new in replaced:
        assert before in text
        text = text.replace(before, new)
    return [(one.effect, one.thing, one.part) for one in changes(FIRST, read_text("b", text).edition)]


def test_the_same_edition_has_no_changes() -> None:
    for path in shipped():
        edition = read_path(path).edition
        assert changes(edition, edition) == []


def test_a_first_edition_is_all_new_one_line_for_each_thing() -> None:
    found = changes(None, FIRST)
    assert {one.effect for one in found} == {"added"}
    assert [one.after for one in found if one.thing.startswith("Criterion")] == [
        "Wages",
        "Hours",
        "Voice",
        "Homes",
        "Exits",
    ]


def test_a_rule_a_criterion_and_guidance_are_told_apart() -> None:
    assert after(("percent: 75", "percent: 70")) == [("changed", "Level “silver”", "What it takes")]
    assert after(("summary: Doors open.", "summary: Doors open outwards.")) == [
        ("changed", "Criterion “exits”", "Summary")
    ]
    assert after(("evidence: [photo]", "guidance: {gold: [Which way out]}")) == [
        ("added", "Criterion “exits”", "Guidance for Gold"),
        ("removed", "Criterion “exits”", "Evidence that helps"),
    ]


def test_what_came_and_what_went_are_one_line_each() -> None:
    found = after(
        ("key: exits, title: Exits, summary: Doors open.", "key: doors, title: Doors, summary: They open.")
    )
    assert found == [("added", "Criterion “doors”", ""), ("removed", "Criterion “exits”", "")]


def test_the_calendar_is_told() -> None:
    assert after(("groups:\n", "rhythm: {every_months: 6, reminders_days: [60]}\ngroups:\n")) == [
        ("added", "The calendar", "")
    ]


def test_another_order_is_one_line_and_no_shift_is_told_of_each() -> None:
    wages = "  - {key: wages, title: Wages, summary: Pay can be lived on., group: home}\n"
    hours = "  - {key: hours, title: Hours, summary: Hours have limits., group: home}\n"
    assert after((wages, "")) == [("removed", "Criterion “wages”", "")]
    assert after((wages + hours, hours + wages)) == [("changed", "Order of the criteria", "")]
    bronze = "  - {key: bronze, title: Bronze, share: {at: bronze, percent: 60}}\n"
    gold = "  - {key: gold, title: Gold, all_at: gold}\n"
    assert after((bronze, ""), (gold, gold + bronze)) == [("changed", "Order of the levels or values", "")]
