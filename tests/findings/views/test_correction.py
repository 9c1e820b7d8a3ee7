"""Two auditors at one finding: the second sees what the first did, and no word is lost."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from findings.models import Finding
from organisations.models import Organisation, Person
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import House

SignedIn = Callable[[Organisation], Client]
LONG = "Boxes stood before the door.\nThe guard had the key."


def _opened(client: Client, finding: Finding) -> dict[str, Any]:
    """Return what a browser would send of the form as it was opened."""
    page = client.get(f"/findings/{finding.code}/edit/").content.decode()
    base = re.search(r'name="base"\s+value="([^"]*)"', page)
    assert base is not None
    return {
        "base": unescape(base[1]),
        "title": "Exit is blocked",
        "description": LONG,
        "severity": "major",
        "workers_affected": "4",
    }


@pytest.fixture
def two(
    house: House, signed_in: SignedIn, client_for: Callable[[Person], Client]
) -> tuple[Client, Client, Finding]:
    """Return two auditors of a firm and the finding that both have open."""
    found = make.finding(
        house.audit(), title="Exit is blocked", description=LONG, severity="major", workers_affected=4
    )
    colleague = house.member(house.firm, Role.EDITOR)
    with owner_role():
        person = Person.objects.get(pk=colleague.person_id)
    return signed_in(house.firm), client_for(person), found


def _now(finding: Finding) -> tuple[Any, ...]:
    with owner_role():
        finding.refresh_from_db()
    return finding.title, finding.description, finding.workers_affected


def test_changes_of_different_fields_come_together(two: tuple[Client, Client, Finding]) -> None:
    first, second, found = two
    mine, theirs = _opened(first, found), _opened(second, found)
    assert second.post(f"/findings/{found.code}/edit/", theirs | {"workers_affected": "9"}).status_code == 302
    answer = first.post(f"/findings/{found.code}/edit/", mine | {"title": "Exit is locked"}, follow=True)
    assert "together with what somebody else had changed: Workers affected." in answer.content.decode()
    assert _now(found) == ("Exit is locked", LONG, 9)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("mine", "Mine.\nLine two."),
        ("theirs", "Theirs."),
        ("both", "Theirs.\n\nMine.\nLine two."),
    ],
)
def test_the_second_is_asked_where_both_changed_the_same(
    two: tuple[Client, Client, Finding], answer: str, expected: str
) -> None:
    first, second, found = two
    mine, theirs = _opened(first, found), _opened(second, found)
    path = f"/findings/{found.code}/edit/"
    second.post(path, theirs | {"description": "Theirs.", "workers_affected": "9"})
    asked = first.post(path, mine | {"description": "Mine.\nLine two."})
    page = unescape(asked.content.decode())
    assert asked.status_code == 409
    assert "Somebody else saved this while you were writing" in page
    assert "Theirs." in page
    assert "Mine.\nLine two." in page
    assert 'name="keep-description"' in page
    assert 'name="keep-workers_affected"' not in page
    assert _now(found)[1] == "Theirs."
    again = re.search(r'name="base"\s+value="([^"]*)"', asked.content.decode())
    assert again is not None
    sent = mine | {
        "base": unescape(again[1]),
        "description": "Mine.\nLine two.",
        "workers_affected": "9",
        "keep-description": answer,
    }
    assert first.post(path, sent).status_code == 302
    assert _now(found) == (
        "Exit is blocked",
        expected.replace("\n", "\r\n") if "\r" in found.description else expected,
        9,
    )


def test_a_third_change_while_deciding_is_asked_about_again(two: tuple[Client, Client, Finding]) -> None:
    first, second, found = two
    mine, path = _opened(first, found), f"/findings/{found.code}/edit/"
    second.post(path, _opened(second, found) | {"description": "Theirs."})
    asked = first.post(path, mine | {"description": "Mine."})
    base = unescape(re.search(r'name="base"\s+value="([^"]*)"', asked.content.decode())[1])  # type: ignore[index]
    second.post(path, _opened(second, found) | {"description": "Theirs, again."})
    sent = mine | {"base": base, "description": "Mine.", "keep-description": "mine"}
    assert first.post(path, sent).status_code == 409
    assert _now(found)[1] == "Theirs, again."


def test_a_choice_is_shown_by_its_word(two: tuple[Client, Client, Finding]) -> None:
    first, second, found = two
    mine, path = _opened(first, found), f"/findings/{found.code}/edit/"
    second.post(path, _opened(second, found) | {"severity": "critical"})
    page = first.post(path, mine | {"severity": "minor"}).content.decode()
    assert "Critical: due" in page
    assert "Minor: due" in page


def test_a_draft_of_a_change_comes_back_with_what_it_began_with(two: tuple[Client, Client, Finding]) -> None:
    first, second, found = two
    mine, path = _opened(first, found), f"/findings/{found.code}/edit/"
    kept = first.post(f"{path}draft/", mine | {"description": "Mine, half wri"}, headers={"X-Draft": "1"})
    assert kept.status_code == 204
    second.post(path, _opened(second, found) | {"description": "Theirs."})
    page = unescape(first.get(path).content.decode())
    assert "Mine, half wri" in page
    assert "Here is what you had typed by" in page
    base = re.search(r'name="base"\s+value="([^"]*)"', first.get(path).content.decode())
    assert base is not None
    assert first.post(path, mine | {"base": unescape(base[1]), "description": "Mine."}).status_code == 409
    assert first.post(f"{path}discard/").status_code == 302
    assert "Mine, half wri" not in first.get(path).content.decode()
