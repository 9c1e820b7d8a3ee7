"""Input about minutes."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import LineKind
from forum.models.meeting_facts import WINDOW_DAYS, LineSaid
from web.fields import DayField, WritingLanguageField


class SectionForm(forms.Form):
    """What was said about one point."""

    text = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    language = WritingLanguageField()


class LineForm(forms.Form):
    """A decision or an action item."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=LineKind.choices)
    text = forms.CharField(label=gettext_lazy("What was decided, or is to be done?"), max_length=500)
    owner = forms.CharField(label=gettext_lazy("Who does it"), max_length=120, required=False)
    due_on = DayField(label=gettext_lazy("By when"), required=False)
    language = WritingLanguageField()

    def said(self) -> LineSaid:
        """Return what was said."""
        return LineSaid(**self.cleaned_data)


class ProposeForm(forms.Form):
    """Until when the group may ask for corrections."""

    open_until = DayField(
        label=gettext_lazy("Corrections until the end of"),
        help_text=gettext_lazy("A day in your own time zone. At least a day from now; a week is usual."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["open_until"].initial = timezone.localdate() + timedelta(days=WINDOW_DAYS)

    def clean_open_until(self) -> datetime:
        """Return the end of that day."""
        day = self.cleaned_data["open_until"]
        if not timezone.localdate() <= day <= timezone.localdate() + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day that is still to come, within a year."))
        end = datetime.combine(day + timedelta(days=1), datetime.min.time())
        return timezone.make_aware(end)


class ReplyForm(forms.Form):
    """A correction that is asked for."""

    text = forms.CharField(
        label=gettext_lazy("What is to be corrected?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = WritingLanguageField()


class AnswerForm(forms.Form):
    """What a co-lead answers to it."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    language = WritingLanguageField()


class WhyForm(forms.Form):
    """Why approved minutes are corrected."""

    why = forms.CharField(
        label=gettext_lazy("What is corrected, and why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    language = WritingLanguageField()
