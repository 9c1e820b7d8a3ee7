"""What somebody says of their own interests, and a question to the member."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schemes.definitions.edition import EditionData
from web.fields import DayField, WritingLanguageField

CLEAN, SUPPORTER, CONFLICT = "none", "supporter", "conflict"


class DeclareForm(forms.Form):
    """One question, asked before anything opens."""

    interest = forms.ChoiceField(
        label=gettext_lazy("Your part in this organisation"),
        widget=forms.RadioSelect,
        choices=[
            (CLEAN, gettext_lazy("I have no part in this organisation, nor do I support it.")),
            (SUPPORTER, gettext_lazy("I support it: I give it money, time or advice, or speak for it.")),
            (CONFLICT, gettext_lazy("I have another interest in it: work, family, money, a rival of it.")),
        ],
        error_messages={"required": gettext_lazy("Choose what is true for you.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What it is"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only colleagues in your scheme body read this. The member never does."),
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """An interest that is declared is named."""
        cleaned = super().clean() or {}
        if cleaned.get("interest") in {SUPPORTER, CONFLICT} and not cleaned.get("words", "").strip():
            self.add_error("words", _("Say in a sentence what it is."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        interest = self.cleaned_data["interest"]
        return {
            "has_conflict": interest == CONFLICT,
            "is_supporter": interest == SUPPORTER,
            "words": "" if interest == CLEAN else self.cleaned_data["words"],
            "language": self.cleaned_data["language"],
        }


class AskForm(forms.Form):
    """A question to the member before a decision."""

    criterion = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    question = forms.CharField(
        label=gettext_lazy("What you would like to know"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write what you would like to know.")},
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, edition: EditionData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["criterion"]
        numbered = enumerate(edition.criteria, start=1)
        chosen.choices = [
            ("", _("The whole assessment")),
            *((one.key, f"{number}. {one.title}") for number, one in numbered),
        ]


class BeginForm(forms.Form):
    """The day by which the answers of an assessment are due that begins before its time."""

    due_on = DayField(
        label=gettext_lazy("Answers are due on"),
        help_text=gettext_lazy("The member is told at once, and reminded before this day."),
        error_messages={"required": gettext_lazy("Choose the day by which the member answers.")},
    )


class RescheduleForm(forms.Form):
    """Another day by which the answers are due."""

    due_on = DayField(label=gettext_lazy("New date"))
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The member reads this."),
    )
