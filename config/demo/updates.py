"""An invented association of auditors: what it reports, corrects and withdraws, and the list that can be asked."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.content import words
from config.demo.stage import Stage
from forum.actions.auditor import load_auditors
from forum.actions.update import (
    begin_update,
    follow,
    let_answer,
    open_body,
    publish_update,
    save_draft,
    withdraw_update,
)
from forum.models import Body, BodyUpdate
from forum.models.update_facts import FigureSaid, UpdateSaid

OPERATOR = ("operations", "sam")
LANGUAGE = "en"


def schedule_updates(stage: Stage) -> None:
    """Give the stage what the association does."""
    told = words("updates")
    stage.on(told["opened"], lambda at: _open(stage, told, at))


def _open(stage: Stage, told: dict[str, Any], at: datetime) -> None:
    key = told["body"]
    first = told["updates"][0]["by"]
    with stage.acting(key, first) as viewer:
        body = open_body(viewer=viewer, summary=told["summary"], language=LANGUAGE, at=at)
    if told["answers_for_audits"]:
        with stage.acting(*OPERATOR) as viewer:
            let_answer(viewer=viewer, body=body, answers=True, at=at)
    for organisation, person in told["followers"]:
        with stage.acting(organisation, person) as viewer:
            follow(viewer=viewer, body=body, at=at)
    for said in told["updates"]:
        stage.on(said["day"], partial(_write, stage, key, body, said))
    for one in told["lists"]:
        stage.on(one["day"], partial(_load, stage, key, first, body, one))


def _write(stage: Stage, key: str, body: Body, said: dict[str, Any], at: datetime) -> None:
    with stage.acting(key, said["by"]) as viewer:
        update = begin_update(viewer=viewer, body=body, said=_said(said, at), at=at)
        if not said.get("draft"):
            publish_update(viewer=viewer, update=update, at=at)
    if correction := said.get("correction"):
        after = said | {"figures": correction["figures"], "correction": correction["reason"]}
        stage.on(correction["day"], lambda at: _correct(stage, key, update, after, at))
    if withdrawn := said.get("withdrawn"):
        stage.on(
            withdrawn["day"], lambda at: _withdraw(stage, key, update, said["by"], withdrawn["reason"], at)
        )


def _correct(stage: Stage, key: str, update: BodyUpdate, said: dict[str, Any], at: datetime) -> None:
    with stage.acting(key, said["by"]) as viewer:
        save_draft(viewer=viewer, update=update, said=_said(said, at), at=at)
        publish_update(viewer=viewer, update=update, at=at)


def _withdraw(stage: Stage, key: str, update: BodyUpdate, who: str, reason: str, at: datetime) -> None:
    with stage.acting(key, who) as viewer:
        withdraw_update(viewer=viewer, update=update, reason=reason, language=LANGUAGE, at=at)


def _load(stage: Stage, key: str, who: str, body: Body, said: dict[str, Any], at: datetime) -> None:
    """Load the auditors of the cast, all but those who are not registered."""
    until = (stage.today + timedelta(days=400)).isoformat()
    lines = ["Number,Name,Grade,Status,Valid until"]
    for person in (one for firm in words("cast") for one in firm["people"] if "apsca" in one):
        if person["apsca"] in said["without"]:
            continue
        status = "suspended" if person["apsca"] in said.get("suspended", ()) else "active"
        lines.append(f"{person['apsca']},{person['name']},{person['grade']},{status},{until}")
    file = SimpleUploadedFile("registered.csv", "\n".join(lines).encode(), content_type="text/csv")
    with stage.acting(key, who) as viewer:
        load_auditors(viewer=viewer, body=body, file=file, dated_on=at.date(), at=at)


def _said(said: dict[str, Any], at: datetime) -> UpdateSaid:
    return UpdateSaid(
        title=said["title"],
        text=said["text"],
        dated_on=at.date(),
        language=LANGUAGE,
        correction=said.get("correction", "") if isinstance(said.get("correction"), str) else "",
        figures=tuple(
            FigureSaid(name, Decimal(value), unit, period)
            for name, value, unit, period in said.get("figures", ())
        ),
    )
