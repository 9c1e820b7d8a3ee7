"""Decisions: what follows from what, and what follows from them."""

import datetime as dt

import pytest
from django.db import connection

from ledger.dates import nth_date
from ledger.refusals import Forbidden, Refusal
from schemes.actions.assessment import send_back
from schemes.actions.decision import decide, mark_done, next_due
from schemes.lifecycle import AssessmentState, MembershipState, Outcome
from schemes.models import (
    Answer,
    Assessment,
    Certificate,
    CertificateStatus,
    Decision,
    ImprovementItem,
    ImprovementNotice,
    RegisterEntry,
    Score,
)
from tests.conftest import owner_role
from tests.factories.assessments import Play, as_viewer, play, verdict
from tests.factories.schemes import edition_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply(consents_to_register=True)
    return found


def settled() -> None:
    """Ask the checks that wait for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_award_makes_a_member_with_dates_a_certificate_and_a_place_in_the_register(story: Play) -> None:
    decision = story.decide(Outcome.AWARD)
    settled()
    membership, on = story.membership(), story.clock.date()
    assert (membership.state, membership.level, membership.level_title) == ("member", "bronze", "Bronze")
    assert (membership.joined_on, membership.anchor_on) == (on, on)
    assert membership.next_due_on == nth_date(on, 1, 6)
    assert (decision.effective_on, decision.decided_by_id) == (on, story.decider.person_id)
    assessment = story.assessment()
    assert (assessment.state, assessment.level) == (AssessmentState.DECIDED, "bronze")
    assert assessment.result["next_level"] == "silver"
    with as_viewer(story.member):
        certificate = Certificate.objects.get()
        assert certificate.status_on(on) == CertificateStatus.VALID
        assert certificate.expires_on == nth_date(on, 1, 12)
        assert len(certificate.code) >= 16
    entry = RegisterEntry.objects.get()
    assert (entry.level, entry.since_on, entry.joined_on) == ("bronze", on, on)
    assert entry.history == [{"level": "bronze", "title": "Bronze", "on": on.isoformat()}]
