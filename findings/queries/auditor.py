"""Whom a firm names as auditors: those it named before, with what it knew of them, and its colleagues."""

import datetime as dt
from dataclasses import dataclass

from findings.models import Audit, Auditor
from forum.models import AuditorList
from forum.queries.auditor import Listed, ask_for_audit
from organisations.queries.members import members_of
from organisations.visibility import Viewer

MOST = 200


@dataclass(frozen=True, slots=True)
class KnownAuditor:
    """A name to pick, and the APSCA registration as it was last written down."""

    name: str
    grade: str = ""
    apsca_number: str = ""
    validated_on: dt.date | None = None


def known_auditors(viewer: Viewer) -> list[KnownAuditor]:
    """Return the auditors of the firm's audits as they were named last, then colleagues not named yet; by name."""
    rows = Auditor.objects.filter(audit_firm_id=viewer.organisation_id).order_by("-pk")[: MOST * 5]
    known: dict[str, KnownAuditor] = {}
    for row in rows:
        found = KnownAuditor(row.name, row.grade, row.apsca_number, row.validated_on)
        known.setdefault(row.name.casefold(), found)
    for member in members_of(viewer)[:MOST]:
        name = str(member.person.name)
        if name:
            known.setdefault(name.casefold(), KnownAuditor(name))
    return sorted(known.values(), key=lambda one: one.name.casefold())[:MOST]


@dataclass(frozen=True, slots=True)
class Named:
    """The auditors of an audit, each with how the number stands on the newest list that is asked.

    Args:
        newest: the list; None where none is asked, and then nothing can be said of anybody.
    """

    rows: list[tuple[Auditor, Listed | None]]
    newest: AuditorList | None


def auditors_of(viewer: Viewer, audit: Audit) -> Named:
    """Return who audited, the lead first. That a number is not on the list is no verdict on anybody."""
    auditors = list(audit.auditors.order_by("-is_lead", "name"))
    answered = ask_for_audit(viewer, [one.apsca_number for one in auditors])
    said = answered.by_number if answered else {}
    return Named(
        [(one, said.get(one.apsca_number)) for one in auditors], answered.newest if answered else None
    )
