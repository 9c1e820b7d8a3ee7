"""Step 1: understand it."""

from datetime import datetime

from django.db import transaction

from findings.models import Finding, Understanding
from findings.permissions import can_understand
from ledger.entries import record
from organisations.visibility import Viewer


def understand(
    *,
    viewer: Viewer,
    finding: Finding,
    is_urgent: bool,
    is_known_issue: bool,
    known_initiative: str,
    engagement: str,
    at: datetime,
) -> Understanding:
    """Keep the site's answers to step 1 with the CAR; answering again replaces them, the ledger remembers.

    The ledger entry says that it was answered, not what: an urgent answer concerns named people only.

    Raises:
        Forbidden: not the site's own member, or the CAR is closed or not published.
    """
    can_understand(viewer, finding).require()
    with transaction.atomic():
        answers, _is_new = Understanding.objects.update_or_create(
            finding=finding,
            defaults={
                "is_urgent": is_urgent,
                "is_known_issue": is_known_issue,
                "known_initiative": known_initiative if is_known_issue else "",
                "engagement": engagement,
                "person_id": viewer.person_id,
                "answered_at": at,
            },
        )
        record(
            verb="findings.car_understood", by=viewer, subject=finding, owner_id=finding.supplier_id, at=at
        )
    return answers
