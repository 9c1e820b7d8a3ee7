"""HTML input for writing editions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schemes.definitions.reading import LARGEST


class EditionForm(forms.Form):
    """An edition to look at: a file, or text that was typed, pasted or looked at already."""

    file = forms.FileField(
        label=_("A file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
        help_text=_("YAML, at most %(size)s kB. It takes the place of the text above.")
        % {"size": LARGEST // 1000},
    )
    text = forms.CharField(
        label=_("The edition as text"),
        required=False,
        strip=False,
        max_length=LARGEST,
        widget=forms.Textarea(
            attrs={
                "rows": 24,
                "spellcheck": "false",
                "autocapitalize": "off",
                "wrap": "off",
                "class": "source",
            }
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Give the file's bytes as `content`, or those of the text, with the name that faults are told by."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.get("file")
        if file is not None and file.size > LARGEST:
            self.add_error("file", _("This file is larger than %(size)s kB.") % {"size": LARGEST // 1000})
        elif file is not None:
            cleaned["name"], cleaned["content"] = file.name[:150], file.read()
        elif cleaned.get("text", "").strip():
            cleaned["name"] = str(_("text"))
            cleaned["content"] = cleaned["text"].encode(errors="replace")
        elif not self.errors:
            self.add_error("text", _("Choose a file, or paste the text of an edition."))
        return cleaned
