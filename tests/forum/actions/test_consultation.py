"""A consultation from draft to answers."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from forum.actions import consultation as act
from forum.actions.consultation_comment import (
    comment_on,
    comment_publicly,
    confirm_comment,
    forget_address,
    hide_comment,
    respond,
    show_comment,
)
from forum.models import (
    Consultation,
    ConsultationComment,
    ConsultationContact,
    ConsultationHiding,
    ConsultationResponse,
    ConsultationRound,
)
from forum.models.consultation_facts import ClauseSaid, ConsultationSaid, PublicSaid, WindowSaid
from forum.queries.consultation import changes_between, clauses_of, contact_with, secret_of
from forum.tasks.consultation import forget_unconfirmed
from ledger import delivery
from ledger.acting import acting
from ledger.models import Entry, Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.visibility import Viewer
from tests.conftest import job_role, owner_role
from tests.factories import forum as make
from tests.factories import forum_consultations as consult


@pytest.fixture
def room(db: Any) -> make.Room:
    return make.group("joint-remediation")


def _as(who: Viewer | None) -> Any:
    return acting(
        person_id=who.person_id if who else None, organisation_id=who.organisation_id if who else None
    )


def _window(days: int = 10, opens_in: int = 0) -> WindowSaid:
    now = timezone.now()
    opens = now + dt.timedelta(days=opens_in) if opens_in else None
    return WindowSaid(opens, now + dt.timedelta(days=days), "Europe/London")


def _post(at: dt.datetime | None = None) -> None:
    """Let everything that waits be told, and every letter go."""
    at = at or timezone.now()
    with job_role():
        while relay(at):
            pass
        delivery.send(at, pause_seconds=0)


def _tick(at: dt.datetime) -> None:
    with job_role():
        tick(at)


def _begin(room: make.Room, *, is_public: bool = False) -> Consultation:
    said = ConsultationSaid("A guide", "What is missing?", "en", is_public)
    with _as(room.lead):
        return act.begin_consultation(viewer=room.lead, group=room.group, said=said, at=timezone.now())


def _round(found: Consultation, number: int = 1) -> ConsultationRound:
    return consult.round_of(found, number)


def _write(who: Viewer, found: Consultation, *said: ClauseSaid, number: int = 1) -> None:
    with _as(who):
        act.write_clauses(
            viewer=who, asked=_round(found, number), said=said, note="", note_language="", at=timezone.now()
        )


FIRST, SECOND = ClauseSaid("", "1", "Fees", "Nobody pays."), ClauseSaid("", "2", "Who", "The employer.")


def test_a_consultation_goes_from_draft_to_answers_and_a_second_round(room: make.Room) -> None:
    found = _begin(room)
    _write(room.lead, found, FIRST, SECOND)
    with _as(room.lead):
        act.open_round(viewer=room.lead, asked=_round(found), said=_window(), at=timezone.now())
    assert _round(found).state == "open"
    first, second = consult.clauses(_round(found))
    with _as(room.stranger):  # a member of an organisation with nobody inside
        made = comment_on(
            viewer=room.stranger,
            asked=_round(found),
            clause=first,
            text=" Say who. ",
            language="en",
            at=timezone.now(),
        )
        again = comment_on(
            viewer=room.stranger,
            asked=_round(found),
            clause=first,
            text="Say who.",
            language="en",
            at=timezone.now(),
        )
    assert made == again
    with _as(room.staff):
        act.close_round(viewer=room.staff, asked=_round(found), at=timezone.now())
    with _as(room.lead), pytest.raises(Refusal) as refused:
        act.publish_answers(
            viewer=room.lead, asked=_round(found), outcome="Done.", language="en", at=timezone.now()
        )
    assert refused.value.code == "responses-missing"
    with _as(room.lead):
        said = consult.comment_again(made)
        respond(
            viewer=room.lead,
            comment=said,
            verdict="partly",
            reason="In clause 2.",
            language="en",
            at=timezone.now(),
        )
        respond(
            viewer=room.lead,
            comment=said,
            verdict="accepted",
            reason="In both.",
            language="en",
            at=timezone.now(),
        )
    with _as(room.stranger):
        assert not ConsultationResponse.objects.visible_to(room.stranger).exists()
    with _as(room.lead):
        act.publish_answers(
            viewer=room.lead, asked=_round(found), outcome="Done.", language="en", at=timezone.now()
        )
    with _as(room.stranger):
        told = ConsultationResponse.objects.visible_to(room.stranger).get()
        assert (told.verdict, told.reason) == ("accepted", "In both.")
    with _as(room.lead):
        act.begin_next_round(
            viewer=room.lead, consultation=consult.again(found), last=_round(found), at=timezone.now()
        )
    after = ClauseSaid(first.identity, "2", "Fees", "Nobody pays for a job.")
    _write(room.lead, found, ClauseSaid("", "1", "Words", "What we mean."), after, number=2)
    with _as(room.lead):
        rows = changes_between(room.lead, _round(found), _round(found, 2))
    assert [one.kind for one in rows] == ["added", "changed", "removed"]
    assert rows[2].before == second


def test_only_co_leads_do_what_co_leads_do(room: make.Room) -> None:
    found = _begin(room)
    _write(room.lead, found, FIRST)
    for who in (room.buyer, room.guest):
        with _as(who), pytest.raises(Forbidden):
            act.open_round(viewer=who, asked=_round(found), said=_window(), at=timezone.now())
    with _as(room.buyer), pytest.raises(Forbidden):
        act.begin_consultation(
            viewer=room.buyer,
            group=room.group,
            said=ConsultationSaid("A", "", "en", False),
            at=timezone.now(),
        )
    asked = consult.opened(found)
    said = consult.comment(asked, room.stranger)
    for who in (room.buyer, room.stranger, room.outsider):
        with _as(who), pytest.raises(Forbidden):
            respond(viewer=who, comment=said, verdict="noted", reason="x", language="", at=timezone.now())
    with _as(room.staff):
        respond(viewer=room.staff, comment=said, verdict="noted", reason="x", language="", at=timezone.now())


def test_bad_hours_are_refused_with_a_reason(room: make.Room) -> None:
    found = _begin(room)
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    _write(room.lead, found, FIRST)
    for code, said in {
        "closes-before-it-opens": WindowSaid(now + 3 * hour, now + 2 * hour, "UTC"),
        "closes-in-the-past": WindowSaid(None, now - hour, "UTC"),
    }.items():
        with _as(room.lead), pytest.raises(Refusal) as refused:
            act.open_round(viewer=room.lead, asked=_round(found), said=said, at=now)
        assert refused.value.code in {code, "closes-before-it-opens"}
    _write(room.lead, found)
    with _as(room.lead), pytest.raises(Refusal) as refused:
        act.open_round(viewer=room.lead, asked=_round(found), said=_window(), at=now)
    assert refused.value.code == "no-clauses"


def test_an_announced_round_opens_and_closes_by_itself(room: make.Room) -> None:
    found = _begin(room)
    _write(room.lead, found, FIRST)
    with _as(room.lead):
        act.open_round(viewer=room.lead, asked=_round(found), said=_window(10, opens_in=2), at=timezone.now())
    assert _round(found).state == "planned"
    with _as(room.stranger):
        assert not Consultation.objects.visible_to(room.stranger).exists()
    _post()
    now = timezone.now()
    _tick(now + dt.timedelta(days=1))
    assert _round(found).state == "planned"
    _tick(now + dt.timedelta(days=2, minutes=1))
    assert _round(found).state == "open"
    _post(now + dt.timedelta(days=2, minutes=1))
    _tick(now + dt.timedelta(days=9, minutes=1))
    with owner_role():
        assert Entry.objects.filter(verb=act.CLOSES_SOON).count() == 1
    _tick(now + dt.timedelta(days=10, minutes=1))
    assert _round(found).state == "closed"


def test_an_extended_round_closes_at_its_later_hour_and_reminds_then(room: make.Room) -> None:
    found = _begin(room)
    _write(room.lead, found, FIRST)
    now = timezone.now()
    with _as(room.lead):
        act.open_round(viewer=room.lead, asked=_round(found), said=_window(5), at=now)
    _post()
    with _as(room.lead):
        closes_at = _round(found).closes_at
        assert closes_at is not None
        with pytest.raises(Refusal) as refused:
            act.extend_round(viewer=room.lead, asked=_round(found), closes_at=closes_at, at=now)
        assert refused.value.code == "not-later"
        later = closes_at + dt.timedelta(days=5)
        act.extend_round(viewer=room.lead, asked=_round(found), closes_at=later, at=now)
    _post()
    _tick(now + dt.timedelta(days=5, minutes=1))
    assert _round(found).state == "open"
    with owner_role():
        assert not Entry.objects.filter(verb=act.CLOSES_SOON).exists()
    _tick(later + dt.timedelta(minutes=1))
    assert _round(found).state == "closed"


def _from_public(asked: ConsultationRound, **words: str) -> None:
    said = {
        "name": "Lea Martin",
        "organisation": "",
        "email": "Lea@Example.org",
        "text": "Ask the workers.",
        "language": "en",
    } | words
    with _as(None):
        comment_publicly(asked=asked, clause=None, said=PublicSaid(**said), at=timezone.now())


@pytest.fixture
def public(room: make.Room) -> ConsultationRound:
    return consult.opened(consult.consultation(room.group, room.lead, is_public=True))


def _secret() -> str:
    with owner_role():
        return secret_of(ConsultationComment.objects.latest("pk").code)


def test_a_comment_from_the_public_counts_once_its_address_is_confirmed(
    room: make.Room, public: ConsultationRound
) -> None:
    _from_public(public)
    _from_public(public)  # a second click
    _post()
    letters = [one for one in mail.outbox if one.to == ["lea@example.org"]]
    assert len(letters) == 1
    assert f"/consultations/link/{_secret()}/" in letters[0].body
    for who in (None, room.lead, room.stranger):
        with _as(who):
            assert not ConsultationComment.objects.visible_to(who).exists()
    with _as(room.lead):
        assert not ConsultationContact.objects.visible_to(room.lead).exists()
    with _as(None):
        confirm_comment(contact=contact_with(_secret()), at=timezone.now())
    for who in (None, room.stranger, room.lead):
        with _as(who):
            said = ConsultationComment.objects.visible_to(who).get()
            assert (said.name, said.state) == ("Lea Martin", "shown")
    for who in (None, room.stranger, room.buyer, room.guest):
        with _as(who):
            assert not ConsultationContact.objects.visible_to(who).exists()
            assert not ConsultationContact.objects.exists()
    with _as(room.lead):
        assert ConsultationContact.objects.visible_to(room.lead).get().email == "lea@example.org"


def test_whoever_commented_is_told_of_the_answers_and_of_the_next_round(
    room: make.Room, public: ConsultationRound
) -> None:
    for said in (consult.public_comment(public), consult.comment(public, room.stranger)):
        consult.response(said, room.lead)
    found = public.consultation
    asked = consult.closed(found)
    with _as(room.lead):
        act.publish_answers(viewer=room.lead, asked=asked, outcome="x", language="en", at=timezone.now())
    _post()
    told = {one.to[0]: one for one in mail.outbox}
    stranger = make.membership_of(room.stranger).person.email
    assert {"lea@example.org", stranger} <= set(told)
    assert "List-Unsubscribe" in told["lea@example.org"].extra_headers
    mail.outbox.clear()
    consult.next_round(found)
    with _as(room.lead):
        act.open_round(viewer=room.lead, asked=_round(found, 2), said=_window(), at=timezone.now())
    with _as(None):
        forget_address(contact=contact_with(_secret_of_public()))
    _post()
    to = {one.to[0] for one in mail.outbox}
    assert stranger in to
    assert make.membership_of(room.buyer).person.email in to
    assert "lea@example.org" not in to  # deleted in between


def _secret_of_public() -> str:
    with owner_role():
        return secret_of(ConsultationComment.objects.get(from_public=True).code)


def test_no_address_is_buried_in_letters(room: make.Room, public: ConsultationRound) -> None:
    for number in range(5):
        _from_public(public, text=f"Comment {number}")
    with pytest.raises(Refusal) as refused:
        _from_public(public, text="One more")
    assert refused.value.code == "too-many"
    _from_public(public, text="One more", email="other@example.org")


def test_the_public_is_heard_only_where_it_is_asked_and_while_it_is_open(room: make.Room) -> None:
    closed = consult.opened(consult.consultation(room.group, room.lead))
    found = consult.consultation(room.group, room.lead, is_public=True)
    for asked in (closed, _round(found)):
        with pytest.raises(Refusal) as refused:
            _from_public(asked)
        assert refused.value.code == "not-open"
    _from_public(consult.opened(found))


def test_a_link_works_for_three_days_and_until_the_round_is_answered(
    room: make.Room, public: ConsultationRound
) -> None:
    _from_public(public)
    with _as(None), pytest.raises(Refusal) as refused:
        confirm_comment(contact=contact_with(_secret()), at=timezone.now() + dt.timedelta(days=4))
    assert refused.value.code == "link-over"
    consult.closed(public.consultation)
    consult.answered(public.consultation)
    with _as(None), pytest.raises(Refusal):
        confirm_comment(contact=contact_with(_secret()), at=timezone.now())


def test_what_nobody_confirmed_is_deleted_at_night(room: make.Room, public: ConsultationRound) -> None:
    _from_public(public)
    consult.public_comment(public, email="kept@example.org")
    with job_role():
        forget_unconfirmed(timezone.now() + dt.timedelta(days=2))
    with owner_role():
        assert ConsultationComment.objects.count() == 2
    with job_role():
        forget_unconfirmed(timezone.now() + dt.timedelta(days=4))
    with owner_role():
        assert ConsultationContact.objects.get().email == "kept@example.org"
        assert ConsultationComment.objects.count() == 1


def test_hiding_moves_the_words_into_the_log_and_back(room: make.Room, public: ConsultationRound) -> None:
    said = consult.public_comment(public)
    member = consult.comment(public, room.stranger)
    with _as(room.buyer), pytest.raises(Forbidden):
        hide_comment(viewer=room.buyer, comment=said, reason="x", at=timezone.now())
    with _as(room.lead), pytest.raises(Forbidden):
        hide_comment(viewer=room.lead, comment=member, reason="x", at=timezone.now())
    with _as(room.lead), pytest.raises(Refusal) as refused:
        hide_comment(viewer=room.lead, comment=said, reason=" ", at=timezone.now())
    assert refused.value.code == "reason-missing"
    with _as(room.lead):
        hide_comment(viewer=room.lead, comment=said, reason="Names a child.", at=timezone.now())
    with _as(None):
        shown = ConsultationComment.objects.visible_to(None).get(pk=said.pk)
        assert (shown.state, shown.text, shown.name, shown.organisation_name) == ("hidden", "", "", "")
        assert not ConsultationHiding.objects.exists()
    with _as(room.buyer):
        assert not ConsultationHiding.objects.visible_to(room.buyer).exists()
    with _as(room.staff):
        logged = ConsultationHiding.objects.visible_to(room.staff).get()
        assert (logged.reason, logged.text, logged.name) == ("Names a child.", said.text, said.name)
        show_comment(
            viewer=room.staff, comment=consult.comment_again(said), reason="No child.", at=timezone.now()
        )
        back = consult.comment_again(said)
        assert (back.text, back.name, back.organisation_name) == (
            said.text,
            said.name,
            said.organisation_name,
        )
    with _as(room.lead), pytest.raises(Refusal) as refused:
        show_comment(viewer=room.lead, comment=back, reason="Again.", at=timezone.now())
    assert refused.value.code == "illegal-move"


def test_the_ledger_holds_codes_alone(room: make.Room, public: ConsultationRound) -> None:
    _from_public(public, text="Zebra words", name="Zebra name", email="zebra@example.org")
    with _as(room.stranger):
        comment_on(
            viewer=room.stranger,
            asked=public,
            clause=None,
            text="Zebra again",
            language="",
            at=timezone.now(),
        )
    with owner_role():
        for entry in Entry.objects.filter(verb__startswith="forum.consultation"):
            assert entry.subject_kind == "forum.group"
            assert "zebra" not in str(entry.data).lower()
        assert not Occurrence.objects.filter(data__icontains="zebra").exists()
    with _as(room.lead):
        assert len(clauses_of(room.lead, public)) == 2
