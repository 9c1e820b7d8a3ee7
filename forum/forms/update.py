"""Forms of outside bodies and their updates."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import BodyUpdateVersion
from forum.models.update_facts import FigureSaid, UpdateSaid
from web.fields import DayField, WritingLanguageField

MOST_FIGURES = 40


class BodyForm(forms.Form):
    """What a body is."""

    summary = forms.CharField(
        label=gettext_lazy("What are you, in a sentence or two?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = WritingLanguageField()


class NameBodyForm(BodyForm):
    """The operator names a body by its code."""

    organisation = forms.CharField(
        label=gettext_lazy("Code of the organisation"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Leave it empty for your own organisation."),
    )
    field_order = ("organisation", "summary", "language")


class UpdateForm(forms.Form):
    """What an update says."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10})
    )
    dated_on = DayField(label=gettext_lazy("Date of the update"))
    language = WritingLanguageField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=80)

    def said(self, figures: "BaseFormSet[FigureForm]") -> UpdateSaid:
        """Return what was typed."""
        found = self.cleaned_data
        return UpdateSaid(
            title=found["title"],
            text=found["text"],
            dated_on=found["dated_on"],
            language=found["language"],
            correction=found.get("correction", ""),
            figures=tuple(figures_in(figures)),
        )


class CorrectionForm(UpdateForm):
    """A version after the first says what it puts right."""

    correction = forms.CharField(
        label=gettext_lazy("What did you put right, and why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads this above the new version. The old one stays readable."),
    )
    field_order = ("correction", "title", "text", "dated_on", "language")


class FigureForm(forms.Form):
    """One figure; an empty row is left out."""

    name = forms.CharField(label=gettext_lazy("What is counted"), max_length=80, required=False)
    value = forms.DecimalField(
        label=gettext_lazy("Value"), max_digits=15, decimal_places=3, required=False, localize=False
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=30, required=False)
    period = forms.CharField(
        label=gettext_lazy("Period"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("2026, or May 2026"),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the rest of a figure that was begun."""
        found = super().clean() or {}
        if any(found.get(name) not in (None, "") for name in ("name", "value", "unit", "period")):
            for name in ("name", "value", "period"):
                if found.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, _("Fill this in, or empty the whole row."))
        return found


class BaseFigureFormSet(BaseFormSet[FigureForm]):
    """Figures, each thing, unit and period once."""

    def clean(self) -> None:
        """Refuse the same figure twice."""
        seen: set[tuple[str, str, str]] = set()
        for form in self.forms:
            found = getattr(form, "cleaned_data", {})
            key = (found.get("name", ""), found.get("unit", ""), found.get("period", ""))
            if found.get("name") and not found.get("DELETE") and key in seen:
                form.add_error("name", _("This figure stands here already."))
            seen.add(key)


FigureFormSet = formset_factory(
    FigureForm,
    formset=BaseFigureFormSet,
    extra=1,
    max_num=MOST_FIGURES,
    absolute_max=MOST_FIGURES + 10,
    validate_max=True,
    can_delete=True,
)


def figures_in(formset: "BaseFormSet[FigureForm]") -> list[FigureSaid]:
    """Return the figures of a valid formset."""
    return [
        FigureSaid(row["name"], Decimal(row["value"]), row["unit"], row["period"])
        for row in (form.cleaned_data for form in formset.forms)
        if row.get("name") and not row.get("DELETE")
    ]


def as_typed_before(
    version: BodyUpdateVersion | None, today: dt.date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what the form and its figures begin with."""
    if version is None:
        return {"dated_on": today}, []
    names = ("title", "text", "dated_on", "language", "correction")
    figures = [
        {"name": one.name, "value": one.value.normalize(), "unit": one.unit, "period": one.period}
        for one in version.figures.all()
    ]
    return {name: getattr(version, name) for name in names}, figures


class WithdrawForm(forms.Form):
    """Why an update does not stand any longer."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you withdraw it?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads this. The words of the update stay readable below it."),
    )
    language = WritingLanguageField()


class AuditorListForm(forms.Form):
    """A list of auditors as a file, and the day of which it speaks."""

    file = forms.FileField(
        label=gettext_lazy("The list, as CSV or Excel"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=gettext_lazy(
            "Columns: number, name, grade, status (active, suspended, ended), valid until (2027-03-31)."
        ),
    )
    dated_on = DayField(label=gettext_lazy("Date of the list"))


class CheckForm(forms.Form):
    """A number to ask a list for."""

    number = forms.CharField(label=gettext_lazy("Auditor’s number"), max_length=40)
    name = forms.CharField(
        label=gettext_lazy("Name, to compare"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "We say whether this name stands beside the number. We never tell you a name."
        ),
    )
