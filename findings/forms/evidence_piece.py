"""What an owner says about a piece of evidence; the filters of the library."""

import re
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.formats import ACCEPT
from documents.uploads import describe_limits
from findings.forms.evidence import SHOWS_WORKERS, YES_NO
from organisations.queries import country_name
from organisations.visibility import Viewer
from sourcing.models import Evidence, Site
from sourcing.models.evidence_facts import EvidenceFacts
from sourcing.queries.evidence import checklist_for, kind_choices
from web.fields import DayField, SearchField, WritingLanguageField

ANSWERS = [
    ("yes", gettext_lazy("Yes")),
    ("no", gettext_lazy("No")),
    ("unknown", gettext_lazy("Not known")),
]
CHECK = "check_"


class SitesField(forms.ModelMultipleChoiceField[Any]):
    """Sites that the member sees, ticked one by one and sent by their codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Site.objects.none(), to_field_name="code", required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return what tells one site from another."""
        return ", ".join(filter(None, (obj.name, country_name(obj.country))))


def sites_to_name(viewer: Viewer) -> QuerySet[Site]:
    """Return the sites that a member's evidence can be about: own ones, and those a firm is engaged for."""
    return Site.objects.visible_to(viewer).order_by("name", "pk")[:500]


class PieceForm(forms.Form):
    """What is said about a piece of one kind, with the kind's checklist."""

    title = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=200,
        help_text=gettext_lazy("So that you find it again, for example “Payroll March 2027, names covered”."),
    )
    sites = SitesField(label=gettext_lazy("Which sites is it about?"))
    issued_on = DayField(label=gettext_lazy("Date on it"), required=False)
    expires_on = DayField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("We remind you before this day."),
    )
    period_from = DayField(label=gettext_lazy("It covers the time from"), required=False)
    period_to = DayField(label=gettext_lazy("until"), required=False)
    requirements = forms.CharField(
        label=gettext_lazy("Which requirements does it help to prove?"),
        max_length=400,
        required=False,
        help_text=gettext_lazy(
            "Codes as in the audit, for example 5.A, 6.B. Leave it empty if you are not sure."
        ),
    )
    supplied_by = forms.CharField(
        label=gettext_lazy("Who made it?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A department, company or authority. No names of workers."),
    )
    confidentiality = forms.ChoiceField(
        label=gettext_lazy("Who may see it?"),
        choices=Evidence.Confidentiality.choices,
        initial=Evidence.Confidentiality.SHARED,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note for yourselves"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only your own organisation reads this."),
    )
    language = WritingLanguageField(label=gettext_lazy("Language of the title"))

    def __init__(
        self, *args: Any, viewer: Viewer, kind: str, evidence: Evidence | None = None, **kwargs: Any
    ) -> None:
        if evidence is not None:
            kwargs["initial"] = _initial(evidence) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.checks: list[str] = []
        rows = sites_to_name(viewer)
        cast("SitesField", self.fields["sites"]).queryset = Site.objects.visible_to(viewer)
        self.fields["sites"].choices = [  # type: ignore[attr-defined]
            (site.code, cast("SitesField", self.fields["sites"]).label_from_instance(site)) for site in rows
        ]
        if viewer.site_ids is None:
            self.fields["sites"].help_text = _("None means: your whole organisation.")
        for check in checklist_for(kind):
            name = CHECK + check.key
            self.fields[name] = forms.ChoiceField(
                label=check.ask,
                help_text=check.why,
                choices=ANSWERS,
                required=False,
                widget=forms.RadioSelect,
            )
            self.checks.append(name)

    @property
    def check_fields(self) -> list[Any]:
        """The questions of the checklist, to be drawn."""
        return [self[name] for name in self.checks]

    def clean_requirements(self) -> tuple[str, ...]:
        """Read codes apart: "5.A, 6.B"."""
        codes = [one for one in re.split(r"[\s,;]+", self.cleaned_data["requirements"]) if one]
        if any(len(one) > 60 for one in codes):
            raise forms.ValidationError(_("Write codes as in the audit, with commas between them."))
        return tuple(codes)

    def clean(self) -> dict[str, Any]:
        """Ask for dates in order."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for first, last in (("issued_on", "expires_on"), ("period_from", "period_to")):
            if said.get(first) and said.get(last) and said[last] < said[first]:
                self.add_error(last, _("This date is before the first one."))
        return said

    def facts(self) -> EvidenceFacts:
        """Return what was said, once it is valid."""
        said = self.cleaned_data
        names = ["title", "issued_on", "expires_on", "period_from", "period_to", "requirements"]
        names += ["supplied_by", "confidentiality", "note", "language"]
        answers = {name.removeprefix(CHECK): said[name] for name in self.checks if said.get(name)}
        return EvidenceFacts(kind=self.kind, answers=answers, **{name: said[name] for name in names})


class NewPieceForm(PieceForm):
    """A new piece: its file or link, and the question about workers."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    url = forms.URLField(
        label=gettext_lazy("Or a link to it"), max_length=2000, required=False, assume_scheme="https"
    )
    shows_workers = forms.ChoiceField(
        label=SHOWS_WORKERS,
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Look at it once more and answer yes or no.")},
        help_text=gettext_lazy(
            "If yes, only your own organisation can see it, until you add a copy in which they are covered."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = describe_limits()

    def clean(self) -> dict[str, Any]:
        """Ask for a file or a link, and not for both."""
        said = super().clean()
        if "file" not in self.errors and "url" not in self.errors:
            if not said.get("file") and not said.get("url"):
                self.add_error("file", _("Choose a file, or give a link."))
            elif said.get("file") and said.get("url"):
                self.add_error("url", _("Add the file or the link, not both."))
        return said


class RetireForm(forms.Form):
    """Why a piece is put away."""

    because = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("For example: “There is a newer certificate.”"),
    )


class EvidenceFilters(forms.Form):
    """Which pieces to show."""

    q = SearchField(label=gettext_lazy("Title, code, or who made it"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    site = forms.ChoiceField(label=gettext_lazy("Site"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All in use")),
            ("expiring", gettext_lazy("Ends soon")),
            ("expired", gettext_lazy("Expired")),
            ("valid", gettext_lazy("Counts today")),
            ("retired", gettext_lazy("Put away")),
        ],
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = [(site.code, site.name) for site in sites_to_name(viewer)]
        cast("forms.ChoiceField", self.fields["kind"]).choices = [("", _("All")), *kind_choices()]
        cast("forms.ChoiceField", self.fields["site"]).choices = [("", _("All")), *sites]

    def wanted(self) -> dict[str, str]:
        """Return what is filled in, for `sourcing.queries.evidence.evidence_matching`."""
        said = self.cleaned_data if self.is_valid() else {}
        names = {"q": "text", "kind": "kind", "site": "site", "state": "state"}
        return {name: said[field] for field, name in names.items() if said.get(field)}


def _initial(evidence: Evidence) -> dict[str, Any]:
    facts = EvidenceFacts.of(evidence)
    said: dict[str, Any] = {
        name: getattr(facts, name)
        for name in EvidenceFacts.__dataclass_fields__
        if name not in {"kind", "answers"}
    }
    said["requirements"] = ", ".join(facts.requirements)
    said["sites"] = list(evidence.sites.values_list("code", flat=True))
    return said | {CHECK + key: answer for key, answer in facts.answers.items()}
