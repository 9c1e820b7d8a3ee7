"""A ballot's question and rules, a vote, and why a ballot is withdrawn."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from forum.models import Ballot, Constituency, Majority, QuorumUnit
from web.fields import MomentInput, WritingLanguageField

QUORUM = "quorum_"


class BallotForm(forms.Form):
    """What is asked, how long, and what is needed; a field per constituency with a seat asks for its quorum."""

    question = forms.CharField(label=gettext_lazy("Question"), max_length=300)
    details = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        help_text=gettext_lazy("One on each line. “Abstain” is always there."),
    )
    language = WritingLanguageField()
    is_secret = forms.ChoiceField(
        label=gettext_lazy("Secret or open"),
        choices=[
            (
                "",
                gettext_lazy("Open: after the close everybody in the group reads how each seat voted"),
            ),
            (
                "1",
                gettext_lazy(
                    "Secret: nobody ever learns how a seat voted, only that it has; a vote is final"
                ),
            ),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial="",
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("A choice wins with"),
        choices=Majority.choices,
        widget=forms.RadioSelect,
        initial=Majority.HALF,
    )
    opens_at = forms.DateTimeField(
        label=gettext_lazy("Opens"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("In your time zone. Leave it empty to open now."),
    )
    closes_at = forms.DateTimeField(
        label=gettext_lazy("Closes"), widget=MomentInput, help_text=gettext_lazy("In your time zone.")
    )
    quorum_unit = forms.ChoiceField(
        label=gettext_lazy("Quorum: the numbers below are"),
        choices=QuorumUnit.choices,
        initial=QuorumUnit.SEATS,
    )

    def __init__(self, *args: Any, constituencies: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Constituency.choices)
        for one in constituencies:
            self.fields[f"{QUORUM}{one}"] = forms.IntegerField(
                label=gettext_lazy("At least this many: %(who)s") % {"who": labels[one]},
                required=False,
                min_value=1,
                max_value=999,
            )

    def clean_choices(self) -> list[str]:
        """Return the choices, one by one."""
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """Refuse choices that are too long, and shares above all."""
        cleaned: dict[str, Any] = super().clean() or {}
        if any(len(one) > 200 for one in cleaned.get("choices", [])):
            self.add_error("choices", gettext_lazy("A choice has 200 characters at most."))
        if cleaned.get("quorum_unit") == QuorumUnit.PERCENT:
            for name in [one for one in cleaned if one.startswith(QUORUM) and one != "quorum_unit"]:
                if (cleaned[name] or 0) > 100:
                    self.add_error(name, gettext_lazy("100 per cent at most."))
        return cleaned

    def asked(self, now: datetime) -> dict[str, Any]:
        """Return the arguments of the action."""
        given = self.cleaned_data
        quorum = {
            name.removeprefix(QUORUM): value
            for name, value in given.items()
            if name.startswith(QUORUM) and name != "quorum_unit" and value
        }
        return {
            "question": given["question"],
            "details": given["details"],
            "choices": given["choices"],
            "language": given["language"],
            "is_secret": bool(given["is_secret"]),
            "rule": given["rule"],
            "opens_at": given["opens_at"] or now,
            "closes_at": given["closes_at"],
            "quorum": quorum,
            "quorum_unit": given["quorum_unit"],
        }


class VoteForm(forms.Form):
    """One of the choices."""

    choice = forms.TypedChoiceField(
        label=gettext_lazy("Your vote"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["choice"]
        field.choices = [(str(number), words) for number, words in ballot.numbered()]


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    language = WritingLanguageField()
