"""Input about exceptional shares."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from web.fields import DayField, WritingLanguageField

PERSON, ORGANISATION = "person", "organisation"


class ShareForm(forms.Form):
    """Who may read it, why, and until when."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("With whom?"),
        choices=[
            (PERSON, gettext_lazy("One person")),
            (ORGANISATION, gettext_lazy("An organisation: all its editors and admins")),
        ],
        widget=forms.RadioSelect,
        initial=PERSON,
    )
    email = forms.EmailField(
        label=gettext_lazy("The person’s e-mail address"),
        required=False,
        help_text=gettext_lazy("Whoever signs in here with exactly this address can read it, now or later."),
    )
    organisation_code = forms.CharField(
        label=gettext_lazy("The organisation’s code"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Ask them for it. It stands on their “Organisation” page."),
    )
    ends_on = DayField(
        label=gettext_lazy("Until which day?"),
        help_text=gettext_lazy("At most twelve months. You can end it sooner at any time."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("They read this, too. For example: “You help us to repay fees.”"),
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """Ask for the one way to name the recipient that was chosen, and forget the other."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, other = "email", "organisation_code"
        if said.get("recipient") == ORGANISATION:
            chosen, other = other, chosen
        said[other] = ""
        self.errors.pop(other, None)
        if not said.get(chosen) and chosen not in self.errors:
            texts = {"email": _("Write the address."), "organisation_code": _("Write the code.")}
            self.add_error(chosen, texts[chosen])
        return said

    def wanted(self) -> dict[str, Any]:
        """Return what the action is called with."""
        return {name: value for name, value in self.cleaned_data.items() if name != "recipient"}
