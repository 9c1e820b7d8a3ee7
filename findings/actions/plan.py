"""The verbs of an action plan: draft it, share it, report on it, answer it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from documents.renderings import request_rendering
from findings.actions.answers import keep_answer
from findings.actions.call import propose_call
from findings.actions.draft import require_same, save_draft
from findings.actions.refunds import carry_groups
from findings.actions.rhythm import (
    UPDATE_DUE,
    UPDATE_LATE,
    UPDATE_SOON,
    checked_rhythm,
    expect_next_update,
    set_rhythm,
    today_at,
)
from findings.lifecycle import CAR, FindingState
from findings.models import ActionPlan, Finding, PlanContent, PlanDraft, PlanResponse, PlanUpdate, PlanVersion
from findings.permissions import can_respond, can_share_plan, can_update_plan
from findings.queries.plan import PlanStory, story_of
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

PLAN_PDF = "findings.plan_pdf"


def share_plan(
    *,
    viewer: Viewer,
    finding: Finding,
    content: PlanContent,
    completed_by: str,
    rhythm: int,
    named_dates: Sequence[date] = (),
    language: str = "",
    document: Document | None = None,
    seen: str = "",
    at: datetime,
) -> PlanVersion:
    """Share a plan, or the next version of it, with everyone who sees the audit.

    Promises: a new append-only version; the CAR goes from open to in progress with the first; the next update
    is due by the agreed rhythm, with a reminder before; the draft is used up; a PDF in the template's
    layout is asked for; customers are told. Actions that read as before keep the progress they had; the first
    version of a plan that was carried on from an earlier CAR says so, and takes its refunds along.

    Args:
        content: the key fields.
        completed_by: who filled the plan in, as it stands on the paper.
        rhythm: months between updates, a value of `ActionPlan.Rhythm`.
        named_dates: when it is on dates that the site names.
        language: the language it is written in.
        seen: what the writer had before them (`findings.queries.draft.stamp_of`); empty to share regardless.
        document: the site's own file, if it uploaded one; stored already, under the CAR's audit.
        at: now.

    Raises:
        Forbidden: see `can_share_plan`.
        Refusal: `plan-says-nothing`, when there is neither a cause nor an action nor a file; `plan-moved-on`, when
            somebody else wrote meanwhile; or what `checked_rhythm` refuses.
    """
    can_share_plan(viewer, finding).require()
    with transaction.atomic():
        finding = _locked(viewer, finding)
        can_share_plan(viewer, finding).require()
        _require_substance(content, document)
        require_same(viewer, finding, seen)
        dates = checked_rhythm(rhythm, named_dates, today_at(finding, at))
        before, carried = story_of(viewer, finding), _carried_from(finding)
        plan = _plan_for(finding, rhythm, dates, at)
        source = before or (story_of(viewer, carried.plan.finding) if carried else None)
        version = PlanVersion.objects.create(
            plan=plan,
            number=plan.versions.count() + 1,
            content=content.to_json(),
            completed_by=completed_by,
            document=document,
            language=language,
            carried_from=None if before else carried,
            carried_progress=_progress_so_far(content, source),
            person_id=viewer.person_id,
            shared_at=at,
        )
        if carried and not before:
            carry_groups(viewer=viewer, plan=plan, earlier=carried.plan, at=at)
        finding.refresh_from_db(fields=["has_plan"])
        PlanDraft.objects.filter(finding=finding).delete()
        expect_next_update(plan, at)
        data = {"version": version.number, "plan": plan.code, **_names(finding)}
        record(
            verb="findings.plan_shared",
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data=data,
        )
        if finding.state == FindingState.OPEN:
            move(
                finding,
                to=FindingState.IN_PROGRESS,
                lifecycle=CAR,
                verb="findings.car_in_progress",
                by=viewer,
                owner_id=finding.supplier_id,
                at=at,
                data=data,
            )
        request_rendering(by=viewer, kind=PLAN_PDF, subject=version, at=at)
    return version


def share_update(
    *,
    viewer: Viewer,
    finding: Finding,
    summary: str,
    actions: Sequence[Mapping[str, Any]],
    document: Document | None = None,
    language: str = "",
    at: datetime,
) -> PlanUpdate:
    """Report what changed since last time; the next update falls due one step of the rhythm later.

    Args:
        summary: what changed, in a few sentences.
        actions: per action of the version in force, in order: `progress` (a value of
            `PlanUpdate.Progress`) and `note`.
        document: evidence, stored already under the CAR's audit.

    Raises:
        Forbidden: see `can_update_plan`.
        Refusal: `actions-do-not-match`, when the plan was changed meanwhile.
    """
    can_update_plan(viewer, finding).require()
    with transaction.atomic():
        finding = _locked(viewer, finding)
        can_update_plan(viewer, finding).require()
        plan = ActionPlan.objects.select_for_update().get(finding=finding)
        plan.finding = finding
        version = plan.versions.latest("number")
        if len(actions) != len(version.said.actions):
            raise Refusal(
                "actions-do-not-match", _("The plan has changed meanwhile. Please look at its actions again.")
            )
        update = PlanUpdate.objects.create(
            plan=plan,
            number=plan.updates_shared + 1,
            version_number=version.number,
            summary=summary,
            actions=[{"progress": one["progress"], "note": one.get("note", "")} for one in actions],
            document=document,
            language=language,
            person_id=viewer.person_id,
            shared_at=at,
        )
        plan.updates_shared += 1
        plan.save(update_fields=["updates_shared"])
        expect_next_update(plan, at)
        record(
            verb="findings.plan_updated",
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data={"update": update.number, "plan": plan.code, **_names(finding)},
        )
    return update


def respond(
    *,
    viewer: Viewer,
    plan: ActionPlan,
    kind: str,
    message: str = "",
    language: str = "",
    proposed_times: Sequence[datetime] = (),
    at: datetime,
) -> PlanResponse:
    """Answer a plan as one of the supplier's customers; only the two of them read it.

    Promises: one append-only answer; the supplier is told; who asks for a call opens one with the proposed times.

    Args:
        kind: a value of `PlanResponse.Kind`.
        proposed_times: aware moments; a call needs at least one.

    Raises:
        Forbidden: see `can_respond`.
        Refusal: `no-time-proposed`, for a call without a time; `time-is-over`, for one in the past.
    """
    can_respond(viewer, plan).require()
    if kind == PlanResponse.Kind.CALL and not proposed_times:
        raise Refusal(
            "no-time-proposed",
            _("Propose at least one time for the call."),
            status=422,
            fields={"proposed_times": [_("Propose at least one time for the call.")]},
        )
    if any(time <= at for time in proposed_times):
        raise Refusal(
            "time-is-over",
            _("Propose only times that are still to come."),
            status=422,
            fields={"proposed_times": [_("This time is over. Propose one that is still to come.")]},
        )
    with transaction.atomic():
        response = keep_answer(viewer, plan, kind, message, proposed_times, at, language=language)
        if kind == PlanResponse.Kind.CALL:
            propose_call(
                viewer=viewer,
                finding=plan.finding,
                times=proposed_times,
                text=message,
                language=language,
                at=at,
            )
    return response


def _locked(viewer: Viewer, finding: Finding) -> Finding:
    return (
        Finding.objects.visible_to(viewer)
        .select_related("audit", "site")
        .select_for_update(of=("self",))
        .get(pk=finding.pk)
    )


def _names(finding: Finding) -> dict[str, str]:
    """The names that a notice to a customer needs: those the audit was made under."""
    return {"supplier_name": finding.audit.supplier_name, "site_name": finding.audit.site_name}


def _require_substance(content: PlanContent, document: Document | None) -> None:
    if not (content.root_causes or content.actions or document):
        raise Refusal(
            "plan-says-nothing",
            _("Write at least one cause or one action, or upload your own plan."),
            status=422,
        )


def _plan_for(finding: Finding, rhythm: int, named_dates: list[date], at: datetime) -> ActionPlan:
    """Return the CAR's plan; a rhythm that changed is counted from today anew."""
    plan, is_new = ActionPlan.objects.get_or_create(
        finding=finding,
        defaults={
            "audit_id": finding.audit_id,
            "supplier_id": finding.supplier_id,
            "rhythm": rhythm,
            "named_dates": named_dates,
            "anchor_on": today_at(finding, at),
            "first_shared_at": at,
        },
    )
    plan.finding = finding
    if not is_new:
        set_rhythm(plan, rhythm, named_dates, at)
    return plan


def _carried_from(finding: Finding) -> PlanVersion | None:
    """Return the version of an earlier plan that the draft was begun from."""
    draft = PlanDraft.objects.filter(finding=finding).select_related("carried_from__plan__finding").first()
    return draft.carried_from if draft else None


def _progress_so_far(content: PlanContent, story: PlanStory | None) -> list[str]:
    """Return the progress of each action that read the same before, "" for what is new."""
    if story is None:
        return []
    reached = story.progress
    known = {
        action.what.strip(): reached.get(place, "") for place, action in enumerate(story.latest.said.actions)
    }
    return [known.get(action.what.strip(), "") for action in content.actions]


__all__ = [
    "PLAN_PDF",
    "UPDATE_DUE",
    "UPDATE_LATE",
    "UPDATE_SOON",
    "respond",
    "save_draft",
    "share_plan",
    "share_update",
]
