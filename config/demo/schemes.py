"""A scheme and its members: one in each state and at each level, from applications to a removal and an appeal."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.stage import Stage
from ledger.dates import nth_date
from ledger.entries import draft, record_all
from organisations.visibility import Viewer
from schemes.actions.answer import ANSWERED, said_in, save_answer
from schemes.actions.appeal import appeal
from schemes.actions.assessment import names, propose, start_assessing, submit, take_up
from schemes.actions.calendar import plan_calendar
from schemes.actions.clarification import ask_clarification
from schemes.actions.decision import decide, mark_done
from schemes.actions.definition import load_edition
from schemes.actions.evidence import attach
from schemes.actions.membership import apply, withdraw
from schemes.actions.people import assign, declare
from schemes.actions.score import SCORED, save_score
from schemes.definitions.reading import read_path, shipped
from schemes.models import (
    Answer,
    Assessment,
    Assignment,
    Criterion,
    ImprovementItem,
    Scheme,
    SchemeMembership,
    Score,
)
from schemes.models.facts import AnswerSaid, ItemSaid, NoticeSaid, ScoreSaid, Verdict

LANGUAGE = "en"
IN_FORCE_SINCE = 700


def schedule_schemes(stage: Stage) -> None:
    """Give the stage the scheme body's editions, and the story of each member."""
    said = words("schemes")
    body = stage.organisations[said["body"]["key"]]
    schemes = []
    for path in shipped():
        read = read_path(path)
        is_for_members = read.edition.scheme.subject == "organisation"
        load_edition(read, body=body if is_for_members else None, at=stage.moment(IN_FORCE_SINCE))
        if is_for_members:
            schemes.append(Scheme.objects.get(key=read.edition.scheme.key))
    for one in said["members"]:
        Story(stage, schemes[0], said, one).schedule()


class Story:
    """One member, from its application to where it stands today."""

    def __init__(self, stage: Stage, scheme: Scheme, words: dict[str, Any], said: dict[str, Any]) -> None:
        self.stage, self.scheme, self.words, self.said = stage, scheme, words, said
        self.body: dict[str, str] = words["body"]

    def schedule(self) -> None:
        """Give the stage each step; what time brings in between, the scheduler does."""
        on, said = self.stage.on, self.said
        on(said["applied"], self._apply, hour=9)
        for one in said.get("rounds", []):
            self._schedule_round(one)
        if "typed" in said:
            on(said["typed"]["day"], lambda at: self._write(said["typed"]["first"], at), hour=15)
        for key, criteria in said.get("evidence", []):
            on(4, partial(self._show, key, criteria), hour=11)
        if "done" in said:
            on(15, self._improve, hour=11)
        if "appeal" in said:
            on(said["appeal"][0], self._appeal, hour=12)
        if "withdrawn" in said:
            on(said["withdrawn"][0], self._withdraw, hour=12)

    def _schedule_round(self, one: dict[str, Any]) -> None:
        steps = {
            "sent": self._send,
            "taken_up": self._take_up,
            "begun": self._begin,
            "proposed": self._propose,
            "decided": self._decide,
        }
        for hour, (name, step) in enumerate(steps.items(), start=9):
            if name in one:
                self.stage.on(one[name], partial(step, one), hour=hour)
        if "asks" in one:
            self.stage.on(one["asks"][0], lambda at: self._ask(one, at), hour=14)

    def _member(self) -> Any:
        return self.stage.acting(self.said["member"], self.said["who"])

    def _of_body(self, who: str) -> Any:
        return self.stage.acting(self.body["key"], self.body[who])

    def _membership(self) -> SchemeMembership:
        rows = SchemeMembership.objects.select_related("scheme")
        return rows.get(scheme=self.scheme, member=self.stage.organisations[self.said["member"]])

    def _assessment(self) -> Assessment:
        rows = Assessment.objects.select_related("edition__scheme", "membership__scheme")
        return rows.filter(membership=self._membership()).latest("pk")

    def _criteria(self, assessment: Assessment, first: int | None = None) -> list[Criterion]:
        return list(Criterion.objects.filter(edition=assessment.edition_id))[:first]

    def _plan(self, at: datetime) -> None:
        """Bring the calendar in step, as the relay would have at that time."""
        plan_calendar([self._membership().pk], at=at)
        self.stage.dates_changed()

    def _apply(self, at: datetime) -> None:
        with self._member() as viewer:
            apply(
                viewer=viewer,
                scheme=self.scheme,
                message=self.said.get("message", ""),
                language=LANGUAGE,
                consents_to_register=self.said.get("consents", False),
                at=at,
            )

    def _type(self, first: int | None, at: datetime) -> Assessment:
        """Answer what has no answer yet; of an assessment that repeats, say of two criteria what is new."""
        assessment = self._assessment()
        known = {one.criterion_id: one for one in Answer.objects.filter(assessment=assessment)}
        criteria = self._criteria(assessment, first)
        with self._member() as viewer:
            if not known and first is None:
                write_answers(viewer, assessment, criteria, self.words["answers"], at)
                return assessment
            for place, criterion in enumerate(criteria):
                before = known.get(criterion.pk)
                if before is not None and place > 1:
                    continue
                text = self.words["answers"][criterion.key]
                if before is not None:
                    text = f"{said_in(before).text.partition(chr(10))[0]}\n{self.words['news']}"
                save_answer(
                    viewer=viewer,
                    assessment=assessment,
                    criterion=criterion,
                    said=AnswerSaid(text=text, language=LANGUAGE, claimed="gold"),
                    version=before.version if before else 0,
                    at=at,
                )
        return assessment

    def _write(self, first: int, at: datetime) -> None:
        self._type(first, at)

    def _show(self, key: str, criteria: list[str], at: datetime) -> None:
        with self._member() as viewer:
            attach(
                viewer=viewer,
                assessment=self._assessment(),
                evidence=self.stage.pieces[key],
                criteria=criteria,
                at=at,
            )

    def _send(self, _one: dict[str, Any], at: datetime) -> None:
        assessment = self._type(None, at)
        with self._member() as viewer:
            submit(viewer=viewer, assessment=assessment, at=at)
        self._plan(at)

    def _take_up(self, _one: dict[str, Any], at: datetime) -> None:
        with self._of_body("coordinator") as viewer:
            take_up(viewer=viewer, assessment=self._assessment(), at=at)
        self._plan(at)

    def _begin(self, one: dict[str, Any], at: datetime) -> None:
        """Say who works on it; they declare their interests, and the assessor begins."""
        assessment = self._assessment()
        roles = {"assessor": Assignment.Role.ASSESSOR, "decider": Assignment.Role.DECIDER}
        with self._of_body("coordinator") as viewer:
            for who, role in roles.items():
                person = self.stage.people[self.body[who]]
                assign(viewer=viewer, assessment=assessment, person=person, role=role, at=at)
        for who in roles:
            with self._of_body(who) as viewer:
                declare(viewer=viewer, assessment=assessment, has_conflict=False, is_supporter=False, at=at)
        with self._of_body("assessor") as viewer:
            assessment = start_assessing(viewer=viewer, assessment=assessment, at=at)
            given = _scores(self.words, one["scores"], at.date())
            if "first" not in one:
                write_scores(viewer, assessment, self._criteria(assessment), given, at)
                return
            for criterion in self._criteria(assessment, one["first"]):
                save_score(
                    viewer=viewer,
                    assessment=assessment,
                    criterion=criterion,
                    said=given(criterion.key),
                    version=0,
                    at=at,
                )

    def _ask(self, one: dict[str, Any], at: datetime) -> None:
        _day, key, question = one["asks"]
        assessment = self._assessment()
        with self._of_body("assessor") as viewer:
            ask_clarification(
                viewer=viewer,
                assessment=assessment,
                question=question,
                criterion=Criterion.objects.get(edition=assessment.edition_id, key=key),
                language=LANGUAGE,
                at=at,
            )

    def _propose(self, one: dict[str, Any], at: datetime) -> None:
        with self._of_body("assessor") as viewer:
            propose(
                viewer=viewer,
                assessment=self._assessment(),
                is_improvement_shown=one.get("improved"),
                at=at,
            )

    def _decide(self, one: dict[str, Any], at: datetime) -> None:
        verdict = Verdict(
            outcome=one["outcome"],
            reasons=one["reasons"],
            language=LANGUAGE,
            items=self._items(at) if one["outcome"] == "improve" else (),
            notice=NoticeSaid(one["notice"], self.stage.day(one["answer_by"]), LANGUAGE)
            if "notice" in one
            else None,
        )
        with self._of_body("decider") as viewer:
            decide(viewer=viewer, assessment=self._assessment(), verdict=verdict, at=at)
        self._plan(at)

    def _items(self, at: datetime) -> tuple[ItemSaid, ...]:
        missing = self.words["scores"]["none"]["but"][""]
        titles = dict(
            Criterion.objects.filter(edition__scheme=self.scheme, key__in=missing).values_list("key", "title")
        )
        return tuple(
            ItemSaid(
                what=f"{titles[key]}: say who answers for it, begin, and show what the first three months brought.",
                by_on=date.fromordinal(at.date().toordinal() + 60 * place),
                criterion=key,
                language=LANGUAGE,
            )
            for place, key in enumerate(missing, start=1)
        )

    def _improve(self, at: datetime) -> None:
        items = ImprovementItem.objects.filter(decision__membership=self._membership())
        with self._member() as viewer:
            for item in items[: self.said["done"]]:
                mark_done(viewer=viewer, item=item, is_done=True, at=at)

    def _appeal(self, at: datetime) -> None:
        decision = self._membership().decisions.latest("pk")
        with self._member() as viewer:
            appeal(viewer=viewer, decision=decision, reasons=self.said["appeal"][1], language=LANGUAGE, at=at)

    def _withdraw(self, at: datetime) -> None:
        with self._member() as viewer:
            withdraw(
                viewer=viewer,
                membership=self._membership(),
                reason=self.said["withdrawn"][1],
                language=LANGUAGE,
                at=at,
            )
        self._plan(at)


def write_answers(
    viewer: Viewer, assessment: Assessment, criteria: list[Criterion], texts: dict[str, str], at: datetime
) -> None:
    """Write a whole self-assessment at once: the rows and entries that `save_answer` writes one by one.

    The world has hundreds of them; the database fills and guards each like any other.
    """
    Answer.objects.bulk_create(
        Answer(
            assessment=assessment,
            criterion=one,
            text=texts[one.key],
            language=LANGUAGE,
            claimed="gold",
            saved_at=at,
        )
        for one in criteria
    )
    _record(
        viewer, ANSWERED, assessment, assessment.owner_id, [{"criterion": one.title} for one in criteria], at
    )


def write_scores(
    viewer: Viewer,
    assessment: Assessment,
    criteria: list[Criterion],
    given: Callable[[str], ScoreSaid],
    at: datetime,
) -> None:
    """Write the scores of a whole assessment at once; as for `write_answers`."""
    said = {one.key: given(one.key) for one in criteria}
    Score.objects.bulk_create(
        Score(
            assessment=assessment,
            criterion=one,
            saved_at=at,
            **{**asdict(said[one.key]), "relied_on": []},
        )
        for one in criteria
    )
    titles = dict(assessment.edition.content.choices())
    details = [
        {"criterion": one.title, "after": titles.get(said[one.key].value, ""), "version": 1}
        for one in criteria
    ]
    _record(viewer, SCORED, assessment, assessment.body_id, details, at)


def _record(
    viewer: Viewer,
    verb: str,
    assessment: Assessment,
    owner_id: int,
    details: list[dict[str, Any]],
    at: datetime,
) -> None:
    about = names(assessment)
    record_all(
        draft(verb=verb, by=viewer, subject=assessment, owner_id=owner_id, at=at, data={**about, **one})
        for one in details
    )


def _scores(words: dict[str, Any], name: str, on: date) -> Callable[[str], ScoreSaid]:
    """Return what an assessor says of each criterion, by its key."""
    said = words["scores"][name]
    levels = {key: level for level, keys in said.get("but", {}).items() for key in keys}

    def of(key: str) -> ScoreSaid:
        level = levels.get(key, said["most"])
        is_on_the_way = key in levels and "months" in said
        return ScoreSaid(
            value=level,
            rationale=words["rationales"][level],
            language=LANGUAGE,
            is_working_towards=is_on_the_way,
            towards_plan=words["towards"] if is_on_the_way else "",
            likely_on=nth_date(on.replace(day=1), said["months"], 1) if is_on_the_way else None,
        )

    return of
