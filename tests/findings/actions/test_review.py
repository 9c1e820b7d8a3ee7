"""The site's say before and after publication, the firm's answers, and what publication waits for."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, transaction

from findings.actions.audit import submit_audit, take_back_audit
from findings.actions.finding import delete_finding
from findings.actions.publication import publish_audit
from findings.actions.review import answer_dispute, finish_review, say, take_back_dispute
from findings.lifecycle import AuditState, ReplyState
from findings.models import Audit, Finding, ReviewPolicy, SiteReply
from findings.queries.review import review_of
from ledger.models import Delivery, Entry, Occurrence
from ledger.occurrences import tick
from ledger.refusals import Forbidden, Refusal
from ledger.relay import relay
from organisations.models import Organisation
from organisations.visibility import Role
from tests.conftest import owner_role
from tests.factories import findings as make
from tests.findings.conftest import AT, House

AsJob = Callable[[], AbstractContextManager[None]]
DAY = dt.timedelta(days=1)


@pytest.fixture
def sent(house: House) -> Audit:
    """Return an initial audit with two findings that the site has been sent, with seven days to comment."""
    audit = house.audit(kind="initial")
    make.finding(audit, title="Blocked exit")
    make.car(audit, title="Agents charge fees")
    with house.as_(house.firm) as viewer:
        return submit_audit(viewer=viewer, audit=audit, at=AT)


def _of(audit: Audit, title: str) -> Finding:
    with owner_role():
        return Finding.objects.select_related("audit__version").get(audit=audit, title=title)


def _say(
    house: House, audit: Audit, kind: str, about: str | None = "Blocked exit", **said: object
) -> SiteReply:
    with house.as_(house.supplier) as viewer:
        finding = _of(audit, about) if about else None
        given = {"text": "The boxes were gone by noon.", "at": AT} | said
        return say(viewer=viewer, audit=audit, finding=finding, kind=kind, **given)  # type: ignore[arg-type]


def _publish(house: House, audit: Audit, at: dt.datetime = AT) -> Audit:
    with house.as_(house.firm) as viewer:
        return publish_audit(viewer=viewer, audit=audit, at=at)


def _refused(house: House, audit: Audit, at: dt.datetime = AT) -> list[str]:
    with pytest.raises(Refusal) as caught:
        _publish(house, audit, at)
    return list(caught.value.fields)


def _answer(house: House, reply: SiteReply, *, is_accepted: bool = False, **more: object) -> SiteReply:
    with house.as_(house.firm) as viewer:
        given = {"reason": "The photo shows them at two.", "at": AT} | more
        return answer_dispute(viewer=viewer, reply=reply, is_accepted=is_accepted, **given)  # type: ignore[arg-type]


def test_publication_waits_for_the_last_day_of_the_site(house: House, sent: Audit) -> None:
    with house.as_(house.supplier):
        assert review_of(sent, at=AT).last_day == dt.date(2026, 6, 8)
    assert _refused(house, sent, AT + 7 * DAY) == ["site-can-comment"]
    assert sent.review_ends_at is not None
    assert _publish(house, sent, sent.review_ends_at).state == AuditState.PUBLISHED


def test_site_that_has_finished_need_not_be_waited_for(house: House, sent: Audit) -> None:
    with house.as_(house.supplier) as viewer:
        first = finish_review(viewer=viewer, audit=sent, at=AT)
        assert finish_review(viewer=viewer, audit=sent, at=AT + DAY) == first
    assert _publish(house, sent).state == AuditState.PUBLISHED


def test_finishing_counts_for_what_was_sent_and_not_for_what_comes_later(house: House, sent: Audit) -> None:
    with house.as_(house.supplier) as viewer:
        finish_review(viewer=viewer, audit=sent, at=AT)
    with house.as_(house.firm) as viewer:
        take_back_audit(viewer=viewer, audit=sent, at=AT + DAY)
        submit_audit(viewer=viewer, audit=sent, at=AT + DAY)
    assert _refused(house, sent, AT + DAY) == ["site-can-comment"]


@pytest.mark.parametrize(("days", "is_allowed"), [(2, False), (3, True), (30, True), (31, False)])
def test_firm_chooses_the_days_within_bounds(house: House, days: int, is_allowed: bool) -> None:
    audit = house.audit(kind="initial")
    with house.as_(house.firm) as viewer:
        if is_allowed:
            sent = submit_audit(viewer=viewer, audit=audit, days=days, at=AT)
            assert review_of(sent, at=AT).last_day == dt.date(2026, 6, 1) + days * DAY
            return
        with pytest.raises(Refusal) as caught:
            submit_audit(viewer=viewer, audit=audit, days=days, at=AT)
    assert caught.value.code == "days-out-of-bounds"


def test_days_are_data_of_the_methodology(house: House) -> None:
    with owner_role():
        ReviewPolicy.objects.create(version=house.version, days=12, least=10, most=20)
    audit = house.audit(kind="initial")
    with house.as_(house.firm) as viewer:
        assert review_of(submit_audit(viewer=viewer, audit=audit, at=AT), at=AT).last_day == dt.date(
            2026, 6, 13
        )


def test_dispute_is_answered_before_publication(house: House, sent: Audit) -> None:
    reply = _say(house, sent, "dispute")
    later = AT + 20 * DAY
    assert _refused(house, sent, later) == ["disputes-open"]
    assert _answer(house, reply).state == ReplyState.KEPT
    assert _publish(house, sent, later).state == AuditState.PUBLISHED


def test_dispute_that_the_firm_agrees_with_is_corrected_before_publication(house: House, sent: Audit) -> None:
    reply = _say(house, sent, "dispute")
    assert _answer(house, reply, is_accepted=True).state == ReplyState.ACCEPTED
    later = AT + 20 * DAY
    assert _refused(house, sent, later) == ["agreed-not-corrected"]
    with house.as_(house.firm) as viewer:
        take_back_audit(viewer=viewer, audit=sent, at=later)
        delete_finding(viewer=viewer, finding=_of(sent, "Blocked exit"), at=later)
        submit_audit(viewer=viewer, audit=sent, at=later)
    assert _publish(house, sent, later + 20 * DAY).state == AuditState.PUBLISHED
    with house.as_(house.buyer) as viewer:
        assert not SiteReply.objects.visible_to(viewer).exists()
    with house.as_(house.supplier) as viewer:
        kept = SiteReply.objects.visible_to(viewer).get()
        assert (kept.finding_id, kept.finding_title, kept.is_retired) == (None, "Blocked exit", True)


def test_disputed_finding_is_not_deleted_before_the_answer(house: House, sent: Audit) -> None:
    _say(house, sent, "dispute")
    with house.as_(house.firm) as viewer:
        take_back_audit(viewer=viewer, audit=sent, at=AT)
        with pytest.raises(Refusal) as caught:
            delete_finding(viewer=viewer, finding=_of(sent, "Blocked exit"), at=AT)
    assert caught.value.code == "disputed"


def test_saying_something_else_takes_the_dispute_back(house: House, sent: Audit) -> None:
    first = _say(house, sent, "dispute")
    second = _say(house, sent, "dispute", text="And here is why.")
    _say(house, sent, "fine", text="")
    with house.as_(house.supplier) as viewer:
        states = dict(SiteReply.objects.visible_to(viewer).values_list("pk", "state"))
    assert (states[first.pk], states[second.pk]) == (ReplyState.TAKEN_BACK, ReplyState.TAKEN_BACK)
    assert _publish(house, sent, AT + 20 * DAY).state == AuditState.PUBLISHED


def test_everyone_who_sees_the_audit_reads_reply_and_answer_after_publication(
    house: House, sent: Audit
) -> None:
    reply = _say(house, sent, "dispute")
    _answer(house, reply)

    def seen(who: Organisation) -> list[str]:
        with house.as_(who) as viewer:
            return list(SiteReply.objects.visible_to(viewer).values_list("answer", flat=True))

    words = [reply.answer or "The photo shows them at two."]
    assert [seen(one) for one in (house.buyer, house.other_firm, house.stranger)] == [[], [], []]
    _publish(house, sent, AT + 20 * DAY)
    assert [seen(one) for one in (house.buyer, house.other_firm, house.stranger)] == [words, words, []]


def test_car_is_disputed_after_publication_and_moves_nowhere_by_it(house: House, car: Finding) -> None:
    reply = _say(house, car.audit, "dispute", "Agents charge fees")
    assert _answer(house, reply).state == ReplyState.KEPT
    with house.as_(house.supplier):
        car.refresh_from_db()
        assert car.state == "open"


def test_agreeing_after_publication_asks_for_a_correction(house: House, car: Finding) -> None:
    reply = _say(house, car.audit, "dispute")
    with pytest.raises(Refusal) as caught:
        _answer(house, reply, is_accepted=True)
    assert caught.value.code == "correct-it"


@pytest.mark.parametrize("who", ["buyer", "firm", "stranger"])
def test_nobody_speaks_for_the_site(house: House, car: Finding, who: str) -> None:
    with house.as_(getattr(house, who)) as viewer, pytest.raises((Forbidden, Audit.DoesNotExist)):
        say(viewer=viewer, audit=car.audit, finding=car, kind="comment", text="No.", at=AT)


def test_reader_of_the_site_says_nothing(house: House, car: Finding) -> None:
    with house.as_(house.member(house.supplier, Role.VIEWER)) as viewer, pytest.raises(Forbidden):
        say(viewer=viewer, audit=car.audit, finding=car, kind="comment", text="No.", at=AT)


@pytest.mark.parametrize("who", ["supplier", "buyer", "other_firm"])
def test_only_the_firm_of_record_answers(house: House, car: Finding, who: str) -> None:
    reply = _say(house, car.audit, "dispute")
    with house.as_(getattr(house, who)) as viewer, pytest.raises(Forbidden):
        answer_dispute(viewer=viewer, reply=reply, is_accepted=False, reason="No.", at=AT)


def test_site_takes_its_dispute_back_and_nobody_else_does(house: House, car: Finding) -> None:
    reply = _say(house, car.audit, "dispute")
    with house.as_(house.firm) as viewer, pytest.raises(Forbidden):
        take_back_dispute(viewer=viewer, reply=reply, at=AT)
    with house.as_(house.supplier) as viewer:
        assert take_back_dispute(viewer=viewer, reply=reply, at=AT).state == ReplyState.TAKEN_BACK
        with pytest.raises(Forbidden):
            take_back_dispute(viewer=viewer, reply=reply, at=AT)


def test_site_is_reminded_and_both_sides_are_told_of_the_end(
    house: House, sent: Audit, as_job: AsJob
) -> None:
    assert sent.review_ends_at is not None
    with as_job():
        tick(sent.review_ends_at - 3 * DAY)
        tick(sent.review_ends_at)
        tick(sent.review_ends_at + DAY)
        relay(sent.review_ends_at)
    with owner_role():
        verbs = Entry.objects.filter(verb__startswith="findings.review_").order_by("pk")
        assert [one.verb for one in verbs] == ["findings.review_soon", "findings.review_over"]
        told = set(
            Delivery.objects.filter(verb="findings.review_over").values_list("organisation_id", flat=True)
        )
    assert told == {house.supplier.pk, house.firm.pk}


def test_nobody_is_reminded_once_the_site_has_finished_or_the_firm_took_it_back(
    house: House, sent: Audit, as_job: AsJob
) -> None:
    assert sent.review_ends_at is not None
    with house.as_(house.supplier) as viewer:
        finish_review(viewer=viewer, audit=sent, at=AT)
    with as_job():
        tick(sent.review_ends_at)
    with owner_role():
        assert not Entry.objects.filter(verb__in=["findings.review_soon", "findings.review_over"]).exists()
    with house.as_(house.firm) as viewer:
        take_back_audit(viewer=viewer, audit=sent, at=AT)
    with owner_role():
        assert not Occurrence.objects.open().filter(kind__startswith="findings.review_").exists()


RAW = {
    "published early": "UPDATE findings_audit SET state = 'published', published_at = submitted_at WHERE id = {audit}",
    "time cut": "UPDATE findings_audit SET review_ends_at = submitted_at WHERE id = {audit}",
    "words of the site": "UPDATE findings_sitereply SET text = 'Fine' WHERE id = {reply}",
    "deleted": "DELETE FROM findings_sitereply WHERE id = {reply}",
    "taken back by the firm": "UPDATE findings_sitereply SET state = 'taken_back' WHERE id = {reply}",
    "answer without a reason": "UPDATE findings_sitereply SET state = 'kept', answered_at = now() WHERE id = {reply}",
}


@pytest.mark.parametrize("what", RAW)
def test_firm_cannot_get_round_the_site_with_raw_sql(house: House, sent: Audit, what: str) -> None:
    from django.db import connection
    from django.db.utils import ProgrammingError

    reply = _say(house, sent, "dispute")
    statement = RAW[what].format(audit=sent.pk, reply=reply.pk)
    with (
        house.as_(house.firm),
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_site_cannot_answer_itself_with_raw_sql(house: House, sent: Audit) -> None:
    reply = _say(house, sent, "dispute")
    with house.as_(house.supplier), pytest.raises(IntegrityError), transaction.atomic():
        SiteReply.objects.filter(pk=reply.pk).update(state="kept", answer="Yes.", answered_at=AT)


def test_dispute_waits_for_publication_in_the_database_as_well(house: House, sent: Audit) -> None:
    _say(house, sent, "dispute")
    late = AT + 20 * DAY
    with house.as_(house.firm), pytest.raises(IntegrityError), transaction.atomic():
        Audit.objects.filter(pk=sent.pk).update(state="published", published_at=late)
