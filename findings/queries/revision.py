"""Questions about corrections of published audits: what it said before, and what is different."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from findings.models import Audit, AuditRevision, Finding
from findings.queries.glance import may_have
from organisations.visibility import Viewer


@dataclass(frozen=True)
class Line:
    """One thing that a finding or an audit says, before a revision and after it."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


@dataclass
class Compared:
    """A finding as it was before a revision, beside what the revision made of it."""

    code: str
    kind: str
    title: str
    requirement: str
    language: str
    lines: list[Line] = field(default_factory=list)
    is_withdrawn: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the revision touched it."""
        return self.is_withdrawn or any(line.is_changed for line in self.lines)


def revisions_of(viewer: Viewer, audit: Audit) -> list[AuditRevision]:
    """Return the corrections of an audit, oldest first."""
    if not may_have(audit, "revisions"):
        return []
    rows = AuditRevision.objects.visible_to(viewer).filter(audit=audit).order_by("number")
    return list(rows.select_related("made_by"))


def corrections_of(viewer: Viewer, finding: Finding) -> list[AuditRevision]:
    """Return the corrections that touched one finding, oldest first, without what they kept."""
    if not may_have(finding, "revisions"):
        return []
    rows = AuditRevision.objects.visible_to(viewer).filter(audit_id=finding.audit_id).defer("snapshot")
    touched = Q(changes__findings__has_key=finding.code) | Q(changes__withdrawn__contains=[finding.code])
    return list(rows.filter(touched).order_by("number"))


def compared(revision: AuditRevision) -> list[Compared]:
    """Return every finding as it was, with what the revision changed."""
    changes = revision.changes.get("findings", {})
    withdrawn = set(revision.changes.get("withdrawn", []))
    return [
        Compared(
            code=one["code"],
            kind=one["kind"],
            title=one["title"],
            requirement=f"{one['requirement']} {one['requirement_title']}",
            language=one.get("language", ""),
            lines=[*_lines(one, changes.get(one["code"], {}))],
            is_withdrawn=one["code"] in withdrawn,
        )
        for one in revision.snapshot["findings"]
    ]


def summary_line(revision: AuditRevision) -> Line:
    """Return the summary before and after."""
    before = revision.snapshot["audit"].get("summary", "")
    return Line(_("Summary"), before, revision.changes.get("audit", {}).get("summary", before))


def auditor_lines(revision: AuditRevision) -> tuple[list[str], list[str]]:
    """Return the auditors before and after, one line each."""
    before = [_auditor(one) for one in revision.snapshot["auditors"]]
    given = revision.changes.get("auditors")
    return before, before if given is None else [_auditor(one) for one in given]


def labels() -> dict[str, str]:
    """Return what the columns that a revision may change are called."""
    return {
        "title": _("Title"),
        "description": _("What was found"),
        "objective_evidence": _("Evidence seen"),
        "law_reference": _("Local law"),
        "workers_affected": _("Workers affected"),
        "extent": _("Extent"),
        "severity": _("Severity"),
        "due_on": _("Due on"),
    }


def _lines(before: Mapping[str, Any], changed: Mapping[str, Any]) -> list[Line]:
    lines = [
        Line(label, _shown(name, before.get(name)), _shown(name, changed.get(name, before.get(name))))
        for name, label in labels().items()
    ]
    return [line for line in lines if line.before or line.after]


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    choices: dict[str, Any] = {"extent": Finding.Extent, "severity": Finding.Severity}
    return str(choices[name](value).label) if name in choices else str(value)


def _auditor(one: Mapping[str, Any]) -> str:
    lead = _("(lead)") if one["is_lead"] else ""
    return " ".join(filter(None, [one["name"], lead, one["grade"], one["apsca_number"]]))
