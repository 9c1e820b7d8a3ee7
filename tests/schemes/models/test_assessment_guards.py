# ruff: noqa: S608 (names of this file only)
"""Raw SQL by the role app, as whoever would like it to work: assessments and questions in them."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from organisations.visibility import Viewer
from schemes.actions.clarification import ask_clarification
from schemes.models import Assessment
from tests.conftest import owner_role
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.models.guarding import added, applied, changed, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    return applied()


class TestAssessments:
    """The moves of an assessment."""

    def moved(self, story: Play, who: Viewer, state: str, **times: Any) -> str:
        """Try to move the newest assessment."""
        return changed(who, "schemes_assessment", story.assessment(), state=state, **times)

    def test_the_member_sends_when_everything_is_answered(self, story: Play) -> None:
        at = story.now()
        assert "every criterion" in self.moved(story, story.member, "submitted", submitted_at=at)
        story.answer()
        at = story.now()
        assert "the member sends" in self.moved(story, story.boss, "submitted", submitted_at=at)
        early = at - dt.timedelta(days=1)
        assert "times" in self.moved(story, story.member, "submitted", submitted_at=early)
        assert self.moved(story, story.member, "submitted", submitted_at=at) == ""

    def test_the_body_takes_up_what_is_overdue_and_says_when_that_is(self, story: Play) -> None:
        its, today = story.assessment(), story.clock.date()
        assert "scheme body says" in changed(story.member, "schemes_assessment", its, due_on=today)
        assert changed(story.boss, "schemes_assessment", its, due_on=today) == ""
        with owner_role():
            Assessment.objects.filter(pk=its.pk).update(due_on=today)
        at = story.now()
        assert "the member sends" in self.moved(story, story.boss, "submitted", submitted_at=at)
        late = at + dt.timedelta(days=1)
        assert self.moved(story, story.boss, "submitted", submitted_at=late) == ""

    def test_no_state_is_skipped(self, story: Play) -> None:
        at = story.now()
        for state in ("in_assessment", "clarification", "proposed", "decided"):
            assert self.moved(story, story.boss, state) != ""
            assert self.moved(story, story.member, state) != ""
        story.submit()
        times = {"proposed_at": at + dt.timedelta(days=1)}
        assert "cannot go" in self.moved(story, story.boss, "clarification")
        assert self.moved(story, story.boss, "proposed", **times) != ""

    def test_only_assessors_begin_and_only_deciders_send_back(self, story: Play) -> None:
        story.submit()
        story.staff()
        assert "no such part" in self.moved(story, story.decider, "in_assessment")
        assert "not-declared" in self.moved(story, story.boss, "in_assessment")
        assert "scheme body assesses" in self.moved(story, story.member, "in_assessment")
        assert self.moved(story, story.assessor, "in_assessment") == ""
        story.propose()
        assert "no such part" in self.moved(story, story.assessor, "in_assessment", proposed_at=None)
        assert self.moved(story, story.decider, "in_assessment", proposed_at=None) == ""

    def test_a_question_is_behind_each_clarification(self, story: Play) -> None:
        story.start()
        assert "by a question" in self.moved(story, story.assessor, "clarification")
        with as_viewer(story.assessor) as viewer:
            ask_clarification(viewer=viewer, assessment=story.assessment(), question="x", at=story.now())
        assert "scheme body assesses" in self.moved(story, story.member, "in_assessment")

    def test_nothing_is_proposed_without_a_proposal_or_decided_without_a_decision(self, story: Play) -> None:
        story.start()
        story.score()
        at = story.now()
        assert "in a proposal" in self.moved(story, story.assessor, "proposed", proposed_at=at)
        story.propose()
        at = story.now()
        assert "only a decision" in self.moved(story, story.decider, "decided", decided_at=at)
        assert self.moved(story, story.boss, "decided", decided_at=at) != ""

    def test_a_proposal_is_whole_and_not_above_the_rule(self, story: Play) -> None:
        story.start()
        about = {"assessment_id": story.assessment().pk}
        proposed = "schemes_proposal"
        assert "every criterion is scored" in added(
            story.assessor, proposed, proposed_at=story.now(), **about
        )
        story.score("bronze")
        at = story.now()
        assert added(story.assessor, proposed, proposed_at=at, level="bronze", **about) == ""
        for level in ("silver", "gold", "platinum"):
            said = added(story.assessor, proposed, proposed_at=at, level=level, **about)
            assert "above what the rule gives" in said
        early = at - dt.timedelta(days=2)
        assert "not dated before" in added(story.assessor, proposed, proposed_at=early, **about)
        assert "no such part" in added(story.decider, proposed, proposed_at=at, **about)
        story.propose()
        assert "only what is in assessment" in added(story.assessor, proposed, proposed_at=at, **about)
        assert "permission denied" in refusal(story.assessor, f"UPDATE {proposed} SET level = 'gold'")

    def test_an_interim_proposal_says_whether_improvement_was_shown(self, story: Play) -> None:
        story.decide()
        story.interim()
        story.start()
        story.score()
        about = {"assessment_id": story.assessment().pk, "proposed_at": story.now()}
        assert "improvement was shown" in added(story.assessor, "schemes_proposal", **about)
        assert added(story.assessor, "schemes_proposal", is_improvement_shown=False, **about) == ""

    def test_a_closed_assessment_stays(self, story: Play) -> None:
        story.decide()
        its = story.assessment()
        for who in (story.boss, story.decider, story.member):
            assert "stays as it was" in changed(who, "schemes_assessment", its, due_on=story.clock.date())
        assert "permission denied" in changed(story.boss, "schemes_assessment", its, level="gold")
        assert "permission denied" in refusal(story.boss, "DELETE FROM schemes_assessment")
        with owner_role(), pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            connection.cursor().execute("DELETE FROM schemes_assessment WHERE id = %s", [its.pk])

    def test_what_it_is_about_never_changes(self, story: Play) -> None:
        newer = definitions.edition(definitions.scheme(story.body))
        with owner_role():
            for change in ({"edition": newer}, {"subject_label": "y"}, {"kind": "interim"}):
                with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                    Assessment.objects.filter(pk=story.assessment().pk).update(**change)
            with pytest.raises(DatabaseError, match="comes with the decision"), transaction.atomic():
                Assessment.objects.filter(pk=story.assessment().pk).update(level="gold")

    def test_it_is_withdrawn_with_its_membership_alone(self, story: Play) -> None:
        at = story.now()
        for who in (story.member, story.boss):
            assert "with its membership" in self.moved(story, who, "withdrawn", withdrawn_at=at)

    def test_new_ones_begin_with_the_member_by_the_edition_in_force(self, story: Play) -> None:
        membership, other = story.membership(), definitions.edition(definitions.scheme(story.body))
        about = {"membership_id": membership.pk, "opened_at": story.now(), "edition_id": story.edition.pk}
        table = "schemes_assessment"
        assert "waits for no such" in added(story.member, table, **about)
        assert "waits for no such" in added(story.boss, table, **about | {"kind": "interim"})
        assert "of its scheme" in added(story.boss, table, **about | {"edition_id": other.pk})
        sent = {"state": "submitted", "submitted_at": story.now()}
        assert "begins with the member" in added(story.boss, table, **about | sent)
        decided = {"state": "decided", "submitted_at": story.now(), "proposed_at": story.now()}
        assert added(story.boss, table, **about | decided | {"decided_at": story.now()}) != ""
        stranger = play()
        assert added(stranger.boss, table, **about) != ""
        assert added(stranger.member, table, **about) != ""
        story.decide()
        assert added(story.boss, table, **about | {"kind": "interim"}) == ""
        assert "waits for no such" in added(story.boss, table, **about)
        with owner_role():
            type(story.edition).objects.filter(pk=story.edition.pk).update(
                state="retired", retired_at=story.now()
            )
        assert "in force" in added(story.boss, table, **about | {"kind": "interim"})

    def test_the_previous_one_is_of_the_same_membership(self, story: Play) -> None:
        story.decide()
        other = play()
        other.apply()
        other.decide()
        about = {"membership_id": story.membership().pk, "opened_at": story.now(), "kind": "interim"}
        said = added(
            story.boss,
            "schemes_assessment",
            edition_id=story.edition.pk,
            previous_id=other.assessment().pk,
            **about,
        )
        assert "same subject" in said


class TestClarifications:
    """Questions and answers."""

    def asked(self, story: Play, who: Viewer, **values: Any) -> str:
        """Try to ask."""
        about = {"assessment_id": story.assessment().pk, "asked_at": story.now()}
        return added(who, "schemes_clarification", **about | values)

    def test_assessors_ask_while_it_is_in_work(self, story: Play) -> None:
        story.submit()
        story.staff()
        assert "in work" in self.asked(story, story.assessor)
        story.propose()
        assert "in work" in self.asked(story, story.assessor)
        with owner_role():
            Assessment.objects.filter(pk=story.assessment().pk).update(
                state="in_assessment", proposed_at=None
            )
        assert self.asked(story, story.assessor) == ""
        assert "no such part" in self.asked(story, story.decider)
        assert self.asked(story, story.member) != ""
        other = definitions.edition(definitions.scheme(story.body)).criteria.get(key="c1").pk
        assert "no such thing" in self.asked(story, story.assessor, criterion_id=other)
        assert "in work" in self.asked(story, story.assessor, answer="x", answered_at=story.now())

    def test_the_member_answers_once(self, story: Play) -> None:
        story.start()
        with as_viewer(story.assessor) as viewer:
            made = ask_clarification(
                viewer=viewer, assessment=story.assessment(), question="x", at=story.now()
            )
        table = "schemes_clarification"
        said = {"answer": "y", "answered_at": story.now()}
        assert changed(story.assessor, table, made, **said) == "no such row"
        assert "permission denied" in changed(story.member, table, made, question="z")
        assert changed(story.member, table, made, **said) == ""
        with as_viewer(story.member), connection.cursor() as cursor:
            cursor.execute("UPDATE schemes_clarification SET answer = 'y', answered_at = now()")
        assert "stays" in changed(story.member, table, made, answer="z")
        with owner_role(), pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            type(made).objects.filter(pk=made.pk).update(question="z")
        with owner_role(), pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            connection.cursor().execute(f"DELETE FROM {table}")
