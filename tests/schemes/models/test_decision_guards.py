# ruff: noqa: S608 (names of this file only)
"""Raw SQL by the role app, as whoever would like it to work: decisions, memberships and appeals."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from organisations.visibility import Viewer
from schemes.actions.appeal import appeal
from schemes.models import Decision
from tests.conftest import owner_role
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play
from tests.schemes.models.guarding import DENIED, added, applied, changed, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    return applied()


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
