"""What the database holds about ratings of initiatives, whatever the program does."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from ledger.acting import acting
from organisations.models import Membership, Organisation
from organisations.visibility import Capability
from schemes.models import Citation, IndicatorScore, Initiative, Rating, RatingReply
from tests.conftest import owner_role
from tests.factories import initiatives as make
from tests.factories import organisations as people
from tests.factories.tracker import keeper

pytestmark = pytest.mark.django_db
SEND = (
    "UPDATE schemes_rating SET state = 'with_initiative', sent_at = %s, told_how = 'By letter' WHERE id = %s"
)
PUBLISH = "UPDATE schemes_rating SET state = 'published', published_at = %s WHERE id = %s"
SCORE = """INSERT INTO schemes_indicatorscore (rating_id, indicator, part, value, rationale, language, saved_at)
           VALUES (%s, %s, %s, %s, 'Because', '', now())"""


def run(sql: str, *values: Any) -> int:
    """Run one statement in a savepoint of its own and return how many rows it touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextmanager
def member(one: Membership) -> Iterator[None]:
    with acting(person_id=one.person_id, organisation_id=one.organisation_id):
        yield


@contextmanager
def everybody() -> Iterator[None]:
    with acting(person_id=None, organisation_id=None):
        yield


def _colleague(of: Organisation) -> Membership:
    return people.membership(of)


def test_a_rating_takes_what_its_rubric_says() -> None:
    rating = make.rating().rating
    assert (rating.values, rating.proof_from, rating.reply_days) == (["0", "1", "2", "3"], 2, 30)
    assert len(rating.indicators) == len(set(rating.indicators)) == 3


def test_who_takes_part_describes_and_rates_no_initiative() -> None:
    with pytest.raises(DatabaseError, match="does not rate them"), transaction.atomic():
        make.initiative(people.organisation("", Capability.BUYER))
    body = keeper()
    with pytest.raises(IntegrityError, match="nobody_rates_itself"), transaction.atomic():
        make.initiative(body, organisation=body)


def test_two_different_people_of_the_body_rate() -> None:
    about = make.initiative()
    mine, stranger = people.membership(about.body), people.membership(keeper())
    said = {"initiative": about, "edition": make.rubric(), "opened_at": timezone.now()}
    with owner_role(), transaction.atomic(), pytest.raises(DatabaseError, match="both raters belong"):
        Rating.objects.create(rater=mine.person, second_rater=mine.person, **said)
    with owner_role(), transaction.atomic(), pytest.raises(DatabaseError, match="both raters belong"):
        Rating.objects.create(rater=mine.person, second_rater=stranger.person, **said)


def test_nobody_rates_an_initiative_they_belong_to() -> None:
    itself = people.organisation()
    about = make.initiative(organisation=itself)
    mine, both = people.membership(about.body), people.membership(about.body)
    people.membership(itself, both.person)
    with owner_role(), transaction.atomic(), pytest.raises(DatabaseError, match="they belong to"):
        Rating.objects.create(
            initiative=about,
            edition=make.rubric(),
            rater=mine.person,
            second_rater=both.person,
            opened_at=timezone.now(),
        )


def test_one_rating_at_a_time() -> None:
    pair = make.rating()
    with pytest.raises(IntegrityError, match="one_rating_of_an_initiative_at_a_time"), transaction.atomic():
        make.rating(pair.rating.initiative)


@pytest.mark.parametrize(
    ("state", "seen"),
    [("scoring", 0), ("comparing", 0), ("with_initiative", 0), ("published", 1), ("withdrawn", 0)],
)
def test_everybody_sees_a_rating_once_it_is_published(state: str, seen: int) -> None:
    itself = people.organisation()
    pair = make.rating(make.initiative(organisation=itself), state=state)
    for who in (everybody(), member(people.membership(keeper()))):
        with who:
            assert Rating.objects.count() == seen
            assert bool(IndicatorScore.objects.count()) == bool(seen)
            assert bool(Citation.objects.count()) == bool(seen)
    with member(people.membership(itself)):
        assert Rating.objects.count() == (1 if state in {"with_initiative", "published"} else 0)
    with member(pair.first):
        assert Rating.objects.count() == 1


def test_a_draft_page_of_an_initiative_is_read_by_who_describes_it() -> None:
    draft = make.initiative(is_public=False)
    with everybody():
        assert not Initiative.objects.exists()
    with member(people.membership(draft.body)):
        assert Initiative.objects.count() == 1


def test_two_score_apart_and_nobody_scores_for_them() -> None:
    pair = make.rating()
    key, code = pair.indicators[0], pair.rating.pk
    with member(pair.first):
        assert run(SCORE, code, key, "first", "3") == 1
        with pytest.raises(DatabaseError, match="each their own part"):
            run(SCORE, code, key, "second", "3")
        with pytest.raises(DatabaseError, match="not scored now"):
            run(SCORE, code, key, "agreed", "3")
        for wrong in ((key, "9"), ("nothing", "1")):
            with pytest.raises(DatabaseError, match="no such indicator or value"):
                run(SCORE, code, wrong[0], "first", wrong[1])
    with member(pair.second):
        assert not IndicatorScore.objects.exists()
        assert run(SCORE, code, key, "second", None) == 1
    with (
        member(_colleague(pair.rating.initiative.body)),
        pytest.raises(DatabaseError, match="only the two raters"),
    ):
        run(SCORE, code, pair.indicators[1], "first", "3")
    with member(people.membership(keeper())), pytest.raises(DatabaseError, match=r"only the two|row-level"):
        run(SCORE, code, pair.indicators[1], "first", "3")


def test_each_hands_in_alone_and_says_what_binds_them() -> None:
    pair = make.rating()
    first = "UPDATE schemes_rating SET first_done_at = now(), first_note = %s WHERE id = %s"
    with member(pair.second), pytest.raises(DatabaseError, match="each rater hands in alone"):
        run(first, "None", pair.rating.pk)
    with member(pair.first):
        with pytest.raises(IntegrityError, match="what_binds_them"):
            run(first, "", pair.rating.pk)
        with pytest.raises(IntegrityError, match="two_are_done"):
            run("UPDATE schemes_rating SET state = 'comparing' WHERE id = %s", pair.rating.pk)
        assert run(first, "None", pair.rating.pk) == 1
        with pytest.raises(DatabaseError, match="not scored now"):
            run(SCORE, pair.rating.pk, pair.indicators[0], "first", "1")


def test_a_score_without_evidence_goes_to_nobody() -> None:
    pair = make.rating(state="comparing")
    now = timezone.now()
    with owner_role(), pytest.raises(DatabaseError, match="nothing is agreed"):
        run(SEND, now, pair.rating.pk)
    make.score(pair, "agreed", "2")
    with owner_role(), pytest.raises(DatabaseError, match="lacks its evidence"):
        run(SEND, now, pair.rating.pk)
    for key in pair.indicators:
        make.cite(pair, key, "self_claim")
    with owner_role(), pytest.raises(DatabaseError, match="lacks its evidence"):
        run(SEND, now, pair.rating.pk)
    for key in pair.indicators:
        make.cite(pair, key, "document")
    with owner_role():
        assert run(SEND, now, pair.rating.pk) == 1


@pytest.mark.parametrize(("value", "grade"), [("1", "self_claim"), ("0", "self_claim"), (None, None)])
def test_ones_own_word_is_enough_below_proof_and_nothing_is_cited_for_what_was_not_assessed(
    value: str | None, grade: str | None
) -> None:
    pair = make.rating(state="comparing")
    make.score(pair, "agreed", value)
    for key in pair.indicators:
        if grade:
            make.cite(pair, key, grade)
    with owner_role():
        assert run(SEND, timezone.now(), pair.rating.pk) == 1


def test_a_score_says_why() -> None:
    pair = make.rating()
    sql = SCORE.replace("'Because'", "''")
    with owner_role(), pytest.raises(IntegrityError, match="an_indicator_score_says_why"):
        run(sql, pair.rating.pk, pair.indicators[0], "first", "1")


def test_nobody_publishes_early() -> None:
    pair = make.rating(state="comparing")
    make.score(pair, "agreed", "2")
    for key in pair.indicators:
        make.cite(pair, key)
    long_ago = timezone.now() - dt.timedelta(days=400)
    with member(pair.first):
        assert run(SEND, long_ago, pair.rating.pk) == 1
        one = Rating.objects.get()
        assert one.sent_at is not None
        assert timezone.now() - dt.timedelta(minutes=1) < one.sent_at <= timezone.now()
        assert one.reply_until == one.sent_at + dt.timedelta(days=30)
        for sql in (
            PUBLISH,
            "UPDATE schemes_rating SET state = 'published', published_at = %s, reply_until = now() WHERE id = %s",
        ):
            with pytest.raises(DatabaseError, match="has its say first"):
                run(sql, timezone.now() + dt.timedelta(days=90), pair.rating.pk)
        with pytest.raises(DatabaseError, match="keeps its clock"):
            run("UPDATE schemes_rating SET reply_until = now() WHERE id = %s", pair.rating.pk)
    with owner_role(), pytest.raises(DatabaseError, match="has its say first"):
        run(PUBLISH, one.reply_until - dt.timedelta(seconds=1), pair.rating.pk)
    with owner_role():
        assert run(PUBLISH, one.reply_until, pair.rating.pk) == 1


def test_after_the_clock_the_body_publishes() -> None:
    pair = make.rating(state="with_initiative")
    with member(pair.second):
        assert run(PUBLISH, timezone.now(), pair.rating.pk) == 1


def test_the_page_of_the_initiative_is_published_first() -> None:
    pair = make.rating(make.initiative(is_public=False), state="with_initiative")
    with member(pair.first), pytest.raises(DatabaseError, match="page of the initiative"):
        run(PUBLISH, timezone.now(), pair.rating.pk)


def test_correcting_after_a_reply_begins_the_clock_anew() -> None:
    pair = make.rating(state="with_initiative")
    with member(pair.first):
        run("UPDATE schemes_rating SET state = 'comparing' WHERE id = %s", pair.rating.pk)
        assert Rating.objects.get().reply_until is None
        run(SEND, timezone.now(), pair.rating.pk)
        with pytest.raises(DatabaseError, match="has its say first"):
            run(PUBLISH, timezone.now(), pair.rating.pk)


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_what_ended_never_changes(state: str) -> None:
    pair = make.rating(state=state)
    for sql in (
        "UPDATE schemes_rating SET state = 'comparing' WHERE id = %s",
        "UPDATE schemes_rating SET first_note = 'Else' WHERE id = %s",
        "DELETE FROM schemes_rating WHERE id = %s",
    ):
        with owner_role(), pytest.raises(DatabaseError, match=r"stays as it is|never deleted"):
            run(sql, pair.rating.pk)


def test_what_was_published_keeps_its_scores_and_evidence() -> None:
    pair = make.rating(state="published")
    for sql, why in (
        ("UPDATE schemes_indicatorscore SET value = '3' WHERE part = 'agreed'", "not scored now"),
        ("DELETE FROM schemes_indicatorscore", "never deleted"),
        ("UPDATE schemes_citation SET title = 'x'", "made anew"),
        ("DELETE FROM schemes_citation", "evidence of a rating stays"),
    ):
        with owner_role(), pytest.raises(DatabaseError, match=why):
            run(sql)
    with pytest.raises(DatabaseError, match="evidence of a rating stays"), transaction.atomic():
        make.cite(pair, pair.indicators[0])


def test_only_the_initiative_replies_or_its_words_are_passed_on() -> None:
    itself = people.organisation()
    pair = make.rating(make.initiative(organisation=itself), state="with_initiative")
    alone = make.rating(state="with_initiative")
    sql = """INSERT INTO schemes_ratingreply (rating_id, organisation_id, is_passed_on, words, language, at)
             VALUES (%s, %s, %s, 'No', '', now())"""
    body = pair.rating.body_id
    with member(pair.first), pytest.raises(DatabaseError, match="only the initiative replies"):
        run(sql, pair.rating.pk, body, True)
    with member(pair.first), pytest.raises(DatabaseError, match="only the initiative replies"):
        run(sql, pair.rating.pk, body, False)
    with (
        member(people.membership(people.organisation())),
        pytest.raises(DatabaseError, match=r"row-level|only the"),
    ):
        run(sql, pair.rating.pk, itself.pk, False)
    with member(people.membership(itself)):
        assert run(sql, pair.rating.pk, itself.pk, False) == 1
    with member(alone.first):
        assert run(sql, alone.rating.pk, alone.rating.body_id, True) == 1
    with owner_role(), pytest.raises(DatabaseError, match="append-only"):
        run("UPDATE schemes_ratingreply SET words = 'Yes'")
    with everybody():
        assert not RatingReply.objects.exists()


def test_evidence_is_dated_and_not_of_tomorrow() -> None:
    pair = make.rating()
    with pytest.raises(DatabaseError, match="not of tomorrow"), transaction.atomic():
        make.cite(pair, pair.indicators[0], dated_on=dt.date(2040, 1, 1))
    with pytest.raises(DatabaseError, match="no such indicator"), transaction.atomic():
        make.cite(pair, "nothing")
