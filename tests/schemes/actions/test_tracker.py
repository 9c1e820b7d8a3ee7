"""The verbs of the tracker: what each refuses, and what it leaves."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from ledger.acting import acting
from ledger.models import Entry
from ledger.refusals import Forbidden, NotVisible, Refusal
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.contribution import (
    contribute,
    decline_contribution,
    show_contribution,
)
from schemes.actions.tracker import (
    follow_company,
    open_issue,
    publish_issue,
    record_step,
    reply_as_company,
)
from schemes.models import Contribution, ContributionSender, Issue, StepRecord, Tracking
from schemes.models.tracker_facts import ContributionFacts, StepFacts
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import tracker as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SAID = StepFacts("map", "evidenced", "document", "Annual report", source_on=dt.date(2026, 1, 1))


def _as(viewer: Viewer) -> Any:
    return acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id)


def test_an_issue_goes_from_draft_to_public_with_its_companies() -> None:
    viewer = people.viewer(make.keeper())
    with _as(viewer):
        issue = open_issue(viewer=viewer, title="Forced labour", summary="x", is_state_imposed=True, at=NOW)
        company = follow_company(viewer=viewer, issue=issue, name="  Acme   Mills ", at=NOW)
        assert company.name == "Acme Mills"
        with pytest.raises(Refusal) as refused:
            follow_company(viewer=viewer, issue=issue, name="Acme Mills", at=NOW)
        assert refused.value.code == "followed-already"
        publish_issue(viewer=viewer, issue=issue, at=NOW)
        with pytest.raises(Forbidden):
            publish_issue(viewer=viewer, issue=issue, at=NOW)
        verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["schemes.issue_opened", "schemes.company_followed", "schemes.issue_published"]
    with acting(person_id=None, organisation_id=None):
        assert set(Tracking.objects.get().states.values()) == {"no_information"}


@pytest.mark.parametrize(
    ("capability", "role"),
    [
        (Capability.SUPPLIER, Role.ADMIN),
        (Capability.BUYER, Role.ADMIN),
        (Capability.STAKEHOLDER, Role.VIEWER),
    ],
)
def test_who_may_not_open_an_issue_is_told(capability: Capability, role: Role) -> None:
    viewer = people.viewer(people.organisation("", capability), role)
    with _as(viewer), pytest.raises(Forbidden):
        open_issue(viewer=viewer, title="x", summary="x", is_state_imposed=False, at=NOW)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (replace(SAID, step="remediate"), "unknown-step"),
        (replace(SAID, source=" "), "source-missing"),
        (replace(SAID, source_on=None), "source-missing"),
        (replace(SAID, source_on=dt.date(2040, 1, 1)), "source-of-tomorrow"),
        (replace(SAID, basis="company"), "own-word"),
        (replace(SAID, state="verified"), "not-verified"),
        (replace(SAID, state="reversed"), "words-missing"),
        (replace(SAID, state="reversed", words="Gone"), "nothing-to-reverse"),
        (replace(SAID, state="claimed", basis="membership"), "membership-raises-nothing"),
        (replace(SAID, state="verified", basis="membership"), "membership-raises-nothing"),
    ],
)
def test_a_record_without_ground_is_refused_in_words(found: StepFacts, code: str) -> None:
    issue = make.issue()
    company, viewer = make.company(issue), people.viewer(issue.keeper)
    with _as(viewer), pytest.raises(Refusal) as refused:
        record_step(viewer=viewer, issue=issue, company=company, found=found, at=NOW)
    assert refused.value.code == code


def test_a_record_counts_and_the_earlier_stay() -> None:
    issue = make.issue()
    company, viewer = make.company(issue), people.viewer(issue.keeper)
    with _as(viewer):
        record_step(viewer=viewer, issue=issue, company=company, found=SAID, at=NOW)
        away = replace(SAID, state="reversed", words="Taken off the site")
        record_step(viewer=viewer, issue=issue, company=company, found=away, at=NOW)
        states = list(StepRecord.objects.filter(step="map").values_list("state", flat=True))
        assert states == ["no_information", "evidenced", "reversed"]
        assert Tracking.objects.get().states["map"] == "reversed"


def test_another_keeper_records_nothing() -> None:
    issue = make.issue()
    company, viewer = make.company(issue), people.viewer(make.keeper())
    with _as(viewer), pytest.raises(Forbidden):
        record_step(viewer=viewer, issue=issue, company=company, found=SAID, at=NOW)


def test_the_company_replies_and_nobody_else() -> None:
    issue, mill = make.issue(), people.organisation()
    company = make.company(issue, organisation=mill)
    other, own = people.viewer(people.organisation()), people.viewer(mill)
    with _as(other), pytest.raises(Forbidden):
        reply_as_company(viewer=other, issue=issue, company=company, words="No", at=NOW)
    with _as(own):
        with pytest.raises(Refusal):
            reply_as_company(viewer=own, issue=issue, company=company, words=" ", at=NOW)
        reply = reply_as_company(viewer=own, issue=issue, company=company, words="Here is why", at=NOW)
        assert reply.organisation_name == mill.name


def _send(issue: Issue, address: str = "192.0.2.7", **said: str) -> str:
    words = ContributionFacts(**({"words": "I saw it", "company_name": "Acme"} | said))
    with acting(person_id=None, organisation_id=None):
        return contribute(issue=issue, said=words, address=address)


def test_a_contribution_is_held_and_its_keeper_told() -> None:
    issue = make.issue()
    code = _send(issue, contact="me@example.org")
    with owner_role():
        held = Contribution.objects.get(code=code)
        assert (held.state, held.keeper_id, held.sender.contact) == (
            "held",
            issue.keeper_id,
            "me@example.org",
        )
        assert "192.0.2.7" not in held.sender.fingerprint
        assert Entry.objects.get(verb="schemes.contribution_sent").owner_id == issue.keeper_id
    viewer = people.viewer(issue.keeper)
    with _as(viewer):
        show_contribution(viewer=viewer, contribution=held, at=NOW)
        with pytest.raises(Forbidden):
            decline_contribution(viewer=viewer, contribution=held, at=NOW)
    with owner_role():
        assert not ContributionSender.objects.exists()
    with acting(person_id=None, organisation_id=None):
        assert Contribution.objects.get().code == code


def test_one_address_sends_five_an_hour() -> None:
    issue = make.issue()
    for _number in range(5):
        _send(issue)
    with pytest.raises(Refusal) as refused:
        _send(issue)
    assert (refused.value.code, refused.value.status) == ("too-many", 429)
    _send(issue, address="192.0.2.8")


@pytest.mark.parametrize("said", [{"company": "NOBODY"}, {"step": "remediate"}])
def test_what_is_not_there_takes_no_contribution(said: dict[str, str]) -> None:
    issue = make.issue()
    with pytest.raises(NotVisible):
        _send(issue, **said)
    with pytest.raises(NotVisible):
        _send(make.issue(is_public=False))


def test_a_contribution_says_something() -> None:
    with pytest.raises(Refusal):
        _send(make.issue(), words=" ")
