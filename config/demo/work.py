"""What lies on desks: an auditor's photos, a half-typed finding, one found again; views that buyers keep and follow."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.content import words
from config.demo.finders import audit_at
from config.demo.pictures import picture
from config.demo.stage import Stage
from findings.actions.finding_draft import save_finding_draft
from findings.actions.follow_up import raise_again
from findings.actions.photo import add_photos
from findings.actions.portfolio import follow, keep_view
from findings.lifecycle import AuditState
from findings.models import Audit, WorkplaceRequirement

AUDITOR = ("fairlathe", "ana")


def schedule_work(stage: Stage) -> None:
    """Give the stage what is on the way."""
    said = words("work")
    for one in said["photos"]:
        stage.on(one["day"], partial(_photograph, stage, one), hour=16)
    for one in said["again"]:
        stage.on(1, partial(_find_again, stage, one), hour=17)
    for one in said["drafts"]:
        stage.on(1, partial(_type, stage, one), hour=18)
    for one in said["views"]:
        stage.on(one["day"], partial(_keep, stage, one), hour=10)


def _photograph(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    audit = audit_at(stage, said["site"], said["day"])
    finding = audit.findings.select_related("audit").get(title=said["about"])
    file = SimpleUploadedFile(f"{said['motif']}.jpg", picture(said["motif"]), "image/jpeg")
    with stage.acting(*AUDITOR) as viewer:
        add_photos(
            viewer=viewer, finding=finding, files=[file], caption=said["caption"], language="en", at=at
        )


def _find_again(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    """Write an earlier non-compliance again, which the visit has found once more."""
    audit = _at_work(stage, said["site"])
    told = audit.findings.values("title")
    earlier = (
        stage.audits[said["site"]][-2]
        .findings.non_compliances()
        .select_related("audit", "requirement")
        .exclude(title__in=told)
        .order_by("pk")
        .first()
    )
    if earlier is not None:
        with stage.acting(*AUDITOR) as viewer:
            raise_again(viewer=viewer, audit=audit, earlier=earlier, at=at)


def _type(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    audit = _at_work(stage, said["site"])
    requirement = WorkplaceRequirement.objects.get(version=audit.version, printed_code=said["code"])
    typed = {name: [value] for name, value in {**said["typed"], "requirement": str(requirement.pk)}.items()}
    with stage.acting(*AUDITOR) as viewer:
        save_finding_draft(viewer=viewer, audit=audit, typed=typed, entry="first", at=at)


def _at_work(stage: Stage, site: str) -> Audit:
    rows = Audit.objects.select_related("version").filter(site=stage.sites[site])
    return rows.get(state=AuditState.IN_PROGRESS)


def _keep(stage: Stage, said: dict[str, Any], at: datetime) -> None:
    with stage.acting(said["keeper"], said["who"]) as viewer:
        view = keep_view(viewer=viewer, name=said["name"], asked=said["asked"], at=at)
        if "follows" in said:
            wanted = said["follows"]
            follow(viewer=viewer, view=view, events=wanted["events"], rhythm=wanted["rhythm"], at=at)
    stage.dates_changed()
