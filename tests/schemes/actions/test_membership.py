"""Applying, leaving, and standing in the public register."""

import pytest

from ledger.models import Entry
from ledger.refusals import Forbidden
from organisations.visibility import Role, Viewer
from schemes.actions.membership import apply, change_consent, withdraw
from schemes.lifecycle import AssessmentState, MembershipState
from schemes.models import Assessment, Certificate, RegisterEntry, SchemeMembership
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that could apply."""
    return play()


def refused(story: Play, who: Viewer | None = None) -> str:
    """Let somebody try to apply, and return the code of the refusal."""
    with as_viewer(who or story.member) as viewer, pytest.raises(Forbidden) as refusal:
        apply(viewer=viewer, scheme=story.scheme, at=story.now())
    assert refusal.value.sentence
    return refusal.value.code


def test_who_applies_has_an_assessment_to_answer_and_the_body_sees_it(story: Play) -> None:
    membership = story.apply(message="We make shirts.", language="en", consents_to_register=True)
    assert (membership.state, membership.member_name, membership.body_name) == (
        "applied",
        story.organisation.name,
        story.body.name,
    )
    assert (membership.level, membership.next_due_on, membership.person_id) == (
        "",
        None,
        story.member.person_id,
    )
    for who in (story.member, story.assessor):
        with as_viewer(who) as viewer:
            assert SchemeMembership.objects.visible_to(viewer).get().message == "We make shirts."
            its = Assessment.objects.visible_to(viewer).get()
            assert (its.state, its.kind, its.edition_id, its.subject_label) == (
                AssessmentState.ANSWERING,
                "initial",
                story.edition.pk,
                story.organisation.name,
            )
    with as_viewer(story.member):
        assert Entry.objects.get(verb="schemes.applied").data["scheme"] == story.scheme.title
    with as_viewer(play().member) as viewer:
        assert not SchemeMembership.objects.exists()
        assert not SchemeMembership.objects.visible_to(viewer).exists()
        assert not SchemeMembership.objects.visible_to(None).exists()
    assert not RegisterEntry.objects.exists()


def test_one_applies_once_at_a_time(story: Play) -> None:
    story.apply()
    assert refused(story) == "applied-already"


def test_nobody_applies_to_their_own_scheme_or_in_passing(story: Play) -> None:
    assert refused(story, story.boss) == "own-scheme"
    assert refused(story, people.viewer(story.organisation, Role.VIEWER)) == "read-only-role"
    assert refused(story, people.viewer(story.organisation, site_ids=[])) == "limited-to-sites"


def test_only_a_scheme_that_runs_for_organisations_is_applied_to(story: Play) -> None:
    story.scheme = definitions.scheme(story.body)
    assert refused(story) == "scheme-not-running"
    story.scheme = definitions.scheme()
    assert refused(story) == "scheme-not-running"
    story.scheme = definitions.scheme(story.body, subject="initiative")
    assert refused(story) == "not-for-organisations"


def test_the_register_follows_consent_at_once(story: Play) -> None:
    story.apply()
    story.decide()

    def consent(*, to: bool) -> SchemeMembership:
        with as_viewer(story.member) as viewer:
            return change_consent(viewer=viewer, membership=story.membership(), consents=to, at=story.now())

    assert not RegisterEntry.objects.exists()
    consent(to=True)
    consent(to=True)
    assert RegisterEntry.objects.get().name == story.organisation.name
    consent(to=False)
    assert not RegisterEntry.objects.exists()
    with as_viewer(story.member):
        changes = Entry.objects.filter(verb="schemes.consent_changed").order_by("pk")
        assert [one.data["after"] for one in changes] == [True, False]
    with as_viewer(story.boss) as viewer, pytest.raises(Forbidden) as refusal:
        change_consent(viewer=viewer, membership=story.membership(), consents=True, at=story.now())
    assert refusal.value.code == "not-your-organisation"


def test_the_register_follows_a_new_name(story: Play) -> None:
    story.apply(consents_to_register=True)
    story.decide()
    with owner_role():
        type(story.organisation).objects.filter(pk=story.organisation.pk).update(name="Renamed")
    assert RegisterEntry.objects.get().name == "Renamed"


@pytest.mark.parametrize("step", ["apply", "submit", "start", "propose", "decide", "interim"])
def test_one_leaves_at_any_time_with_everything_under_way(story: Play, step: str) -> None:
    story.apply(consents_to_register=True)
    if step == "interim":
        story.decide()
    if step != "apply":
        getattr(story, step)()
    with as_viewer(story.member) as viewer:
        left = withdraw(viewer=viewer, membership=story.membership(), reason="Enough.", at=story.now())
    assert (left.state, left.ended_on) == (MembershipState.WITHDRAWN, story.clock.date())
    with owner_role():
        assert not Assessment.objects.under_way().exists()
        assert not Certificate.objects.in_force().exists()
    assert not RegisterEntry.objects.exists()
    with as_viewer(story.member) as viewer, pytest.raises(Forbidden) as refusal:
        withdraw(viewer=viewer, membership=left, at=story.now())
    assert refusal.value.code == "membership-ended"
    assert story.apply().pk != left.pk


def test_nobody_makes_a_member_leave(story: Play) -> None:
    story.apply()
    with as_viewer(story.boss) as viewer, pytest.raises(Forbidden) as refusal:
        withdraw(viewer=viewer, membership=story.membership(), at=story.now())
    assert refusal.value.code == "not-your-organisation"
