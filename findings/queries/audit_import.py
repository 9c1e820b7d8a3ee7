"""What would become of a file: every row's verdict, judged against the audit as it is now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from findings.definitions.audit_file import AUDIT, AUDITORS, FINDINGS, MANAGEMENT, Part
from findings.models import Audit, AuditImport, Finding, MethodologyVersion
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import AuditFacts, Rated
from findings.queries.audit import engaged_sites, findings_of, followable_audits, open_cars
from findings.queries.import_rows import (
    Catalogue,
    Fault,
    FindingRow,
    Reading,
    meant,
    read_auditor,
    read_finding,
)
from findings.queries.management import Grid, grid_of, has_management
from organisations.visibility import Viewer
from sourcing.models import Site

PILLARS = [("2", "2"), ("4", "4")]
Row = Mapping[str, Any]


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CONTINUES = "continues"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"
    ERROR = "error"


@dataclass(frozen=True)
class Judged:
    """A row with its verdict; `value` is what the actions take."""

    part: Part
    row: int
    label: str
    verdict: Verdict
    faults: list[Fault] = field(default_factory=list)
    value: Any = None
    note: str = ""


@dataclass
class NewAudit:
    """What opens the audit that a file describes."""

    site: Site
    version: MethodologyVersion
    facts: AuditFacts
    parent: Audit | None


@dataclass
class Judgement:
    """All rows of a file with their verdicts."""

    rows: list[Judged] = field(default_factory=list)
    new_audit: NewAudit | None = None

    @property
    def errors(self) -> list[Judged]:
        """The rows that cannot be taken."""
        return [one for one in self.rows if one.verdict == Verdict.ERROR]

    @property
    def is_ready(self) -> bool:
        """Whether every row can be taken."""
        return not self.errors

    def of(self, part: Part, *verdicts: Verdict) -> list[Judged]:
        """Return the rows of a part, with these verdicts if any are named."""
        return [one for one in self.rows if one.part is part and (not verdicts or one.verdict in verdicts)]

    def counts(self) -> dict[str, int]:
        """Return how many rows have each verdict."""
        found = Counter(one.verdict.value for one in self.rows)
        return {one.value: found[one.value] for one in Verdict}


def judge(viewer: Viewer, brought: AuditImport, audit: Audit | None) -> Judgement:
    """Judge every row of what was brought.

    Args:
        audit: the audit it goes into, with its version; None when it makes a new one.
    """
    parts: dict[str, list[Row]] = brought.content.get("parts", {})
    found = Judgement()
    version = audit.version if audit else None
    if audit is None:
        version = _judge_new_audit(viewer, parts.get("audit", []), found)
    else:
        _judge_facts(viewer, audit, parts.get("audit", []), found)
    has_crew = audit is not None and audit.auditors.exists()
    _judge_auditors(parts.get("auditors", []), found, has_crew=has_crew)
    if version is not None:
        _judge_findings(viewer, audit, version, parts.get("findings", []), found)
        _judge_management(
            viewer, _as_audit(audit, version, found), parts.get("management_systems", []), found
        )
    if not any(parts.get(one.name) for one in (AUDIT, AUDITORS, FINDINGS, MANAGEMENT)):
        found.rows.append(_error(FINDINGS, 1, "", [Fault("", _("There is not one row in it."))]))
    return found


def _as_audit(audit: Audit | None, version: MethodologyVersion, found: Judgement) -> Audit:
    """Return the audit, or one that is not kept yet, to ask what its version wants to know."""
    if audit is not None:
        return audit
    pillars = found.new_audit.facts.pillars if found.new_audit else 2
    return Audit(version=version, pillars=pillars)  # never saved


def _error(part: Part, row: int, label: str, faults: list[Fault]) -> Judged:
    return Judged(part, row, label, Verdict.ERROR, faults)


# ------------------------------------------------------------ the audit itself


def _judge_new_audit(viewer: Viewer, rows: list[Row], found: Judgement) -> MethodologyVersion | None:
    row = Reading(AUDIT, rows[0]["values"] if rows else {})
    row.know()
    site = _one(
        row, "site", engaged_sites(viewer), "code", _("No site with this code has engaged your organisation.")
    )
    kind = row.choice("kind", Audit.Kind.choices)
    if not row.values.get("kind"):
        row.fault("kind", _("This is missing."))
    parent = _parent(viewer, row, kind, site)
    version = parent.version if parent else _version(row)
    facts = AuditFacts(
        kind=kind,
        notice=row.choice("notice", Audit.Notice.choices) or Audit.Notice.ANNOUNCED,
        pillars=int(row.choice("pillars", PILLARS) or 2),
        starts_on=row.day("starts_on", is_required=True),  # type: ignore[arg-type]
        ends_on=row.day("ends_on", is_required=True),  # type: ignore[arg-type]
        reference=row.text("reference", most=60),
        summary=row.text("summary", most=5000),
    )
    if facts.starts_on and facts.ends_on and facts.ends_on < facts.starts_on:
        row.fault("ends_on", _("The last day is before the first."))
    line = rows[0]["row"] if rows else 1
    if row.faults or version is None or site is None:
        found.rows.append(_error(AUDIT, line, site.name if site else "", row.faults))
        return version
    found.new_audit = NewAudit(site, version, facts, parent)
    found.rows.append(Judged(AUDIT, line, f"{site.name}, {facts.ends_on}", Verdict.NEW))
    return version


def _parent(viewer: Viewer, row: Reading, kind: str, site: Site | None) -> Audit | None:
    code = row.values.get("follows", "").strip()
    if kind not in FOLLOW_UPS:
        if code:
            row.fault("follows", _("Only a follow-up audit follows another one. Leave this empty."))
        return None
    if not code:
        row.fault("follows", _("Say which audit this one follows up."))
        return None
    parent = followable_audits(viewer).select_related("version").filter(code=code.upper()).first()
    if parent is None or (site is not None and parent.site_id != site.pk):
        row.fault("follows", _("There is no published audit of this site with this code."))
        return None
    return parent


def _version(row: Reading) -> MethodologyVersion | None:
    text = row.values.get("methodology", "").strip()
    if not text:
        row.fault("methodology", _("This is missing."))
        return None
    versions = list(MethodologyVersion.objects.all())
    key = meant(text, [(one.key, str(one)) for one in versions])
    if key is None:
        said = _("There is no methodology “%(text)s” here. Choose one of: %(choices)s.")
        words = {"text": text[:60], "choices": ", ".join(one.key for one in versions)}
        row.fault("methodology", said % words)
    return next((one for one in versions if one.key == key), None)


def _one(row: Reading, name: str, rows: Any, column: str, sentence: str) -> Any:
    text = row.values.get(name, "").strip().upper()
    if not text:
        row.fault(name, _("This is missing."))
        return None
    found = rows.filter(**{column: text}).first()
    if found is None:
        row.fault(name, sentence)
    return found


def _judge_facts(viewer: Viewer, audit: Audit, rows: list[Row], found: Judgement) -> None:
    """Check that the file means this audit; what the audit says of itself stays."""
    if not rows:
        return
    row = Reading(AUDIT, rows[0]["values"])
    row.know()
    code = row.values.get("site", "").strip().upper()
    own = Site.objects.visible_to(viewer).filter(pk=audit.site_id).values_list("code", flat=True).first()
    if code and own and code != own:
        row.fault("site", _("This file is about another site than the audit."))
    text = row.values.get("methodology", "").strip()
    if text and meant(text, [(audit.version.key, str(audit.version))]) is None:
        said = _("This audit is made by %(version)s.") % {"version": audit.version}
        row.fault("methodology", said)
    if row.faults:
        found.rows.append(_error(AUDIT, rows[0]["row"], str(audit), row.faults))
        return
    note = _("What is known of the audit stays; change it on its own page.")
    found.rows.append(Judged(AUDIT, rows[0]["row"], str(audit), Verdict.KEPT, note=note))


def _judge_auditors(rows: list[Row], found: Judgement, *, has_crew: bool) -> None:
    leads = 0
    for row in rows:
        named, faults = read_auditor(row["values"], AUDITORS)
        leads += named is not None and named.is_lead
        if named is not None and named.is_lead and leads > 1:
            faults = [Fault("Lead", _("Only one auditor leads."))]
        label = row["values"].get("name", "")
        if faults:
            found.rows.append(_error(AUDITORS, row["row"], label, faults))
        elif has_crew:
            note = _("The audit has its auditors; change them on its own page.")
            found.rows.append(Judged(AUDITORS, row["row"], label, Verdict.KEPT, value=named, note=note))
        else:
            found.rows.append(Judged(AUDITORS, row["row"], label, Verdict.NEW, value=named))


# ------------------------------------------------------------ findings and grades


def _judge_findings(
    viewer: Viewer, audit: Audit | None, version: MethodologyVersion, rows: list[Row], found: Judgement
) -> None:
    catalogue = Catalogue(version)
    there = Counter(_mark(one) for one in findings_of(viewer, audit)) if audit else Counter()
    waiting = {one.car.requirement_id: one for one in open_cars(viewer, audit)} if audit else {}
    continued: set[int] = set()
    for row in rows:
        said, faults = read_finding(row["values"], catalogue)
        label = row["values"].get("title", "")
        if said is None:
            found.rows.append(_error(FINDINGS, row["row"], label, faults))
            continue
        mark = _mark_of(said)
        if there[mark]:
            there[mark] -= 1
            found.rows.append(Judged(FINDINGS, row["row"], label, Verdict.SAME, value=said))
        elif said.is_car and said.requirement.pk in waiting:
            found.rows.append(_continued(row, said, label, continued))
        else:
            found.rows.append(Judged(FINDINGS, row["row"], label, Verdict.NEW, value=said))


def _continued(row: Row, said: FindingRow, label: str, continued: set[int]) -> Judged:
    if said.requirement.pk in continued:
        sentence = _("Another row continues the same earlier finding. Write them as one.")
        return _error(FINDINGS, row["row"], label, [Fault("Requirement", sentence)])
    continued.add(said.requirement.pk)
    note = _("Open from an earlier audit: the new finding points at it and keeps its age.")
    return Judged(FINDINGS, row["row"], label, Verdict.CONTINUES, value=said, note=note)


def _mark(one: Finding) -> tuple[Any, ...]:
    recorded = one.kind in {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
    return (one.requirement_id, one.kind if recorded else "breach", one.title, _lines(one.description))


def _mark_of(one: FindingRow) -> tuple[Any, ...]:
    return (one.requirement.pk, one.nature, one.said.title, _lines(one.said.description))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _judge_management(viewer: Viewer, audit: Audit, listed: list[Row], found: Judgement) -> None:
    rows = [row for row in listed if row["values"].get("grade") or row["values"].get("note")]
    if not rows:  # the template names every cell, also those that nobody graded
        return
    if not has_management(audit):
        sentence = _("%(version)s does not grade management systems.") % {"version": audit.version}
        found.rows.append(_error(MANAGEMENT, rows[0]["row"], "", [Fault("", sentence)]))
        return
    grid = grid_of(viewer, audit)
    seen: set[str] = set()
    for row in rows:
        found.rows.append(_judge_cell(row, grid, seen))


def _judge_cell(row: Row, grid: Grid, seen: set[str]) -> Judged:
    reading = Reading(MANAGEMENT, row["values"])
    reading.know()
    code = reading.text("section", most=12, is_required=True).upper()
    if code and code not in {line.section.code for line in grid.lines}:
        reading.fault("section", _("This audit does not look at a section “%(code)s”.") % {"code": code})
    reading.text("element", most=160, is_required=True)
    element = reading.choice("element", [(one.key, one.title) for one in grid.elements])
    grade = reading.choice("grade", [(step.grade.key, step.grade.title) for step in grid.steps])
    note, language = reading.text("note", most=2000), reading.language()
    if note and not reading.values.get("grade", "").strip():
        reading.fault("grade", _("Choose a grade as well, so that the note can be kept."))
    name = f"{code}.{element}"
    cell = grid.cell(name)
    if not reading.faults and name in seen:
        reading.fault("element", _("This cell stands further up already."))
    seen.add(name)
    label = f"{code} {cell.element.title}" if cell else code
    if reading.faults or cell is None:
        return _error(MANAGEMENT, row["row"], label, reading.faults)
    rated = Rated(name, grade, note, language if note else "")
    return Judged(MANAGEMENT, row["row"], label, _cell_verdict(cell.rating, rated), value=rated)


def _cell_verdict(rating: Any, rated: Rated) -> Verdict:
    if rating is None:
        return Verdict.NEW
    now = (rating.grade.key, _lines(rating.note), rating.language)
    same = now == (rated.grade, _lines(rated.note), rated.language)
    return Verdict.SAME if same else Verdict.CHANGED
