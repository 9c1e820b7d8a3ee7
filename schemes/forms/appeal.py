"""Why a member contests a decision."""

from django import forms
from django.utils.translation import gettext_lazy

from web.fields import WritingLanguageField


class AppealForm(forms.Form):
    """The reasons, in the member's own words."""

    reasons = forms.CharField(
        label=gettext_lazy("Why is this decision wrong?"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Say which line you contest, and what the assessor did not see or did not understand."
        ),
        error_messages={"required": gettext_lazy("Say why you contest this decision.")},
    )
    language = WritingLanguageField()
