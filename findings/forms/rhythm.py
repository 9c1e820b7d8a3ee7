"""How often a plan is reported on: in months, or on dates that are named."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.models import ActionPlan
from web.fields import DayField, WritingLanguageField


class RhythmForm(forms.Form):
    """A rhythm, with dates when it is on named dates; `named_dates` in the cleaned data."""

    rhythm = forms.TypedChoiceField(
        label=gettext_lazy("How often will you report what has changed?"),
        choices=ActionPlan.Rhythm.choices,
        coerce=int,
        initial=ActionPlan.Rhythm.QUARTERLY.value,
    )
    date_1 = DayField(label=gettext_lazy("First date"), required=False)
    date_2 = DayField(label=gettext_lazy("Second date"), required=False)
    date_3 = DayField(label=gettext_lazy("Third date"), required=False)
    date_4 = DayField(label=gettext_lazy("Fourth date"), required=False)
    date_5 = DayField(label=gettext_lazy("Fifth date"), required=False)
    date_6 = DayField(label=gettext_lazy("Sixth date"), required=False)

    @property
    def names_dates(self) -> bool:
        """Whether the fields for dates should stand open."""
        return str(self["rhythm"].value()) == str(ActionPlan.Rhythm.NAMED_DATES.value)

    def clean(self) -> dict[str, Any]:
        """Gather the dates; a rhythm on named dates needs one."""
        cleaned = super().clean() or {}
        dates: list[dt.date] = sorted({cleaned[name] for name in self.fields if self._is_date(name, cleaned)})
        is_named = cleaned.get("rhythm") == ActionPlan.Rhythm.NAMED_DATES
        cleaned["named_dates"] = dates if is_named else []
        if is_named and not dates and "date_1" not in self.errors:
            self.add_error("date_1", _("Name at least one date."))
        return cleaned

    @staticmethod
    def _is_date(name: str, cleaned: dict[str, Any]) -> bool:
        return name.startswith("date_") and bool(cleaned.get(name))


class AskRhythmForm(RhythmForm):
    """A customer's wish for another rhythm."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you ask?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rhythm"].label = _("How often would you like to hear?")


class AnswerRhythmForm(forms.Form):
    """The site's answer to a wish."""

    is_accepted = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[("yes", gettext_lazy("Yes, we will report so")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("If no: why not?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """Turn yes and no into truth; a no says why."""
        cleaned = super().clean() or {}
        cleaned["is_accepted"] = cleaned.get("is_accepted") == "yes"
        if "is_accepted" not in self.errors and not cleaned["is_accepted"] and not cleaned.get("reason"):
            self.add_error("reason", _("Say why not, so that your customer understands."))
        return cleaned
