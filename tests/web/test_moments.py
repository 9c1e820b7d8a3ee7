"""Times on the clocks of a place, on days on which the clocks are changed as well."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms

from web.moments import ClockField, MomentForm, in_zone, readings, zone_called, zone_choices

LONDON = ZoneInfo("Europe/London")


class _Form(MomentForm):
    clocks = ("starts_at",)
    title = forms.CharField()
    zone = forms.ChoiceField(choices=zone_choices)
    starts_at = ClockField()


def _form(starts_at: str, zone: str = "Europe/London", **more: str) -> Any:
    return _Form({"title": "Spring meeting", "zone": zone, "starts_at": starts_at} | more)


def test_an_ordinary_time_is_one_moment() -> None:
    form = _form("2027-06-01T14:30")
    assert form.is_valid()
    assert form.cleaned_data["starts_at"] == datetime(2027, 6, 1, 13, 30, tzinfo=UTC)
    assert set(form.cleaned_data) == {"title", "zone", "starts_at"}
    assert 'type="hidden" name="starts_at_meant"' in str(form["starts_at_meant"])


@pytest.mark.parametrize(
    ("typed", "words", "first", "second"),
    [
        (
            "2027-03-28T01:30",
            "never show this time",
            "28 Mar 2027, 00:30 (UTC)",
            "28 Mar 2027, 02:30 (UTC+1)",
        ),
        (
            "2027-10-31T01:30",
            "show this time twice",
            "31 Oct 2027, 01:30 (UTC+1)",
            "31 Oct 2027, 01:30 (UTC)",
        ),
    ],
)
def test_a_time_on_the_night_of_the_change_is_asked_about(
    typed: str, words: str, first: str, second: str
) -> None:
    form = _form(typed)
    assert not form.is_valid()
    assert words in str(form.errors["starts_at"])
    assert form.fields["starts_at_meant"].choices == [("earlier", first), ("later", second)]
    assert form["title"].value() == "Spring meeting"  # nothing typed is lost
    moments = []
    for meant in ("earlier", "later"):
        form = _form(typed, starts_at_meant=meant)
        assert form.is_valid(), form.errors
        moments.append(form.cleaned_data["starts_at"])
    assert (moments[1] - moments[0]).total_seconds() == (7200 - 3600 if "10-31" in typed else 3600)


def test_a_choice_left_from_another_time_is_passed_over() -> None:
    form = _form("2027-06-01T14:30", starts_at_meant="later")
    assert form.is_valid()
    assert form.cleaned_data["starts_at"] == datetime(2027, 6, 1, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["soon", "2027-13-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59", ""])
def test_what_is_no_time_is_said(typed: str) -> None:
    assert "starts_at" in _form(typed).errors


def test_a_zone_that_nobody_knows_is_refused() -> None:
    assert "zone" in _form("2027-06-01T14:30", zone="Europe/Nowhere").errors
    assert zone_called("Europe/Nowhere") is UTC


def test_a_gap_lies_around_the_time() -> None:
    found = readings(datetime.fromisoformat("2027-03-28T01:30"), LONDON)
    assert found.is_skipped
    assert [in_zone(one, LONDON) for one in found.moments] == [
        "28 Mar 2027, 00:30 (UTC)",
        "28 Mar 2027, 02:30 (UTC+1)",
    ]
    assert (
        in_zone(datetime(2027, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Kathmandu"))
        == "1 Jan 2027, 05:45 (UTC+5:45)"
    )
