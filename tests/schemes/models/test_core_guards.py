# ruff: noqa: S608 (names of this file only)
"""Raw SQL by the role app, as whoever would like it to work: scores, answers, evidence and parts."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from organisations.models import Person
from organisations.visibility import Role, Viewer
from schemes.actions.clarification import ask_clarification
from schemes.actions.evidence import attach
from schemes.lifecycle import Outcome
from schemes.models import EvidenceUse, Score
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.models.guarding import DENIED, INSERTS, added, applied, changed, fill_in, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    return applied()


def test_what_fits_is_taken(story: Play) -> None:
    """The positive twin of everything below: the same statements work for whoever may."""
    answer = {"assessment_id": story.assessment().pk, "criterion_id": story.criteria()[0].pk}
    assert added(story.member, "schemes_answer", saved_at=story.now(), **answer) == ""
    story.start()
    assert fill_in(story.assessor, story) == ""
    story.propose()
    about = {"assessment_id": story.assessment().pk, "outcome": "award", "level_after": "bronze"}
    said = added(story.decider, "schemes_decision", decided_at=story.now(), **about)
    assert said == "a decision commits together with what it does"


class TestScores:
    """Who scores what, when."""

    @pytest.fixture
    def story(self, story: Play) -> Play:
        """An assessment in work."""
        story.start()
        return story

    def test_only_assessors_with_a_clean_declaration(self, story: Play) -> None:
        assert "not-declared" in fill_in(story.boss, story)
        assert "no such part" in fill_in(story.decider, story)
        assert DENIED in fill_in(story.member, story) or "not-your" in fill_in(story.member, story)
        stranger = play().boss
        assert fill_in(stranger, story) != ""
        story.declare(story.assessor, has_conflict=True, words="x")
        assert "declared-conflict" in fill_in(story.assessor, story)
        story.declare(story.assessor, is_supporter=True, words="x")
        assert "declared-supporter" in fill_in(story.assessor, story)

    def test_nobody_who_belongs_to_the_member(self, story: Play) -> None:
        with owner_role():
            assessor = Person.objects.get(pk=story.assessor.person_id)
        people.membership(story.organisation, assessor, Role.VIEWER)
        assert "own-organisation" in fill_in(story.assessor, story)

    def test_nobody_who_has_left_the_body_or_only_reads(self, story: Play) -> None:
        with owner_role():
            mine = Person.objects.get(pk=story.assessor.person_id).memberships
            mine.update(role="viewer")
            assert "not-in-body" in fill_in(story.assessor, story)
            mine.update(role="editor", is_active=False)
        assert "not-in-body" in fill_in(story.assessor, story)

    def test_nothing_the_edition_does_not_know(self, story: Play) -> None:
        assert "knows no such thing" in fill_in(story.assessor, story, value="platinum")
        other = definitions.edition(definitions.scheme(story.body))
        strange = other.criteria.get(key="c1").pk
        assert "knows no such thing" in fill_in(story.assessor, story, criterion_id=strange)
        assert "evidence of its assessment" in fill_in(story.assessor, story, relied_on=["OTHER"])

    def test_versions_follow_each_other(self, story: Play) -> None:
        assert "begin at one" in fill_in(story.assessor, story, version=2)
        story.score()
        with owner_role():
            score = Score.objects.earliest("pk")
        for version in (1, 3):
            said = changed(story.assessor, "schemes_score", score, value="gold", version=version)
            assert "meanwhile" in said
        assert changed(story.assessor, "schemes_score", score, value="gold", version=2) == ""
        assert "meanwhile" in changed(story.assessor, "schemes_score", score, value="gold")

    def test_a_score_is_signed_by_whoever_saves_it(self, story: Play) -> None:
        story.score()
        with owner_role():
            score = Score.objects.earliest("pk")
        with as_viewer(story.assessor), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE schemes_score SET version = 2, person_id = %s WHERE id = %s RETURNING person_id",
                [story.boss.person_id, score.pk],
            )
            assert cursor.fetchone() == (story.assessor.person_id,)

    def test_nothing_before_or_after_its_time(self, story: Play) -> None:
        story.propose()
        with owner_role():
            score = Score.objects.earliest("pk")
        assert "in work" in changed(story.assessor, "schemes_score", score, value="gold", version=2)
        story.decide()
        assert "in work" in changed(story.assessor, "schemes_score", score, value="gold", version=2)

    def test_scores_and_their_versions_stay(self, story: Play) -> None:
        story.score()
        for table in ("schemes_score", "schemes_scoreversion"):
            assert "permission denied" in refusal(story.assessor, f"DELETE FROM {table}")
            with owner_role(), pytest.raises(DatabaseError, match=r"stays|append-only"), transaction.atomic():
                connection.cursor().execute(f"DELETE FROM {table}")
        assert "permission denied" in refusal(
            story.assessor, "UPDATE schemes_scoreversion SET value = 'gold'"
        )


class TestAnswers:
    """What the member writes."""

    def test_versions_follow_each_other_until_it_is_sent(self, story: Play) -> None:
        story.answer()
        with owner_role():
            answer = story.assessment().answers.first()
        assert "meanwhile" in changed(story.member, "schemes_answer", answer, text="y")
        assert "meanwhile" in changed(story.member, "schemes_answer", answer, text="y", version=1)
        assert changed(story.member, "schemes_answer", answer, text="y", version=2) == ""
        assert changed(story.boss, "schemes_answer", answer, text="y", version=2) == "no such row"
        story.submit()
        said = changed(story.member, "schemes_answer", answer, text="y", version=2)
        assert "stays as it was sent" in said
        assert changed(story.boss, "schemes_answer", answer, text="y", version=2) == "no such row"
        assert "permission denied" in refusal(story.member, "DELETE FROM schemes_answer")

    def test_nothing_the_edition_does_not_ask(self, story: Play) -> None:
        about = {"assessment_id": story.assessment().pk, "saved_at": story.now()}
        first = story.criteria()[0].pk
        asks = "asks for no such thing"
        assert asks in added(story.member, "schemes_answer", criterion_id=first, claimed="platinum", **about)
        other = definitions.edition(definitions.scheme(story.body)).criteria.get(key="c1").pk
        assert asks in added(story.member, "schemes_answer", criterion_id=other, **about)
        assert "begin at one" in added(story.member, "schemes_answer", criterion_id=first, version=2, **about)
        assert DENIED in added(story.boss, "schemes_answer", criterion_id=first, **about)


class TestEvidence:
    """What the member shows."""

    def shown(self, story: Play, who: Viewer | None = None, **fields: Any) -> str:
        """Try to attach a new piece, the member's own unless told otherwise."""
        of = fields.pop("of", story.organisation)
        criteria = fields.pop("criteria", ["c1"])
        piece = pieces.evidence(of, **fields)
        about = {"assessment_id": story.assessment().pk, "evidence_id": piece.pk, "criteria": criteria}
        return added(who or story.member, "schemes_evidenceuse", attached_at=story.now(), **about)

    def test_only_the_members_own_that_may_leave_home(self, story: Play) -> None:
        assert self.shown(story) == ""
        assert "its own" in self.shown(story, of=people.organisation())
        assert "does not leave" in self.shown(story, shows_workers=True)
        assert "does not leave" in self.shown(story, confidentiality="internal")
        assert "retired" in self.shown(story, retired_at=story.now(), retired_because="x")
        assert "no such thing" in self.shown(story, criteria=["other"])
        assert "points_at_a_criterion" in self.shown(story, criteria=[])
        assert self.shown(story, story.boss) != ""

    def test_what_was_sent_stays(self, story: Play) -> None:
        with as_viewer(story.member) as viewer:
            use = attach(
                viewer=viewer,
                assessment=story.assessment(),
                evidence=pieces.evidence(story.organisation),
                criteria=["c1"],
                at=story.now(),
            )
        assert changed(story.member, "schemes_evidenceuse", use, criteria=["c2"]) == ""
        assert "permission denied" in changed(story.member, "schemes_evidenceuse", use, title="y")
        drop = "DELETE FROM schemes_evidenceuse"
        assert refusal(story.member, drop) == ""
        assert refusal(story.boss, drop) == "no such row"
        story.submit()
        assert "while the member answers" in self.shown(story)
        assert "while the member answers" in changed(
            story.member, "schemes_evidenceuse", use, criteria=["c1", "c2"]
        )
        assert "stays" in refusal(story.member, drop)
        story.start()
        with as_viewer(story.assessor) as viewer:
            ask_clarification(viewer=viewer, assessment=story.assessment(), question="x", at=story.now())
        assert changed(story.member, "schemes_evidenceuse", use, criteria=["c1", "c2"]) == ""
        assert "stays" in changed(story.member, "schemes_evidenceuse", use, criteria=["c2"])
        assert "stays" in refusal(story.member, drop)

    def test_what_is_put_away_says_so_where_it_was_shown(self, story: Play) -> None:
        piece = pieces.evidence(story.organisation)
        with as_viewer(story.member) as viewer:
            use = attach(
                viewer=viewer,
                assessment=story.assessment(),
                evidence=piece,
                criteria=["c1"],
                at=story.now(),
            )
        with owner_role():
            type(piece).objects.filter(pk=piece.pk).update(retired_at=story.now(), retired_because="x")
            assert EvidenceUse.objects.get(pk=use.pk).retired_at is not None


class TestPeople:
    """Assignments and declarations."""

    def assigned(self, story: Play, who: Viewer, role: str = "assessor") -> str:
        """Try to assign somebody, as the admin of the body."""
        about = {"assessment_id": story.assessment().pk, "person_id": who.person_id, "role": role}
        return added(story.boss, "schemes_assignment", assigned_at=story.now(), **about)

    def test_only_who_may_judge_is_assigned(self, story: Play) -> None:
        assert self.assigned(story, story.assessor) == ""
        assert "not-in-body" in self.assigned(story, story.member)
        story.declare(story.assessor, is_supporter=True, words="x")
        assert "declared-supporter" in self.assigned(story, story.assessor)

    def test_a_second_person_decides(self, story: Play) -> None:
        story.start()
        with owner_role():
            ended = story.assessment().assignments
            ended.update(ended_at=story.now())
        assert "second person" in self.assigned(story, story.assessor, "decider")
        assert "was to decide" in self.assigned(story, story.decider, "assessor")
        assert self.assigned(story, story.reviewer, "decider") == ""

    def test_assignments_only_end_and_only_while_open(self, story: Play) -> None:
        story.start()
        with owner_role():
            made = story.assessment().assignments.get(role="assessor")
        assert "permission denied" in changed(story.boss, "schemes_assignment", made, role="decider")
        assert changed(story.boss, "schemes_assignment", made, ended_at=story.now()) == ""
        with owner_role():
            type(made).objects.filter(pk=made.pk).update(ended_at=story.now())
        assert "only ends" in changed(story.boss, "schemes_assignment", made, ended_at=None)
        story.clock += dt.timedelta(minutes=1)
        with owner_role():
            type(made).objects.create(
                assessment=story.assessment(),
                person_id=story.assessor.person_id,
                role="assessor",
                assigned_at=story.now(),
            )
        story.decide()
        assert "closed" in self.assigned(story, story.reviewer)

    def test_one_declares_for_oneself(self, story: Play) -> None:
        about = {"assessment_id": story.assessment().pk, "declared_at": story.now()}
        clean = {"has_conflict": False, "is_supporter": False}
        table = "schemes_declaration"
        with as_viewer(story.boss), connection.cursor() as cursor:
            row = INSERTS[table] | about | clean | {"person_id": story.assessor.person_id}
            marks = ", ".join(["%s"] * len(row))
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING person_id",
                list(row.values()),
            )
            assert cursor.fetchone() == (story.boss.person_id,)
        assert added(story.member, table, person_id=story.member.person_id, **about, **clean) != ""
        assert "permission denied" in refusal(story.boss, f"UPDATE {table} SET has_conflict = false")


def test_outcomes_and_states_are_those_of_the_program(story: Play) -> None:
    """Names that the database would not know."""
    story.propose()
    about = {"assessment_id": story.assessment().pk, "decided_at": story.now()}
    assert "no such decision" in added(story.decider, "schemes_decision", outcome="promote", **about)
    assert {one.value for one in Outcome} >= {"award", "improve"}
