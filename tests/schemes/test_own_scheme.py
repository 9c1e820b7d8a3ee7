"""A scheme of somebody else: a file, no code. Published on a page, applied to, decided by its own rule, and kept by
those who began with it when the next edition comes."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from organisations.models import Membership, Person
from organisations.queries import viewer_from
from organisations.visibility import Capability, Role
from schemes.definitions.reading import read_path, shipped
from schemes.lifecycle import Outcome
from schemes.models import Certificate, Edition
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play
from tests.schemes.definitions.test_reading import METALS
from tests.schemes.tasks.clock import interims, moment, planned, run, told

pytestmark = pytest.mark.django_db(transaction=True)
Clients = Callable[[Person], Client]
RHYTHM = (
    "rhythm: {every_months: 4, reminders_days: [20, 5], escalate_days: [3], "
    "improve_months: 2, certificate_months: 5}"
)
OWN = METALS.replace("groups:\n", f"{RHYTHM}\ngroups:\n")
START = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)


def published(admin: Client, text: str, version: str) -> Edition:
    """Let an admin of a scheme body write and publish an edition on its pages."""
    kept = admin.post(reverse("schemes:edition_load"), {"text": text, "save": "1"})
    assert kept.headers["Location"] == f"/schemes/fair-floors/editions/{version}/"
    with owner_role():
        made = Edition.objects.select_related("scheme__body").get(version=version)
    done = admin.post(f"/schemes/fair-floors/editions/{version}/publish/", {"sha256": made.sha256})
    assert done.status_code == 302
    return made


@pytest.fixture
def boss() -> Membership:
    """An admin of an organisation that runs schemes, and has none yet."""
    return people.membership(people.organisation("Fair Floors Foundation", Capability.SCHEME_BODY))


@pytest.fixture
def story(boss: Membership, client_for: Clients) -> Play:
    """That organisation's own scheme, and an organisation that has applied to it."""
    edition, body = published(client_for(boss.person), OWN, "3"), boss.organisation
    maker = people.organisation("Harrow Foods")
    made = Play(
        scheme=edition.scheme,
        edition=edition,
        body=body,
        organisation=maker,
        boss=viewer_from(boss),
        assessor=people.viewer(body, Role.EDITOR),
        decider=people.viewer(body, Role.EDITOR),
        reviewer=people.viewer(body, Role.EDITOR),
        member=people.viewer(maker),
        clock=START,
    )
    made.apply(consents_to_register=True)
    return made


def test_its_levels_and_thresholds_decide(story: Play, client: Client) -> None:
    three = {"wages": "bronze", "hours": "bronze", "voice": "silver"}  # 60 % of five are three
    assert story.propose(three).level == "bronze"
    story.decide(Outcome.AWARD)
    assert (story.membership().level_title, story.membership().next_due_on) == (
        "Bronze",
        dt.date(2026, 7, 10),
    )
    with owner_role():
        made = Certificate.objects.get()
    assert made.expires_on == dt.date(2026, 8, 10)  # after five months
    page = client.get(reverse("schemes:verify", args=[made.code])).content.decode()
    assert all(said in page for said in ("Harrow Foods", "Fair floors", "Bronze", "Fair Floors Foundation"))
    register = client.get(reverse("schemes:register_json", args=["fair-floors"])).json()
    assert "Harrow Foods" in str(register)


def test_its_calendar_reminds(story: Play) -> None:
    story.decide(Outcome.AWARD, dict.fromkeys(("wages", "hours", "voice", "homes", "exits"), "bronze"))
    run(story.clock)
    assert planned() == [("interim_due", dt.date(2026, 6, 20))]  # twenty days before 10 July
    for day in ("2026-06-20", "2026-07-05", "2026-07-13"):
        run(moment(day, hour=9))
    assert told("assessment_opened", "reminded", "overdue") == [
        ("assessment_opened", "2026-06-20"),
        ("reminded", "2026-07-05"),
        ("overdue", "2026-07-13"),
    ]


def test_whoever_began_by_an_edition_keeps_it(story: Play, boss: Membership, client_for: Clients) -> None:
    begun = story.start()
    stricter = OWN.replace('edition: "3"', 'edition: "4"').replace("percent: 60", "percent: 100")
    stricter = stricter.replace("key: exits", "key: escapes")
    published(client_for(boss.person), stricter, "4")
    assert begun.edition.version == "3"
    assert "exits" in {one.key for one in story.criteria()}
    story.decide(Outcome.AWARD, {"wages": "bronze", "hours": "bronze", "voice": "bronze"})
    assert story.membership().level_title == "Bronze"
    run(story.clock)
    run(moment("2026-06-20", hour=9))
    with owner_role():
        (next_one,) = interims()
        assert next_one.edition.version == "4"
        assert "escapes" in set(next_one.edition.criteria.values_list("key", flat=True))


def test_no_level_criterion_or_scheme_that_is_shipped_is_named_in_code_or_on_pages() -> None:
    named: set[str] = set()
    for path in shipped():
        edition = read_path(path).edition
        named |= {edition.scheme.key, edition.scheme.title}
        named |= {word for one in edition.levels for word in (one.key, one.title)}
        named |= {one.title for one in edition.criteria}
    named -= {"Continuous improvement"}  # what every later assessment asks for, whatever the scheme
    known = re.compile(rf"\b({'|'.join(map(re.escape, sorted(named)))})\b")
    files = [
        *Path("schemes").rglob("*.py"),
        *Path("templates/schemes").rglob("*"),
        *Path("web").rglob("*.py"),
    ]
    found = {
        f"{path}: {hit[0]}"
        for path in files
        if path.is_file() and "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith(('"""', "#"))
        for hit in [known.search(line)]
        if hit
    }
    assert found == set()
