"""Forms of the company tracker: issue, company, record, reply, what the public sends, filters."""

import time
from typing import Any, cast

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.queries import country_names
from schemes.definitions.tracker_steps import steps_named
from schemes.models import Issue
from schemes.models.tracker import Basis, StepState
from schemes.models.tracker_facts import ContributionFacts, StepFacts
from web.fields import DayField, SearchField, WritingLanguageField
from web.statuses import look_of

SALT = "schemes.contribution"
SHORTEST, LONGEST = 3, 24 * 3600  # seconds that a person takes to write


class IssueForm(forms.Form):
    """What an issue is called and about."""

    title = forms.CharField(label=gettext_lazy("Name of the issue"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Say what is looked for, and where your knowledge of it comes from."),
    )
    language = WritingLanguageField()


class NewIssueForm(IssueForm):
    """A new issue: its kind decides which steps are looked for."""

    is_state_imposed = forms.BooleanField(
        label=gettext_lazy("A state imposes the forced labour"),
        required=False,
        help_text=gettext_lazy(
            "Then the steps offer exit, never a plan to put the site right. It cannot be changed later."
        ),
    )
    field_order = ("title", "summary", "is_state_imposed", "language")


class CompanyForm(forms.Form):
    """By which names a company is known."""

    country = forms.ChoiceField(label=gettext_lazy("Country of its seat"), required=False)
    ids = forms.CharField(
        label=gettext_lazy("Ids elsewhere"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One on each line, for example “LEI: 5299000J2N45DDNE4Y28”."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Code of its organisation here"),
        max_length=12,
        required=False,
        help_text=gettext_lazy(
            "Whoever is in that organisation can then reply. Ask the company for its code."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = cast("forms.ChoiceField", self.fields["country"])
        choices.choices = [("", _("Not known")), *country_names().items()]

    def clean_ids(self) -> list[dict[str, str]]:
        """Read a line as the name of a register and the id in it."""
        found = []
        for line in self.cleaned_data["ids"].splitlines():
            system, sep, value = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not (system and sep and value):
                raise forms.ValidationError(_("Write the register, a colon, then the id."))
            found.append({"system": system[:60], "value": value[:120]})
        return found


class FollowForm(CompanyForm):
    """A company to be followed."""

    name = forms.CharField(label=gettext_lazy("Name of the company"), max_length=200)
    next_check_on = DayField(label=gettext_lazy("Look again on"), required=False)
    field_order = ("name", "country", "ids", "organisation", "next_check_on")


class RecordForm(forms.Form):
    """What was found of one step."""

    step = forms.ChoiceField(label=gettext_lazy("Step"))
    state = forms.ChoiceField(label=gettext_lazy("What is known"), choices=StepState.choices)
    basis = forms.ChoiceField(
        label=gettext_lazy("What the source is"),
        choices=Basis.choices,
        help_text=gettext_lazy(
            "A company’s own word is a claim. Membership in an initiative raises nothing by itself."
        ),
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=250, required=False)
    source_url = forms.URLField(
        label=gettext_lazy("Address of the source"), max_length=500, required=False, assume_scheme="https"
    )
    source_on = DayField(label=gettext_lazy("Date of the source"), required=False)
    next_check_on = DayField(label=gettext_lazy("Look again on"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_steps(self, issue)

    def found(self) -> StepFacts:
        """Return what a valid form says."""
        return StepFacts(**self.cleaned_data)


class ReplyForm(forms.Form):
    """What a company or an initiative has to say."""

    words = forms.CharField(
        label=gettext_lazy("Your reply"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write a sentence or two.")},
    )
    language = WritingLanguageField()


class ContributionForm(forms.Form):
    """What somebody without an account knows; a program that fills every field is known by one that nobody sees."""

    company_name = forms.CharField(label=gettext_lazy("Which company?"), max_length=200)
    step = forms.ChoiceField(label=gettext_lazy("Which step is it about?"), required=False)
    words = forms.CharField(
        label=gettext_lazy("What do you know?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Write no names of workers, and nothing by which somebody could be found who did not agree."
        ),
    )
    source_url = forms.URLField(
        label=gettext_lazy("Where can it be read?"), max_length=500, required=False, assume_scheme="https"
    )
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Only the moderator reads this. It is deleted as soon as somebody has decided."
        ),
    )
    language = WritingLanguageField()
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    began = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, issue: Issue, company_name: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"] |= {"began": signing.dumps(int(time.time()), salt=SALT)}
        super().__init__(*args, **kwargs)
        _offer_steps(self, issue, empty=_("No one of them in particular"))
        if company_name:
            del self.fields["company_name"]

    def is_by_a_person(self) -> bool:
        """Tell whether a person wrote it: the unseen field is empty, and it took neither a blink nor a day."""
        if self.data.get("website"):
            return False
        try:
            began = signing.loads(self.data.get("began", ""), salt=SALT, max_age=LONGEST)
        except signing.BadSignature:
            return False
        return bool(time.time() - int(began) >= SHORTEST)

    def said(self, company_code: str = "") -> ContributionFacts:
        """Return what a valid form says."""
        said = self.cleaned_data
        return ContributionFacts(
            words=said["words"],
            company=company_code,
            company_name=said.get("company_name", ""),
            step=said["step"],
            source_url=said["source_url"],
            language=said["language"],
            contact=said["contact"],
        )


class CompanyFilters(forms.Form):
    """Filters of the companies of an issue."""

    name = SearchField(label=gettext_lazy("Company"))
    step = forms.ChoiceField(label=gettext_lazy("Step"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("What is known"), required=False)

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_steps(self, issue, empty=_("Any"))
        cast("forms.ChoiceField", self.fields["state"]).choices = [
            ("", _("All")),
            *((one.value, look_of("step", one.value).word) for one in StepState),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ModerationFilters(forms.Form):
    """Filters of what was sent in."""

    state = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["state"]).choices = [
            ("", _("All")),
            *((one, look_of("contribution", one).word) for one in ("held", "shown", "declined")),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _offer_steps(form: forms.Form, issue: Issue, *, empty: str = "") -> None:
    choices = [(one.key, one.label) for one in steps_named(issue.steps)]
    cast("forms.ChoiceField", form.fields["step"]).choices = [*([("", empty)] if empty else []), *choices]
