"""Corrective actions, their verification and more time, made as the people who do it would."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.lifecycle import FindingState
from findings.models import CorrectiveAction, Extension, ExtensionAnswer, Finding, Verification
from findings.models.facts import Correction
from tests.conftest import owner_role


def said(**fields: Any) -> Correction:
    """Return a whole corrective action as a site would say it."""
    given: dict[str, Any] = {
        "whys": ("Boxes stood before the exit", "There is no other place for them"),
        "cause": "rules",
        "correction": "The exit is free.",
        "prevention": "A guard looks at it each morning.",
        "responsible": "Safety officer",
        "done_on": dt.date(2026, 3, 20),
    }
    return Correction(**(given | fields))


def action(of: Finding, **fields: Any) -> CorrectiveAction:
    """Make a corrective action of an open non-compliance and take it to action submitted."""
    given = said()
    with owner_role():
        made = CorrectiveAction.objects.create(
            finding=of,
            whys=list(given.whys),
            submitted_at=timezone.now(),
            **(
                {
                    "cause": given.cause,
                    "correction": given.correction,
                    "prevention": given.prevention,
                    "responsible": given.responsible,
                    "done_on": given.done_on,
                }
                | fields
            ),
        )
        made.refresh_from_db()
        of.refresh_from_db()
        if of.state == FindingState.OPEN:
            of.state = FindingState.ACTION_SUBMITTED
            of.save(update_fields=["state"])
        return made


def verification(of: CorrectiveAction, result: str = "closed", **fields: Any) -> Verification:
    """Make the firm's answer to a corrective action and move its finding accordingly."""
    with owner_role():
        made = Verification.objects.create(
            action=of,
            result=result,
            reason="" if result == "closed" else "A photo is missing",
            verified_at=timezone.now(),
            **({"method": "desktop"} | fields),
        )
        made.refresh_from_db()
        finding = Finding.objects.get(pk=of.finding_id)
        finding.state = FindingState.VERIFIED_CLOSED if result == "closed" else FindingState.OPEN
        finding.closed_at = timezone.now() if result == "closed" else None
        finding.save(update_fields=["state", "closed_at"])
        return made


def extension(of: Finding, days: int = 30, **fields: Any) -> Extension:
    """Make a request for more time."""
    with owner_role():
        of.refresh_from_db()
        assert of.due_by is not None
        made = Extension.objects.create(
            finding=of,
            wanted_on=of.due_by + dt.timedelta(days=days),
            reason="The door comes later",
            asked_at=timezone.now(),
            **fields,
        )
        made.refresh_from_db()
        return made


def granted(of: Extension) -> ExtensionAnswer:
    """Grant a request as it was asked."""
    with owner_role():
        return ExtensionAnswer.objects.create(
            extension=of, is_granted=True, ends_on=of.wanted_on, answered_at=timezone.now()
        )
