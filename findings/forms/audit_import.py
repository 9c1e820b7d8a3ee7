"""HTML input for bringing in an audit."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FileForm(forms.Form):
    """A workbook or JSON file."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.json"}),
        help_text=_("An Excel file (XLSX) in the shape of the template, or JSON. Up to 300 findings."),
    )


class PasteForm(forms.Form):
    """Rows copied from a spreadsheet."""

    rows = forms.CharField(
        label=_("Rows"),
        strip=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 12, "autofocus": True}),
        help_text=_(
            "Select the rows in Excel or Google Sheets, copy, and paste them here. With the line of headings the "
            "columns can be in any order."
        ),
    )
