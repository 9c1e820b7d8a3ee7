"""Initiatives and their ratings as everybody, the raters and the initiative see them."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisations.models import Membership
from schemes.models import Citation, IndicatorScore, Initiative, Rating, RatingReply
from tests.conftest import owner_role
from tests.factories import initiatives as make
from tests.factories import organisations as people
from tests.factories.tracker import keeper

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
CITED = {"title": "Minutes", "url": "", "dated_on": "2026-01-02", "grade": "document"}


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _at(name: str, *codes: object) -> str:
    return reverse(f"schemes:{name}", args=codes)


def test_everybody_reads_published_pages_and_ratings_and_nothing_else() -> None:
    rated = make.rating(state="published")
    waiting = make.rating(state="with_initiative")
    draft = make.initiative(is_public=False)
    client = Client()
    page = _text(client.get(_at("initiatives")))
    assert rated.rating.initiative.name in page
    assert "6 of 9" in page
    assert draft.name not in page
    about = _text(client.get(_at("initiative", rated.rating.initiative.code)))
    assert "Rated 6 of 9" in about
    sheet = _text(client.get(_at("rating", rated.rating.code)))
    assert "A report" in sheet
    assert "Not rated" in _text(client.get(_at("initiative", waiting.rating.initiative.code)))
    for name, code in (("initiative", draft.code), ("rating", waiting.rating.code), ("rating", "NOBODY")):
        assert client.get(_at(name, code)).status_code == 404


def test_there_is_no_total_while_a_pillar_has_a_gap() -> None:
    pair = make.rating(state="comparing")
    make.score(pair, "agreed", "2")
    with owner_role():
        IndicatorScore.objects.filter(part="agreed", indicator=pair.indicators[0]).update(value=None)
    for key in pair.indicators:
        make.cite(pair, key)
    for state in ("with_initiative", "published"):
        _step(pair, state)
    page = _text(Client().get(_at("initiative", pair.rating.initiative.code)))
    assert "without a total" in page
    lines = _lines()
    assert {line["total"] for line in lines} == {""}
    assert [line["score"] for line in lines] == ["", "2", "2"]


def _step(pair: make.Pair, state: str) -> None:
    one, about, at = pair.rating, pair.rating.initiative, timezone.now()
    if state == "with_initiative":
        one.sent_at, one.told_how = at - dt.timedelta(days=31), "By letter"
    else:
        one.published_at = at
    one.state = state
    with owner_role():
        one.save()
        one.refresh_from_db()
    one.initiative = about


def _lines() -> list[dict[str, str]]:
    answer = Client().get(_at("ratings_csv"))
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_files_say_what_the_pages_say() -> None:
    pair = make.rating(state="published")
    make.rating(state="with_initiative")
    lines, data = _lines(), Client().get(_at("ratings_json")).json()
    assert [one["score"] for one in data] == [line["score"] for line in lines] == ["2", "2", "2"]
    assert {line["total"] for line in lines} == {"6"}
    assert {line["initiative"] for line in lines} == {pair.rating.initiative.name}
    assert data[0]["evidence"][0]["grade"] == "document"


def test_initiatives_stand_side_by_side() -> None:
    one, two, none = (
        make.rating(state="published"),
        make.rating(state="published", value="3"),
        make.initiative(),
    )
    asked = [one.rating.initiative.code, two.rating.initiative.code, none.code, "NOBODY"]
    page = _text(Client().get(_at("initiative_compare"), {"of": asked}))
    assert "6 of 9" in page
    assert "9 of 9" in page
    assert none.name in page
    assert "Nothing is chosen" in _text(Client().get(_at("initiative_compare")))


def _done(client: Client, code: str, keys: list[str], value: str) -> None:
    for key in keys:
        said = {"value": value, "rationale": "Seen"}
        assert client.post(_at("rating_score", code, key), said | {"next": "1"}).status_code == 302
    assert client.post(_at("rating_hand_in", code), {"conflicts": "Nothing"}).status_code == 302


def test_a_rating_from_its_beginning_to_its_publication(client_for: ClientFor) -> None:
    body, itself = keeper(), people.organisation("The initiative")
    first, second = people.membership(body), people.membership(body)
    one, two, own = (
        client_for(first.person),
        client_for(second.person),
        client_for(people.membership(itself).person),
    )
    edition = make.rubric()
    said = {
        "name": "Fair Looms",
        "summary": "A programme",
        "sites": "Mills that improve https://looms.example/mills",
        "organisation": itself.code,
    }
    assert one.post(_at("initiative_new"), said | {"sites": "no address"}).status_code == 422
    made = one.post(_at("initiative_new"), said)
    assert made.status_code == 302, _text(made)
    assert one.post(_at("initiative_new"), said).status_code == 422
    with owner_role():
        about = Initiative.objects.get()
    assert about.improving == [{"title": "Mills that improve", "url": "https://looms.example/mills"}]
    assert one.get(_at("initiative_publish", about.code)).status_code == 200
    assert one.post(_at("initiative_publish", about.code)).status_code == 302
    begin = {"edition": edition.code, "second_rater": str(second.person_id)}
    assert one.get(_at("rating_begin", about.code)).status_code == 200
    there = one.post(_at("rating_begin", about.code), begin)
    assert there.status_code == 302, _text(there)
    with owner_role():
        rating = Rating.objects.get()
    code, keys = rating.code, rating.indicators
    assert one.post(_at("rating_hand_in", code), {"conflicts": "Nothing"}).status_code == 422
    assert one.post(_at("rating_score", code, keys[0]), {"value": "2", "rationale": ""}).status_code == 422
    _done(one, code, keys, "2")
    assert "Seen" not in _text(two.get(_at("rating", code)))
    _done(two, code, keys, "3")
    assert "The two differ" in _text(one.get(_at("rating", code)))
    told = {"told_how": "Here"}
    assert "lack an agreed score" in _text(one.post(_at("rating_send", code), told))
    for key in keys:
        assert "Who enters the data, and could they enter something else?" in _text(
            two.get(_at("rating_score", code, key))
        )
        assert "The two of you differ" in _text(two.get(_at("rating_score", code, key)))
        assert (
            two.post(_at("rating_score", code, key), {"value": "2", "rationale": "Agreed"}).status_code == 302
        )
        assert one.post(_at("rating_cite", code, key), CITED | {"grade": "self_claim"}).status_code == 302
    assert one.post(_at("rating_send", code), told).status_code == 422
    for key in keys:
        assert one.post(_at("rating_cite", code, key), CITED | {"dated_on": ""}).status_code == 422
        assert one.post(_at("rating_cite", code, key), CITED).status_code == 302
    with owner_role():
        claim = Citation.objects.filter(grade="self_claim").first()
    assert claim is not None
    assert one.post(_at("rating_uncite", code, claim.indicator, claim.code)).status_code == 302
    assert own.get(_at("rating", code)).status_code == 404
    assert one.post(_at("rating_send", code), told).status_code == 302
    assert own.get(_at("rating", code)).status_code == 200
    assert one.post(_at("rating_publish", code)).status_code == 403
    assert one.post(_at("rating_reply", code), {"words": "For them"}).status_code == 403
    assert own.post(_at("rating_reply", code), {"words": "We see it otherwise"}).status_code == 302
    assert one.post(_at("rating_correct", code)).status_code == 302
    assert one.post(_at("rating_send", code), told).status_code == 302
    with owner_role():
        assert RatingReply.objects.count() == 1


def test_after_the_clock_it_is_published_with_the_reply_beside(client_for: ClientFor) -> None:
    pair = make.rating(state="with_initiative")
    client = client_for(pair.first.person)
    passed_on = client.post(_at("rating_reply", pair.rating.code), {"words": "We see it otherwise"})
    assert passed_on.status_code == 302
    assert client.post(_at("rating_publish", pair.rating.code)).status_code == 302
    page = _text(Client().get(_at("rating", pair.rating.code)))
    assert "We see it otherwise" in page
    assert "passed on by those who rate" in page
    assert client.post(_at("rating_withdraw", pair.rating.code)).status_code == 403
    assert client.post(_at("rating_correct", pair.rating.code)).status_code == 403


def test_history_is_kept(client_for: ClientFor) -> None:
    old = make.rating(state="published", value="1")
    about = old.rating.initiative
    make.rating(about, state="published", value="3")
    page = _text(Client().get(_at("initiative", about.code)))
    assert "Rated 9 of 9" in page
    assert "Earlier ratings" in page
    assert _at("rating", old.rating.code) in page


def test_nobody_else_rates(client_for: ClientFor) -> None:
    pair = make.rating()
    rating, key = pair.rating, pair.indicators[0]
    colleague = client_for(people.membership(rating.initiative.body).person)
    assert colleague.get(_at("rating", rating.code)).status_code == 200
    assert colleague.get(_at("rating_score", rating.code, key)).status_code == 403
    assert colleague.post(_at("rating_cite", rating.code, key), CITED).status_code == 403
    stranger: Membership = people.membership(keeper())
    other = client_for(stranger.person)
    for name in ("initiative_edit", "initiative_publish", "rating_begin"):
        assert other.get(_at(name, rating.initiative.code)).status_code == 403
    assert other.get(_at("rating_score", rating.code, key)).status_code == 404
    assert other.post(_at("rating_withdraw", rating.code)).status_code == 404
    assert client_for(pair.first.person).get(_at("rating_score", rating.code, "nothing")).status_code == 404
    supplier = client_for(people.membership(people.organisation()).person)
    assert supplier.get(_at("initiative_new")).status_code == 403


def test_the_initiative_itself_only_replies(client_for: ClientFor) -> None:
    itself = people.organisation()
    pair = make.rating(make.initiative(organisation=itself), state="with_initiative")
    own = client_for(people.membership(itself).person)
    for name in ("rating_publish", "rating_correct", "rating_withdraw"):
        assert own.post(_at(name, pair.rating.code)).status_code == 403
    told = own.post(_at("rating_send", pair.rating.code), {"told_how": "Here"})
    assert told.status_code == 403
