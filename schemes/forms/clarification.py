"""What a member answers to an assessor's question."""

from django import forms
from django.utils.translation import gettext_lazy

from web.fields import WritingLanguageField


class ClarificationAnswerForm(forms.Form):
    """One answer, given once."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write your answer.")},
    )
    language = WritingLanguageField()
