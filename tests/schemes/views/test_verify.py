"""Checking a certificate as everybody: what it says, what it never says, and that codes cannot be fished for."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.core.cache import cache
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger.dates import nth_date
from schemes.actions.membership import withdraw
from schemes.lifecycle import Outcome
from schemes.models import Certificate
from schemes.models.certificate import new_certificate_code
from schemes.queries.verify import COLUMNS, certificate_of, cleaned
from schemes.reports.badge import cut
from schemes.views import verify as views
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db
UNKNOWN = "0" * 20
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _doors_open() -> None:
    cache.clear()


@pytest.fixture
def story() -> Play:
    """A member at the lowest level, with a certificate of today."""
    made = play(organisation=people.organisation("Mill & <b>Söhne</b>"))
    made.apply(message="Our secret message")
    made.decide(Outcome.AWARD, reasons="Secret reasons")
    return made


def certificates(story: Play) -> list[Certificate]:
    """Return the certificates of the story, oldest first."""
    with owner_role():
        return list(Certificate.objects.filter(member=story.organisation).order_by("pk"))


def page(code: str, **headers: str) -> Any:
    return Client().get(reverse("schemes:verify", args=[code]), headers=headers)


def said(code: str) -> dict[str, Any]:
    answer = Client().get(reverse("schemes:verify_json", args=[code]))
    found: dict[str, Any] = json.loads(answer.content)
    return found


def badge(code: str, query: str = "") -> Any:
    return Client().get(reverse("schemes:verify_badge", args=[code]) + query)


def words_of(answer: Any) -> str:
    """Return what a badge shows, without its description."""
    drawing = ET.fromstring(answer.content.decode())  # noqa: S314  # our own drawing
    return " · ".join(one.text or "" for one in drawing.iter(f"{SVG}text"))


def test_a_valid_certificate_says_who_which_level_since_and_until(story: Play) -> None:
    (found,) = certificates(story)
    answer = page(found.code)
    text = answer.content.decode()
    assert answer.status_code == 200
    for wanted in (
        "This certificate is valid",
        "Mill &amp; &lt;b&gt;Söhne&lt;/b&gt;",
        story.scheme.title,
        "edition 1",
        "Bronze",
        f"{found.issued_on:%-d %b %Y}",
        f"{found.expires_on:%-d %b %Y}",
        story.body.name,
    ):
        assert wanted in text, wanted
    assert said(found.code) == {
        "code": found.code,
        "status": "valid",
        "member": "Mill & <b>Söhne</b>",
        "scheme": {"key": story.scheme.key, "title": story.scheme.title, "body": story.body.name},
        "edition": {"version": "1", "title": story.edition.title},
        "level": {"key": "bronze", "title": "Bronze", "since": found.issued_on.isoformat()},
        "issued_on": found.issued_on.isoformat(),
        "valid_until": found.expires_on.isoformat(),
        "withdrawn_on": None,
        "superseded_by": None,
        "url": f"http://127.0.0.1:8000/verify/{found.code}/",
        "badge": f"http://127.0.0.1:8000/verify/{found.code}/badge.svg",
        "checked_on": found.issued_on.isoformat(),
    }


@pytest.mark.parametrize(
    "read", [str.lower, lambda code: "-".join(re.findall("....", code)), lambda code: f" {code} "]
)
def test_a_code_is_found_however_it_is_typed(story: Play, read: Callable[[str], str]) -> None:
    (found,) = certificates(story)
    assert page(read(found.code)).status_code == 200
    asked = Client().get(reverse("schemes:verify_door"), {"code": read(found.code)})
    assert asked["Location"] == reverse("schemes:verify", args=[found.code])


def test_misread_letters_are_put_right() -> None:
    assert cleaned("o0 iIlL-1") == "0011111"


def test_json_comes_by_its_name_or_by_asking_for_it(story: Play) -> None:
    (found,) = certificates(story)
    asked = page(found.code, accept="application/json")
    named = Client().get(reverse("schemes:verify_json", args=[found.code]))
    assert asked.json() == named.json()
    assert named["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in asked["Vary"]
    browser = page(found.code, accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert browser["Content-Type"].startswith("text/html")
    assert "Accept" in browser["Vary"]
    assert "no-store" in browser["Cache-Control"]


def test_the_status_is_told_as_it_is_on_the_day(story: Play) -> None:
    (found,) = certificates(story)
    for day, status in ((found.expires_on, "valid"), (found.expires_on + dt.timedelta(days=1), "expired")):
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC), tick=False):
            assert said(found.code)["status"] == status
            assert ("Valid until" in words_of(badge(found.code))) == (status == "valid")
    with time_machine.travel(dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC), tick=False):
        assert "This certificate has expired" in page(found.code).content.decode()
        assert "Expired" in words_of(badge(found.code))


def test_a_newer_certificate_follows_the_older_and_the_badge_can_follow_it(story: Play) -> None:
    story.interim()
    story.decide(Outcome.MOVE_UP, "silver")
    older, newer = certificates(story)
    text = page(older.code).content.decode()
    assert "This certificate was followed by a newer one" in text
    assert reverse("schemes:verify", args=[newer.code]) in text
    assert (said(older.code)["status"], said(older.code)["superseded_by"]) == ("superseded", newer.code)
    with time_machine.travel(story.clock, tick=False):
        assert said(newer.code)["status"] == "valid"
        assert said(newer.code)["level"]["since"] == story.clock.date().isoformat()
        assert "Superseded" in words_of(badge(older.code))
        assert "Silver · Valid until" in words_of(badge(older.code, "?newest=1"))


def test_the_level_counts_since_it_was_first_given(story: Play) -> None:
    (first,) = certificates(story)
    story.interim()
    story.decide(Outcome.CONTINUE)
    assert said(certificates(story)[1].code)["level"]["since"] == first.issued_on.isoformat()
    assert nth_date(first.issued_on, 1, 6).isoformat() == said(certificates(story)[1].code)["issued_on"]


def test_leaving_withdraws_the_certificate_at_once(story: Play) -> None:
    (found,) = certificates(story)
    assert "Bronze · Valid until" in words_of(badge(found.code))
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), reason="Secret", at=story.now())
    assert "This certificate was withdrawn" in page(found.code).content.decode()
    assert said(found.code)["status"] == "withdrawn"
    assert "Withdrawn" in words_of(badge(found.code))
    assert "Bronze" not in words_of(badge(found.code))


def test_removal_withdraws_the_certificate_at_once(story: Play) -> None:
    story.interim()
    story.decide(Outcome.NOTICE, is_improved=False)
    (found,) = certificates(story)
    before = {**said(found.code), "checked_on": ""}
    assert before["status"] == "valid", "nobody outside learns of a notice"
    story.interim()
    story.decide(Outcome.REMOVE, {}, is_improved=False)
    assert said(found.code)["status"] == "withdrawn"


def test_a_badge_may_be_kept_for_two_minutes_and_shown_anywhere(story: Play) -> None:
    (found,) = certificates(story)
    answer = badge(found.code)
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    seconds = int(re.findall(r"max-age=(\d+)", answer["Cache-Control"])[0])
    assert 0 < seconds <= 300
    assert "must-revalidate" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    drawing = ET.fromstring(answer.content.decode())  # noqa: S314
    assert drawing.get("role") == "img"
    named = {one.get("id"): one.text for one in drawing if one.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert set((drawing.get("aria-labelledby") or "").split()) == set(named)
    assert all(named.values())
    assert "Mill & <b>Söhne</b>" in (named["words"] or "")
    assert not re.search(r"style=|<style|<script|on\w+=|href", answer.content.decode())


def test_a_long_name_is_cut_on_a_badge_and_whole_in_its_description() -> None:
    assert cut("Mill", 32) == "Mill"
    assert cut("东方纺织服装有限公司东方纺织服装有限公司", 32) == "东方纺织服装有限公司东方纺织服…"
    assert len(cut("W" * 200, 32)) == 32


def test_an_unknown_code_looks_like_one_more_answer(story: Play) -> None:
    (found,) = certificates(story)
    for code in (UNKNOWN, "X", "A\0B", "'; DROP TABLE", new_certificate_code(), "9" * 500):
        answer = page(code)
        assert answer.status_code == 404
        assert "There is no certificate with this code" in answer.content.decode()
        assert "Mill" not in answer.content.decode()
    assert said(UNKNOWN) == {"code": UNKNOWN, "status": "unknown"}
    assert "Unknown" in words_of(badge(UNKNOWN))
    assert page(found.code[:-1]).status_code == 404
    assert page(story.membership().code).status_code == 404
    assert {one.name for one in page(found.code).templates} == {one.name for one in page(UNKNOWN).templates}


def test_known_and_unknown_codes_cost_the_same(story: Play) -> None:
    (found,) = certificates(story)
    counts = []
    for code in (found.code, UNKNOWN):
        for name in ("verify", "verify_json", "verify_badge"):
            with CaptureQueriesContext(connection) as asked:
                Client().get(reverse(f"schemes:{name}", args=[code]))
            counts.append((name, len(asked)))
    assert counts[:3] == counts[3:]


def test_nobody_knocks_for_ever(story: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = certificates(story)
    monkeypatch.setattr(views, "MOST", 4)
    answers = [page(code).status_code for code in (UNKNOWN, found.code) * 3]
    assert answers == [404, 200, 404, 200, 429, 429]
    assert Client().get(reverse("schemes:verify_json", args=[found.code])).status_code == 429
    assert badge(found.code).status_code == 200
    monkeypatch.setattr(views, "MOST_BADGES", 1)
    assert badge(found.code).status_code == 429


def test_a_cache_that_is_away_closes_no_door(story: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = certificates(story)

    def away(*_given: Any, **_also: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away)
    assert page(found.code).status_code == 200


def test_nothing_but_the_public_columns_leaves_the_database(story: Play) -> None:
    (found,) = certificates(story)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM app.certificate(%s)", [found.code])
        assert [one.name for one in cursor.description or ()] == list(COLUMNS)
        assert len(cursor.fetchall()) == 1
    assert not [one for one in COLUMNS if one.endswith(("id", "state", "notice", "message"))]
    everything = (
        page(found.code).content.decode() + json.dumps(said(found.code)) + badge(found.code).content.decode()
    )
    for secret in (
        "Secret",
        "secret message",
        story.membership().code,
        story.assessment().code,
        story.organisation.code,
        story.body.code,
    ):
        assert secret not in everything


@pytest.mark.parametrize("asked", ["", "%", "_" * 20, "%%%%%%%%%%%%%%%%%%%%", "ANY", "NULL"])
def test_no_pattern_lists_certificates(story: Play, asked: str) -> None:
    assert certificate_of(asked) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM app.certificate(%s)", [asked])
        assert cursor.fetchone() == (0,)


def test_the_public_reads_no_row_of_the_tables_behind(story: Play) -> None:
    assert certificates(story)
    for table in ("schemes_certificate", "schemes_decision", "schemes_schememembership"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert cursor.fetchone() == (0,)


def test_only_our_roles_may_ask(story: Play) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.routine_privileges WHERE routine_schema = 'app'"
            " AND routine_name = 'certificate' AND grantee = 'PUBLIC'"
        )
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT prosecdef, proconfig FROM pg_proc WHERE oid = 'app.certificate(text)'::regprocedure"
        )
        row = cursor.fetchone()
        assert row is not None
        assert row[0] is True
        assert any(one.startswith("search_path=") for one in row[1])
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION app.certificate(text)")
