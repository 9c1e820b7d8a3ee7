"""One serious case, open to the people named in it alone: first steps, tasks, a customer who asks to take part."""

from datetime import datetime
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_supplier, car
from config.demo.stage import Stage
from findings.actions.incident import open_incident
from findings.actions.incident_people import inform_customers, join_case, name_helper
from findings.actions.incident_work import (
    add_step,
    answer_demand,
    ask_for,
    do_first_step,
    finish_task,
    set_task,
)
from findings.models import Incident, IncidentMember
from organisations.models import Organisation


def schedule_case(stage: Stage) -> None:
    """Give the stage the case; it can only be opened a few days ago, since a naming that nobody opens runs out."""
    said = words("case")
    stage.on(said["day"], lambda at: _open(stage, said, at), hour=6)


def _open(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    site, supplier = said["site"], "jolrekha"
    with as_supplier(stage, site) as viewer:
        case = open_incident(
            viewer=viewer,
            site=stage.sites[site],
            kind=said["kind"],
            what_happened=said["what_happened"],
            language="en",
            finding=car(stage, said["car"]),
            colleague=stage.members[supplier, said["task"]["owner"]],
            at=at,
        )
        named = {
            stage.organisations[one["code"]].code: [stage.people[one["who"]].email]
            for one in said["customers"]
        }
        inform_customers(viewer=viewer, incident=case, addresses=named, at=at)
        helper = said["helper"]
        name_helper(
            viewer=viewer,
            incident=case,
            organisation_code=_code(stage, helper["organisation"]),
            email=stage.people[helper["who"]].email,
            role=IncidentMember.Role.MEMBER,
            at=at,
        )
    stage.on(5, lambda at: _join(stage, said, case, at), hour=7)
    _schedule_work(stage, said, case)


def _code(stage: Stage, key: str) -> str:
    return str(Organisation.objects.values_list("code", flat=True).get(pk=stage.organisations[key].pk))


def _join(stage: Stage, said: dict[str, Any], case: Incident, at: datetime) -> None:
    first = said["customers"][0]
    helper = said["helper"]
    for who in (
        ("jolrekha", said["task"]["owner"]),
        (first["code"], first["who"]),
        (helper["organisation"], helper["who"]),
    ):
        with stage.acting(*who) as viewer:
            join_case(viewer=viewer, incident=case, at=at)


def _schedule_work(stage: Stage, said: dict[str, Any], case: Incident) -> None:
    for one in said["first_steps"]:
        stage.on(one["day"], partial(_first, stage, said, case, one), hour=8)
    for one in (said["task"], said["finished"]):
        stage.on(one["day"], partial(_task, stage, said, case, one), hour=9)
    for one in said["log"]:
        stage.on(one["day"], partial(_log, stage, said, case, one), hour=10)
    stage.on(said["demand"]["day"], lambda at: _demand(stage, said, case, at), hour=15)


def _first(stage: Stage, said: dict[str, Any], case: Incident, one: dict[str, Any], at: datetime) -> None:
    with as_supplier(stage, said["site"]) as viewer:
        do_first_step(viewer=viewer, incident=case, key=one["key"], note=one.get("note", ""), at=at)


def _task(stage: Stage, said: dict[str, Any], case: Incident, one: dict[str, Any], at: datetime) -> None:
    owner = IncidentMember.objects.get(incident=case, person=stage.people[one["owner"]])
    with as_supplier(stage, said["site"]) as viewer:
        task = set_task(
            viewer=viewer,
            incident=case,
            what=one["what"],
            owner=owner,
            due_on=stage.day(one["due"]),
            language="en",
            at=at,
        )
    stage.dates_changed()
    if "done" in one:

        def finish(at: datetime) -> None:
            with stage.acting("jolrekha", one["owner"]) as viewer:
                finish_task(viewer=viewer, task=task, outcome=one["outcome"], at=at)

        stage.on(one["done"], finish)


def _log(stage: Stage, said: dict[str, Any], case: Incident, one: dict[str, Any], at: datetime) -> None:
    with as_supplier(stage, said["site"]) as viewer:
        add_step(viewer=viewer, incident=case, text=one["text"], language="en", at=at)


def _demand(stage: Stage, said: dict[str, Any], case: Incident, at: datetime) -> None:
    asked = said["demand"]
    with stage.acting(asked["organisation"], asked["who"]) as viewer:
        demand = ask_for(viewer=viewer, incident=case, text=asked["text"], language="en", at=at)

    def answer(at: datetime) -> None:
        with as_supplier(stage, said["site"]) as viewer:
            answer_demand(viewer=viewer, demand=demand, answer=asked["answer"]["text"], language="en", at=at)

    stage.on(asked["answer"]["day"], answer)
