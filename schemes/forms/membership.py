"""Applying to a scheme, saying whether everybody may read of it, and leaving."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from web.fields import WritingLanguageField

YES, NO = "yes", "no"


class ConsentForm(forms.Form):
    """Whether the public register shows the organisation: nothing is chosen beforehand."""

    consents = forms.ChoiceField(
        label=gettext_lazy("May the public register show your organisation?"),
        choices=[
            (YES, gettext_lazy("Yes. Everyone may read our name, country, level, and since when.")),
            (NO, gettext_lazy("No. Nobody outside reads it in the register.")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "You can change this on any day. It makes no difference to your assessment or your level."
        ),
        error_messages={"required": gettext_lazy("Choose yes or no. Both are fine.")},
    )

    def __init__(self, *args: Any, consents: bool | None = None, **kwargs: Any) -> None:
        if consents is not None:
            kwargs["initial"] = {"consents": YES if consents else NO}
        super().__init__(*args, **kwargs)

    @property
    def is_yes(self) -> bool:
        """Tell what was chosen, once the form is valid."""
        return bool(self.cleaned_data["consents"] == YES)


class ApplyForm(ConsentForm):
    """What an applicant says."""

    message = forms.CharField(
        label=gettext_lazy("A word to the scheme"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example why you apply, or whom to ask."),
    )
    language = WritingLanguageField()


class LeaveForm(forms.Form):
    """Why a member leaves; nobody has to say."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you leave?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The scheme reads this. You need not say anything."),
    )
    language = WritingLanguageField()
