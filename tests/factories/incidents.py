"""Cases, as the owner of the tables may make them: everyone on every side, and something of each kind."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.models import (
    Incident,
    IncidentDemand,
    IncidentMember,
    IncidentReport,
    IncidentStep,
    IncidentTask,
)
from organisations.models import Membership
from sourcing.models import Site
from tests.conftest import owner_role


def incident(at: Site, by: Membership, **fields: Any) -> Incident:
    """Open a case at a site; whoever opens it leads it."""
    now = timezone.now()
    given = {"kind": "fees", "what_happened": "Twelve people paid an agent.", "opened_at": now} | fields
    with owner_role():
        made = Incident.objects.create(site=at, opened_by=by.person, opened_for=by.organisation, **given)
        made.refresh_from_db()
        return made


def named(of: Incident, who: Membership, **fields: Any) -> IncidentMember:
    """Name somebody, who has opened the case already."""
    now = timezone.now()
    given = {"role": "member", "named_at": now, "joined_at": now} | fields
    with owner_role():
        made = IncidentMember.objects.create(
            incident=of, organisation=who.organisation, person=who.person, **given
        )
        made.refresh_from_db()
        return made


def called(of: Incident, email: str, organisation_id: int, **fields: Any) -> IncidentMember:
    """Name somebody by address; they have not opened the case yet."""
    now = timezone.now()
    given = {"role": "member", "named_at": now, "expires_at": now + dt.timedelta(days=7)} | fields
    with owner_role():
        return IncidentMember.objects.create(
            incident=of, organisation_id=organisation_id, email=email, **given
        )


def step(by: IncidentMember, **fields: Any) -> IncidentStep:
    """Write a line of the log: to everyone from the supplier, between two from anybody else."""
    given: dict[str, Any] = {
        "kind": "done",
        "text": "We called the union.",
        "at": timezone.now(),
        "audience": "all",
    }
    if by.side != "site":
        given |= {"audience": "one", "organisation_id": by.organisation_id}
    with owner_role():
        return IncidentStep.objects.create(incident_id=by.incident_id, member=by, **(given | fields))


def task(owner: IncidentMember, **fields: Any) -> IncidentTask:
    """Give somebody a task due in a week."""
    now = timezone.now()
    given = {"what": "Pay back the fees", "due_on": now.date() + dt.timedelta(days=7), "set_at": now}
    with owner_role():
        made = IncidentTask.objects.create(  # type: ignore[misc]
            incident_id=owner.incident_id,
            owner=owner,
            set_by_id=owner.named_by_id or owner.person_id,
            **(given | fields),
        )
        made.refresh_from_db()
        return made


def demand(by: IncidentMember, **fields: Any) -> IncidentDemand:
    """Ask the supplier for something."""
    given: dict[str, Any] = {"text": "Please repay within a month.", "asked_at": timezone.now()}
    with owner_role():
        return IncidentDemand.objects.create(
            incident_id=by.incident_id, member=by, organisation_id=by.organisation_id, **(given | fields)
        )


def report(by: IncidentMember, **fields: Any) -> IncidentReport:
    """Write a closing report."""
    given: dict[str, Any] = {"what_was_done": "All were repaid.", "what_changes": "No agents.", "number": 0}
    with owner_role():
        return IncidentReport.objects.create(
            incident_id=by.incident_id, member=by, written_at=timezone.now(), **(given | fields)
        )
