"""Non-compliances and CARs are listed apart, and counted apart."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from findings.actions.corrective import submit_action
from findings.lifecycle import AuditState
from findings.models import Finding
from findings.queries.finding import cars, counts_of_cars, counts_of_non_compliances, non_compliances
from organisations.models import Organisation
from tests.factories import findings as make
from tests.factories.corrections import said
from tests.findings.conftest import AT, House

SignedIn = Callable[[Organisation], Client]
ON = dt.date(2026, 6, 1)


@pytest.fixture
def mixed(house: House) -> House:
    """One overdue critical, one major in time, and two CARs; one more of each not published yet."""
    audit = house.audit(kind="initial")
    make.finding(audit, title="Late", severity="critical", due_on=dt.date(2026, 4, 3))
    make.finding(audit, title="In time", severity="major", due_on=dt.date(2026, 7, 1))
    make.car(audit, title="Fees")
    make.car(audit, title="Living wage", requirement=make.requirement("5A.A"))
    house.to(house.to(audit, AuditState.SUBMITTED), AuditState.PUBLISHED)
    hidden = house.audit(kind="initial")
    make.finding(hidden, title="Hidden")
    make.car(hidden, title="Hidden car")
    return house


@pytest.mark.parametrize("who", ["supplier", "buyer", "firm", "other_firm"])
def test_counts_never_mix(mixed: House, who: str) -> None:
    with mixed.as_(getattr(mixed, who)) as viewer:
        assert counts_of_non_compliances(viewer, on=ON) == {
            "overdue": 1,
            "business_critical": 0,
            "critical": 1,
            "major": 1,
            "minor": 0,
        }
        assert counts_of_cars(viewer) == {"open": 2, "in_progress": 0}
        assert set(non_compliances(viewer, on=ON).values_list("kind", flat=True)) == {"nc"}
        assert set(cars(viewer).values_list("kind", flat=True)) == {"car"}


def test_stranger_counts_nothing(mixed: House) -> None:
    with mixed.as_(mixed.stranger) as viewer:
        assert sum(counts_of_non_compliances(viewer, on=ON).values()) == 0
        assert sum(counts_of_cars(viewer).values()) == 0


def is_listed(title: str, page: str) -> bool:
    """Tell whether a row has this title, in whatever language it is marked to be."""
    return re.search(rf"<strong>(<bdi[^>]*>)?{title}(</bdi>)?</strong>", page) is not None


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Late", "In time"}),
        ("?overdue=1", {"Late"}),
        ("?severity=major", {"In time"}),
        ("?state=verified_closed", set()),
        ("?site=north", {"Late", "In time"}),
        ("?site=south", set()),
    ],
)
def test_non_compliances_by_filter(mixed: House, signed_in: SignedIn, query: str, titles: set[str]) -> None:
    with time_machine.travel(dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC), tick=False):
        page = signed_in(mixed.buyer).get(f"/findings/{query}").content.decode()
    every = ("Late", "In time", "Fees", "Living wage", "Hidden", "Hidden car")
    assert {title for title in every if is_listed(title, page)} == titles


def test_overdue_is_computed(mixed: House, signed_in: SignedIn) -> None:
    with time_machine.travel(dt.datetime(2026, 4, 3, 9, tzinfo=dt.UTC), tick=False):
        assert "are open, all in time" in signed_in(mixed.buyer).get("/findings/").content.decode()
    with time_machine.travel(dt.datetime(2026, 4, 4, 9, tzinfo=dt.UTC), tick=False):
        assert (
            "One non-compliance is past its date" in signed_in(mixed.buyer).get("/findings/").content.decode()
        )


def test_firm_is_told_what_waits_for_its_check(mixed: House, signed_in: SignedIn) -> None:
    client = signed_in(mixed.firm)
    assert "No corrective action waits for your check" in client.get("/findings/").content.decode()
    with mixed.as_(mixed.supplier) as viewer:
        late = Finding.objects.get(title="Late")
        submit_action(viewer=viewer, finding=late, said=said(), at=AT)
    page = client.get("/findings/").content.decode()
    assert "One corrective action waits for your check" in page
    assert is_listed("Late", client.get("/findings/?state=action_submitted").content.decode())


@pytest.mark.parametrize("path", ["/findings/", "/working-together/"])
def test_figures_of_everything_are_left_out_above_some_sites(
    mixed: House, signed_in: SignedIn, path: str
) -> None:
    client = signed_in(mixed.buyer)
    assert 'class="tile ' in client.get(path).content.decode()
    assert 'class="tile ' not in client.get(path, {"site": "north"}).content.decode()


def test_working_together_shows_stage_and_age_and_is_never_red(mixed: House, signed_in: SignedIn) -> None:
    with time_machine.travel(dt.datetime(2027, 4, 4, 9, tzinfo=dt.UTC), tick=False):
        page = signed_in(mixed.buyer).get("/working-together/").content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert {t for t in ("Late", "In time", "Fees", "Living wage") if is_listed(t, main)} == {
        "Fees",
        "Living wage",
    }
    assert not re.search(r'class="[^"]*\b(bad|warn)\b', main)
    assert "1\xa0year, 1\xa0month" in main
    assert "no plan yet" in main


def test_working_together_by_stage(mixed: House, signed_in: SignedIn) -> None:
    with mixed.as_(mixed.supplier):
        car = Finding.objects.get(title="Fees")
    make.plan(car)
    page = signed_in(mixed.buyer).get("/working-together/?stage=in_progress").content.decode()
    assert is_listed("Fees", page)
    assert not is_listed("Living wage", page)


@pytest.mark.parametrize(
    ("page", "kind"), [("non_compliances", "non_compliances"), ("working_together", "cars")]
)
def test_list_can_be_taken_away_as_it_is_on_the_screen(
    house: House, car: Finding, signed_in: SignedIn, page: str, kind: str
) -> None:
    client = signed_in(house.buyer)
    words = client.get(reverse(f"findings:{page}"), {"site": "North"}).content.decode()
    assert f'name="kind" value="{kind}"' in words
    assert '<input type="hidden" name="site" value="North">' in words
