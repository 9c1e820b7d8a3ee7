"""What people say in and about a feedback round."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import FeedbackOutcome, FeedbackProject, FeedbackRound, Group, Project
from forum.models.feedback_facts import PartSaid, RoundSaid
from forum.queries.feedback import groups_to_invite
from forum.queries.project import milestones_of, updates_of
from organisations.visibility import Viewer
from web.dates import day_text
from web.fields import WritingLanguageField
from web.moments import ClockField, MomentForm, zone_called, zone_choices

ALL, CHOSEN = "all", "chosen"


def _words(label: Any, *, rows: int = 6, most: int = 4000, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _boxes(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


class RoundForm(MomentForm):
    """A round: what it asks for, when, and whom; its times are on the clocks of the zone chosen beside them."""

    clocks = ("opens_at", "closes_at")
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    purpose = _words(
        gettext_lazy("What do you ask other groups for?"),
        help_text=gettext_lazy("They read nothing else of your group, so say what they need to know."),
    )
    language = WritingLanguageField()
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zone_choices,
        help_text=gettext_lazy("The two times below are on the clocks of this place."),
    )
    opens_at = ClockField(
        label=gettext_lazy("Opens"),
        required=False,
        help_text=gettext_lazy("Leave it empty to open as soon as you release it."),
    )
    closes_at = ClockField(label=gettext_lazy("Last moment for comments"))
    whom = forms.ChoiceField(
        label=gettext_lazy("Who is invited?"),
        choices=[
            (CHOSEN, gettext_lazy("The groups chosen below")),
            (ALL, gettext_lazy("Every group of the forum, also those that begin later")),
        ],
        widget=forms.RadioSelect,
        initial=CHOSEN,
    )
    invited = _boxes(gettext_lazy("Invited groups"))

    def __init__(
        self, *args: Any, viewer: Viewer, group: Group, found: FeedbackRound | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=_initial_of(found), **kwargs)
        self.known = {one.key: one for one in groups_to_invite(group, viewer)}
        field: Any = self.fields["invited"]
        field.choices = [(key, one.title) for key, one in self.known.items()]
        if found is not None:
            chosen = {key for key, one in self.known.items() if one.pk in set(found.invited_ids)}
            self.initial["invited"] = sorted(chosen)

    def said(self) -> RoundSaid:
        """Return what was said, in exact moments."""
        given = self.cleaned_data
        return RoundSaid(
            title=given["title"],
            purpose=given["purpose"],
            language=given["language"],
            zone=given["zone"],
            opens_at=given["opens_at"],
            closes_at=given["closes_at"],
            for_all=given["whom"] == ALL,
            invited=[self.known[key] for key in given["invited"]],
        )


def _initial_of(found: FeedbackRound | None) -> dict[str, Any]:
    if found is None:
        return {"zone": timezone.get_current_timezone_name()}
    zone = zone_called(found.zone)
    opens_at = found.opens_at.astimezone(zone).replace(tzinfo=None) if found.opens_at else None
    return {
        "title": found.title,
        "purpose": found.purpose,
        "zone": found.zone,
        "opens_at": opens_at,
        "closes_at": found.closes_at.astimezone(zone).replace(tzinfo=None),
        "whom": ALL if found.for_all else CHOSEN,
    } | ({"language": found.language} if found.language else {})


class PartForm(forms.Form):
    """What people of other groups read about a project, and what is asked about it."""

    description = _words(
        gettext_lazy("The project, for people who do not know it"),
        help_text=gettext_lazy("No names of people, and nothing that was said in confidence."),
    )
    milestones = _boxes(gettext_lazy("Milestones to show"))
    updates = _boxes(
        gettext_lazy("Updates to show"),
        help_text=gettext_lazy("They are shown as they stand, without the name of who wrote them."),
    )
    questions = _words(
        gettext_lazy("Questions"),
        rows=4,
        most=2600,
        required=False,
        help_text=gettext_lazy("One on each line, eight at most. One can always comment on the whole."),
    )
    language = WritingLanguageField()

    def __init__(
        self, *args: Any, viewer: Viewer, project: Project, part: FeedbackProject | None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _initial_of_part(part)
        super().__init__(*args, **kwargs)
        self.known_milestones = {str(one.pk): one for one in milestones_of(project, viewer)}
        self.known_updates = {str(one.pk): one for one in updates_of(project, viewer)}
        self._choose("milestones", {key: one.title for key, one in self.known_milestones.items()})
        self._choose(
            "updates",
            {
                key: f"{day_text(one.at)}: {Truncator(one.body).chars(160)}"
                for key, one in self.known_updates.items()
            },
        )

    def _choose(self, name: str, choices: dict[str, str]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices.items())
        if not choices:
            del self.fields[name]

    def clean_questions(self) -> list[str]:
        """Return the questions, one by one."""
        asked = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if any(len(one) > 300 for one in asked):
            raise forms.ValidationError(_("A question has 300 characters at most."))
        return asked

    def said(self) -> PartSaid:
        """Return what was said."""
        given = self.cleaned_data
        return PartSaid(
            description=given["description"],
            language=given["language"],
            questions=given["questions"],
            milestones=[self.known_milestones[key] for key in given.get("milestones", [])],
            updates=[self.known_updates[key] for key in given.get("updates", [])],
        )


def _initial_of_part(part: FeedbackProject | None) -> dict[str, Any]:
    if part is None:
        return {}
    shown = list(part.excerpts.all())
    return {
        "description": part.description,
        "questions": "\n".join(part.questions),
        "milestones": [str(one.milestone_id) for one in shown if one.milestone_id],
        "updates": [str(one.update_id) for one in shown if one.update_id],
    } | ({"language": part.language} if part.language else {})


class CommentForm(forms.Form):
    """What somebody of an invited group says, and on which question."""

    question = forms.TypedChoiceField(
        label=gettext_lazy("What is it about?"), coerce=int, widget=forms.RadioSelect
    )
    from_group = forms.ChoiceField(label=gettext_lazy("For which of your groups do you speak?"))
    body = _words(gettext_lazy("Your comment"))
    language = WritingLanguageField()

    def __init__(
        self, *args: Any, part: FeedbackProject, groups: list[Group], asked: int = 0, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"question": asked}
        super().__init__(*args, **kwargs)
        self.known = {one.key: one for one in groups}
        field: Any = self.fields["question"]
        numbered = [(str(number), words) for number, words in enumerate(part.questions, start=1)]
        field.choices = [*numbered, ("0", _("The project as a whole"))]
        if not numbered:
            field.widget = forms.HiddenInput()
        speaks: Any = self.fields["from_group"]
        speaks.choices = [(key, one.title) for key, one in self.known.items()]
        if len(groups) < 2:
            del self.fields["from_group"]

    def said(self) -> dict[str, Any]:
        """Return the arguments of the action."""
        given = self.cleaned_data
        return {
            "question": given["question"],
            "body": given["body"],
            "language": given["language"],
            "from_group": self.known.get(given.get("from_group", "")),
        }


class CommentAnswerForm(forms.Form):
    """What the group says to a comment, and what it does about it."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What does the group do about it?"),
        choices=FeedbackOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what the group does about it.")},
    )
    answer = _words(gettext_lazy("Answer"))
    language = WritingLanguageField()


class SummaryForm(forms.Form):
    """What came of a round."""

    summary = _words(
        gettext_lazy("Summary"),
        rows=10,
        most=6000,
        help_text=gettext_lazy("What was said, and what the group changes because of it."),
    )
    language = WritingLanguageField()


class TakeBackForm(forms.Form):
    """Why a round is withdrawn; a draft that nobody else has read needs no reason."""

    reason = _words(
        gettext_lazy("Why?"), rows=4, most=1000, help_text=gettext_lazy("Seen inside the group alone.")
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_draft
