"""Proposing a result and deciding about it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schemes.definitions.edition import EditionData
from schemes.lifecycle import Outcome
from schemes.models.decision import OUTCOME_LABELS
from schemes.models.facts import ItemSaid, NoticeSaid, Verdict
from web.fields import DayField, WritingLanguageField

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
GIVES_LEVEL = (Outcome.AWARD, Outcome.MOVE_UP)


class ProposeForm(forms.Form):
    """What an assessor adds to the result of the rule."""

    is_improvement_shown = forms.ChoiceField(
        label=gettext_lazy("Did the member show continuous improvement since the last assessment?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether improvement was shown.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What you saw of it"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The member reads this once it is decided."),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, is_interim: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_interim = is_interim
        if is_interim:
            self.fields["words"].required = True
            self.fields["words"].error_messages["required"] = str(_("Say in a sentence what you saw."))
        else:
            del self.fields["is_improvement_shown"]
            self.fields["words"].label = _("A word to whoever decides, and to the member")

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        shown = self.cleaned_data.get("is_improvement_shown")
        return {
            "is_improvement_shown": None if shown is None else shown == "yes",
            "words": self.cleaned_data["words"],
            "language": self.cleaned_data["language"],
        }


class DecideForm(forms.Form):
    """The decision: only what follows from the proposal is offered."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you decide.")},
    )
    level = forms.ChoiceField(label=gettext_lazy("Level given"), required=False)
    reasons = forms.CharField(
        label=gettext_lazy("Reasons"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The member reads them. They stay as you write them now."),
        error_messages={"required": gettext_lazy("Give the reasons for this decision.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What must be done"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answer_by = DayField(label=gettext_lazy("By"), required=False)
    language = WritingLanguageField()

    hides_optional = True  # what a notice asks for is asked only with a notice

    def __init__(
        self,
        *args: Any,
        offered: Iterable[tuple[str, str]],
        levels: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        outcome: Any = self.fields["outcome"]
        outcome.choices = list(offered)
        if len(levels) < 2:
            del self.fields["level"]
        else:
            level: Any = self.fields["level"]
            level.choices = list(levels)

    def clean(self) -> dict[str, Any]:
        """A notice says what must be done, and by when."""
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Outcome.NOTICE:
            if not cleaned.get("words", "").strip():
                self.add_error("words", _("Say what must be done."))
            if not cleaned.get("answer_by") and "answer_by" not in self.errors:
                self.add_error("answer_by", _("Choose the day by which it must be done."))
        return cleaned

    def verdict(self, items: Iterable[ItemSaid]) -> Verdict:
        """Return what the action takes."""
        said = self.cleaned_data
        is_notice = said["outcome"] == Outcome.NOTICE
        notice = NoticeSaid(said["words"], said["answer_by"], said["language"]) if is_notice else None
        level = said.get("level", "") if said["outcome"] in GIVES_LEVEL else ""
        return Verdict(said["outcome"], said["reasons"], level, said["language"], tuple(items), notice)


def outcome_label(outcome: str) -> str:
    """Return what a decision is called."""
    return str(OUTCOME_LABELS[Outcome(outcome)])


class ItemForm(forms.Form):
    """One line of the improvement schedule."""

    criterion = forms.ChoiceField(label=gettext_lazy("Criterion"), required=False)
    what = forms.CharField(
        label=gettext_lazy("What to do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say what has to be done.")},
    )
    by_on = DayField(
        label=gettext_lazy("By"),
        error_messages={"required": gettext_lazy("Choose the day by which it has to be done.")},
    )

    def __init__(self, *args: Any, edition: EditionData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["criterion"]
        numbered = enumerate(edition.criteria, start=1)
        chosen.choices = [
            ("", _("The whole")),
            *((one.key, f"{number}. {one.title}") for number, one in numbered),
        ]


ItemFormSet = forms.formset_factory(ItemForm, extra=0, max_num=60, can_delete=True)


def items_of(formset: BaseFormSet[Any], language: str) -> list[ItemSaid]:
    """Return the lines of the schedule that were filled in and not taken out."""
    lines = (form.cleaned_data for form in formset.forms if form.has_changed() or form.initial)
    return [
        ItemSaid(said["what"], said["by_on"], said.get("criterion", ""), language)
        for said in lines
        if said.get("what") and not said.get("DELETE")
    ]


class SendBackForm(forms.Form):
    """What the assessors should look at again."""

    reason = forms.CharField(
        label=gettext_lazy("What should be looked at again"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Only your scheme body reads this."),
        error_messages={"required": gettext_lazy("Say what the assessors should look at again.")},
    )
    language = WritingLanguageField()


class AppealAnswerForm(forms.Form):
    """The answer to an appeal."""

    is_upheld = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Uphold it: what the decision did is taken back, and we look anew")),
            ("no", gettext_lazy("Reject it: the decision stands")),
        ],
        error_messages={"required": gettext_lazy("Choose what you answer.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Reasons"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The member reads them. They stay as you write them now."),
        error_messages={"required": gettext_lazy("Give the reasons for your answer.")},
    )
    language = WritingLanguageField()
