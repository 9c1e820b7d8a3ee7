"""HTML input for findings. Which fields there are follows from the requirement: a CAR's form has no severity."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from findings.lifecycle import FindingState
from findings.models import Audit, Finding, Reassessment, WorkplaceRequirement
from findings.models.facts import BREACH, Said
from findings.queries.finding import GOING_ON, NOT_CLOSED
from findings.queries.methodology import Term, terms
from web.dates import day_text
from web.fields import SearchField, WritingLanguageField
from web.statuses import look_of

EVERY = "all"


class RequirementSelect(forms.Select):
    """All requirements by section; what each option carries lets the page find it as one types."""

    def __init__(self, rows: Sequence[WorkplaceRequirement], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows = {str(row.pk): row for row in rows}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the ways in which a code is printed, the section, and whether a breach is worked on together."""
        option = super().create_option(name, value, *args, **kwargs)
        if row := self._rows.get(str(value)):
            section, item = row.section.code, row.item
            codes = [row.printed_code, f"{section}.{item}", f"{section}{item}"]
            if len(section) > 1 and section[-1].isalpha():
                codes.append(f"{section[:-1]}.{section[-1]}.{item}")
            option["attrs"] |= {
                "data-code": row.printed_code,
                "data-codes": " ".join(dict.fromkeys(one.upper() for one in codes)),
                "data-title": row.title,
                "data-section": row.section.title,
                "data-kind": Finding.Kind.CAR.value if row.is_car else Finding.Kind.NON_COMPLIANCE.value,
            }
        return option


class FindingForm(forms.Form):
    """A finding of one kind: the view says which, since it follows from the requirement.

    A non-compliance has severity and verification; nothing else has.
    """

    title = forms.CharField(label=_("What it is, in one line"), max_length=250)
    description = forms.CharField(
        label=_("What was found"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4})
    )
    objective_evidence = forms.CharField(
        label=_("Evidence seen"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you read, saw and heard: records, places, interviews. No names of workers."),
    )
    law_reference = forms.CharField(label=_("Local law"), max_length=250, required=False)
    workers_affected = forms.IntegerField(
        label=_("Workers affected"), required=False, min_value=0, max_value=1_000_000
    )
    extent = forms.ChoiceField(
        label=_("Isolated or systemic"),
        required=False,
        choices=[("", _("Not known")), *Finding.Extent.choices],
    )
    severity = forms.ChoiceField(label=_("Severity and date"), widget=forms.RadioSelect)
    verification = forms.ChoiceField(
        label=_("How it will be verified"),
        required=False,
        choices=[("", _("Not decided")), *Finding.Verification.choices],
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, audit: Audit, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Finding.Kind.NON_COMPLIANCE:
            policy = terms(audit.version, audit.ends_on)
            self.fields["severity"].choices = _severities(policy)  # type: ignore[attr-defined]
            if any(one.is_placeholder for one in policy):
                self.fields["severity"].help_text = _("The periods are placeholders, not the scheme owner's.")
        else:
            del self.fields["severity"], self.fields["verification"]
        if kind in {Finding.Kind.GOOD_EXAMPLE, Finding.Kind.OBSERVATION}:
            del self.fields["extent"]

    def said(self) -> Said:
        """Return what was said, checked."""
        said = self.cleaned_data
        return Said(
            title=said["title"],
            description=said["description"],
            workers_affected=said["workers_affected"],
            extent=said.get("extent", ""),
            severity=said.get("severity") or None,
            verification=said.get("verification") or None,
            objective_evidence=said["objective_evidence"],
            law_reference=said["law_reference"],
            language=said["language"],
        )


class EntryForm(FindingForm):
    """A new finding: also what it is about, and what it is."""

    field_order = ("requirement", "nature", "severity", "title", "description")

    requirement = forms.ChoiceField(label=_("Requirement"))
    nature = forms.ChoiceField(label=_("What is it?"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        audit: Audit,
        kind: str,
        rows: Sequence[WorkplaceRequirement],
        found: Sequence[WorkplaceRequirement] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, audit=audit, kind=kind, **kwargs)
        self.fields["nature"].choices = natures(audit)  # type: ignore[attr-defined]
        field: Any = self.fields["requirement"]
        field.error_messages["required"] = _("Choose the requirement that this is about.")
        field.widget = RequirementSelect(rows)
        field.choices = _by_section(rows, found)


def natures(audit: Audit) -> list[tuple[str, Any]]:
    """Return what an auditor may say of a requirement in this audit's version."""
    offered: list[tuple[str, Any]] = [
        (BREACH, _("Falls short")),
        (Finding.Kind.GOOD_EXAMPLE.value, _("Good example")),
    ]
    if audit.version.has_observations:
        offered.append((Finding.Kind.OBSERVATION.value, _("Observation")))
    return offered


def _by_section(rows: Sequence[WorkplaceRequirement], found: Sequence[WorkplaceRequirement]) -> list[Any]:
    """Return the choices: what was looked for first, then every section."""
    groups: dict[str, list[tuple[str, str]]] = {}
    if found:
        groups[str(_("What fits"))] = [_choice(row) for row in found]
    for row in rows:
        groups.setdefault(str(row.section), []).append(_choice(row))
    return [("", _("Choose a requirement")), *groups.items()]


def _choice(row: WorkplaceRequirement) -> tuple[str, str]:
    together = f" ○ {_('worked on together')}" if row.is_car else ""
    return str(row.pk), f"{row.printed_code} {row.title}{together}"


def _severities(policy: list[Term]) -> list[tuple[str, str]]:
    """Return each severity with the date that the closure policy sets."""
    labels = dict(Finding.Severity.choices)
    sentence = _("%(severity)s: due %(day)s (%(days)s days after the audit)")
    return [
        (
            one.severity,
            str(sentence) % {"severity": labels[one.severity], "day": day_text(one.due_on), "days": one.days},
        )
        for one in policy
    ]


class RequirementChoice(forms.ModelChoiceField[WorkplaceRequirement]):
    """A requirement with its code."""

    def label_from_instance(self, obj: Any) -> str:
        """Name code and title."""
        return f"{obj.printed_code} {obj.title}"


class ReassessmentForm(forms.Form):
    """A fresh look at an earlier CAR."""

    result = forms.ChoiceField(
        label=_("How is it now?"), choices=Reassessment.Result.choices, widget=forms.RadioSelect
    )
    rationale = forms.CharField(
        label=_("What you saw"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    requirement = RequirementChoice(
        label=_("Requirement of this version"), queryset=WorkplaceRequirement.objects.none(), required=False
    )
    title = forms.CharField(
        label=_("Title of the new finding"),
        max_length=250,
        required=False,
        help_text=_("Only if it still falls short. The new finding points at this one and keeps its age."),
    )
    description = forms.CharField(
        label=_("What falls short now"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, audit: Audit, car: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_same_version = car.requirement.version_id == audit.version_id
        if self._is_same_version:
            del self.fields["requirement"]
        else:
            wanted = WorkplaceRequirement.objects.filter(version_id=audit.version_id, is_car=True)
            self.fields["requirement"].queryset = wanted  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that what still falls short is described."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("result") == Reassessment.Result.STILL_SHORT:
            for name in ("title", "description"):
                if name in cleaned and not cleaned[name]:
                    self.add_error(name, _("Write this, since it still falls short."))
            if not self._is_same_version and "requirement" in cleaned and not cleaned["requirement"]:
                self.add_error("requirement", _("Choose the requirement that the new finding belongs to."))
        return cleaned

    def said(self) -> Said | None:
        """Return what the new CAR says, if there is to be one."""
        said = self.cleaned_data
        if said["result"] == Reassessment.Result.MET:
            return None
        return Said(title=said["title"], description=said["description"])


def _chosen(state: str, usual: Sequence[str]) -> Sequence[str]:
    """Return the states to show: the usual ones unless the reader asks for one or for all (no narrowing)."""
    if state == EVERY:
        return ()
    return (state,) if state else usual


class Filters(forms.Form):
    """What both lists are narrowed by."""

    site = SearchField(label=_("Site"))

    @property
    def is_for_some_sites(self) -> bool:
        """Whether a site is asked for, so that figures of everything would say nothing of what is listed."""
        return bool(str(self.data.get("site", "")).strip())


class NonComplianceFilters(Filters):
    """Filters of the list of non-compliances."""

    severity = forms.ChoiceField(
        label=_("Severity"), required=False, choices=[("", _("All")), *Finding.Severity.choices]
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Not closed yet")),
            (EVERY, _("All")),
            *(
                (one.value, look_of("nc", one.value).word)
                for one in (
                    FindingState.OPEN,
                    FindingState.ACTION_SUBMITTED,
                    FindingState.VERIFIED_CLOSED,
                    FindingState.SUPERSEDED,
                )
            ),
        ],
    )
    overdue = forms.ChoiceField(
        label=_("Date"), required=False, choices=[("", _("All")), ("1", _("Overdue"))]
    )

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if found.pop("overdue", ""):
            found["is_overdue"] = True
        states = _chosen(found.pop("state", ""), NOT_CLOSED)
        return found | {"states": states}


class CarFilters(Filters):
    """Filters of the list of CARs."""

    stage = forms.ChoiceField(
        label=_("Plan"),
        required=False,
        choices=[
            ("", _("Going on")),
            (EVERY, _("All")),
            (FindingState.OPEN.value, _("No plan yet")),
            (FindingState.IN_PROGRESS.value, _("Plan shared")),
            (FindingState.CLOSED.value, _("Closed by a later audit")),
        ],
    )

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        states = _chosen(found.pop("stage", ""), GOING_ON)
        return found | {"states": states}
