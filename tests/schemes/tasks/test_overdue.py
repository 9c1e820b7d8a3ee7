"""What a scheme body hears of what is overdue: one letter a day to each of its people, everything in it, once."""

import datetime as dt
from functools import partial

import pytest
from django.core import mail

from ledger import delivery
from ledger.models import Delivery, Entry, Occurrence
from ledger.occurrences import tick
from ledger.relay import relay
from organisations.models import Person
from organisations.visibility import Capability
from schemes.actions import overdue
from schemes.actions.assessment import take_up
from schemes.actions.membership import withdraw
from schemes.lifecycle import Outcome
from tests.conftest import job_role, owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.tasks.clock import days, member_since, moment, planned, run, set_clock
from tests.schemes.tasks.test_faults import at_once, five_members

pytestmark = pytest.mark.django_db
OPENS, OVERDUE, TOLD = moment("2026-05-16"), moment("2026-07-16"), moment("2026-07-16", hour=10)


def letters() -> list[Entry]:
    """Return what scheme bodies were told, oldest first."""
    with job_role():
        return list(Entry.objects.filter(verb=overdue.TOLD).order_by("pk"))


def lines(entry: Entry) -> list[tuple[str, str, str]]:
    """Return reason, member and day of each line of a letter."""
    return [(one["why"], one["member"], one["on"]) for one in entry.data["lines"]]


def test_five_members_that_are_overdue_make_one_letter_to_each_of_four_people() -> None:
    stories = five_members()
    run(OPENS)
    run(OVERDUE)
    assert letters() == []
    for at in (TOLD, TOLD, TOLD + dt.timedelta(hours=5)):
        run(at)
    (letter,) = letters()
    names = sorted(one.organisation.name for one in stories)
    assert lines(letter) == [("answers", name, "2026-07-15") for name in names]
    with job_role():
        found = Delivery.objects.filter(organisation=stories[0].body, happened_at__gte=OVERDUE)
        assert set(found.values_list("verb", flat=True)) == {overdue.TOLD}
        assert found.filter(channel="email").count() == 4
        mail.outbox.clear()
        delivery.send(TOLD, pause_seconds=0)
    (one,) = {mail.subject for mail in mail.outbox if "have become overdue" in str(mail.subject)}
    assert one == "5 assessments have become overdue"
    text = next(str(mail.body) for mail in mail.outbox if mail.subject == one)
    assert all(f"· {name}, " in text for name in names)
    assert "/assessments/overdue/2026-07-16/" in text
    assert text.count("The answers have not been sent:") == 1


def test_the_second_time_is_told_again_and_nothing_on_the_days_between() -> None:
    member_since("2026-01-15")
    for at in days("2026-05-16", "2026-09-30"):
        run(at)
    assert [one.data["day"] for one in letters()] == ["2026-07-16", "2026-07-29"]
    assert planned() == []


def test_what_was_settled_before_the_letter_is_not_in_it() -> None:
    first, second, *_others = five_members()
    run(OPENS)
    run(OVERDUE)
    set_clock(first, "2026-07-16", hour=9)
    first.submit()
    set_clock(second, "2026-07-16", hour=9)
    with as_viewer(second.member) as viewer:
        withdraw(viewer=viewer, membership=second.membership(), at=second.now())
    run(TOLD)
    (letter,) = letters()
    told = {member: why for why, member, _day in lines(letter)}
    assert second.organisation.name not in told
    assert told.pop(first.organisation.name) == "decision"
    assert list(told.values()) == ["answers"] * 3


def test_where_everything_was_settled_there_is_no_letter() -> None:
    story = member_since("2026-01-15")
    run(OPENS)
    run(OVERDUE)
    set_clock(story, "2026-07-16", hour=9)
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
    run(TOLD)
    assert letters() == []
    assert planned() == []


def test_the_letter_comes_in_the_morning_of_the_scheme_body() -> None:
    story = member_since("2026-01-15")
    with owner_role():
        Person.objects.filter(pk=story.boss.person_id).update(timezone="Asia/Dhaka")
    run(OPENS)
    run(OVERDUE)  # 14:00 in Dhaka: its letter of today has gone
    run(TOLD)
    assert letters() == []
    run(moment("2026-07-17", "Asia/Dhaka", 10))
    assert [one.data["day"] for one in letters()] == ["2026-07-17"]


def test_a_time_zone_that_nobody_knows_stops_no_letter() -> None:
    story = member_since("2026-01-15")
    with owner_role():
        Person.objects.filter(pk=story.boss.person_id).update(timezone="Mars/Olympus")
    for at in (OPENS, OVERDUE, TOLD):
        run(at)
    assert [one.data["day"] for one in letters()] == ["2026-07-16"]


def test_what_comes_after_the_letter_of_a_day_is_in_the_next() -> None:
    """A batch that began before the hour and ends after it: its list has gone, so it begins the next."""
    stories = five_members()
    run(OPENS)
    run(moment("2026-07-08"))
    with job_role():
        assert tick(OVERDUE, limit=2) == 2
        relay(OVERDUE)
        Occurrence.objects.filter(kind=overdue.DIGEST).update(done_at=TOLD)
        tick(OVERDUE + dt.timedelta(minutes=1))
        rows = Occurrence.objects.filter(kind=overdue.DIGEST).order_by("due_on")
        assert [(row.due_on, len(row.data["entries"])) for row in rows] == [
            (dt.date(2026, 7, 16), 2),
            (dt.date(2026, 7, 17), 3),
        ]
    assert len(stories) == 5


def test_decisions_that_wait_and_times_that_are_over_are_told_as_such() -> None:
    waiting = member_since("2026-01-15")
    noticed = _beside(waiting, "2026-01-15", Outcome.AWARD)
    improving = _beside(waiting, "2026-01-15", Outcome.IMPROVE)
    run(OPENS)
    for story in (waiting, noticed):
        set_clock(story, "2026-07-01")
    waiting.submit()
    noticed.decide(Outcome.NOTICE, is_improved=False)  # to be answered by 29 September
    for at in days("2026-07-01", "2026-10-02"):
        run(at)
    told = {one.data["day"]: lines(one) for one in letters()}
    assert told["2026-07-16"] == [("improve", improving.organisation.name, "2026-07-15")]
    assert ("decision", waiting.organisation.name, "2026-07-15") in told["2026-07-29"]
    assert ("notice", noticed.organisation.name, "2026-09-29") in told["2026-09-30"]
    assert len([one for one in told["2026-09-30"] if one[1] == noticed.organisation.name]) == 1


def _beside(first: Play, day: str, outcome: Outcome) -> Play:
    """Let another organisation into the same scheme."""
    applicant = people.organisation("", Capability.BUYER)
    one = Play(**{**vars(first), "organisation": applicant, "member": people.viewer(applicant)})
    set_clock(one, day, hour=7)
    one.apply()
    one.decide(outcome, values="bronze" if outcome == Outcome.AWARD else "")
    run(one.clock)
    return one


def test_a_long_list_is_cut_and_says_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "MOST", 3)
    five_members()
    run(OPENS)
    run(OVERDUE)
    run(TOLD)
    (letter,) = letters()
    assert (letter.data["count"], len(letter.data["lines"]), letter.data["more"]) == (5, 3, 2)


def test_only_the_scheme_body_of_a_member_hears_of_it() -> None:
    story, other = member_since("2026-01-15"), play(criteria=1)
    run(OPENS)
    run(OVERDUE)
    run(TOLD)
    with job_role():
        rows = Delivery.objects.filter(verb=overdue.TOLD)
        assert {row.organisation_id for row in rows} == {story.body.pk} != {other.body.pk}


def test_what_was_taken_up_waits_for_a_decision() -> None:
    story = member_since("2026-01-15")
    run(OPENS)
    run(OVERDUE)
    set_clock(story, "2026-07-16", hour=9)
    with as_viewer(story.boss) as viewer:
        take_up(viewer=viewer, assessment=story.assessment(), at=story.now())
    run(TOLD)
    assert [why for one in letters() for why, _member, _day in lines(one)] == ["decision"]


@pytest.mark.django_db(transaction=True)
def test_schedulers_at_once_write_one_list_and_one_letter() -> None:
    five_members()
    run(OPENS)
    at_once(partial(tick, OVERDUE), times=3)
    at_once(partial(tick, TOLD), times=3)
    at_once(partial(relay, TOLD), times=2)
    (letter,) = letters()
    assert letter.data["count"] == 5
    with job_role():
        assert Delivery.objects.filter(verb=overdue.TOLD, channel="email").count() == 4
