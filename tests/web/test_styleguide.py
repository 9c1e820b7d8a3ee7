"""The style guide in a real Chromium: in both themes, narrow and wide, with and without scripts."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.web.browsing import Open, complaints, overflow

pytestmark = pytest.mark.browser

WIDTHS: tuple[int, int] = (390, 1280)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
CASES = [
    (path, width, theme) for path in ("?toast", "list/", "entrance/") for width in WIDTHS for theme in THEMES
]
CASES += [(path, 390, "dark") for path in ("dialog/", "errors/404/", "errors/500/", "errors/refusal/")]


@pytest.mark.parametrize(("path", "width", "theme"), CASES)
def test_a_page_is_accessible_and_fits(
    open_page: Open, path: str, width: int, theme: Literal["light", "dark"]
) -> None:
    page = open_page(f"styleguide/{path}", width=width, theme=theme)
    page.wait_for_load_state("networkidle")
    assert complaints(page) == []
    assert overflow(page) == 0
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_wrongly_filled_form_is_accessible_and_its_summary_has_the_focus(
    open_page: Open, theme: Literal["light", "dark"]
) -> None:
    page = open_page("styleguide/", theme=theme)
    page.get_by_role("button", name="Share plan with 3 customers").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".summary")).to_be_focused()
    assert complaints(page) == []
    page.get_by_role("link", name="Root causes").click()
    expect(page.get_by_label("Root causes")).to_be_focused()


@pytest.mark.parametrize("width", [360, 390, 1280, 3840])
@pytest.mark.parametrize("path", ["", "list/", "entrance/"])
def test_nothing_sticks_out_when_read_from_right_to_left(open_page: Open, path: str, width: int) -> None:
    page = open_page(f"styleguide/{path}", width=width)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.wait_for_timeout(200)
    assert overflow(page) == 0
    outside = page.evaluate(
        "[...document.querySelectorAll('main *:not(.vh, .vh *, option, script, template *)')]"
        ".filter(e => { const b = e.getBoundingClientRect();"
        " return b.width && (b.left < -1 || b.right > innerWidth + 1) })"
        ".filter(e => !e.closest('.scroll, svg, thead')).map(e => e.outerHTML.slice(0, 120))"
    )
    assert outside == []


def test_everything_that_scripts_do_keeps_to_the_policy(open_page: Open) -> None:
    page = open_page("styleguide/")
    page.get_by_role("link", name="Open a dialog").click()
    expect(page.get_by_role("dialog", name="Invite a colleague")).to_be_visible()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Open a dialog")).to_be_focused()
    page.get_by_role("button", name="Add another action").click()
    expect(page.locator("[name=actions-1-what]")).to_be_focused()
    assert page.locator("[name=actions-TOTAL_FORMS]").input_value() == "2"
    page.get_by_text("Northfield Retail").first.click()
    expect(page.get_by_role("button", name="Surma Shoes")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("Show as a table").first.click()
    expect(page.get_by_role("cell", name="79 %")).to_be_visible()
    page.get_by_role("searchbox", name="Name").fill("meghna")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "q=meghna" in page.url
    expect(page.locator("[data-chart] svg").first).to_be_visible()
    expect(page.locator("#work-bar[value='60']")).to_be_visible(timeout=9000)
    assert page.evaluate("window.violations") == []
    assert page.faults == []  # type: ignore[attr-defined]


def test_the_theme_changes_at_once_and_is_remembered(open_page: Open) -> None:
    page = open_page("styleguide/")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != before
    dark = page.evaluate(ground)
    page.reload()
    assert page.evaluate(ground) == dark
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Like this device").click()
    page.reload()
    assert page.evaluate(ground) == before


def test_words_are_kept_and_sent_later_when_the_way_is_cut(open_page: Open) -> None:
    page = open_page("styleguide/")
    state = page.locator("[data-draft]")
    page.get_by_label("Root causes").fill("Agents charge workers.")
    expect(state).to_contain_text("Saved", timeout=5000)
    page.context.set_offline(True)
    page.get_by_label("Root causes").fill("Agents charge workers before they reach us.")
    expect(state).to_contain_text("kept on this device", timeout=5000)
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "before they reach us" in kept
    assert "csrf" not in kept
    page.context.set_offline(False)
    expect(state).to_contain_text("Saved", timeout=15000)
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_kept_words_come_back_after_a_reload(open_page: Open) -> None:
    page = open_page("styleguide/")
    page.route("**/styleguide/draft/", lambda route: route.abort())
    page.get_by_label("Root causes").fill("Typed while the line was down.")
    expect(page.locator("[data-draft]")).to_contain_text("kept on this device", timeout=5000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_label("Root causes")).to_have_value("Typed while the line was down.")


def test_every_way_works_without_scripts(open_page: Open) -> None:
    page = open_page("styleguide/?toast", width=390, java_script_enabled=False)
    expect(page.get_by_role("link", name="Suppliers")).not_to_be_visible()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Suppliers")).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    toast = page.get_by_text("The plan is shared with 3 customers.")
    page.get_by_role("button", name="Close this message").first.click()
    expect(toast).not_to_be_visible()
    page.get_by_role("button", name="Close this message").first.click()
    page.get_by_label("Root causes").fill("Kept")
    page.get_by_role("button", name="Add another action").click()
    expect(page.locator("[name=actions-1-what]")).to_be_visible()
    expect(page.get_by_label("Root causes")).to_have_value("Kept")
    page.get_by_role("link", name="Open a dialog").click()
    expect(page.get_by_role("heading", name="Invite a colleague")).to_be_visible()


@pytest.mark.parametrize("width", [390])
def test_targets_are_large_enough_for_a_thumb(open_page: Open, width: int) -> None:
    page = open_page("styleguide/", width=width, has_touch=True, is_mobile=True)
    small = page.evaluate(
        "[...document.querySelectorAll('main :is(.btn, .chip, .choice, select, textarea, summary,"
        " input:not([type=checkbox], [type=radio], [type=hidden])), .topbar .btn')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.9)"
        ".map(e => e.outerHTML.slice(0, 100))"
    )
    assert small == []


def test_states_keep_their_shape_when_the_system_chooses_the_colours(open_page: Open) -> None:
    page = open_page("styleguide/", forced_colors="active")
    shape = page.evaluate("getComputedStyle(document.querySelector('.tag.bad'), '::before').backgroundColor")
    assert shape not in {"rgba(0, 0, 0, 0)", page.evaluate("getComputedStyle(document.body).backgroundColor")}
