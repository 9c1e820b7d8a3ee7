"""Uploading a list, looking through its lines, and deciding about possible matches."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sourcing.models import ImportRow

ACCEPT = ".csv,.xlsx,.txt"


class UploadForm(forms.Form):
    """The list to import."""

    file = forms.FileField(
        label=_("Your list"),
        help_text=_("CSV or Excel (XLSX), up to 25 MB and 50,000 lines."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Check that it was saved, and choose it again."),
        },
    )


class RowFilters(forms.Form):
    """Show the lines of one verdict."""

    verdict = forms.ChoiceField(
        label=_("Show"), required=False, choices=[("", _("All lines")), *ImportRow.Verdict.choices]
    )

    def chosen(self) -> str:
        """Return the verdict, "" for all; junk in the address is ignored."""
        self.is_valid()
        return str(self.cleaned_data.get("verdict", ""))


class DecisionsForm(forms.Form):
    """One question per possible match on a page; the browser sends only those that were answered."""

    use_required_attribute = False
    ANSWERS = [("same", _("The same place")), ("different", _("A different place"))]

    def __init__(self, *args: Any, rows: Iterable[ImportRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            self.fields[f"line-{row.line}"] = forms.ChoiceField(
                label=_("Is this the same place?"),
                choices=self.ANSWERS,
                widget=forms.RadioSelect,
                initial=row.decision,
            )

    def answers(self) -> dict[int, bool]:
        """Return by line whether it is the same place, for the questions that were answered."""
        return {
            int(name.removeprefix("line-")): value == "same"
            for name, value in self.cleaned_data.items()
            if value
        }


class KindForm(forms.Form):
    """One answer for all possible matches of a kind that still wait."""

    kind = forms.CharField(max_length=40, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=DecisionsForm.ANSWERS, widget=forms.HiddenInput)
