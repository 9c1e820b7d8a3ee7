"""Management systems, imports and methodologies as they are seen: narrow and wide, light and dark."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from findings.models import ManagementRating
from organisations.visibility import Capability
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.findings.browser.test_audit_pages import SIZES, Scene, _cookie, _enter, _look, scene
from tests.web.browsing import Open

pytestmark = pytest.mark.browser
__all__ = ["scene"]
FIRM, BUYER = "firm", "buyer"
ROWS = (
    "Requirement\tTitle\tWhat was found\tSeverity\n"
    "3.B\tFire exit blocked\tBoxes at 10:40\tMajor\n"
    "1A.C\tFees paid\tEleven of twenty\tMajor\n"
    "5.A\tWages late\tIn 3 of 30 records\tMinor\n"
)


def _faults(page: Page, name: str) -> list[str]:
    return [f"{name}: {one}" for one in _look(page, name)]


@pytest.mark.parametrize(("width", "theme"), SIZES)
def test_pages_are_without_fault(
    open_page: Open, live_server: Any, scene: Scene, width: int, theme: Literal["light", "dark"]
) -> None:
    mark, faults = f"{width}-{theme}", []
    current, published = scene.current.code, scene.published.code
    operator = people.membership(people.organisation("We run it", Capability.OPERATOR))
    page = open_page("accounts/login/", width=width, theme=theme)
    _enter(page, scene.cookies[FIRM], live_server.url)
    for name, path in {
        "grid": f"/audits/{current}/management-systems/",
        "import": f"/audits/{current}/import/",
        "import-new": "/audits/import/",
        "paste": f"/audits/{current}/paste/",
        "audit": f"/audits/{current}/",
        "methodologies": "/methodologies/",
        "methodology": "/methodologies/smeta-7.0/",
    }.items():
        page.goto(live_server.url + path)
        faults += _faults(page, f"{name}-{mark}")
    page.goto(f"{live_server.url}/audits/{current}/paste/")
    page.locator("[name=rows]").fill(ROWS)
    page.locator("main button.primary").first.click()
    page.get_by_text("To put right").first.wait_for()
    faults += _faults(page, f"rows-{mark}")
    _enter(page, scene.cookies[BUYER], live_server.url)
    page.goto(f"{live_server.url}/audits/{published}/management-systems/")
    faults += _faults(page, f"grades-{mark}")
    _enter(page, _cookie(operator), live_server.url)
    page.goto(f"{live_server.url}/methodologies/load/")
    text = b"key: a\nname: A\nversion: '1'\nclosure_policy: {business_critical: 0, critical: 1, major: 2, minor: 3}\n"
    text += b"sections: [{code: '1', title: One, requirements: [{item: A, title: Nobody is forced}]}]\n"
    page.set_input_files("[name=file]", {"name": "a.yaml", "mimeType": "text/yaml", "buffer": text})
    page.locator("main button.primary").first.click()
    page.get_by_text("would change").first.wait_for()
    faults += _faults(page, f"load-{mark}")
    page.goto(f"{live_server.url}/methodologies/smeta-7.0/closure/major/edit/")
    faults += _faults(page, f"closure-{mark}")
    assert faults == []


def test_a_grid_is_graded_with_the_arrow_keys_and_saves_itself(
    open_page: Open, live_server: Any, scene: Scene
) -> None:
    page = open_page("accounts/login/")
    _enter(page, scene.cookies[FIRM], live_server.url)
    page.goto(f"{live_server.url}/audits/{scene.current.code}/management-systems/")
    page.locator("fieldset.rating input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator("fieldset.rating").nth(1).locator("input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_text("2 of 60 rated").wait_for()
    with owner_role():
        ratings = ManagementRating.objects.filter(audit=scene.current)
        assert set(ratings.values_list("grade", flat=True)) == {2}
        assert ratings.count() == 2
