"""What a charter says, and what a notice says."""

from django import forms
from django.utils.translation import gettext_lazy

from forum.models import Charter
from forum.models.facts import CharterSaid
from web.fields import DayField, WritingLanguageField


class CharterForm(forms.Form):
    """Purpose, deliverables and the day on which the group has done its work."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    deliverables = forms.CharField(
        label=gettext_lazy("Deliverables"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("One on each line: what there will be in the end."),
    )
    ends_on = DayField(label=gettext_lazy("Ends on"), required=False)
    language = WritingLanguageField()

    @staticmethod
    def of(charter: Charter | None) -> dict[str, object]:
        """Return what the form begins with."""
        names = ("purpose", "deliverables", "ends_on", "language")
        return {name: getattr(charter, name) for name in names} if charter else {}

    def said(self) -> CharterSaid:
        """Return what was said."""
        return CharterSaid(**self.cleaned_data)


class NoticeForm(forms.Form):
    """The words of the next competition-law notice."""

    body = forms.CharField(
        label=gettext_lazy("Words of the notice"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("Paragraphs are parted by an empty line."),
    )
    language = WritingLanguageField()


class AcceptForm(forms.Form):
    """One checkbox."""

    accepts = forms.BooleanField(label=gettext_lazy("I have read this and keep to it."))
