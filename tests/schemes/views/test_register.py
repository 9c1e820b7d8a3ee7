"""The public register: who stands in it, how it is searched, and that files say what the page says."""

import csv
import io
import json
import re
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisations.models import Organisation
from schemes.actions.membership import change_consent
from schemes.lifecycle import Outcome
from schemes.models import RegisterEntry, Scheme
from schemes.queries.register import public_row
from schemes.views import register as views
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db
NAMES = (
    "Häuser & Söhne",
    "Công ty May Đường Nguyễn",
    "Швейная фабрика Заря",
    "شركة النسيج المتحدة",
    "পূর্বাচল পোশাক কারখানা",
    "东方纺织服装有限公司",
    "=cmd|' /C calc'!A1",
)


def settled(name: str, country: str) -> Organisation:
    """Return an organisation with its seat in a country."""
    made = people.organisation(name)
    with owner_role():
        Organisation.objects.filter(pk=made.pk).update(country=country)
    return made


@pytest.fixture
def story() -> Play:
    """A member at the lowest level who consents."""
    made = play(organisation=settled("Mill", "VN"))
    made.apply(consents_to_register=True)
    made.decide(Outcome.AWARD)
    return made


def joined(
    first: Play, name: str, *, country: str = "GB", level: str = "bronze", consents: bool = True
) -> Play:
    """Let one more organisation become a member of the same scheme."""
    applicant = settled(name, country)
    more = Play(
        scheme=first.scheme,
        edition=first.edition,
        body=first.body,
        organisation=applicant,
        boss=first.boss,
        assessor=first.assessor,
        decider=first.decider,
        reviewer=first.reviewer,
        member=people.viewer(applicant),
        clock=first.clock,
    )
    more.apply(consents_to_register=consents)
    more.decide(Outcome.AWARD, level)
    return more


def page(scheme: Scheme, **query: str) -> str:
    answer = Client().get(reverse("schemes:register", args=[scheme.key]), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def data(scheme: Scheme, **query: str) -> list[dict[str, Any]]:
    answer = Client().get(reverse("schemes:register_json", args=[scheme.key]), query)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = json.loads(answer.content)["members"]
    return found


def table(scheme: Scheme, **query: str) -> list[dict[str, str]]:
    answer = Client().get(reverse("schemes:register_csv", args=[scheme.key]), query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def names_on(text: str) -> list[str]:
    """Return the names of a page's rows, in order."""
    import html

    return [html.unescape(one) for one in re.findall(r'<strong><bdi class="said">(.*?)</bdi></strong>', text)]


def test_only_members_who_consent_stand_in_it(story: Play) -> None:
    joined(story, "Hidden", consents=False)
    applicant = play(organisation=people.organisation("Applicant"))
    applicant.scheme = story.scheme
    applicant.apply(consents_to_register=True)
    assert names_on(page(story.scheme)) == ["Mill"]
    assert [one["name"] for one in data(story.scheme)] == ["Mill"]
    assert [one["name"] for one in table(story.scheme)] == ["Mill"]


def test_it_shows_level_since_when_and_the_history(story: Play) -> None:
    first = story.clock.date()
    story.interim()
    story.decide(Outcome.MOVE_UP, "silver")
    now = story.clock.date()
    text = page(story.scheme)
    for wanted in ("Vietnam", "Silver", f"{now:%-d %b %Y} </time> · Silver", f"{first:%-d %b %Y}"):
        assert re.sub(r"\s*</time>", " </time>", wanted) in re.sub(r"\s*</time>", " </time>", text), wanted
    assert data(story.scheme) == [
        {
            "name": "Mill",
            "country": "VN",
            "level": "silver",
            "level_title": "Silver",
            "since": now.isoformat(),
            "member_since": first.isoformat(),
            "history": [
                {"level": "bronze", "title": "Bronze", "on": first.isoformat()},
                {"level": "silver", "title": "Silver", "on": now.isoformat()},
            ],
        }
    ]
    assert table(story.scheme)[0]["history"] == f"{first} Bronze; {now} Silver"


def test_nobody_outside_learns_of_a_notice(story: Play) -> None:
    before = (page(story.scheme), data(story.scheme))
    story.interim()
    story.decide(Outcome.NOTICE, is_improved=False)
    assert (page(story.scheme), data(story.scheme)) == before


def test_consent_taken_back_takes_the_entry_at_once(story: Play) -> None:
    assert names_on(page(story.scheme)) == ["Mill"]
    with as_viewer(story.member) as viewer:
        change_consent(viewer=viewer, membership=story.membership(), consents=False, at=story.now())
    assert "Mill" not in page(story.scheme)
    assert (data(story.scheme), table(story.scheme)) == ([], [])
    with owner_role():
        assert not RegisterEntry.objects.exists()
    with as_viewer(story.member) as viewer:
        change_consent(viewer=viewer, membership=story.membership(), consents=True, at=story.now())
    assert names_on(page(story.scheme)) == ["Mill"]


@pytest.mark.parametrize("name", NAMES)
def test_words_of_any_script_find_a_name(story: Play, name: str) -> None:
    joined(story, name)
    for word in (
        name,
        name.rsplit(maxsplit=1)[-1],
        unicodedata.normalize("NFD", name),
        name.upper(),
        name.lower(),
    ):
        assert names_on(page(story.scheme, words=word)) == [name], word
        assert [one["name"] for one in data(story.scheme, words=word)] == [name]
    assert names_on(page(story.scheme, words="nowhere")) == []


def test_words_are_looked_for_in_any_order_and_never_as_a_pattern(story: Play) -> None:
    joined(story, "United Eastern 100% Cotton")
    assert names_on(page(story.scheme, words="cotton united")) == ["United Eastern 100% Cotton"]
    assert names_on(page(story.scheme, words="100%")) == ["United Eastern 100% Cotton"]
    for words in ("%", "_", "\\"):
        assert "Mill" not in names_on(page(story.scheme, words=words))
    assert (
        Client().get(reverse("schemes:register", args=[story.scheme.key]), {"words": "a\0b"}).status_code
        == 200
    )


def test_filters_and_orders_hold_for_page_and_files_alike(story: Play) -> None:
    joined(story, "Alpha", country="BD", level="silver")
    joined(story, "Zeta", country="BD", level="gold")
    asked: tuple[tuple[dict[str, str], list[str]], ...] = (
        ({}, ["Alpha", "Mill", "Zeta"]),
        ({"sort": "-name"}, ["Zeta", "Mill", "Alpha"]),
        ({"country": "BD"}, ["Alpha", "Zeta"]),
        ({"level": "gold"}, ["Zeta"]),
        ({"country": "BD", "level": "silver"}, ["Alpha"]),
        ({"country": "VN", "level": "silver"}, []),
        ({"sort": "-level"}, ["Zeta", "Alpha", "Mill"]),
        ({"sort": "nonsense", "country": "XX"}, ["Alpha", "Mill", "Zeta"]),
    )
    for query, wanted in asked:
        assert names_on(page(story.scheme, **query)) == wanted, query
        assert [one["name"] for one in data(story.scheme, **query)] == wanted, query
        assert [one["name"] for one in table(story.scheme, **query)] == wanted, query


def test_files_hold_what_all_pages_together_show(story: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        joined(story, f"Member {number}")
    monkeypatch.setattr(views, "SIZE", 3)
    found, text = [], page(story.scheme)
    while True:
        found += names_on(text)
        links = re.findall(
            r'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"', text
        )
        if not links:
            break
        address = next(one for one in links[0] if one).replace("&amp;", "&")
        text = (
            Client()
            .get(reverse("schemes:register", args=[story.scheme.key]) + address[address.index("?") :])
            .content.decode()
        )
    assert found == [f"Member {number}" for number in range(6)] + ["Mill"] or found == sorted(found)
    assert len(found) == 7
    assert [one["name"] for one in data(story.scheme)] == found
    assert [one["name"] for one in table(story.scheme)] == found


def test_no_cell_is_a_formula(story: Play) -> None:
    joined(story, NAMES[-1])
    assert table(story.scheme, words="cmd")[0]["name"].startswith("'=")


def test_no_code_or_id_of_ours_leaves_by_it(story: Play) -> None:
    text = page(story.scheme) + json.dumps(data(story.scheme)) + json.dumps(table(story.scheme))
    for code in (story.organisation.code, story.membership().code, story.body.code, story.assessment().code):
        assert code not in text
    with owner_role():
        assert set(public_row(RegisterEntry.objects.values().get())) == {
            "name",
            "country",
            "level",
            "level_title",
            "since",
            "member_since",
            "history",
        }


def test_there_is_no_register_of_what_is_not_public() -> None:
    with_draft = definitions.scheme(key="only-a-draft")
    definitions.edition(with_draft, state="draft")
    of_initiatives = definitions.scheme(key="of-initiatives", subject="initiative")
    definitions.edition(of_initiatives, shape="rubric")
    for key in ("only-a-draft", "of-initiatives", "nowhere", "a\0b"):
        for name in ("register", "register_csv", "register_json"):
            assert Client().get(reverse(f"schemes:{name}", args=[key])).status_code == 404


def test_a_part_of_the_page_is_the_table_alone(story: Play) -> None:
    answer = Client().get(
        reverse("schemes:register", args=[story.scheme.key]), headers={"HX-Request": "true"}
    )
    assert b"<table" in answer.content
    assert b"<html" not in answer.content


def test_it_costs_the_same_for_one_member_and_for_many(story: Play) -> None:
    address = reverse("schemes:register", args=[story.scheme.key])
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            Client().get(address)
        counts.append(sum(" FROM " in one["sql"] for one in asked.captured_queries))
        for number in range(4):
            joined(story, f"More {_round} {number}")
    assert counts == [4, 4], "the scheme, its countries, its levels, a page of rows"
