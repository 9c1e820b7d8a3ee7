"""Memberships, assessments and decisions, made through the actions by the people who would make them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger.acting import acting
from organisations.models import Organisation, Person
from organisations.visibility import Capability, Role, Viewer
from schemes.actions.answer import save_answer
from schemes.actions.assessment import open_assessment, propose, start_assessing, submit
from schemes.actions.decision import decide
from schemes.actions.membership import apply
from schemes.actions.people import assign, declare
from schemes.actions.score import save_score
from schemes.lifecycle import AssessmentState, Outcome
from schemes.models import (
    Assessment,
    Assignment,
    Criterion,
    Decision,
    Edition,
    Proposal,
    Scheme,
    SchemeMembership,
)
from schemes.models.facts import AnswerSaid, ItemSaid, NoticeSaid, ScoreSaid, Verdict
from tests.conftest import job_role, owner_role
from tests.factories import organisations as people
from tests.factories import schemes as definitions


@contextmanager
def as_viewer(viewer: Viewer) -> Iterator[Viewer]:
    """Act as somebody, as a request of theirs would."""
    with acting(person_id=viewer.person_id, organisation_id=viewer.organisation_id):
        yield viewer


@dataclass
class Play:
    """A scheme body with its people and one organisation; each method takes the story one step on.

    Every step happens a minute after the one before, unless `clock` is set in between.
    """

    scheme: Scheme
    edition: Edition
    body: Organisation
    organisation: Organisation
    boss: Viewer
    assessor: Viewer
    decider: Viewer
    reviewer: Viewer
    member: Viewer
    clock: dt.datetime = field(default_factory=timezone.now)

    def now(self) -> dt.datetime:
        """Return the moment of the next step."""
        self.clock += dt.timedelta(minutes=1)
        return self.clock

    def apply(self, **about: Any) -> SchemeMembership:
        """Let the organisation apply."""
        with as_viewer(self.member) as viewer:
            return apply(viewer=viewer, scheme=self.scheme, at=self.now(), **about)

    def assessment(self) -> Assessment:
        """Return the newest assessment as it is now."""
        with owner_role():
            rows = Assessment.objects.filter(member=self.organisation, edition__scheme=self.scheme)
            return rows.select_related("edition__scheme", "membership").latest("pk")

    def membership(self) -> SchemeMembership:
        """Return the newest membership as it is now."""
        with owner_role():
            rows = SchemeMembership.objects.filter(member=self.organisation, scheme=self.scheme)
            return rows.select_related("scheme").latest("pk")

    def criteria(self) -> list[Criterion]:
        """Return what the newest assessment asks, in order."""
        with owner_role():
            return list(Criterion.objects.filter(edition=self.assessment().edition))

    def answer(self) -> Assessment:
        """Let the member answer every criterion that has no answer yet."""
        assessment = self.assessment()
        with as_viewer(self.member) as viewer:
            known = set(assessment.answers.values_list("criterion_id", flat=True))
            for criterion in self.criteria():
                if criterion.pk not in known:
                    save_answer(
                        viewer=viewer,
                        assessment=assessment,
                        criterion=criterion,
                        said=AnswerSaid(text=f"We do {criterion.title}.", claimed="bronze"),
                        version=0,
                        at=self.now(),
                    )
        return self.assessment()

    def submit(self) -> Assessment:
        """Let the member answer and send."""
        assessment = self.answer()
        with as_viewer(self.member) as viewer:
            submit(viewer=viewer, assessment=assessment, at=self.now())
        return self.assessment()

    def staff(self) -> Assessment:
        """Assign an assessor and a decider, and let both declare that they have no interests; once."""
        assessment = self.assessment()
        with owner_role():
            if assessment.assignments.exists():
                return assessment
        with as_viewer(self.boss) as viewer:
            for who, role in (
                (self.assessor, Assignment.Role.ASSESSOR),
                (self.decider, Assignment.Role.DECIDER),
            ):
                assign(
                    viewer=viewer,
                    assessment=assessment,
                    person=Person.objects.get(pk=who.person_id),
                    role=role,
                    at=self.now(),
                )
        for who in (self.assessor, self.decider):
            self.declare(who)
        return assessment

    def declare(self, who: Viewer, assessment: Assessment | None = None, **interests: Any) -> None:
        """Let somebody of the scheme body declare; nothing that stands in the way unless told otherwise."""
        said: dict[str, Any] = {"has_conflict": False, "is_supporter": False}
        about = assessment or self.assessment()
        with as_viewer(who) as viewer:
            declare(viewer=viewer, assessment=about, at=self.now(), **(said | interests))

    def start(self) -> Assessment:
        """Take the newest assessment to where it is scored."""
        if self.assessment().state == AssessmentState.ANSWERING:
            self.submit()
        self.staff()
        with as_viewer(self.assessor) as viewer:
            start_assessing(viewer=viewer, assessment=self.assessment(), at=self.now())
        return self.assessment()

    def score(self, values: Mapping[str, str] | str = "bronze", **more: Any) -> Assessment:
        """Score every criterion: all alike, or by key."""
        assessment = self.assessment()
        with as_viewer(self.assessor) as viewer:
            for criterion in self.criteria():
                found = assessment.scores.filter(criterion=criterion).first()
                value = values if isinstance(values, str) else values.get(criterion.key, "")
                save_score(
                    viewer=viewer,
                    assessment=assessment,
                    criterion=criterion,
                    said=ScoreSaid(value=value, rationale="Seen in the papers.", **more),
                    version=found.version if found else 0,
                    at=self.now(),
                )
        return assessment

    def propose(self, values: Mapping[str, str] | str = "bronze", *, is_improved: bool = True) -> Proposal:
        """Take the newest assessment to where it waits for a decision."""
        if self.assessment().state != AssessmentState.IN_ASSESSMENT:
            self.start()
        self.score(values)
        assessment = self.assessment()
        shown = is_improved if assessment.kind == Assessment.Kind.INTERIM else None
        with as_viewer(self.assessor) as viewer:
            return propose(viewer=viewer, assessment=assessment, is_improvement_shown=shown, at=self.now())

    def decide(
        self,
        outcome: str = Outcome.AWARD,
        values: Mapping[str, str] | str = "bronze",
        *,
        is_improved: bool = True,
        **more: Any,
    ) -> Decision:
        """Take the newest assessment to its decision."""
        if self.assessment().state != AssessmentState.PROPOSED:
            self.propose(values, is_improved=is_improved)
        at = self.now()
        with as_viewer(self.decider) as viewer:
            return decide(
                viewer=viewer, assessment=self.assessment(), verdict=verdict(outcome, at, **more), at=at
            )

    def interim(self) -> Assessment:
        """Let the next interim assessment begin on its date, as the scheduler would."""
        membership = self.membership()
        assert membership.next_due_on is not None
        self.clock = dt.datetime.combine(membership.next_due_on, dt.time(6), tzinfo=dt.UTC)
        with job_role(), transaction.atomic():
            opened = open_assessment(
                membership=membership,
                kind=Assessment.Kind.INTERIM,
                due_on=membership.next_due_on,
                by=None,
                at=self.now(),
            )
        assert opened is not None
        return self.assessment()


def verdict(outcome: str, at: dt.datetime, **more: Any) -> Verdict:
    """Return a whole verdict."""
    later = at.date() + dt.timedelta(days=90)
    said: dict[str, Any] = {"outcome": str(outcome), "reasons": "As the scores say."}
    if outcome == Outcome.IMPROVE:
        said["items"] = (ItemSaid(what="Write a policy.", by_on=later, criterion="c1"),)
    if outcome == Outcome.NOTICE:
        said["notice"] = NoticeSaid(words="Train the buyers.", answer_by=later)
    return Verdict(**(said | more))


def play(*, criteria: int = 3, organisation: Organisation | None = None, **about: Any) -> Play:
    """Make a scheme body with a scheme in force, its people, and an organisation that could apply."""
    body = people.organisation("", Capability.SCHEME_BODY)
    scheme = definitions.scheme(body)
    edition = definitions.edition(scheme, criteria=criteria, **about)
    applicant = organisation or people.organisation()
    return Play(
        scheme=scheme,
        edition=edition,
        body=body,
        organisation=applicant,
        boss=people.viewer(body),
        assessor=people.viewer(body, Role.EDITOR),
        decider=people.viewer(body, Role.EDITOR),
        reviewer=people.viewer(body, Role.EDITOR),
        member=people.viewer(applicant),
    )
