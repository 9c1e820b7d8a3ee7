# ruff: noqa: S608 (names of this file only)
"""Raw SQL by the role app, as whoever would like it to work: what the database holds by itself."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from organisations.models import Person
from organisations.visibility import Role, Viewer
from schemes.actions.appeal import appeal
from schemes.actions.clarification import ask_clarification
from schemes.actions.evidence import attach
from schemes.lifecycle import Outcome
from schemes.models import Assessment, Decision, EvidenceUse, Score
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db

INSERTS: dict[str, dict[str, Any]] = {
    "schemes_score": {
        "value": "bronze",
        "is_relevant": True,
        "reason": "",
        "rationale": "x",
        "language": "",
        "relied_on": [],
        "is_working_towards": False,
        "towards_plan": "",
        "version": 1,
    },
    "schemes_answer": {
        "text": "x",
        "language": "",
        "claimed": "",
        "is_relevant": True,
        "reason": "",
        "version": 1,
    },
    "schemes_decision": {
        "code": "RAW0000001",
        "level_before": "",
        "title_before": "",
        "level_after": "",
        "title_after": "",
        "reasons": "x",
        "language": "",
    },
    "schemes_proposal": {"level": "", "result": "{}", "words": "", "language": ""},
    "schemes_assignment": {},
    "schemes_declaration": {"words": "", "language": ""},
    "schemes_clarification": {
        "code": "RAW0000001",
        "question": "x",
        "language": "",
        "answer": "",
        "answer_language": "",
    },
    "schemes_evidenceuse": {
        "code": "RAW0000001",
        "kind": "",
        "title": "",
        "url": "",
        "pages": 0,
        "supplied_by": "",
        "language": "",
    },
    "schemes_improvementitem": {"code": "RAW0000001", "what": "x", "language": ""},
    "schemes_improvementnotice": {"code": "RAW0000001", "words": "x", "language": ""},
    "schemes_appeal": {
        "code": "RAW0000001",
        "state": "open",
        "reasons": "x",
        "language": "",
        "words": "",
        "words_language": "",
    },
    "schemes_certificate": {"code": "RAW00000010000000000"},
    "schemes_assessment": {
        "code": "RAW0000001",
        "subject_label": "",
        "kind": "initial",
        "state": "answering",
        "improvement_words": "",
        "improvement_language": "",
        "level": "",
    },
    "schemes_schememembership": {
        "code": "RAW0000001",
        "member_country": "",
        "state": "applied",
        "level": "",
        "level_title": "",
        "message": "",
        "language": "",
        "consents_to_register": False,
    },
}


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply()
    return found


def refusal(who: Viewer, sql: str, *params: Any) -> str:
    """Run one statement as somebody and take it back; return what the database said, or nothing when it did it."""
    with as_viewer(who):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, params)
                touched = cursor.rowcount
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                transaction.set_rollback(True)
        except DatabaseError as fault:
            return str(fault).splitlines()[0]
    return "" if touched else "no such row"


def added(who: Viewer, table: str, **values: Any) -> str:
    """Try to add a row; return what the database said."""
    row = INSERTS[table] | values
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    return refusal(who, f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())


def changed(who: Viewer, table: str, where: Any, **values: Any) -> str:
    """Try to change a row; return what the database said."""
    sets = ", ".join(f"{name} = %s" for name in values)
    return refusal(who, f"UPDATE {table} SET {sets} WHERE id = %s", *values.values(), where.pk)


def fill_in(who: Viewer, story: Play, **values: Any) -> str:
    """Try to add a score of the first criterion."""
    about = {"assessment_id": story.assessment().pk, "criterion_id": story.criteria()[0].pk}
    return added(who, "schemes_score", saved_at=story.now(), **(about | values))


DENIED = "row-level security"


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


class TestDecisions:
    """Who decides what."""

    def decided(self, story: Play, who: Viewer, outcome: str, **values: Any) -> str:
        """Try to decide about the newest assessment."""
        about = {"assessment_id": story.assessment().pk, "outcome": outcome, "decided_at": story.now()}
        return added(who, "schemes_decision", **about | values)

    def test_only_a_second_person_with_that_part(self, story: Play) -> None:
        story.propose()
        award = {"level_after": "bronze"}
        assert "no such part" in self.decided(story, story.assessor, "award", **award)
        assert "not-declared" in self.decided(story, story.boss, "award", **award)
        assert self.decided(story, story.member, "award", **award) != ""
        with owner_role():
            type(story.assessment().assignments.get(role="decider")).objects.filter(
                assessment=story.assessment()
            ).update(ended_at=story.now())
        assert "no such part" in self.decided(story, story.decider, "award", **award)

    def test_never_above_the_rule_nor_what_the_edition_does_not_know(self, story: Play) -> None:
        story.propose("bronze")
        assert "above what the rule" in self.decided(story, story.decider, "award", level_after="silver")
        assert "no such level" in self.decided(story, story.decider, "award", level_after="platinum")
        assert "above what the rule" in self.decided(story, story.decider, "award", level_after="")
        for outcome in ("continue", "move_up", "notice", "down", "remove"):
            assert self.decided(story, story.decider, outcome, level_after="bronze") != ""

    def test_nothing_is_backdated(self, story: Play) -> None:
        story.propose()
        early = story.assessment().opened_at - dt.timedelta(days=30)
        award = {"level_after": "bronze"}
        said = self.decided(story, story.decider, "award", decided_at=early, **award)
        assert "not dated before what it decides" in said
        other = story.clock.date() - dt.timedelta(days=1)
        said = self.decided(story, story.decider, "award", effective_on=other, **award)
        assert "decision_is_not_backdated" in said

    def test_what_is_not_proposed_is_not_decided(self, story: Play) -> None:
        story.start()
        assert "only what is proposed" in self.decided(story, story.decider, "award", level_after="bronze")

    @pytest.mark.parametrize(
        ("values", "is_improved", "outcome", "level"),
        [
            ("silver", False, "continue", "silver"),
            ("bronze", True, "continue", "silver"),
            ("silver", True, "move_up", "silver"),
            ("gold", True, "move_up", "bronze"),
            ("bronze", False, "down", "bronze"),
            ("bronze", False, "remove", ""),
            ("gold", True, "award", "gold"),
            ("gold", True, "improve", ""),
        ],
    )
    def test_what_does_not_follow_for_a_member(
        self, story: Play, values: str, is_improved: bool, outcome: str, level: str
    ) -> None:
        story.decide("award", "silver")
        story.interim()
        story.propose(values, is_improved=is_improved)
        said = self.decided(story, story.decider, outcome, level_after=level)
        assert "does not follow" in said or "no such decision" in said

    @pytest.mark.parametrize(
        ("outcome", "level"), [("down", "silver"), ("down", ""), ("down", "gold"), ("remove", "")]
    )
    def test_what_does_not_follow_on_notice(self, story: Play, outcome: str, level: str) -> None:
        story.decide("award", "gold")
        story.interim()
        story.decide("notice", "", is_improved=False)
        story.interim()
        story.propose("", is_improved=False)
        wanted = "commits together" if (outcome, level) == ("down", "silver") else "does not follow"
        assert wanted in self.decided(story, story.decider, outcome, level_after=level)

    def test_decisions_stay(self, story: Play) -> None:
        story.decide()
        for sql in ("UPDATE schemes_decision SET reasons = 'y'", "DELETE FROM schemes_decision"):
            assert "permission denied" in refusal(story.decider, sql)
            with owner_role(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(sql)

    def test_the_database_remembers_when_it_heard_of_it(self, story: Play) -> None:
        before = dt.datetime.now(dt.UTC)
        decision = story.decide()
        assert before <= decision.recorded_at <= dt.datetime.now(dt.UTC)

    def test_what_follows_a_decision_is_by_whoever_decided(self, story: Play) -> None:
        decision = story.decide("improve", "")
        about = {"decision_id": decision.pk, "by_on": story.clock.date() + dt.timedelta(days=9)}
        item = "schemes_improvementitem"
        assert added(story.decider, item, **about) == ""
        assert "whoever decides" in added(story.assessor, item, **about)
        past = story.clock.date() - dt.timedelta(days=1)
        assert "whoever decides" in added(story.decider, item, **about | {"by_on": past})
        other = definitions.edition(definitions.scheme(story.body)).criteria.get(key="c1").pk
        assert "whoever decides" in added(story.decider, item, criterion_id=other, **about)
        notice = {"decision_id": decision.pk, "answer_by": about["by_on"], "opened_at": decision.decided_at}
        assert "decision to give one" in added(story.decider, "schemes_improvementnotice", **notice)
        assert "gives a level" in added(story.decider, "schemes_certificate", decision_id=decision.pk)
        with owner_role():
            line = decision.items.get()
        assert changed(story.member, item, line, done_at=story.now()) == ""
        assert changed(story.decider, item, line, done_at=story.now()) == "no such row"
        assert "permission denied" in changed(story.member, item, line, what="less")
        with owner_role(), pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            type(line).objects.filter(pk=line.pk).update(what="less")

    def test_a_notice_and_a_certificate_end_by_decisions_alone(self, story: Play) -> None:
        story.decide("award", "silver")
        story.interim()
        story.decide("notice", "", is_improved=False)
        for table, column in (
            ("schemes_improvementnotice", "closed_at"),
            ("schemes_certificate", "withdrawn_at"),
        ):
            sql = f"UPDATE {table} SET {column} = now()"
            assert "permission denied" in refusal(story.boss, sql)
            with owner_role(), pytest.raises(DatabaseError, match="only a decision"), transaction.atomic():
                connection.cursor().execute(sql)
            with owner_role(), pytest.raises(DatabaseError, match="stays"), transaction.atomic():
                connection.cursor().execute(f"DELETE FROM {table}")
        with owner_role(), pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            connection.cursor().execute("UPDATE schemes_certificate SET expires_on = expires_on + 900")


class TestMemberships:
    """State, level and dates of a membership."""

    def test_only_a_decision_moves_one(self, story: Play) -> None:
        membership, today = story.membership(), story.clock.date()
        whole = {"state": "member", "level": "gold", "level_rank": 3, "level_title": "Gold"}
        whole |= {
            "edition_id": story.edition.pk,
            "anchor_on": today,
            "joined_on": today,
            "next_due_on": today,
        }
        for who in (story.boss, story.decider):
            assert "newest decision" in changed(who, "schemes_schememembership", membership, **whole)
        assert changed(story.member, "schemes_schememembership", membership, **whole) != ""
        story.decide("award", "bronze")
        membership = story.membership()
        for who in (story.boss, story.member):
            for change in ({"level": "gold"}, {"state": "on_notice"}, {"level_title": "Gold"}):
                assert changed(who, "schemes_schememembership", membership, **change) != ""
        for column in ("anchor_on", "joined_on"):
            moved = {column: today - dt.timedelta(days=9)}
            said = changed(story.boss, "schemes_schememembership", membership, **moved)
            assert "anchor of a membership stays" in said
        later = {"next_due_on": today + dt.timedelta(days=900)}
        assert "scheme body" in changed(story.member, "schemes_schememembership", membership, **later)
        assert changed(story.boss, "schemes_schememembership", membership, **later) == ""

    def test_the_member_says_whether_it_is_shown_and_when_it_leaves(self, story: Play) -> None:
        story.decide("award", "bronze")
        membership, today = story.membership(), story.clock.date()
        shown = {"consents_to_register": True}
        table = "schemes_schememembership"
        assert "the member says" in changed(story.boss, table, membership, **shown)
        assert changed(story.member, table, membership, **shown) == ""
        gone = {"state": "withdrawn", "ended_on": today}
        assert "the member leaves" in changed(story.boss, table, membership, **gone)
        assert changed(story.member, table, membership, **gone) == ""
        assert "permission denied" in refusal(story.member, f"DELETE FROM {table}")
        assert "permission denied" in changed(story.member, table, membership, member_name="y")

    def test_one_applies_for_oneself_and_begins_at_the_beginning(self) -> None:
        story = play()
        about = {"scheme_id": story.scheme.pk, "member_id": story.organisation.pk, "applied_at": story.now()}
        table = "schemes_schememembership"
        assert added(story.member, table, **about) == ""
        assert DENIED in added(story.boss, table, **about)
        assert "begins with an application" in added(story.member, table, **about | {"state": "member"})
        own = about | {"member_id": story.body.pk}
        assert "is_of_another" in added(story.boss, table, **own)
        empty = definitions.scheme(story.body)
        assert "run here" in added(story.member, table, **about | {"scheme_id": empty.pk})
        story.apply()
        assert "open_once" in added(story.member, table, **about)

    def test_the_register_is_written_by_nobody(self, story: Play) -> None:
        for sql in (
            "INSERT INTO schemes_registerentry (name) VALUES ('x')",
            "UPDATE schemes_registerentry SET name = 'x'",
            "DELETE FROM schemes_registerentry",
        ):
            assert "permission denied" in refusal(story.boss, sql)


class TestAppeals:
    """Who contests and who answers."""

    @pytest.fixture
    def story(self, story: Play) -> Play:
        """A decision, contested."""
        decision = story.decide("improve", "")
        with as_viewer(story.member) as viewer:
            appeal(viewer=viewer, decision=decision, reasons="x", at=story.now())
        with owner_role():
            contested = decision.assessment
        story.declare(story.reviewer, contested)
        return story

    def contested(self) -> Any:
        """Return the appeal."""
        with owner_role():
            return Decision.objects.get().appeal

    def answered(self, story: Play, who: Viewer, state: str, **values: Any) -> str:
        """Try to answer the appeal."""
        said = {"state": state, "words": "x", "decided_at": story.now()} | values
        return changed(who, "schemes_appeal", self.contested(), **said)

    def test_only_who_had_no_part_answers(self, story: Play) -> None:
        for who in (story.assessor, story.decider, story.boss):
            assert "had no part" in self.answered(story, who, "rejected")
        assert "takes an appeal back" in self.answered(story, story.member, "rejected")
        assert "takes an appeal back" in self.answered(story, story.reviewer, "withdrawn", words="")
        assert self.answered(story, story.reviewer, "rejected") == ""
        assert self.answered(story, story.member, "withdrawn", words="") == ""

    def test_it_is_upheld_by_a_decision_of_whoever_had_no_part(self, story: Play) -> None:
        assert "by a decision" in self.answered(story, story.reviewer, "upheld")
        made = self.contested()
        about = {"assessment_id": made.assessment_id, "outcome": "uphold_appeal", "decided_at": story.now()}
        table = "schemes_decision"
        takes_back = {"takes_back_id": made.decision_id}
        assert "had no part" in added(story.decider, table, **about, **takes_back)
        assert "commits together" in added(story.reviewer, table, **about, **takes_back)
        assert "takes back" in added(story.reviewer, table, **about)
        early = {"decided_at": made.appealed_at - dt.timedelta(seconds=1)}
        assert "takes back" in added(story.reviewer, table, **about | early, **takes_back)

    def test_answers_are_dated_after_what_they_answer_and_stay(self, story: Play) -> None:
        early = self.contested().appealed_at - dt.timedelta(days=1)
        assert "not dated before" in self.answered(story, story.reviewer, "rejected", decided_at=early)
        with as_viewer(story.reviewer), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE schemes_appeal SET state = 'rejected', words = 'x', decided_at = %s", [story.now()]
            )
        assert "stays answered" in self.answered(story, story.reviewer, "rejected", words="y")
        assert "permission denied" in changed(story.member, "schemes_appeal", self.contested(), reasons="y")

    def test_one_appeals_from_the_newest_decision(self, story: Play) -> None:
        decision = self.contested().decision
        story.decide("award", "bronze")
        about = {"decision_id": decision.pk, "appealed_at": story.now()}
        assert "newest decision" in added(story.member, "schemes_appeal", **about)
        with owner_role():
            newest = Decision.objects.latest("pk")
        about["decision_id"] = newest.pk
        assert added(story.member, "schemes_appeal", **about) == ""
        assert DENIED in added(story.boss, "schemes_appeal", **about)
        early = newest.decided_at - dt.timedelta(days=1)
        assert "newest decision" in added(story.member, "schemes_appeal", **about | {"appealed_at": early})


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


def test_outcomes_and_states_are_those_of_the_program(story: Play) -> None:
    """Names that the database would not know."""
    story.propose()
    about = {"assessment_id": story.assessment().pk, "decided_at": story.now()}
    assert "no such decision" in added(story.decider, "schemes_decision", outcome="promote", **about)
    assert {one.value for one in Outcome} >= {"award", "improve"}
