"""The verbs of a draft: what an auditor has typed is kept until the finding is saved."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from findings.models import Audit, Finding, FindingDraft
from findings.permissions import can_enter_findings
from ledger.refusals import Refusal
from organisations.visibility import Viewer

LARGEST = 100_000  # characters of one draft


def save_finding_draft(
    *,
    viewer: Viewer,
    audit: Audit,
    finding: Finding | None = None,
    typed: Mapping[str, list[str]],
    entry: str,
    at: dt.datetime,
) -> None:
    """Keep what somebody has typed so far, half-filled as it may be; nobody else ever reads it.

    Promises: words that come late, after the finding they became was saved, are not kept again.

    Args:
        finding: the one that is being changed; None for a new one.
        typed: the fields of the form as they were posted.
        entry: the form's own mark, another one each time it is opened.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `draft-too-long`.
    """
    can_enter_findings(viewer, audit).require()
    if sum(len(one) for values in typed.values() for one in values) > LARGEST:
        raise Refusal("draft-too-long", "", status=413)
    with transaction.atomic():
        draft = _locked(viewer, audit, finding, at)
        if not is_entered(draft, entry):
            draft.content, draft.saved_at = {"typed": dict(typed), "entered": _entered(draft)}, at
            draft.save(update_fields=["content", "saved_at"])


def finish_finding_draft(
    *, viewer: Viewer, audit: Audit, finding: Finding | None = None, entry: str = "", at: dt.datetime
) -> None:
    """Drop a draft: its finding is saved, or nobody wants it. `entry` is what must not come back."""
    with transaction.atomic():
        draft = _locked(viewer, audit, finding, at)
        entered = [*_entered(draft), entry][-20:] if entry else _entered(draft)
        draft.content, draft.saved_at = {"entered": entered}, at
        draft.save(update_fields=["content", "saved_at"])


def is_entered(draft: FindingDraft | None, entry: str) -> bool:
    """Tell whether the finding of this form has been saved already."""
    return bool(entry) and draft is not None and entry in _entered(draft)


def _entered(draft: FindingDraft) -> list[str]:
    return list(draft.content.get("entered", []))


def _locked(viewer: Viewer, audit: Audit, finding: Finding | None, at: dt.datetime) -> FindingDraft:
    key = {"person_id": viewer.person_id, "audit": audit, "finding": finding}
    FindingDraft.objects.get_or_create(**key, defaults={"saved_at": at})
    return FindingDraft.objects.select_for_update().get(**key)
