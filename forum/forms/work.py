"""What people write about the work of a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from forum.models import SDGS, Ballot, Group, Participant
from forum.queries.participant import people_in
from organisations.visibility import Viewer
from web.fields import DayField, WritingLanguageField


def _words(label: Any, *, rows: int = 5, most: int = 4000, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


class ProjectForm(forms.Form):
    """What a project is for."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    purpose = _words(gettext_lazy("Purpose"))
    sdg_tags = forms.MultipleChoiceField(
        label=gettext_lazy("Sustainable Development Goals"),
        choices=SDGS,
        required=False,
        help_text=gettext_lazy("Hold Ctrl to choose several."),
    )
    language = WritingLanguageField()


class UpdateForm(forms.Form):
    """How a project comes along."""

    body = _words(gettext_lazy("What is new?"))
    percent = forms.IntegerField(
        label=gettext_lazy("Done, in per cent"), required=False, min_value=0, max_value=100
    )
    language = WritingLanguageField()


class MilestoneForm(forms.Form):
    """What stands by which day."""

    title = forms.CharField(label=gettext_lazy("What stands then?"), max_length=200)
    due_on = DayField(label=gettext_lazy("By"))
    language = WritingLanguageField()


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the people inside, by name and organisation."""

    def label_from_instance(self, obj: Any) -> str:
        """Return both names: some people take part for two organisations."""
        return f"{obj.person_name}, {obj.organisation_name}"


class ActionItemForm(forms.Form):
    """Who does what by when; the owner is one of the people inside."""

    title = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=300)
    owner = PersonField(
        label=gettext_lazy("Who does it?"), queryset=Participant.objects.none(), to_field_name="code"
    )
    due_on = DayField(label=gettext_lazy("By"))
    language = WritingLanguageField()

    def __init__(self, *args: Any, viewer: Viewer, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = people_in(group, viewer)


class DecisionForm(forms.Form):
    """What is proposed, and the ballot that it rests on."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    proposal = _words(
        gettext_lazy("Proposal"),
        rows=8,
        most=6000,
        help_text=gettext_lazy("Its words never change once it is proposed."),
    )
    ballot = forms.ModelChoiceField(
        label=gettext_lazy("Ballot it rests on"),
        queryset=Ballot.objects.none(),
        to_field_name="code",
        required=False,
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, viewer: Viewer, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ballot"]
        field.queryset = Ballot.objects.visible_to(viewer).filter(group=group).order_by("-closes_at", "-id")


class ObjectionForm(forms.Form):
    """Why a seat does not agree."""

    reason = _words(gettext_lazy("Why does your seat not agree?"))
    language = WritingLanguageField()


class AnswerForm(forms.Form):
    """What the group says to an objection."""

    answer = _words(gettext_lazy("Answer"))
    language = WritingLanguageField()


class IssueForm(forms.Form):
    """A matter to be kept in sight."""

    title = forms.CharField(label=gettext_lazy("Issue"), max_length=200)
    body = _words(gettext_lazy("What it is about"), required=False)
    language = WritingLanguageField()


class NoteForm(forms.Form):
    """What was said about it."""

    body = _words(gettext_lazy("Note"))
    language = WritingLanguageField()
