# ruff: noqa: S608 (names of this file only)
"""What the database itself refuses about consultations, whoever writes SQL as the role app."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from forum.models import ConsultationRound
from forum.queries.consultation import digest_of
from ledger.acting import acting, present_secret
from organisations.visibility import Viewer
from tests.conftest import owner_role
from tests.factories import forum as make
from tests.factories import forum_consultations as consult


def _sql(who: Viewer | None, sql: str, *params: Any, secret: str = "") -> list[tuple[Any, ...]]:
    person, organisation = (who.person_id, who.organisation_id) if who else (None, None)
    with acting(person_id=person, organisation_id=organisation), connection.cursor() as cursor:
        if secret:
            present_secret(secret)
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else [(cursor.rowcount,)]


def _refused(who: Viewer | None, sql: str, *params: Any, secret: str = "") -> str:
    with pytest.raises(DatabaseError) as refused:
        _sql(who, sql, *params, secret=secret)
    return str(refused.value)


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("joint-remediation")


@pytest.fixture
def asked(room: make.Room) -> ConsultationRound:
    return consult.opened(consult.consultation(room.group, room.lead, is_public=True))


COMMENT = """INSERT INTO forum_consultationcomment (code, group_id, consultation_id, round_id, clause_id, from_public,
    person_id, organisation_id, name, organisation_name, text, language, made_at, state)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'Somebody else', '', 'x', '', %s, %s) RETURNING name, state"""


def _comment(who: Viewer | None, asked: ConsultationRound, **given: Any) -> tuple[Any, ...]:
    fields = {
        "code": "ABCDEFGH0001",
        "clause": None,
        "from_public": False,
        "person": who.person_id if who else None,
        "organisation": who.organisation_id if who else None,
        "at": timezone.now(),
        "state": "shown",
    } | given
    return (
        fields["code"],
        asked.group_id,
        asked.consultation_id,
        asked.pk,
        fields["clause"],
        fields["from_public"],
        fields["person"],
        fields["organisation"],
        fields["at"],
        fields["state"],
    )


def test_a_comment_is_signed_by_whoever_writes_it(room: make.Room, asked: ConsultationRound) -> None:
    who = room.stranger
    name, state = _sql(who, COMMENT, *_comment(who, asked))[0]
    assert name != "Somebody else"
    assert state == "shown"
    # In somebody else's name, or as the public without a letter: never.
    other = _comment(who, asked, code="ABCDEFGH0002", person=room.buyer.person_id)
    assert _sql(who, COMMENT.replace("RETURNING name", "RETURNING person_id"), *other)[0][0] == who.person_id
    for more in ({"from_public": True, "person": None, "organisation": None}, {"from_public": True}):
        for by in (who, None):
            given = _comment(by, asked, code="ABCDEFGH0003", state="waiting", **more)
            _refused(by, COMMENT, *given)
    _refused(None, COMMENT, *_comment(None, asked, code="ABCDEFGH0004"))


def test_no_comment_comes_in_outside_the_hours(room: make.Room) -> None:
    found = consult.consultation(room.group, room.lead)
    asked = consult.round_of(found)
    for who in (room.lead, room.buyer):  # they read the draft
        assert "while the round is open" in _refused(who, COMMENT, *_comment(who, asked))
    open_now = consult.opened(found)
    assert open_now.opens_at is not None
    early = _comment(room.buyer, open_now, at=open_now.opens_at - timedelta(minutes=1))
    assert "while the round is open" in _refused(room.buyer, COMMENT, *early)
    late = _comment(room.buyer, open_now, at=open_now.closes_at)
    assert "while the round is open" in _refused(room.buyer, COMMENT, *late)
    consult.closed(found)
    assert "while the round is open" in _refused(room.buyer, COMMENT, *_comment(room.buyer, asked))


def test_a_comment_is_on_a_clause_of_its_round(room: make.Room, asked: ConsultationRound) -> None:
    other = consult.clauses(consult.opened(consult.consultation(room.group, room.lead)))[0]
    given = _comment(room.stranger, asked, clause=other.pk)
    assert "a clause of this round" in _refused(room.stranger, COMMENT, *given)
    own = consult.clauses(asked)[0]
    assert _sql(room.stranger, COMMENT, *_comment(room.stranger, asked, clause=own.pk))


def test_what_was_opened_stays_as_it_is(room: make.Room, asked: ConsultationRound) -> None:
    clause = consult.clauses(asked)[0]
    for sql in (
        f"UPDATE forum_consultationclause SET text = 'y' WHERE id = {clause.pk}",
        f"DELETE FROM forum_consultationclause WHERE id = {clause.pk}",
    ):
        assert "stay as they are" in _refused(room.lead, sql)
    assert "never deleted" in _refused_as_owner(f"DELETE FROM forum_consultationround WHERE id = {asked.pk}")
    for change in ("opens_at = opens_at - interval '1 day'", "zone = 'UTC'", "note = 'y'"):
        sql = f"UPDATE forum_consultationround SET {change} WHERE id = {asked.pk}"
        assert "what it was opened with" in _refused(room.lead, sql)
    shorter = (
        f"UPDATE forum_consultationround SET closes_at = closes_at - interval '1 day' WHERE id = {asked.pk}"
    )
    assert "only made longer" in _refused(room.lead, shorter)
    longer = shorter.replace("- interval", "+ interval")
    assert _sql(room.lead, longer) == [(1,)]
    public = f"UPDATE forum_consultation SET is_public = false WHERE id = {asked.consultation_id}"
    assert "its readers" in _refused(room.lead, public)
    for who in (room.buyer, room.guest, room.stranger, None):
        assert _sql(who, longer) == [(0,)]


def _refused_as_owner(sql: str) -> str:
    with owner_role(), pytest.raises(DatabaseError) as refused, transaction.atomic():
        connection.cursor().execute(sql)
    return str(refused.value)


def test_clauses_of_a_draft_are_written_by_co_leads_alone(room: make.Room) -> None:
    asked = consult.round_of(consult.consultation(room.group, room.lead))
    sql = f"UPDATE forum_consultationclause SET text = 'y' WHERE round_id = {asked.pk}"
    for who in (room.buyer, room.guest, room.stranger, None):
        assert _sql(who, sql) == [(0,)]
    assert _sql(room.staff, sql) == [(2,)]


RESPONSE = """INSERT INTO forum_consultationresponse (group_id, round_id, comment_id, person_id, person_name,
    organisation_id, organisation_name, verdict, reason, language, made_at)
    VALUES (%s, %s, %s, %s, '', %s, '', %s, %s, '', now())"""


def test_only_co_leads_answer_and_give_a_reason(room: make.Room, asked: ConsultationRound) -> None:
    said = consult.comment(asked, room.stranger)

    def given(who: Viewer, verdict: str = "noted", reason: str = "x") -> tuple[Any, ...]:
        ids = (said.group_id, said.round_id, said.pk, who.person_id, who.organisation_id)
        return (*ids, verdict, reason)

    for who in (room.buyer, room.guest, room.stranger):
        _refused(who, RESPONSE, *given(who))
    assert "has_a_reason" in _refused(room.lead, RESPONSE, *given(room.lead, reason=""))
    assert "is_known" in _refused(room.lead, RESPONSE, *given(room.lead, verdict="perhaps"))
    assert _sql(room.lead, RESPONSE, *given(room.lead)) == [(1,)]


def test_no_round_is_answered_while_a_comment_has_no_response(
    room: make.Room, asked: ConsultationRound
) -> None:
    said = consult.comment(asked, room.stranger)
    consult.public_comment(asked, confirmed=False)  # counts only once it is confirmed
    consult.closed(asked.consultation)
    sql = f"""UPDATE forum_consultationround SET state = 'answered', answered_at = now(), outcome = 'x'
               WHERE id = {asked.pk}"""
    assert "gets a response first" in _refused(room.lead, sql)
    assert "gets a response first" in _refused_as_owner(sql)
    consult.response(said, room.lead)
    assert _sql(room.lead, sql) == [(1,)]
    again = f"UPDATE forum_consultationresponse SET reason = 'y' WHERE comment_id = {said.pk}"
    assert "stays once the round is answered" in _refused(room.lead, again)


def test_no_round_skips_a_state(room: make.Room) -> None:
    asked = consult.round_of(consult.consultation(room.group, room.lead))
    sql = f"""UPDATE forum_consultationround SET state = 'closed', closed_at = now(), opens_at = now(), zone = 'UTC',
              closes_at = now() + interval '1 day' WHERE id = {asked.pk}"""
    _refused(room.lead, sql)
    hours = "opens_at = now() + interval '1 day', closes_at = now() + interval '2 days', zone = 'UTC'"
    early = f"UPDATE forum_consultationround SET state = 'open', {hours} WHERE id = {asked.pk}"
    assert "within its hours" in _refused(room.lead, early)


def test_an_address_is_read_by_co_leads_and_changed_by_its_link_alone(
    room: make.Room, asked: ConsultationRound
) -> None:
    said = consult.public_comment(asked)
    waiting = consult.public_comment(asked, confirmed=False, email="other@example.org")
    read = "SELECT email FROM forum_consultationcontact ORDER BY id"
    assert _sql(room.lead, read) == [("lea@example.org",)]
    for who in (room.buyer, room.guest, room.stranger, None):
        assert _sql(who, read) == []
    assert _sql(None, read, secret=digest_of(waiting.code)) == [("other@example.org",)]
    confirm = "UPDATE forum_consultationcontact SET confirmed_at = now() WHERE confirmed_at IS NULL"
    assert _sql(room.lead, confirm) == [(0,)]
    assert _sql(None, confirm, secret=digest_of(said.code)) == [(0,)]
    other = "UPDATE forum_consultationcontact SET email = 'mine@example.org'"
    assert "stays, or goes" in _refused(None, other, secret=digest_of(said.code))
    assert _sql(None, confirm, secret=digest_of(waiting.code)) == [(1,)]
    assert consult.comment_again(waiting).state == "shown"
    assert "permission denied" in _refused(room.lead, "UPDATE forum_consultationcomment SET state = 'hidden'")


def test_the_log_of_hiding_is_written_once(room: make.Room, asked: ConsultationRound) -> None:
    said = consult.public_comment(asked)
    member = consult.comment(asked, room.stranger)
    hide = """INSERT INTO forum_consultationhiding (group_id, comment_id, is_shown_again, reason, language, text, name,
              of_organisation, made_at, person_id, person_name, organisation_id, organisation_name)
              VALUES (%s, %s, false, 'x', '', '', '', '', now(), %s, '', %s, '')"""

    def given(who: Viewer, pk: int) -> tuple[Any, ...]:
        return (said.group_id, pk, who.person_id, who.organisation_id)

    for who in (room.buyer, room.stranger):
        _refused(who, hide, *given(who, said.pk))
    assert "from the public" in _refused(room.lead, hide, *given(room.lead, member.pk))
    assert _sql(room.lead, hide, *given(room.lead, said.pk)) == [(1,)]
    for sql in ("UPDATE forum_consultationhiding SET reason = 'y'", "DELETE FROM forum_consultationhiding"):
        _refused(room.lead, sql)
        assert "append-only" in _refused_as_owner(sql)
