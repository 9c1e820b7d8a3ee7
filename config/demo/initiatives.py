"""Initiatives with their ratings, and the company tracker, as one network of workers keeps them."""

import datetime as dt
from datetime import datetime
from functools import partial
from typing import Any

from django.core.management import call_command

from config.demo.cast import code_of
from config.demo.content import words
from config.demo.stage import Stage
from ledger.codes import new_code
from schemes.actions.contribution import decline_contribution, show_contribution
from schemes.actions.initiative import describe_initiative, publish_initiative
from schemes.actions.rating import (
    begin_rating,
    cite,
    hand_in,
    publish_rating,
    reply_to_rating,
    save_indicator,
    send_rating,
)
from schemes.actions.tracker import follow_company, open_issue, publish_issue, record_step, reply_as_company
from schemes.models import Contribution, ContributionSender, Initiative, Issue, Rating, TrackedCompany
from schemes.models.rating_facts import CitationFacts, InitiativeFacts
from schemes.models.tracker_facts import StepFacts
from schemes.queries.rating import rubrics

KEEPER, FIRST, SECOND = "morningshift", "grace", "shafiq"
LANGUAGE = "en"


def schedule_initiatives(stage: Stage) -> None:
    """Give the stage what the network publishes about initiatives and companies."""
    if not rubrics():
        call_command("load_editions", verbosity=0)
    told = words("initiatives")
    for said in told["initiatives"]:
        stage.on(said["day"], partial(_describe, stage, said))
    for said in told["issues"]:
        stage.on(said["day"], partial(_open, stage, said))


def _describe(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    names = ("name", "summary", "covers", "how_to_join", "website")
    facts = InitiativeFacts(
        improving=list(said.get("sites", [])), language=LANGUAGE, **{name: said[name] for name in names}
    )
    itself = said.get("organisation", "")
    with stage.acting(KEEPER, FIRST) as viewer:
        made = describe_initiative(
            viewer=viewer, said=facts, organisation_code=code_of(itself) if itself else "", at=at
        )
        publish_initiative(viewer=viewer, initiative=made, at=at)
    for one in said.get("ratings", []):
        stage.on(one["day"], partial(_rate, stage, made, said, one))


def _rate(
    stage: Stage, initiative: Initiative, said: dict[str, Any], one: dict[str, Any], at: datetime
) -> None:
    with stage.acting(KEEPER, FIRST) as viewer:
        rating = begin_rating(
            viewer=viewer,
            initiative=initiative,
            edition=rubrics()[0],
            second_rater_id=stage.people[SECOND].pk,
            at=at,
        )
    is_done = "sent" in one
    for who, values in ((FIRST, one["values"]), (SECOND, one.get("second", ""))):
        if not values:
            continue  # the second is not done yet
        with stage.acting(KEEPER, who) as viewer:
            _score(viewer, rating, values, at)
            hand_in(viewer=viewer, rating=rating, conflicts="Nothing binds me to it.", at=at)
    with stage.acting(KEEPER, FIRST) as viewer:
        _cite(viewer, rating, one["values"], at, stage)
        if is_done:
            _score(viewer, rating, one["values"], at)
    if is_done:
        stage.on(one["sent"], lambda at: _send(stage, rating, said, one, at))


def _score(viewer: Any, rating: Rating, values: str, at: datetime) -> None:
    edition = rating.edition.content
    for criterion, value in zip(edition.criteria, values, strict=True):
        guidance = criterion.guidance.get(value, ())
        save_indicator(
            viewer=viewer,
            rating=rating,
            indicator=criterion.key,
            value=None if value == "-" else value,
            rationale=" ".join(guidance) or "Nobody could be asked about this.",
            language=LANGUAGE,
            at=at,
        )


def _cite(viewer: Any, rating: Rating, values: str, at: datetime, stage: Stage) -> None:
    grades = words("initiatives")["grades"]
    for criterion, value in zip(rating.edition.content.criteria, values, strict=True):
        if value == "-":
            continue
        said = CitationFacts(
            title=grades[value]["title"],
            url=rating.initiative.website,
            dated_on=at.date() - dt.timedelta(days=30),
            grade=grades[value]["grade"],
        )
        cite(viewer=viewer, rating=rating, indicator=criterion.key, said=said, at=at)


def _send(stage: Stage, rating: Rating, said: dict[str, Any], one: dict[str, Any], at: datetime) -> None:
    how = "To its people here" if "organisation" in said else "By letter to its secretariat"
    with stage.acting(KEEPER, FIRST) as viewer:
        send_rating(viewer=viewer, rating=rating, told_how=how, at=at)
    if "reply" in one:
        stage.at(at + dt.timedelta(days=20), lambda at: _reply(stage, rating, said, one, at))
    if "publish" in one:
        stage.on(one["publish"], lambda at: _publish(stage, rating, at))


def _reply(stage: Stage, rating: Rating, said: dict[str, Any], one: dict[str, Any], at: datetime) -> None:
    of, who = (said["organisation"], "inma") if "organisation" in said else (KEEPER, FIRST)
    with stage.acting(of, who) as viewer:
        found = Rating.objects.select_related("initiative").get(pk=rating.pk)
        reply_to_rating(viewer=viewer, rating=found, words=one["reply"], language=LANGUAGE, at=at)


def _publish(stage: Stage, rating: Rating, at: datetime) -> None:
    with stage.acting(KEEPER, FIRST) as viewer:
        publish_rating(viewer=viewer, rating=rating, at=at)


# ---------------------------------------------------------------- the tracker
def _open(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    with stage.acting(KEEPER, SECOND) as viewer:
        issue = open_issue(
            viewer=viewer,
            title=said["title"],
            summary=said["summary"],
            is_state_imposed=said["is_state_imposed"],
            language=LANGUAGE,
            at=at,
        )
        for one in said["companies"]:
            company = follow_company(
                viewer=viewer,
                issue=issue,
                name=one["name"],
                country=one["country"],
                outside_ids=one.get("ids", []),
                organisation_code=code_of(one["organisation"]) if "organisation" in one else "",
                next_check_on=stage.day(-60),
                at=at,
            )
            _record_all(stage, issue, company, one)
    if "publish" in said:
        stage.on(said["publish"], lambda at: _show(stage, issue, at))
    for one in said.get("sent", []):
        stage.on(one["day"], partial(_hold, stage, issue, one))


def _show(stage: Stage, issue: Issue, at: datetime) -> None:
    with stage.acting(KEEPER, SECOND) as viewer:
        publish_issue(viewer=viewer, issue=issue, at=at)


def _record_all(stage: Stage, issue: Issue, company: TrackedCompany, one: dict[str, Any]) -> None:
    for step, (kind, day) in one["steps"].items():
        if kind == "r":  # what is reversed was claimed before
            stage.on(day + 200, partial(_record, stage, issue, company, step, "c"))
        stage.on(day, partial(_record, stage, issue, company, step, kind))
    if one.get("member"):
        stage.on(100, lambda at: _join(stage, issue, company, at))
    if "reply" in one:
        stage.on(40, lambda at: _answer(stage, issue, company, one, at))


def _record(stage: Stage, issue: Issue, company: TrackedCompany, step: str, kind: str, at: datetime) -> None:
    said = words("initiatives")["sources"][kind]
    found = StepFacts(
        step=step,
        state=said["state"],
        basis=said["basis"],
        source=said["source"],
        source_on=at.date() - dt.timedelta(days=14),
        next_check_on=stage.day(-90),
        words=said["words"],
        language=LANGUAGE,
    )
    with stage.acting(KEEPER, SECOND) as viewer:
        record_step(viewer=viewer, issue=issue, company=company, found=found, at=at)


def _join(stage: Stage, issue: Issue, company: TrackedCompany, at: datetime) -> None:
    """Joining an initiative is written down, and raises nothing."""
    found = StepFacts(
        step="prohibit",
        state="claimed",
        basis="membership",
        source="List of members of an initiative",
        source_on=at.date() - dt.timedelta(days=5),
        words="It has joined an initiative. That shows nothing about its own contracts.",
        language=LANGUAGE,
    )
    with stage.acting(KEEPER, SECOND) as viewer:
        record_step(viewer=viewer, issue=issue, company=company, found=found, at=at)


def _answer(stage: Stage, issue: Issue, company: TrackedCompany, one: dict[str, Any], at: datetime) -> None:
    with stage.acting(one["organisation"], "tom") as viewer:
        reply_as_company(
            viewer=viewer, issue=issue, company=company, words=one["reply"], language=LANGUAGE, at=at
        )


def _hold(stage: Stage, issue: Issue, one: dict[str, Any], at: datetime) -> None:
    """Put in what somebody sent: its door takes no other time than now, so the rows are made here."""
    named = one["company"] or one["company_name"]
    made = Contribution.objects.create(
        code=new_code(),
        issue=issue,
        company=TrackedCompany.objects.filter(keeper=issue.keeper, name=one["company"]).first(),
        keeper=issue.keeper,
        company_name=named,
        step=one["step"],
        words=one["words"],
        source_url=one.get("source_url", ""),
        language=LANGUAGE,
        sent_at=at,
    )
    ContributionSender.objects.create(
        contribution=made, keeper=issue.keeper, contact="", fingerprint="0" * 64, sent_at=at
    )
    if "decision" in one:
        do = show_contribution if one["decision"] == "show" else decline_contribution
        stage.on(one["decided"], lambda at: _decide(stage, do, made, at))


def _decide(stage: Stage, do: Any, made: Contribution, at: datetime) -> None:
    with stage.acting(KEEPER, SECOND) as viewer:
        do(viewer=viewer, contribution=made, at=at)
