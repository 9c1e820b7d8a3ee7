"""Forms of putting a non-compliance right: what was done, its check, more time."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.forms.evidence import EvidenceForm
from findings.models import CorrectiveAction, Verification
from findings.models.corrective import MOST_WHYS
from findings.models.facts import Correction
from web.fields import DayField, WritingLanguageField

WHYS = [f"why_{n}" for n in range(1, MOST_WHYS + 1)]


def _words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CorrectionFields(forms.Form):
    """What a site says it did: five times why, what was done, what keeps it from coming back, who, when."""

    why_1 = forms.CharField(
        label=gettext_lazy("Why did this happen?"),
        max_length=500,
        widget=_words(2),
        error_messages={"required": gettext_lazy("Say at least once why it happened.")},
    )
    why_2 = forms.CharField(
        label=gettext_lazy("And why was that so?"),
        max_length=500,
        widget=_words(2),
        required=False,
        help_text=gettext_lazy("Stop when you reach something that you can change."),
    )
    why_3 = forms.CharField(
        label=gettext_lazy("Why was that?"), max_length=500, widget=_words(2), required=False
    )
    why_4 = forms.CharField(
        label=gettext_lazy("Why again?"), max_length=500, widget=_words(2), required=False
    )
    why_5 = forms.CharField(
        label=gettext_lazy("Why, one last time?"), max_length=500, widget=_words(2), required=False
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("What kind of cause is it?"),
        choices=[("", gettext_lazy("Choose")), *CorrectiveAction.Cause.choices],
    )
    correction = forms.CharField(
        label=gettext_lazy("What did you do?"),
        max_length=4000,
        widget=_words(4),
        help_text=gettext_lazy("Say what is different now. Write no names of workers."),
    )
    prevention = forms.CharField(
        label=gettext_lazy("What did you change so that it does not happen again?"),
        max_length=4000,
        widget=_words(4),
        help_text=gettext_lazy("For example a rule, a check each week, training, a new person in charge."),
    )
    responsible = forms.CharField(
        label=gettext_lazy("Who looks after it?"),
        max_length=160,
        help_text=gettext_lazy("A role is enough, for example “safety officer”."),
    )
    done_on = DayField(label=gettext_lazy("When was it done?"))
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """Take the answers in their order, without gaps."""
        cleaned = super().clean() or self.cleaned_data
        answers = (str(cleaned.get(name) or "").strip() for name in WHYS)
        cleaned["whys"] = tuple(one for one in answers if one)
        return cleaned

    def said(self) -> Correction:
        """Return what a valid form says."""
        said = self.cleaned_data
        names = ("whys", "cause", "correction", "prevention", "responsible", "done_on", "language")
        return Correction(**{name: said[name] for name in names})

    @staticmethod
    def initial_from(action: CorrectiveAction | None) -> dict[str, Any]:
        """Return a version that was sent as the form shows it, for the next version."""
        if action is None or action.recorded_by_firm:
            return {}
        names = ("cause", "correction", "prevention", "responsible", "done_on", "language")
        whys = {f"why_{n}": why for n, why in enumerate(action.whys, start=1)}
        return whys | {name: getattr(action, name) for name in names}


class CorrectionForm(CorrectionFields, EvidenceForm):
    """What a site says it did, with what shows it."""


class VerifyForm(forms.Form):
    """The audit firm's answer to a corrective action, from documents."""

    result = forms.ChoiceField(
        label=gettext_lazy("Is it enough?"),
        choices=[
            (Verification.Result.CLOSED.value, gettext_lazy("Yes. Close it.")),
            (Verification.Result.MORE_NEEDED.value, gettext_lazy("No. More is needed.")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Your words to the site"),
        max_length=4000,
        widget=_words(4),
        required=False,
        help_text=gettext_lazy(
            "If more is needed, say what: plain words, one thing per line. Customers can read this."
        ),
    )
    language = WritingLanguageField()
    number = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """More needed without a word about what is no help."""
        cleaned = super().clean() or self.cleaned_data
        is_short = cleaned.get("result") == Verification.Result.MORE_NEEDED
        if is_short and not str(cleaned.get("reason") or "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say what more is needed."))
        return cleaned


class AskForTimeForm(forms.Form):
    """The site asks for more time."""

    wanted_on = DayField(label=gettext_lazy("Until when?"))
    reason = forms.CharField(
        label=gettext_lazy("Why do you need more time?"),
        max_length=2000,
        widget=_words(3),
        help_text=gettext_lazy("Say what you have done so far and what you wait for."),
    )
    language = WritingLanguageField()


class AnswerTimeForm(forms.Form):
    """The audit firm grants more time, or refuses it with a reason."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Do you give more time?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    ends_on = DayField(
        label=gettext_lazy("New date"),
        required=False,
        help_text=gettext_lazy("Leave it empty for the date that the site proposes."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Your words to the site"), max_length=2000, widget=_words(3), required=False
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        cleaned = super().clean() or self.cleaned_data
        is_no = cleaned.get("answer") == "no"
        if is_no and not str(cleaned.get("reason") or "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Say why there is no more time."))
        return cleaned

    def given(self) -> dict[str, Any]:
        """Return what `answer_extension` is called with."""
        said = self.cleaned_data
        ends_on: dt.date | None = said["ends_on"]
        return {
            "is_granted": said["answer"] == "yes",
            "ends_on": ends_on,
            "reason": said["reason"],
            "language": said["language"],
        }
