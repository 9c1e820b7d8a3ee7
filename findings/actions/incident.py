"""Opening a case, closing it with a report, and opening it again.

What happens in a case is written to the ledger by the person alone, without organisation, owner or details: see
`ledger.entries.Alone`. The story itself is the case's own log.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.renderings import request_rendering
from findings.lifecycle import INCIDENT, IncidentState
from findings.models import (
    Finding,
    Incident,
    IncidentAccess,
    IncidentMember,
    IncidentRead,
    IncidentReport,
    IncidentStep,
)
from findings.permissions.incident import can_close_case, can_open_case, can_reopen_case
from findings.queries.incident import my_place_in
from ledger.entries import Alone, record
from ledger.models import Entry
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Membership
from organisations.visibility import Viewer
from sourcing.models import Site

NEWS = "findings.case_news"
NAMED = "findings.case_named"
TASK_SET = "findings.case_task_set"
MOVED = "findings.case_moved"
CASE_PDF = "findings.case_pdf"


def open_incident(
    *,
    viewer: Viewer,
    site: Site,
    kind: str,
    what_happened: str,
    language: str = "",
    finding: Finding | None = None,
    colleague: Membership | None = None,
    supplier_email: str = "",
    at: datetime,
) -> Incident:
    """Open a case: from now on it exists for the people named in it, and for nobody else.

    Promises: the opener leads it; an auditor names somebody of the supplier, who takes the lead by opening the
    case; whoever is named is told without a word of what it is about; no history, count or list of any
    organisation changes.

    Args:
        finding: the finding it came from, if it did; of this site.
        colleague: a member of the opener's organisation to be named, too.
        supplier_email: where the supplier is told, when an auditor opens it.

    Raises:
        Forbidden: see `can_open_case`.
        Refusal: `whom-to-tell`, when an auditor names nobody of the supplier.
    """
    can_open_case(viewer).require()
    is_site = viewer.organisation_id == site.organisation_id
    email = supplier_email.strip().lower()
    if not is_site and not email:
        sentence = _("Write the address of somebody at the supplier. The supplier has to act.")
        raise Refusal("whom-to-tell", sentence, status=422, fields={"supplier_email": [sentence]})
    with transaction.atomic():
        incident = Incident.objects.create(
            site=site,
            finding=finding,
            kind=kind,
            what_happened=what_happened.strip(),
            language=language,
            opened_by_id=viewer.person_id,
            opened_for_id=viewer.organisation_id,
            opened_at=at,
        )
        incident.refresh_from_db()
        mine = my_place_in(viewer, incident)
        log_step(mine, kind=IncidentStep.Kind.OPENED, text=_("The case was opened."), at=at)
        if colleague is not None:
            name(mine, person_id=colleague.person_id, organisation_id=viewer.organisation_id, at=at)
        if not is_site:
            lead = IncidentMember.Role.LEAD
            name(mine, email=email, organisation_id=site.organisation_id, role=lead, at=at)
    return incident


def close_incident(
    *,
    viewer: Viewer,
    incident: Incident,
    what_was_done: str,
    what_changes: str,
    language: str = "",
    at: datetime,
) -> IncidentReport:
    """Close a case with a report that everyone named in it reads, also as a PDF.

    Promises: a new version of the report that never changes; the state closed; everyone named is told that there
    is news.

    Raises:
        Forbidden: see `can_close_case`.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_close_case(incident, mine).require()
        report = IncidentReport.objects.create(
            incident=incident,
            what_was_done=what_was_done.strip(),
            what_changes=what_changes.strip(),
            language=language,
            member_id=mine.member_id,
            number=0,
            written_at=at,
        )
        report.refresh_from_db()
        incident.closed_at = at
        _move(incident, IncidentState.CLOSED, viewer, at, also=["closed_at"])
        log_step(mine, kind=IncidentStep.Kind.STATE, text=_("The case was closed with a report."), at=at)
        ask_for_paper(viewer=viewer, report=report, at=at)
    return report


def reopen_incident(*, viewer: Viewer, incident: Incident, reason: str, at: datetime) -> Incident:
    """Open a closed case again, since it was not over; the reason stands in the log.

    Raises:
        Forbidden: see `can_reopen_case`.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_reopen_case(incident, mine).require()
        incident.closed_at, incident.reopened_at = None, at
        _move(incident, IncidentState.ACTING, viewer, at, also=["closed_at", "reopened_at"])
        text = _("The case was opened again: %(reason)s") % {"reason": reason.strip()}
        log_step(mine, kind=IncidentStep.Kind.STATE, text=text, at=at)
    return incident


def ask_for_paper(*, viewer: Viewer, report: IncidentReport, at: datetime) -> None:
    """Ask for the report as a PDF, for named people of the viewer's organisation."""
    request_rendering(by=viewer, kind=CASE_PDF, subject=report, incident=report.incident, at=at)


def note_read(*, incident: Incident, mine: IncidentAccess, at: datetime) -> None:
    """Note that a named person looked on this day; the supplier's named people see it."""
    row = IncidentRead(
        incident=incident,
        person_id=mine.person_id,
        organisation_id=mine.organisation_id,
        member_id=mine.member_id,
        on=at.astimezone(timezone.get_current_timezone()).date(),
    )
    IncidentRead.objects.bulk_create([row], ignore_conflicts=True)


# ---------------------------------------------------------------- for the verbs of a case alone
def locked(viewer: Viewer, incident: Incident) -> Incident:
    """Lock the case and look at it again; whoever only reads it holds no lock, and is refused afterwards."""
    rows = Incident.objects.visible_to(viewer).filter(pk=incident.pk)
    return rows.select_for_update(of=("self",)).first() or rows.get()


def log_step(mine: IncidentAccess, *, kind: str, text: str, at: datetime, **more: Any) -> IncidentStep:
    """Write a line of the log; of somebody who is not the supplier's it reaches the supplier alone."""
    audience: dict[str, Any] = {"audience": IncidentStep.Audience.ALL}
    if not mine.is_site:
        audience = {"audience": IncidentStep.Audience.ONE, "organisation_id": mine.organisation_id}
    given = {**audience, **more} if mine.is_site else {**more, **audience}
    return IncidentStep.objects.create(
        incident_id=mine.incident_id, member_id=mine.member_id, kind=kind, text=text, at=at, **given
    )


def name(
    mine: IncidentAccess,
    *,
    organisation_id: int,
    person_id: int | None = None,
    email: str = "",
    role: str = IncidentMember.Role.MEMBER,
    at: datetime,
) -> IncidentMember:
    """Write that somebody is named from now on, and have them told."""
    member = IncidentMember.objects.create(
        incident_id=mine.incident_id,
        organisation_id=organisation_id,
        person_id=person_id,
        email=email,
        role=role,
        named_by_id=mine.person_id,
        named_at=at,
        expires_at=None if person_id else at,  # the database sets the end of the week
    )
    member.refresh_from_db()
    by = Alone(mine.person_id)
    record(verb=NAMED, by=by, subject=member.incident, owner_id=None, at=at, data={"member": member.pk})
    return member


def tell(
    incident: Incident, viewer: Viewer, at: datetime, *, audience: Mapping[str, Any] | None = None
) -> Entry:
    """Have the people told who read what is new: `organisation` narrows it to the supplier and that one."""
    return _record(NEWS, incident, viewer, at, audience)


def act_on(incident: Incident, viewer: Viewer, at: datetime) -> None:
    """Note that a case that was only reported is being acted on."""
    if incident.state == IncidentState.REPORTED:
        _move(incident, IncidentState.ACTING, viewer, at)


def _record(
    verb: str, incident: Incident, viewer: Viewer, at: datetime, data: Mapping[str, Any] | None = None
) -> Entry:
    by = Alone(viewer.person_id)
    return record(verb=verb, by=by, subject=incident, owner_id=None, at=at, data=data)


def _move(incident: Incident, to: str, viewer: Viewer, at: datetime, also: list[str] | None = None) -> None:
    by = Alone(viewer.person_id)
    move(incident, to=to, lifecycle=INCIDENT, verb=MOVED, by=by, owner_id=None, at=at, also=also or [])
