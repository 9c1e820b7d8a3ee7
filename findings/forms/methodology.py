"""HTML input for looking after methodologies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from web.fields import SearchField

LARGEST = 500_000


class RequirementFilters(forms.Form):
    """Narrowing the requirements of a version."""

    q = SearchField(label=_("Code or words"))
    section = forms.ChoiceField(label=_("Section"), required=False)
    breach = forms.ChoiceField(
        label=_("A breach is"),
        required=False,
        choices=[("", _("All")), ("car", _("Worked on together (CAR)")), ("nc", _("A non-compliance"))],
    )

    def __init__(self, *args: Any, sections: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("All")), *sections]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class LoadForm(forms.Form):
    """A catalogue to look at: a file, or the text of one that was looked at already."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.csv"}),
        help_text=_("YAML for a whole methodology version, or CSV for its requirements; at most 500 kB."),
    )
    name = forms.CharField(required=False, max_length=150, widget=forms.HiddenInput)
    text = forms.CharField(required=False, strip=False, max_length=LARGEST, widget=forms.HiddenInput)
    expected = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Read the file as text, or take the text that came back."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is not None:
            if file.size > LARGEST:
                self.add_error("file", _("This file is larger than 500 kB."))
                return cleaned
            cleaned["name"], cleaned["content"] = file.name[:150], file.read()
        elif cleaned.get("text"):
            cleaned["content"] = cleaned["text"].replace("\r\n", "\n").encode()
        elif not self.errors:
            self.add_error("file", _("Choose a file."))
        name = str(cleaned.get("name") or "")
        if not self.errors and not name.lower().endswith((".yaml", ".yml", ".csv")):
            self.add_error("file", _("Choose a YAML or CSV file. This is another type of file."))
        return cleaned


class ClosureForm(forms.Form):
    """How long a site has to close a non-compliance of one severity."""

    days = forms.IntegerField(label=_("Days to close"), min_value=0, max_value=730)
    is_placeholder = forms.BooleanField(
        label=_("This is only a placeholder"),
        required=False,
        help_text=_("Readers are told that nobody has set it yet."),
    )
    source = forms.CharField(
        label=_("Where it comes from"),
        max_length=250,
        required=False,
        help_text=_("For example the scheme's own rules, with their date."),
    )
