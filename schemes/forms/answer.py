"""What a member says about one criterion, half-written as it may be."""

from dataclasses import asdict
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schemes.definitions.edition import EditionData
from schemes.models import Answer
from schemes.models.facts import AnswerSaid
from web.fields import WritingLanguageField

YES, NO = "yes", "no"
# What two colleagues are asked about when both changed it; the language goes with whoever saves last.
COMPARED = ("is_relevant", "text", "claimed", "reason")


class AnswerForm(forms.Form):
    """One criterion: whether it matters here, what is done about it, and which level one sees oneself at."""

    is_relevant = forms.ChoiceField(
        label=gettext_lazy("Does this apply to your organisation?"),
        choices=[
            (YES, gettext_lazy("Yes")),
            (NO, gettext_lazy("No, it is not relevant to us")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What do you do, and how do you know that it works?"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Short sentences are enough. Name no workers. The questions here help you; you need not answer each."
        ),
    )
    claimed = forms.ChoiceField(
        label=gettext_lazy("Where do you see yourselves?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Your own view. The assessor makes up their own mind from what you show."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why is it not relevant?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "For example: “We have no agency workers and never had.” The assessor checks this."
        ),
    )
    language = WritingLanguageField()

    hides_optional = True

    def __init__(
        self, *args: Any, edition: EditionData, values: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        if values is not None:
            kwargs["initial"] = {name: value for name, value in values.items() if name != "language" or value}
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["claimed"]).choices = [
            ("", _("Not there yet, or not sure")),
            *edition.choices(),
        ]

    def typed(self) -> dict[str, Any]:
        """Return what was typed, once the form is valid."""
        return {name: self.cleaned_data.get(name, "") for name in (*COMPARED, "language")}

    def labels(self) -> dict[str, str]:
        """Return what the fields are called."""
        return {name: str(field.label) for name, field in self.fields.items()}


def typed_of(answer: Answer | None) -> dict[str, Any]:
    """Return a saved answer as the form would send it; that of an untouched form for none."""
    if answer is None:
        return typed_from(asdict(AnswerSaid()))
    return typed_from({name: getattr(answer, name) for name in (*COMPARED, "language")})


def typed_from(said: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an answer as the form would send it."""
    return dict(said) | {"is_relevant": YES if said["is_relevant"] else NO}


def said_from(typed: dict[str, Any]) -> AnswerSaid:
    """Return what was typed as it is kept."""
    return AnswerSaid(
        text=typed["text"].strip(),
        language=typed["language"],
        claimed=typed["claimed"],
        is_relevant=typed["is_relevant"] != NO,
        reason=typed["reason"].strip(),
    )
