"""What a consultation asks, what is said to it, and what its co-leads answer."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from forum.models import Consultation, ConsultationClause, ConsultationResponse, ConsultationRound, Verdict
from forum.models.consultation import MOST_CLAUSES
from forum.models.consultation_comment import LONGEST_COMMENT
from forum.models.consultation_facts import ClauseSaid, ConsultationSaid, PublicSaid, WindowSaid
from web.fields import WritingLanguageField
from web.moments import ClockField, MomentForm, zone_choices

MARKDOWN = gettext_lazy("You can use Markdown: **bold**, lists, links.")


class ConsultationForm(forms.Form):
    """The title, what it is about, and who is asked."""

    title = forms.CharField(label=gettext_lazy("Title of the document"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What it is about, and what you want to know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=MARKDOWN,
    )
    language = WritingLanguageField(label=gettext_lazy("Language of the document"))
    is_public = forms.TypedChoiceField(
        label=gettext_lazy("Who is asked"),
        choices=[
            ("no", gettext_lazy("Members of this platform: they sign in to read and comment")),
            (
                "yes",
                gettext_lazy(
                    "Everybody: the page is public, and people without an account comment with their name "
                    "and a confirmed e-mail address"
                ),
            ),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
        help_text=gettext_lazy("You can change it until the first round opens."),
    )

    @staticmethod
    def of(found: Consultation) -> dict[str, object]:
        """Return what the form begins with."""
        names = ("title", "summary", "language")
        return {**{x: getattr(found, x) for x in names}, "is_public": "yes" if found.is_public else "no"}

    def said(self) -> ConsultationSaid:
        """Return what was said."""
        return ConsultationSaid(**self.cleaned_data)


class ClauseForm(forms.Form):
    """One clause."""

    identity = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    place = forms.IntegerField(
        label=gettext_lazy("Place"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("Empty: at the end. The same as another clause: right after it."),
    )
    label = forms.CharField(label=gettext_lazy("Number, as printed"), max_length=20, required=False)
    title = forms.CharField(label=gettext_lazy("Heading"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    @staticmethod
    def of(found: ConsultationClause) -> dict[str, object]:
        """Return what the row begins with."""
        names = ("identity", "label", "title", "text")
        return {**{x: getattr(found, x) for x in names}, "place": found.position}


ClauseFormSet = forms.formset_factory(
    ClauseForm,
    extra=1,
    can_delete=True,
    max_num=MOST_CLAUSES,
    validate_max=True,
    absolute_max=MOST_CLAUSES + 10,
)


def said_clauses(formset: Any) -> list[ClauseSaid]:
    """Return the clauses of a valid formset in their order."""
    kept = [
        (one.cleaned_data, number)
        for number, one in enumerate(formset.forms)
        if one.cleaned_data.get("text") and not one.cleaned_data.get("DELETE")
    ]
    kept.sort(key=lambda pair: (pair[0].get("place") or 10_000, pair[1]))
    names = ("identity", "label", "title", "text")
    return [ClauseSaid(**{name: said.get(name, "") for name in names}) for said, _number in kept]


class RoundNoteForm(forms.Form):
    """What is new in this round, for those who read the last one."""

    note = forms.CharField(
        label=gettext_lazy("What is new in this round"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note_language = WritingLanguageField()


class WindowForm(MomentForm):
    """From when until when one comments."""

    clocks = ("opens_at", "closes_at")
    opens_at = ClockField(
        label=gettext_lazy("Opens"), required=False, help_text=gettext_lazy("Leave it empty to open now.")
    )
    closes_at = ClockField(label=gettext_lazy("Closes"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of these times"),
        choices=zone_choices,
        help_text=gettext_lazy("Everybody reads the times in their own zone, with this one beside it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"zone": timezone.get_current_timezone_name()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

    def said(self) -> WindowSaid:
        """Return what was said."""
        given = self.cleaned_data
        return WindowSaid(given.get("opens_at"), given["closes_at"], given["zone"])


class ExtendForm(MomentForm):
    """Until when it is made longer."""

    clocks = ("closes_at",)
    closes_at = ClockField(label=gettext_lazy("Closes now at"))
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of this time"), choices=zone_choices)

    def __init__(self, *args: Any, asked: ConsultationRound, **kwargs: Any) -> None:
        kwargs["initial"] = {"zone": asked.zone} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class CloseForm(forms.Form):
    """A checkbox."""

    sure = forms.BooleanField(label=gettext_lazy("Close it now. Nobody can comment in this round any more."))


class CommentForm(forms.Form):
    """What a member says."""

    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=MARKDOWN,
    )
    language = WritingLanguageField()


class PublicCommentForm(forms.Form):
    """What somebody without an account says."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        help_text=gettext_lazy("Shown beside your comment."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Shown beside your comment."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy(
            "Only the co-leads of the group see it, and nobody else. We write to it to confirm this comment, when it "
            "is answered and when there is a next round."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=MARKDOWN,
    )
    language = WritingLanguageField()

    def said(self) -> PublicSaid:
        """Return what was said."""
        return PublicSaid(**self.cleaned_data)


class ResponseForm(forms.Form):
    """What the group does with a comment, and why."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Response"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Say what you changed, or why you did not. Everybody who reads the comment reads it."
        ),
    )
    language = WritingLanguageField()

    @staticmethod
    def of(found: ConsultationResponse | None) -> dict[str, object]:
        """Return what the form begins with."""
        names = ("verdict", "reason", "language")
        return {name: getattr(found, name) for name in names} if found else {}


class OutcomeForm(forms.Form):
    """What came of a round."""

    outcome = forms.CharField(
        label=gettext_lazy("What came of it"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("A few sentences for everybody: what was said most, and what you do now."),
    )
    language = WritingLanguageField()


class HideForm(forms.Form):
    """Why a comment is hidden, or shown again."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the log that the co-leads of this group read."),
    )
    language = WritingLanguageField()
