"""Time in schemes: everything due happens, once, however long nobody looked and whatever changes in between."""

import datetime as dt

import pytest
from django.db import transaction

from ledger.models import Delivery, Occurrence
from ledger.occurrences import tick
from schemes.actions.assessment import begin_interim, reschedule, take_up
from schemes.actions.calendar import INTERIM, plan_calendar
from schemes.actions.membership import withdraw
from schemes.lifecycle import MembershipState, Outcome
from schemes.tasks.membership import RhythmBroken, check_rhythm
from tests.conftest import job_role
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.tasks.clock import days, interims, member_since, moment, planned, run, set_clock, told

pytestmark = pytest.mark.django_db
BY_TIME = ("assessment_opened", "reminded", "overdue", "improve_over", "notice_over")


def live(first: str, last: str, *, zone: str = "UTC") -> None:
    """Let one run a day pass."""
    for at in days(first, last, zone=zone):
        run(at)


def test_a_member_is_assessed_every_six_months_with_reminders_on_their_days() -> None:
    member_since("2026-01-15")
    live("2026-01-16", "2026-07-31")
    assert told(*BY_TIME) == [
        ("assessment_opened", "2026-05-16"),
        ("reminded", "2026-06-15"),
        ("reminded", "2026-07-08"),
        ("overdue", "2026-07-16"),
        ("overdue", "2026-07-29"),
    ]
    (interim,) = interims()
    assert (interim.due_on, interim.state) == (dt.date(2026, 7, 15), "answering")


def test_answers_that_are_sent_end_the_reminders_and_a_decision_plans_the_next() -> None:
    story = member_since("2026-01-15")
    live("2026-05-16", "2026-05-20")
    set_clock(story, "2026-05-21")
    story.decide(Outcome.CONTINUE)
    live("2026-05-21", "2026-11-20")
    assert told(*BY_TIME)[:3] == [
        ("assessment_opened", "2026-05-16"),
        ("assessment_opened", "2026-11-16"),
    ]
    assert [one.due_on for one in interims()] == [dt.date(2026, 7, 15), dt.date(2027, 1, 15)]


@pytest.mark.parametrize(
    ("anchor", "dates"),
    [
        ("2027-08-29", ["2028-02-29", "2028-08-29", "2029-02-28", "2029-08-29"]),
        ("2027-08-31", ["2028-02-29", "2028-08-31", "2029-02-28", "2029-08-31"]),
        ("2026-08-31", ["2027-02-28", "2027-08-31", "2028-02-29", "2028-08-31"]),
        ("2026-12-30", ["2027-06-30", "2027-12-30", "2028-06-30", "2028-12-30"]),
    ],
)
def test_dates_count_from_the_anchor_and_never_from_each_other(anchor: str, dates: list[str]) -> None:
    story = member_since(anchor)
    for date in dates:
        due = dt.date.fromisoformat(date)
        assert story.membership().next_due_on == due
        run(moment(str(due - dt.timedelta(days=60))))
        set_clock(story, str(due - dt.timedelta(days=10)))
        story.decide(Outcome.CONTINUE)
        run(story.clock)
    assert [str(one.due_on) for one in interims()] == dates


def test_a_decision_that_comes_late_does_not_move_the_rhythm() -> None:
    story = member_since("2026-01-31")
    run(moment("2026-06-01"))
    set_clock(story, "2026-09-20")
    story.decide(Outcome.CONTINUE)
    run(story.clock)
    assert story.membership().next_due_on == dt.date(2027, 1, 31)
    assert planned() == [("interim_due", dt.date(2026, 12, 2))]


@pytest.mark.parametrize("days_off", [7, 40])
@pytest.mark.parametrize("last_seen", ["2026-05-15", "2026-06-14", "2026-07-07", "2026-07-15", "2026-07-28"])
def test_everything_due_happens_once_when_the_scheduler_was_off(days_off: int, last_seen: str) -> None:
    member_since("2026-01-15")
    live("2026-05-15", last_seen)
    back = moment(last_seen, hour=9) + dt.timedelta(days=days_off)
    for _ in range(3):
        run(back)
    live(str(back.date() + dt.timedelta(days=1)), "2026-09-30")
    happened = told(*BY_TIME)
    assert len(happened) == len(set(happened))
    assert [verb for verb, _day in happened].count("assessment_opened") == len(interims()) == 1
    assert planned() == []
    with job_role():
        kinds = Occurrence.objects.exclude(done_at=None).values_list("kind", "due_on")
        assert len(kinds) == len(set(kinds))
        assert not Occurrence.objects.exclude(parked_at=None).exists()
    # Of several that fell due meanwhile only the newest is told: the others would say the same on the same morning.
    on_return = [verb for verb, day in happened if day == str(back.date())]
    assert len(on_return) == len(set(on_return))
    assert ("overdue", "2026-07-29") in happened or "overdue" in on_return


def test_after_a_standstill_beyond_its_date_a_member_still_has_time_to_answer() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-08-01"))
    (interim,) = interims()
    assert interim.due_on == dt.date(2026, 8, 8)
    set_clock(story, "2026-08-05")
    story.decide(Outcome.CONTINUE)
    assert story.membership().next_due_on == dt.date(2027, 1, 15)


@pytest.mark.parametrize(
    ("zone", "anchor", "opens", "before"),
    [
        ("Europe/London", "2026-08-15", "2026-12-17T08:00:00+00:00", "2026-12-17T07:59:00+00:00"),
        ("Europe/London", "2026-11-26", "2027-03-27T08:00:00+00:00", "2027-03-27T07:59:00+00:00"),
        ("Europe/London", "2026-11-27", "2027-03-28T07:00:00+00:00", "2027-03-28T06:59:00+00:00"),
        ("America/New_York", "2026-07-01", "2026-11-02T13:00:00+00:00", "2026-11-02T12:59:00+00:00"),
        ("America/New_York", "2026-06-30", "2026-10-31T12:00:00+00:00", "2026-10-31T11:59:00+00:00"),
        ("Asia/Dhaka", "2026-01-15", "2026-05-16T02:00:00+00:00", "2026-05-16T01:59:00+00:00"),
    ],
)
def test_a_day_begins_where_the_member_is_whatever_its_clocks_do(
    zone: str, anchor: str, opens: str, before: str
) -> None:
    member_since(anchor, zone=zone)
    run(dt.datetime.fromisoformat(before))
    assert interims() == []
    run(dt.datetime.fromisoformat(opens))
    assert len(interims()) == 1


def move_to(story: Play, due_on: str) -> None:
    """Have the scheme body move the date of the assessment under way."""
    with as_viewer(story.boss) as viewer:
        day = dt.date.fromisoformat(due_on)
        reschedule(viewer=viewer, assessment=story.assessment(), due_on=day, at=story.now())
    run(story.clock)


def test_a_date_that_is_moved_takes_its_reminders_along() -> None:
    story = member_since("2026-01-15")
    live("2026-05-16", "2026-06-20")
    set_clock(story, "2026-06-20", hour=10)
    move_to(story, "2026-08-15")
    live("2026-06-21", "2026-08-31")
    assert told("reminded", "overdue") == [
        ("reminded", "2026-06-15"),
        ("reminded", "2026-07-16"),
        ("reminded", "2026-08-08"),
        ("overdue", "2026-08-16"),
        ("overdue", "2026-08-29"),
    ]


def test_a_date_that_is_moved_and_moved_back_is_reminded_of_once() -> None:
    story = member_since("2026-01-15")
    live("2026-05-16", "2026-06-20")
    set_clock(story, "2026-06-20", hour=10)
    move_to(story, "2026-08-15")
    move_to(story, "2026-07-15")
    live("2026-06-21", "2026-07-20")
    assert told("reminded", "overdue") == [
        ("reminded", "2026-06-15"),
        ("reminded", "2026-07-08"),
        ("overdue", "2026-07-16"),
    ]


def test_a_date_moved_while_the_scheduler_was_off_is_not_reminded_of_as_it_was() -> None:
    story = member_since("2026-01-15")
    live("2026-05-16", "2026-06-10")
    set_clock(story, "2026-07-01")
    with as_viewer(story.boss) as viewer:
        day = dt.date(2026, 10, 1)
        reschedule(viewer=viewer, assessment=story.assessment(), due_on=day, at=story.now())
    with job_role():  # the scheduler comes back before the relay does
        tick(moment("2026-07-20"))
    assert told("reminded", "overdue") == []
    run(moment("2026-07-20", hour=9))
    assert planned("reminder") == [
        ("reminder", dt.date(2026, 8, 2)),
        ("reminder", dt.date(2026, 9, 1)),
        ("reminder", dt.date(2026, 9, 24)),
    ]


def test_nothing_is_due_for_a_member_that_has_left() -> None:
    story = member_since("2026-01-15")
    live("2026-05-16", "2026-06-20")
    set_clock(story, "2026-06-21")
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
    live("2026-06-21", "2026-12-31")
    assert told("reminded", "overdue") == [("reminded", "2026-06-15")]
    assert planned() == []


def test_a_member_that_left_while_nobody_looked_is_not_assessed() -> None:
    story = member_since("2026-01-15")
    set_clock(story, "2026-05-20")
    with as_viewer(story.member) as viewer:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
    with job_role():
        tick(moment("2026-06-01"))
    assert interims() == []


def test_an_assessment_begun_early_is_not_opened_again() -> None:
    story = member_since("2026-01-15")
    set_clock(story, "2026-03-01")
    with as_viewer(story.boss) as viewer:
        begin_interim(
            viewer=viewer, membership=story.membership(), due_on=dt.date(2026, 4, 1), at=story.now()
        )
    run(story.clock)
    assert planned("interim") == []
    story.decide(Outcome.CONTINUE)
    live("2026-03-02", "2026-05-20")
    assert [one.due_on for one in interims()] == [dt.date(2026, 4, 1), dt.date(2026, 7, 15)]


def test_the_time_to_improve_ends_with_a_question_to_the_scheme_body() -> None:
    story = member_since_improving("2026-01-31")
    assert story.membership().improve_by == dt.date(2026, 7, 31)
    live("2026-02-01", "2026-09-30")
    assert told(*BY_TIME) == [
        ("reminded", "2026-06-01"),
        ("reminded", "2026-07-01"),
        ("reminded", "2026-07-24"),
        ("improve_over", "2026-08-01"),
        ("overdue", "2026-08-14"),
    ]
    set_clock(story, "2026-10-01")
    with as_viewer(story.boss) as viewer:
        take_up(viewer=viewer, assessment=story.assessment(), at=story.now())
    story.decide(Outcome.REMOVE, values="")
    run(story.clock)
    assert (story.membership().state, planned()) == (MembershipState.REMOVED, [])


def member_since_improving(day: str) -> Play:
    """Return a story in which an organisation was not there yet, and has six months."""
    story = play(criteria=1)
    set_clock(story, day)
    story.apply()
    story.decide(Outcome.IMPROVE, values="")
    run(story.clock)
    return story


def test_whoever_improved_in_time_hears_nothing_of_its_end() -> None:
    story = member_since_improving("2026-01-31")
    set_clock(story, "2026-06-10")
    story.decide(Outcome.AWARD)
    live("2026-06-10", "2026-09-30")
    assert told("improve_over", "overdue") == []
    assert planned() == [("interim_due", dt.date(2026, 10, 11))]


def test_an_improvement_notice_brings_the_next_assessment_and_ends_in_a_decision() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-05-16"))
    set_clock(story, "2026-07-10")
    story.decide(Outcome.NOTICE, is_improved=False)  # to be answered in ninety days
    live("2026-07-10", "2026-10-12")
    interim = interims()[-1]
    assert (interim.due_on, interim.opened_at.date()) == (dt.date(2026, 10, 8), dt.date(2026, 8, 9))
    assert told("notice_over", "overdue") == [("notice_over", "2026-10-09"), ("overdue", "2026-10-09")]
    set_clock(story, "2026-10-13")
    with as_viewer(story.boss) as viewer:
        take_up(viewer=viewer, assessment=story.assessment(), at=story.now())
    story.decide(Outcome.REMOVE, is_improved=False)
    run(story.clock)
    assert (story.membership().state, planned()) == (MembershipState.REMOVED, [])


def test_decisions_that_wait_are_said_to_the_scheme_body_from_the_second_time_on() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-05-16"))
    set_clock(story, "2026-07-01")
    story.submit()
    live("2026-07-01", "2026-08-31")
    assert told("reminded", "overdue") == [("overdue", "2026-07-29")]
    with job_role():
        assert not Delivery.objects.filter(verb="schemes.overdue").exists()
        letters = Delivery.objects.filter(verb="schemes.overdue_told", channel="email")
        assert {one.organisation_id for one in letters} == {story.body.pk}
        assert letters.values("entry").distinct().count() == 1


def test_planning_again_changes_nothing() -> None:
    story = member_since("2026-01-15")
    run(moment("2026-05-16"))
    before = planned()
    with job_role(), transaction.atomic():
        plan_calendar([story.membership().pk], at=moment("2026-05-17"))
    assert planned() == before
    with job_role():
        assert Occurrence.objects.exclude(cancelled_at=None).count() == 0


def test_the_night_finds_a_member_whom_nothing_will_have_assessed() -> None:
    story = member_since("2026-01-15")
    with job_role():
        check_rhythm(moment("2026-03-01"))
        Occurrence.objects.filter(kind=INTERIM).update(cancelled_at=moment("2026-02-01"))
        with pytest.raises(RhythmBroken, match=story.membership().code):
            check_rhythm(moment("2026-03-01"))
