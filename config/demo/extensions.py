"""More time that sites asked for: granted, refused, or waiting for the firm."""

from datetime import datetime
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_firm, as_supplier, found
from config.demo.stage import Stage
from findings.actions.extension import answer_extension, ask_extension
from findings.lifecycle import FindingState
from findings.models import Extension, Finding


def schedule_extensions(stage: Stage) -> None:
    """Give the stage each request and its answer."""
    for said in words("extensions"):
        stage.on(said["day"], partial(_ask, stage, said), hour=8)
        if "answer" in said:
            stage.on(said["answer"]["day"], partial(_answer, stage, said), hour=15)


def _about(stage: Stage, said: dict[str, Any]) -> Finding | None:
    if "about" in said:
        return found(stage, said["site"], said["about"])
    rows = Finding.objects.non_compliances().filter(site=stage.sites[said["site"]], state=FindingState.OPEN)
    return rows.select_related("audit", "site").order_by("pk").last()


def _ask(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    finding, wanted_on = _about(stage, said), stage.day(said["until"])
    if finding is None or finding.state != FindingState.OPEN or (finding.due_by or wanted_on) >= wanted_on:
        return  # the site was quicker
    with as_supplier(stage, said["site"]) as viewer:
        ask_extension(
            viewer=viewer, finding=finding, wanted_on=wanted_on, reason=said["reason"], language="en", at=at
        )
    stage.dates_changed()


def _answer(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    answer = said["answer"]
    asked = Extension.objects.unanswered().filter(finding=found(stage, said["site"], said["about"])).first()
    if asked is None:
        return
    with as_firm(stage, said["site"]) as viewer:
        answer_extension(
            viewer=viewer,
            extension=asked,
            is_granted=answer["granted"],
            ends_on=stage.day(answer["until"]) if "until" in answer else None,
            reason=answer["reason"],
            language="en",
            at=at,
        )
    stage.dates_changed()
