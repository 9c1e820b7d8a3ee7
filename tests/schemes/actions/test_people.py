"""Who works on an assessment, and what they declare first."""

from typing import Any

import pytest

from ledger.refusals import Forbidden, Refusal
from organisations.models import Person
from organisations.visibility import Role, Viewer
from schemes.actions.assessment import start_assessing
from schemes.actions.people import assign, declare, end_assignment
from schemes.models import Assignment, Declaration
from tests.conftest import owner_role
from tests.factories import organisations as people
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """A member that has submitted."""
    found = play()
    found.apply()
    found.submit()
    return found


def person_of(viewer: Viewer) -> Person:
    """Return the person behind a viewer."""
    with owner_role():
        return Person.objects.get(pk=viewer.person_id)


def assigned(story: Play, who: Viewer, role: str = "assessor", by: Viewer | None = None) -> Assignment:
    """Let the admin of the scheme body assign somebody."""
    person = person_of(who)
    with as_viewer(by or story.boss) as viewer:
        return assign(viewer=viewer, assessment=story.assessment(), person=person, role=role, at=story.now())


def refused(story: Play, who: Viewer, role: str = "assessor") -> str:
    """Let the admin try to assign somebody, and return the code of the refusal."""
    with pytest.raises(Refusal) as refusal:
        assigned(story, who, role)
    assert refusal.value.sentence
    return refusal.value.code


def test_admins_assign_and_nobody_else(story: Play) -> None:
    for who, code in ((story.assessor, "not-an-admin"), (story.member, "not-your-scheme")):
        with pytest.raises(Forbidden) as refusal:
            assigned(story, story.assessor, by=who)
        assert refusal.value.code == code
    made = assigned(story, story.assessor)
    assert (made.body_id, made.assigned_by_id) == (story.body.pk, story.boss.person_id)
    with as_viewer(story.member):
        assert not Assignment.objects.exists()


def test_only_editors_and_admins_of_the_body_are_assigned(story: Play) -> None:
    assert refused(story, story.member) == "not-in-body"
    assert refused(story, people.viewer(story.body, Role.VIEWER)) == "not-in-body"
    assert refused(story, story.assessor, "chair") == "unknown-role"


def test_nobody_who_belongs_to_the_member_or_supports_it_is_assigned(story: Play) -> None:
    people.membership(story.organisation, person_of(story.assessor), Role.VIEWER)
    assert refused(story, story.assessor) == "own-organisation"
    story.declare(story.reviewer, is_supporter=True, words="I give money.")
    assert refused(story, story.reviewer) == "declared-supporter"


def test_who_wrote_answers_for_the_member_never_assesses_it(story: Play) -> None:
    """A consultant of the member who changed sides."""
    writer = person_of(story.member)
    with owner_role():
        writer.memberships.filter(organisation=story.organisation).update(is_active=False)
        people.membership(story.body, writer, Role.EDITOR)
    assert refused(story, story.member) == "wrote-for-member"


def test_an_interest_declared_elsewhere_counts_until_a_newer_declaration(story: Play) -> None:
    """What somebody said of the same member in its first assessment stands in the second."""
    story.declare(story.reviewer, has_conflict=True, words="My sister works there.")
    story.decide("award")
    story.interim()
    assert refused(story, story.reviewer) == "declared-conflict"
    story.declare(story.reviewer)
    assigned(story, story.reviewer)


def test_whoever_scores_does_not_decide_nor_the_other_way_round(story: Play) -> None:
    made = assigned(story, story.assessor)
    with as_viewer(story.boss) as viewer:
        end_assignment(viewer=viewer, assignment=made, at=story.now())
    assert refused(story, story.assessor, "decider") == "second-person"
    assigned(story, story.decider, "decider")
    assert refused(story, story.decider, "second_rater") == "second-person"


def test_one_person_has_one_part_and_one_person_decides(story: Play) -> None:
    assigned(story, story.assessor)
    assert refused(story, story.assessor, "second_rater") == "assigned-already"
    assigned(story, story.decider, "decider")
    assert refused(story, story.reviewer, "decider") == "one-decides"


def test_an_assignment_ends_once(story: Play) -> None:
    made = assigned(story, story.assessor)
    with as_viewer(story.boss) as viewer:
        first = end_assignment(viewer=viewer, assignment=made, at=story.now())
        again = end_assignment(viewer=viewer, assignment=made, at=story.now())
    assert first.ended_at == again.ended_at is not None


def test_a_clean_declaration_comes_before_the_first_score(story: Play) -> None:
    assigned(story, story.assessor)

    def begin() -> Any:
        with as_viewer(story.assessor) as viewer:
            return start_assessing(viewer=viewer, assessment=story.assessment(), at=story.now())

    with pytest.raises(Forbidden) as refusal:
        begin()
    assert refusal.value.code == "not-declared"
    story.declare(story.assessor, has_conflict=True, words="I own shares.")
    with pytest.raises(Forbidden) as refusal:
        begin()
    assert refusal.value.code == "declared-conflict"
    story.declare(story.assessor)
    with pytest.raises(Forbidden) as refusal:  # the interest had ended their part
        begin()
    assert refusal.value.code == "not-assigned"
    assigned(story, story.assessor)
    assert begin().state == "in_assessment"


def test_an_interest_is_named(story: Play) -> None:
    with as_viewer(story.assessor) as viewer, pytest.raises(Refusal) as refusal:
        declare(
            viewer=viewer,
            assessment=story.assessment(),
            has_conflict=True,
            is_supporter=False,
            words=" ",
            at=story.now(),
        )
    assert refusal.value.code == "interest-unnamed"


def test_declarations_are_read_inside_the_body_alone(story: Play) -> None:
    story.declare(story.assessor)
    with as_viewer(story.boss):
        assert Declaration.objects.get().person_id == story.assessor.person_id
    with as_viewer(story.member) as viewer:
        assert not Declaration.objects.exists()
        with pytest.raises(Forbidden):
            declare(
                viewer=viewer,
                assessment=story.assessment(),
                has_conflict=False,
                is_supporter=False,
                at=story.now(),
            )


def test_nobody_is_assigned_to_a_closed_assessment(story: Play) -> None:
    story.decide("award")
    with pytest.raises(Forbidden) as refusal:
        assigned(story, story.reviewer)
    assert refusal.value.code == "assessment-closed"
