"""Where a buyer's own code asks for more: told to one supplier, answered, closed."""

from datetime import datetime
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_supplier
from config.demo.stage import Stage
from findings.actions.variance import answer_variance, close_variance, question_variance, raise_variance
from findings.models import Variance, WorkplaceRequirement
from findings.models.facts import VarianceFacts


def schedule_variances(stage: Stage) -> None:
    """Give the stage every variance and what was said about it."""
    for said in words("variances"):
        stage.on(said["day"], partial(_raise, stage, said), hour=13)


def _raise(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    clause = WorkplaceRequirement.objects.get(version__key="northfield-code-1.0", printed_code=said["code"])
    with stage.acting(said["buyer"], said["who"]) as viewer:
        made = raise_variance(
            viewer=viewer,
            site=stage.sites[said["site"]],
            said=VarianceFacts(
                title=said["title"],
                description=said["description"],
                severity=said["severity"],
                due_on=stage.day(said["due"]),
                language="en",
            ),
            requirement=clause,
            at=at,
        )
    for one in said.get("replies", []):
        stage.on(one["day"], partial(_reply, stage, said, made, one))


def _reply(stage: Stage, said: dict[str, Any], made: Variance, one: dict[str, Any], at: datetime) -> None:
    variance = Variance.objects.get(pk=made.pk)
    if one["kind"] == "answer":
        with as_supplier(stage, said["site"]) as viewer:
            answer_variance(viewer=viewer, variance=variance, message=one["text"], language="en", at=at)
        return
    verb = question_variance if one["kind"] == "question" else close_variance
    with stage.acting(said["buyer"], said["who"]) as viewer:
        verb(viewer=viewer, variance=variance, message=one["text"], language="en", at=at)
