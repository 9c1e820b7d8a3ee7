"""One supplier's evidence library, what was attached where, and who asked for what."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.content import words
from config.demo.finders import as_supplier, car, found, site_of_car
from config.demo.paper import paper
from config.demo.stage import Stage
from config.demo.trade import HEADS
from findings.actions.evidence import answer_with_evidence, ask_for_evidence, attach, decline_request
from findings.models import ActionPlan, EvidenceRequest, Finding
from sourcing.actions.evidence import add_evidence
from sourcing.models import Evidence
from sourcing.models.evidence_facts import EvidenceFacts

KEEPER = "jolrekha"


def schedule_evidence(stage: Stage) -> None:
    """Give the stage every piece, and who asked for what."""
    schedule_pieces(stage)
    said = words("evidence")
    for one in said["reports"]:
        stage.on(one["day"], partial(_attach, stage, one), hour=16)
    for one in said["requests"]:
        stage.on(one["day"], partial(_ask, stage, one), hour=11)


def schedule_pieces(stage: Stage) -> None:
    """Give the stage every piece of the library."""
    for one in words("evidence")["pieces"]:
        stage.on(one["added"], partial(_add, stage, one), hour=7)


def proof_of(stage: Stage, site: str, finding: Finding) -> list[Evidence]:
    """Return the pieces that show what was done about a finding."""
    keys = [
        one["key"] for one in words("evidence")["pieces"] if [site, finding.title] in one.get("proves", [])
    ]
    return [stage.pieces[key] for key in keys if key in stage.pieces]


def _add(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    first, last = said.get("period", (None, None))
    with stage.acting(KEEPER, HEADS[KEEPER]) as viewer:
        stage.pieces[said["key"]] = add_evidence(
            viewer=viewer,
            facts=EvidenceFacts(
                kind=said["kind"],
                title=said["title"],
                issued_on=stage.day(said["issued"]) if "issued" in said else None,
                expires_on=stage.day(said["expires"]) if "expires" in said else None,
                period_from=stage.day(first) if first is not None else None,
                period_to=stage.day(last) if last is not None else None,
                requirements=tuple(said.get("codes", ())),
                supplied_by=said.get("by", ""),
                language="en",
                note=said.get("note", ""),
                answers=said.get("answers", {}),
            ),
            sites=[stage.sites[key] for key in said.get("sites", [])],
            file=None if "url" in said else _file(said),
            url=said.get("url", ""),
            shows_workers=said.get("shows_workers", False),
            at=at,
        )
    stage.dates_changed()


def _file(said: dict[str, Any]) -> SimpleUploadedFile:
    lines = [f"Made by: {said.get('by', '')}", "", "An example page of the demo world; it proves nothing."]
    return SimpleUploadedFile(f"{said['key']}.pdf", paper(said["title"], lines), "application/pdf")


def _attach(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    """Show a piece with the newest report of a plan."""
    plan = ActionPlan.objects.get(finding=stage.cars[said["car"]])
    with as_supplier(stage, site_of_car(stage, said["car"])) as viewer:
        attach(
            viewer=viewer,
            finding=car(stage, said["car"]),
            evidence=[stage.pieces[said["piece"]]],
            subject=plan.updates.latest("pk"),
            at=at,
        )


def _ask(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    finding = car(stage, said["car"]) if "car" in said else found(stage, said["site"], said["about"])
    with stage.acting(said["asker"], said["who"]) as viewer:
        request = ask_for_evidence(
            viewer=viewer,
            finding=finding,
            kind=said["kind"],
            message=said.get("message", ""),
            language="en" if "message" in said else "",
            at=at,
        )
    if "answer" in said:
        stage.on(said["answer"]["day"], lambda at: _answer(stage, said["answer"], request, at), hour=9)


def _answer(stage: Stage, answer: dict[str, Any], request: EvidenceRequest, at: datetime) -> None:
    with stage.acting(KEEPER, HEADS[KEEPER]) as viewer:
        if "piece" not in answer:
            decline_request(viewer=viewer, request=request, answer=answer["text"], language="en", at=at)
            return
        answer_with_evidence(
            viewer=viewer,
            request=request,
            evidence=[stage.pieces[answer["piece"]]],
            answer=answer["text"],
            language="en",
            at=at,
        )
