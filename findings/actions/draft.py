"""Writing a plan before it is shared: keep what is typed, and begin from an earlier CAR's plan."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from findings.models import Finding, PlanDraft
from findings.permissions import can_share_plan
from findings.queries.draft import standing_of, to_carry_on
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

Typed = Mapping[str, list[str]]


def save_draft(
    *, viewer: Viewer, finding: Finding, typed: Typed, seen: str = "", writer: str = "", at: datetime
) -> PlanDraft:
    """Keep what the site has typed so far, half-filled as it may be; only its own organisation can read it.

    Args:
        seen: what the writer had before them (`Standing.stamp`); empty to save regardless.
        writer: the page that it was typed into, by which a page knows its own words again.

    Raises:
        Forbidden: see `can_share_plan`.
        Refusal: `plan-moved-on`, when somebody else saved or shared meanwhile; nothing is overwritten then.
    """
    can_share_plan(viewer, finding).require()
    with transaction.atomic():
        _locked(viewer, finding)
        require_same(viewer, finding, seen)
        draft, _is_new = PlanDraft.objects.get_or_create(finding=finding, defaults={"saved_at": at})
        draft.content, draft.person_id, draft.saved_at = _content(typed, writer), viewer.person_id, at
        draft.revision += 1
        draft.save(update_fields=["content", "person_id", "saved_at", "revision"])
    return draft


def carry_on(*, viewer: Viewer, finding: Finding, typed: Typed, at: datetime) -> PlanDraft:
    """Begin the plan of a CAR that was raised again from the newest version of the earlier one's plan.

    Promises: a draft to be edited and shared, which knows where it came from; nobody sees it before it is shared.

    Args:
        typed: that version as the form holds it.

    Raises:
        Forbidden: see `can_share_plan`.
        Refusal: `nothing-to-carry-on`, when there is no earlier plan, or this CAR has a plan or a draft already.
    """
    can_share_plan(viewer, finding).require()
    with transaction.atomic():
        _locked(viewer, finding)
        earlier = to_carry_on(viewer, finding)
        if earlier is None:
            raise Refusal(
                "nothing-to-carry-on",
                _("There is nothing to carry on: no earlier plan, or this one is begun already."),
            )
        draft = PlanDraft.objects.create(
            finding=finding,
            content={"typed": dict(typed)},
            revision=1,
            carried_from=earlier,
            person_id=viewer.person_id,
            saved_at=at,
        )
        record(
            verb="findings.plan_carried_on",
            by=viewer,
            subject=finding,
            owner_id=finding.supplier_id,
            at=at,
            data={"plan": earlier.plan.code, "version": earlier.number},
        )
    return draft


def require_same(viewer: Viewer, finding: Finding, seen: str) -> None:
    """Refuse when the plan is no longer as the writer saw it.

    Raises:
        Refusal: `plan-moved-on`.
    """
    if seen and seen != standing_of(viewer, finding).stamp:
        raise Refusal(
            "plan-moved-on",
            _("A colleague saved this plan while you were writing. Look at both before you go on."),
        )


def _content(typed: Typed, writer: str) -> dict[str, object]:
    return {"typed": dict(typed), **({"writer": writer[:12]} if writer else {})}


def _locked(viewer: Viewer, finding: Finding) -> None:
    """Wait for whoever writes the plan of this CAR right now: first come, first saved."""
    Finding.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=finding.pk)
