"""The way of an assessment: sent, taken up, begun, asked about, proposed."""

import datetime as dt

import pytest

from ledger.models import Entry
from ledger.refusals import Forbidden, Refusal
from schemes.actions.assessment import (
    begin_interim,
    go_on,
    propose,
    reschedule,
    start_assessing,
    submit,
    take_up,
)
from schemes.actions.clarification import answer_clarification, ask_clarification
from schemes.actions.evidence import attach, detach, point
from schemes.models import Answer, Assessment, Clarification, EvidenceUse, Proposal
from sourcing.models import Evidence
from tests.conftest import owner_role
from tests.factories import evidence as pieces
from tests.factories import organisations as people
from tests.factories import schemes as definitions
from tests.factories.assessments import Play, as_viewer, play

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Play:
    """An organisation that has applied."""
    found = play()
    found.apply()
    return found


def test_what_is_missing_is_named_before_it_is_sent(story: Play) -> None:
    with as_viewer(story.member) as viewer, pytest.raises(Refusal) as refusal:
        submit(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert refusal.value.code == "not-all-answered"
    assert "3 criteria" in refusal.value.sentence
    assert "Criterion 1" in refusal.value.sentence
    sent = story.submit()
    assert (sent.state, sent.submitted_at) == ("submitted", story.clock)
    with as_viewer(story.member) as viewer, pytest.raises(Forbidden) as refusal:
        submit(viewer=viewer, assessment=sent, at=story.now())
    assert refusal.value.code == "submitted-already"


def test_the_body_waits_until_it_is_overdue(story: Play) -> None:
    story.decide()
    its = story.interim()
    assert its.due_on is not None

    def try_to(at: dt.datetime) -> Assessment:
        with as_viewer(story.boss) as viewer:
            return take_up(viewer=viewer, assessment=story.assessment(), at=at)

    last = dt.datetime.combine(its.due_on, dt.time(23, 59), tzinfo=dt.UTC)
    with pytest.raises(Forbidden) as refusal:
        try_to(last)
    assert refusal.value.code == "not-overdue"
    with as_viewer(story.member) as viewer, pytest.raises(Forbidden):
        take_up(viewer=viewer, assessment=its, at=last + dt.timedelta(days=1))
    assert try_to(last + dt.timedelta(minutes=1)).state == "submitted"


def test_a_date_is_moved_by_the_body_and_not_into_the_past(story: Play) -> None:
    its, today = story.assessment(), story.clock.date()
    with as_viewer(story.boss) as viewer:
        moved = reschedule(
            viewer=viewer, assessment=its, due_on=today + dt.timedelta(days=20), at=story.now()
        )
        assert moved.due_on == today + dt.timedelta(days=20)
        with pytest.raises(Refusal) as refusal:
            reschedule(viewer=viewer, assessment=its, due_on=today - dt.timedelta(days=1), at=story.now())
    assert refusal.value.code == "day-over"
    with as_viewer(story.member) as viewer:
        assert Entry.objects.get(verb="schemes.rescheduled").data["before"] == ""
        with pytest.raises(Forbidden):
            reschedule(viewer=viewer, assessment=its, due_on=today, at=story.now())
    story.submit()
    with as_viewer(story.boss) as viewer, pytest.raises(Forbidden) as refused:
        reschedule(viewer=viewer, assessment=its, due_on=today, at=story.now())
    assert refused.value.code == "submitted-already"


def test_an_interim_assessment_begins_early_for_members_alone(story: Play) -> None:
    soon = story.clock.date() + dt.timedelta(days=10)
    with as_viewer(story.boss) as viewer, pytest.raises(Forbidden) as refusal:
        begin_interim(viewer=viewer, membership=story.membership(), due_on=soon, at=story.now())
    assert refusal.value.code == "not-a-member"
    story.decide()
    with as_viewer(story.boss) as viewer:
        its = begin_interim(viewer=viewer, membership=story.membership(), due_on=soon, at=story.now())
        assert (its.kind, its.due_on) == ("interim", soon)
        for day, code in ((soon, "assessment-under-way"), (dt.date(2020, 1, 1), "day-over")):
            with pytest.raises(Refusal) as refused:
                begin_interim(viewer=viewer, membership=story.membership(), due_on=day, at=story.now())
            assert refused.value.code == code


def test_what_was_said_and_shown_is_carried_over_as_far_as_it_may_be(story: Play) -> None:
    kept, put_away, made_internal = (pieces.evidence(story.organisation) for _n in range(3))
    with as_viewer(story.member) as viewer:
        for piece in (kept, put_away, made_internal):
            attach(
                viewer=viewer,
                assessment=story.assessment(),
                evidence=piece,
                criteria=["c1", "c3"],
                at=story.now(),
            )
    story.decide()
    with owner_role():
        Evidence.objects.filter(pk=put_away.pk).update(retired_at=story.now(), retired_because="x")
        Evidence.objects.filter(pk=made_internal.pk).update(confidentiality="internal")
        type(story.edition).objects.filter(pk=story.edition.pk).update(
            state="retired", retired_at=story.now()
        )
    definitions.edition(story.scheme, version="2", criteria=2)
    story.interim()
    with owner_role():
        its = story.assessment()
        answers = list(Answer.objects.filter(assessment=its).order_by("criterion__position"))
        assert [(one.criterion.key, one.text, one.version) for one in answers] == [
            ("c1", "We do Criterion 1.", 1),
            ("c2", "We do Criterion 2.", 1),
        ]
        use = its.evidence_uses.get()
    assert (use.evidence_id, use.criteria, use.person_id) == (kept.pk, ["c1"], story.member.person_id)
    with as_viewer(story.boss):
        assert not EvidenceUse.objects.filter(assessment=its).exists()


def test_only_what_is_whole_is_proposed(story: Play) -> None:
    story.start()
    with as_viewer(story.assessor) as viewer, pytest.raises(Refusal) as refusal:
        propose(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert refusal.value.code == "not-all-scored"
    story.score(is_working_towards=True)
    with as_viewer(story.assessor) as viewer, pytest.raises(Refusal) as refusal:
        propose(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert "3 criteria" in refusal.value.sentence
    story.score()
    assert story.propose().level == "bronze"


def test_an_interim_proposal_says_whether_improvement_was_shown(story: Play) -> None:
    story.decide()
    story.interim()
    story.start()
    story.score()
    with as_viewer(story.assessor) as viewer:
        with pytest.raises(Refusal) as refusal:
            propose(viewer=viewer, assessment=story.assessment(), at=story.now())
        assert refusal.value.code == "say-if-improvement-shown"
        made = propose(
            viewer=viewer,
            assessment=story.assessment(),
            is_improvement_shown=False,
            words="Nothing new.",
            language="en",
            at=story.now(),
        )
    assert (made.words, made.result["level"], made.person_id) == (
        "Nothing new.",
        "bronze",
        story.assessor.person_id,
    )
    with as_viewer(story.member) as viewer:
        assert not Proposal.objects.filter(pk=made.pk).exists()
        assert not Proposal.objects.visible_to(viewer).filter(pk=made.pk).exists()
    story.decide("notice")
    its = story.assessment()
    assert (its.is_improvement_shown, its.improvement_words, its.improvement_language) == (
        False,
        "Nothing new.",
        "en",
    )


def test_assessing_begins_once_it_is_sent_by_whoever_is_assigned(story: Play) -> None:
    story.staff()
    with as_viewer(story.assessor) as viewer, pytest.raises(Forbidden) as refusal:
        start_assessing(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert refusal.value.code == "not-submitted"
    story.submit()
    with as_viewer(story.decider) as viewer, pytest.raises(Forbidden) as refusal:
        start_assessing(viewer=viewer, assessment=story.assessment(), at=story.now())
    assert refusal.value.code == "not-assigned"


class TestClarifications:
    """Questions between the assessor and the member."""

    def ask(self, story: Play, question: str = "Since when?", **more: object) -> Clarification:
        """Let the assessor ask."""
        with as_viewer(story.assessor) as viewer:
            return ask_clarification(
                viewer=viewer,
                assessment=story.assessment(),
                question=question,
                at=story.now(),
                **more,  # type: ignore[arg-type]
            )

    def answer(self, story: Play, asked: Clarification, words: str = "Since May.") -> Clarification:
        """Let the member answer."""
        with as_viewer(story.member) as viewer:
            return answer_clarification(
                viewer=viewer, clarification=asked, answer=words, language="en", at=story.now()
            )

    def test_it_waits_until_the_last_question_is_answered(self, story: Play) -> None:
        story.start()
        first = self.ask(story, criterion=story.criteria()[0])
        second = self.ask(story)
        assert story.assessment().state == "clarification"
        told = self.answer(story, first)
        assert (told.answered_by_id, story.assessment().state) == (story.member.person_id, "clarification")
        self.answer(story, second)
        assert story.assessment().state == "in_assessment"
        with pytest.raises(Forbidden) as refusal:
            self.answer(story, second)
        assert refusal.value.code == "nothing-asked"
        self.ask(story)
        with pytest.raises(Refusal) as refused:
            self.answer(story, second)
        assert refused.value.code == "answered-already"

    def test_words_are_needed_and_criteria_of_the_edition(self, story: Play) -> None:
        story.start()
        with pytest.raises(Refusal) as refusal:
            self.ask(story, " ")
        assert refusal.value.code == "nothing-said"
        other = definitions.edition(definitions.scheme(story.body)).criteria.get(key="c1")
        with pytest.raises(Refusal) as refusal:
            self.ask(story, criterion=other)
        assert refusal.value.code == "not-asked"
        asked = self.ask(story)
        with pytest.raises(Refusal) as refusal:
            self.answer(story, asked, " ")
        assert refusal.value.code == "nothing-said"

    def test_an_assessor_goes_on_without_an_answer_and_proposes_only_then(self, story: Play) -> None:
        story.start()
        self.ask(story)
        story.score()
        with as_viewer(story.assessor) as viewer:
            with pytest.raises(Forbidden) as refusal:
                propose(viewer=viewer, assessment=story.assessment(), at=story.now())
            assert refusal.value.code == "question-open"
            go_on(viewer=viewer, assessment=story.assessment(), at=story.now())
            with pytest.raises(Forbidden) as refusal:
                go_on(viewer=viewer, assessment=story.assessment(), at=story.now())
        assert refusal.value.code == "nothing-asked"
        story.propose()


class TestEvidence:
    """What the member shows."""

    piece: Evidence

    def show(
        self, story: Play, piece: Evidence | None = None, criteria: tuple[str, ...] = ("c2",)
    ) -> EvidenceUse:
        """Let the member attach a piece."""
        self.piece = piece or pieces.evidence(story.organisation, supplied_by="Lab")
        with as_viewer(story.member) as viewer:
            return attach(
                viewer=viewer,
                assessment=story.assessment(),
                evidence=self.piece,
                criteria=criteria,
                at=story.now(),
            )

    def refused(self, story: Play, piece: Evidence) -> tuple[str, str]:
        """Let the member try, and return the code and the sentence of the refusal."""
        with pytest.raises(Refusal) as refusal:
            self.show(story, piece)
        return refusal.value.code, refusal.value.sentence

    def test_a_piece_is_attached_once_and_points_at_many_criteria(self, story: Play) -> None:
        use = self.show(story)
        again = self.show(story, self.piece, ("c1", "c2"))
        assert (again.pk, again.criteria) == (use.pk, ["c2", "c1"])
        assert (use.title, use.supplied_by, use.member_id) == (
            self.piece.title,
            "Lab",
            story.organisation.pk,
        )
        with as_viewer(story.member) as viewer:
            point(viewer=viewer, use=use, criteria=["c3"], at=story.now())
            use.refresh_from_db()
            assert use.criteria == ["c3"]
            assert EvidenceUse.objects.for_criterion("c3").get() == use
            detach(viewer=viewer, use=use, at=story.now())
            assert not EvidenceUse.objects.exists()
            verbs = list(
                Entry.objects.filter(verb__startswith="schemes.evidence")
                .order_by("pk")
                .values_list("verb", flat=True)
            )
        assert verbs == [
            "schemes.evidence_attached",
            "schemes.evidence_pointed",
            "schemes.evidence_pointed",
            "schemes.evidence_taken_back",
        ]
        with as_viewer(story.boss):
            assert not Entry.objects.filter(verb__startswith="schemes.evidence").exists()

    def test_what_shows_workers_is_internal_or_put_away_stays_home(self, story: Play) -> None:
        of = story.organisation
        at = story.now()
        for fields, code in (
            ({"shows_workers": True}, "shows-workers"),
            ({"confidentiality": "internal"}, "evidence-internal"),
            ({"retired_at": at, "retired_because": "x"}, "evidence-retired"),
        ):
            piece = pieces.evidence(of, **fields)
            found, sentence = self.refused(story, piece)
            assert found == code
            assert piece.title in sentence

    def test_what_belongs_to_others_looks_like_what_does_not_exist(self, story: Play) -> None:
        foreign = pieces.evidence(people.organisation())
        assert self.refused(story, foreign)[0] == "not-found"

    def test_only_criteria_of_the_edition(self, story: Play) -> None:
        for criteria, code in (((), "no-criterion"), (("other",), "not-asked")):
            with pytest.raises(Refusal) as refusal:
                self.show(story, criteria=criteria)
            assert refusal.value.code == code

    def test_what_was_sent_stays_and_a_question_opens_it_for_more(self, story: Play) -> None:
        use = self.show(story)
        story.submit()
        with pytest.raises(Forbidden) as refusal:
            self.show(story)
        assert refusal.value.code == "submitted-already"
        with as_viewer(story.boss) as viewer:
            assert EvidenceUse.objects.visible_to(viewer).get() == use
        story.start()
        TestClarifications().ask(story)
        self.show(story, self.piece, ("c1",))
        with as_viewer(story.member) as viewer:
            with pytest.raises(Refusal) as refused:
                point(viewer=viewer, use=use, criteria=["c3"], at=story.now())
            assert refused.value.code == "shown-already"
            with pytest.raises(Forbidden):
                detach(viewer=viewer, use=use, at=story.now())
