"""Forms of step 1, the plan, its updates and customers' answers."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.uploads import describe_limits
from findings.forms.evidence import EvidenceForm
from findings.forms.rhythm import RhythmForm
from findings.models import Action, Ask, PlanContent, PlanResponse, PlanUpdate, Understanding
from web.fields import MomentInput, MonthField, WritingLanguageField

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _words(rows: int = 3, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class UnderstandForm(forms.Form):
    """Three questions about the issue; each answer leads to the next step."""

    is_urgent = forms.ChoiceField(
        label=gettext_lazy(
            "Did workers pay fees or costs against the law with no plan to pay them back in full, "
            "or was a child found at work who is not protected yet?"
        ),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    is_known_issue = forms.ChoiceField(
        label=gettext_lazy("Do you already work on this issue with customers or in an initiative?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
    )
    known_initiative = forms.CharField(
        label=gettext_lazy("Which one?"),
        required=False,
        max_length=250,
        help_text=gettext_lazy(
            "For example a task force, a study, or a programme of your trade association."
        ),
    )
    engagement = forms.ChoiceField(
        label=gettext_lazy("Can you talk with your customers about what you can do together?"),
        choices=Understanding.Engagement.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        """Turn yes and no into truth; ask for the name of work that is under way."""
        cleaned = super().clean() or {}
        for name in ("is_urgent", "is_known_issue"):
            if name in cleaned:
                cleaned[name] = cleaned[name] == "yes"
        if cleaned.get("is_known_issue") and not cleaned.get("known_initiative"):
            self.add_error("known_initiative", _("Write the name of the work you take part in."))
        return cleaned

    @classmethod
    def initial_from(cls, answers: Understanding | None) -> dict[str, Any]:
        """Return what was answered before, as the form shows it."""
        if answers is None:
            return {}
        return {
            "is_urgent": "yes" if answers.is_urgent else "no",
            "is_known_issue": "yes" if answers.is_known_issue else "no",
            "known_initiative": answers.known_initiative,
            "engagement": answers.engagement,
        }


class CauseForm(forms.Form):
    """One root cause."""

    hides_optional = True  # a row may be left empty as a whole

    why = forms.CharField(label=gettext_lazy("Cause"), max_length=1000, widget=_words(2), required=False)


class ActionForm(forms.Form):
    """One action: what, who, by when, what support, how one sees that it worked."""

    hides_optional = True

    what = forms.CharField(
        label=gettext_lazy("What will be done?"), max_length=1000, widget=_words(2), required=False
    )
    who = forms.CharField(label=gettext_lazy("Who does it?"), max_length=250, required=False)
    by_when = MonthField(label=gettext_lazy("By when?"), required=False)
    support = forms.CharField(
        label=gettext_lazy("What help is needed, and from whom?"), max_length=500, required=False
    )
    measure = forms.CharField(
        label=gettext_lazy("How will you see that it worked?"), max_length=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        """An action that has anything needs to say what is done."""
        cleaned = super().clean() or {}
        if any(cleaned.values()) and not cleaned.get("what") and "what" not in self.errors:
            self.add_error("what", _("Say what will be done."))
        return cleaned


CauseFormSet: type[BaseFormSet[CauseForm]] = forms.formset_factory(CauseForm, extra=1, max_num=20)
ActionFormSet: type[BaseFormSet[ActionForm]] = forms.formset_factory(ActionForm, extra=1, max_num=40)


class PlanForm(RhythmForm):
    """The plan's fields that stand once; causes and actions are formsets beside it."""

    completed_by = forms.CharField(
        label=gettext_lazy("Who fills in this plan?"),
        max_length=160,
        help_text=gettext_lazy("Your role is enough, for example “HR manager”."),
    )
    investigation = forms.CharField(
        label=gettext_lazy("What have you looked into so far?"),
        max_length=4000,
        widget=_words(3),
        required=False,
    )
    stakeholders = forms.CharField(
        label=gettext_lazy("Who needs to be involved?"),
        max_length=4000,
        widget=_words(3),
        required=False,
        help_text=gettext_lazy("One per line: customers, agencies, trade unions, NGOs, trade associations."),
    )
    initiatives = forms.CharField(
        label=gettext_lazy("Programmes or studies that work on this"),
        max_length=2000,
        widget=_words(2),
        required=False,
        help_text=gettext_lazy("One per line; a link if there is one."),
    )
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("What do you ask of your customers?"),
        choices=Ask.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one, so that your customers know what to do.")
        },
    )
    language = WritingLanguageField()

    def content(self, causes: BaseFormSet[CauseForm], actions: BaseFormSet[ActionForm]) -> PlanContent:
        """Return what the three valid forms say together."""
        said = self.cleaned_data
        return PlanContent(
            root_causes=tuple(one["why"] for one in causes.cleaned_data if one.get("why")),
            stakeholders=_lines(said["stakeholders"]),
            investigation=said["investigation"],
            initiatives=_lines(said["initiatives"]),
            actions=tuple(
                Action(
                    what=one["what"],
                    who=one["who"],
                    by_when=one["by_when"].strftime("%Y-%m") if one["by_when"] else "",
                    support=one["support"],
                    measure=one["measure"],
                )
                for one in actions.cleaned_data
                if one.get("what")
            ),
            asks=frozenset(said["asks"]),
        )


class UploadForm(PlanForm):
    """A plan uploaded as a file, with the key fields that customers need to see on the page."""

    file = forms.FileField(label=gettext_lazy("Your plan"))
    root_causes = forms.CharField(
        label=gettext_lazy("Why does it happen?"),
        max_length=4000,
        widget=_words(3),
        help_text=gettext_lazy("The root causes in your file, one per line."),
    )
    field_order = (
        "file",
        "completed_by",
        "root_causes",
        "stakeholders",
        "investigation",
        "initiatives",
        "asks",
        "rhythm",
        "date_1",
        "date_2",
        "date_3",
        "date_4",
        "date_5",
        "date_6",
        "language",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = describe_limits()

    def uploaded_content(self) -> PlanContent:
        """Return the key fields; the rest is in the file."""
        said = self.cleaned_data
        return PlanContent(
            root_causes=_lines(said["root_causes"]),
            stakeholders=_lines(said["stakeholders"]),
            investigation=said["investigation"],
            initiatives=_lines(said["initiatives"]),
            asks=frozenset(said["asks"]),
        )


class UpdateForm(EvidenceForm):
    """What changed since last time, and what shows it."""

    summary = forms.CharField(
        label=gettext_lazy("What has changed since last time?"),
        max_length=4000,
        widget=_words(4),
        error_messages={"required": gettext_lazy("Write a sentence or two about what has changed.")},
    )
    language = WritingLanguageField()


class ProgressForm(forms.Form):
    """Progress of one action, in honest words."""

    progress = forms.ChoiceField(label=gettext_lazy("Progress"), choices=PlanUpdate.Progress.choices)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)


ProgressFormSet: type[BaseFormSet[ProgressForm]] = forms.formset_factory(ProgressForm, extra=0, max_num=40)


class RespondForm(forms.Form):
    """A customer's answer."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Your answer"), choices=PlanResponse.Kind.choices, widget=forms.RadioSelect
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the supplier"), max_length=4000, widget=_words(3), required=False
    )
    language = WritingLanguageField()
    time_1 = forms.DateTimeField(
        label=gettext_lazy("First time you propose"),
        required=False,
        widget=MomentInput,
    )
    time_2 = forms.DateTimeField(label=gettext_lazy("Second time"), required=False, widget=MomentInput)
    time_3 = forms.DateTimeField(label=gettext_lazy("Third time"), required=False, widget=MomentInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")
        self.fields["time_1"].help_text = _("Only if you ask for a call. Times are those of %(zone)s.") % {
            "zone": zone
        }

    def clean(self) -> dict[str, Any]:
        """A call needs a time; other answers need none."""
        cleaned = super().clean() or {}
        times = [cleaned[name] for name in ("time_1", "time_2", "time_3") if cleaned.get(name)]
        if cleaned.get("kind") == PlanResponse.Kind.CALL and not times and "time_1" not in self.errors:
            self.add_error("time_1", _("Propose at least one time for the call."))
        if cleaned.get("kind") == PlanResponse.Kind.CALL:
            for name in ("time_1", "time_2", "time_3"):
                if (time := cleaned.get(name)) and time <= timezone.now():
                    self.add_error(name, _("This time is over. Propose one that is still to come."))
        cleaned["proposed_times"] = times if cleaned.get("kind") == PlanResponse.Kind.CALL else []
        return cleaned
