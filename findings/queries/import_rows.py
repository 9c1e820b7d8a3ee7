"""What one row of a file says, as plain values, and everything that is wrong with it."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from findings.definitions.audit_file import FINDINGS, Part
from findings.definitions.codes import CodeError, parse_code
from findings.models import Auditor, Finding, MethodologyVersion, WorkplaceRequirement
from findings.models.facts import NamedAuditor, Said
from findings.queries.methodology import requirements_of

BREACH = "breach"
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00)?)?")
SAID = frozenset(one.name for one in fields(Said))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a row: the column by its heading, and a sentence."""

    column: str
    sentence: str


@dataclass
class Reading:
    """The values of a row while they are read, with what is wrong."""

    part: Part
    values: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str, sentence: str) -> None:
        """Note what is wrong in a column."""
        column = next((one.heading for one in self.part.columns if one.name == name), name)
        self.faults.append(Fault(column, sentence))

    def text(self, name: str, *, most: int, is_required: bool = False) -> str:
        """Return words, at most so many characters."""
        value = self.values.get(name, "").strip()
        if is_required and not value:
            self.fault(name, _("This is missing."))
        if len(value) > most:
            said = _("This is too long: %(length)s characters; at most %(most)s.")
            self.fault(name, said % {"length": len(value), "most": most})
        return value[:most]

    def choice(self, name: str, choices: Iterable[tuple[str, Any]]) -> str:
        """Return the value that was meant: by its key, its English word or its word in the reader's language."""
        value = self.values.get(name, "").strip()
        if not value:
            return ""
        listed = list(choices)
        found = meant(value, listed)
        if found is None:
            said = _("“%(value)s” is not known. Choose one of: %(choices)s.")
            self.fault(
                name, said % {"value": value[:80], "choices": ", ".join(str(one) for _k, one in listed)}
            )
        return found or ""

    def number(self, name: str, *, most: int) -> int | None:
        """Return a whole number."""
        value = self.values.get(name, "").strip()
        if not value:
            return None
        if not re.fullmatch(r"\d{1,9}", value) or int(value) > most:
            said = _("“%(value)s” is not a whole number from 0 to %(most)s.")
            self.fault(name, said % {"value": value[:80], "most": most})
            return None
        return int(value)

    def day(self, name: str, *, is_required: bool = False) -> dt.date | None:
        """Return a date written as 2026-03-04."""
        value = self.values.get(name, "").strip()
        if not value:
            if is_required:
                self.fault(name, _("This is missing."))
            return None
        match = DAY.fullmatch(value)
        try:
            return dt.date.fromisoformat(match[1] if match else value)
        except ValueError:
            said = _("“%(value)s” is not a date. Write it as year-month-day, for example 2026-03-04.")
            self.fault(name, said % {"value": value[:80]})
            return None

    def flag(self, name: str) -> bool:
        """Return yes or no; nothing means no."""
        value = self.values.get(name, "").strip().casefold()
        if value not in YES | NO:
            self.fault(name, _("Write yes or no."))
        return value in YES

    def language(self) -> str:
        """Return the language it is written in, as a tag."""
        value = self.values.get("language", "").strip().lower()
        if value and (len(value) > 12 or not LANGUAGE.fullmatch(value)):
            self.fault("language", _("Write the language as a short code, for example en or bn."))
            return ""
        return value

    def know(self) -> None:
        """Note every member that the part does not have."""
        names = {one.name for one in self.part.columns}
        for name in self.values:
            if name not in names:
                self.fault(name, _("This field is not known here."))


def meant(value: str, choices: Iterable[tuple[str, Any]]) -> str | None:
    """Return the key of a choice by its key, its English word or its word in the language in force."""
    wanted = re.sub(r"[\W_]+", " ", value.casefold()).strip()
    for key, word in choices:
        with override("en"):
            english = str(word)
        if wanted in {re.sub(r"[\W_]+", " ", one.casefold()).strip() for one in (key, english, str(word))}:
            return key
    return None


class Catalogue:
    """The requirements of a version, found by code as people print it."""

    def __init__(self, version: MethodologyVersion) -> None:
        self.version = version
        rows = requirements_of(version)
        self._rows = {(row.section.code, row.item): row for row in rows}
        self._sections = {
            one.code: one.printed_code for one in version.sections.all()
        }  # those without requirements as well

    def find(self, text: str) -> WorkplaceRequirement:
        """Return the requirement.

        Raises:
            ValueError: with the sentence that says what is wrong with the code.
        """
        try:
            code = parse_code(text, self._sections)
        except CodeError as error:
            raise ValueError(error.sentence) from error
        row = self._rows.get((code.section, code.item))
        if row is None:
            said = _("Section %(section)s of %(version)s has no item %(item)s.")
            words = {"section": code.section, "item": code.item, "version": self.version}
            raise ValueError(said % words)
        return row


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as a row says it."""

    requirement: WorkplaceRequirement
    nature: str
    said: Said

    @property
    def is_car(self) -> bool:
        """Whether it becomes a CAR: a property of the requirement."""
        return self.nature == BREACH and self.requirement.is_car


def read_finding(values: Mapping[str, str], catalogue: Catalogue) -> tuple[FindingRow | None, list[Fault]]:
    """Return the finding of a row, or everything that is wrong with it."""
    row = Reading(FINDINGS, values)
    row.know()
    requirement = _requirement(row, catalogue)
    nature = _nature(row, requirement)
    if nature == Finding.Kind.OBSERVATION and not catalogue.version.has_observations:
        row.fault("nature", _("%(version)s has no observations.") % {"version": catalogue.version})
    said: dict[str, Any] = {
        "title": row.text("title", most=250, is_required=True),
        "description": row.text("description", most=8000, is_required=True),
        "workers_affected": row.number("workers_affected", most=1_000_000),
        "extent": row.choice("extent", Finding.Extent.choices),
        "severity": row.choice("severity", Finding.Severity.choices) or None,
        "verification": row.choice("verification", Finding.Verification.choices) or None,
        "objective_evidence": row.text("objective_evidence", most=8000),
        "law_reference": row.text("law_reference", most=250),
        "language": row.language(),
    }
    if requirement is not None:
        _fit(row, requirement, nature)
    if row.faults or requirement is None:
        return None, row.faults
    spoken = Said(**{name: value for name, value in said.items() if name in SAID})
    return FindingRow(requirement, nature, spoken), []


def _requirement(row: Reading, catalogue: Catalogue) -> WorkplaceRequirement | None:
    text = row.text("requirement", most=40, is_required=True)
    if not text:
        return None
    try:
        return catalogue.find(text)
    except ValueError as error:
        row.fault("requirement", str(error))
        return None


def _nature(row: Reading, requirement: WorkplaceRequirement | None) -> str:
    """Return what a row calls it; a breach may be called by the name that its requirement makes it."""
    choices = [(BREACH, _("Breach")), *Finding.Kind.choices]
    found = row.choice("nature", choices) or BREACH
    if (
        found in {Finding.Kind.GOOD_EXAMPLE, Finding.Kind.OBSERVATION}
        or found == BREACH
        or requirement is None
    ):
        return found
    if requirement.is_car and found == Finding.Kind.NON_COMPLIANCE:
        said = _(
            "A breach of %(code)s asks for collaborative action: the methodology says so, not the auditor."
        )
        row.fault("nature", said % {"code": requirement.printed_code})
    if not requirement.is_car and found == Finding.Kind.CAR:
        said = _("A breach of %(code)s is a non-compliance: the methodology says so, not the auditor.")
        row.fault("nature", said % {"code": requirement.printed_code})
    return BREACH


def _fit(row: Reading, requirement: WorkplaceRequirement, nature: str) -> None:
    """Check severity and verification against what the finding becomes."""
    words = {"code": requirement.printed_code}
    is_car = nature == BREACH and requirement.is_car
    if nature == BREACH and not is_car:
        if not row.values.get("severity", "").strip():
            row.fault("severity", _("A non-compliance needs a severity."))
        return
    for name in ("severity", "verification"):
        if not row.values.get(name, "").strip():
            continue
        if is_car:
            said = _(
                "A breach of %(code)s asks for collaborative action. Closing it is not in the site's hands alone, so "
                "it has no severity, no date and no verification. Leave this cell empty."
            )
        else:
            said = _("Only a non-compliance has this. Leave this cell empty.")
        row.fault(name, said % words)


def read_auditor(values: Mapping[str, str], part: Part) -> tuple[NamedAuditor | None, list[Fault]]:
    """Return the auditor of a row, or everything that is wrong with it."""
    row = Reading(part, values)
    row.know()
    grade = row.choice("grade", [(one, one) for one in Auditor.Grade.values])
    if not row.values.get("grade", "").strip():
        row.fault("grade", _("This is missing."))
    named = NamedAuditor(
        name=row.text("name", most=120, is_required=True),
        grade=grade,
        apsca_number=row.text("apsca_number", most=20, is_required=True),
        validated_on=row.day("validated_on"),
        is_lead=row.flag("is_lead"),
    )
    return (None, row.faults) if row.faults else (named, [])
