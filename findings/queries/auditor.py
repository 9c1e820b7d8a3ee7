"""Whom a firm names as auditors: those it named before, with what it knew of them, and its colleagues."""

import datetime as dt
from dataclasses import dataclass

from findings.models import Auditor
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
