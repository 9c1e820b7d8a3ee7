"""Forms of initiatives and their ratings."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.visibility import Viewer
from schemes.definitions.edition import CriterionData, EditionData
from schemes.models.rating import Grade
from schemes.models.rating_facts import CitationFacts, InitiativeFacts
from schemes.queries.rating import colleagues_of, rubrics
from web.fields import DayField, SearchField, WritingLanguageField

NOT_ASSESSED = "not_assessed"


class InitiativeForm(forms.Form):
    """What an initiative is: facts, no judgement."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What is it?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    covers = forms.CharField(
        label=gettext_lazy("Whom does it cover?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Countries, sectors, how many sites and workers, and since when."),
    )
    how_to_join = forms.CharField(
        label=gettext_lazy("How does a company join?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    website = forms.URLField(
        label=gettext_lazy("Its own site"), max_length=500, required=False, assume_scheme="https"
    )
    sites = forms.CharField(
        label=gettext_lazy("Where it publishes sites that improve"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One on each line: what stands there, then its address."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Code of its organisation here"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Whoever is in that organisation can then reply to a rating."),
    )
    language = WritingLanguageField()

    def clean_sites(self) -> list[dict[str, str]]:
        """Read each line as words and an address at its end."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["sites"].splitlines())):
            title, _sep, url = line.rpartition(" ")
            forms.URLField(assume_scheme="https").clean(url)
            if not url.startswith(("https://", "http://")):
                raise forms.ValidationError(_("End each line with an address that begins with https://."))
            found.append({"title": title.strip(" :|") or url, "url": url})
        return found

    def said(self) -> InitiativeFacts:
        """Return what a valid form says."""
        said = self.cleaned_data
        names = ("name", "summary", "covers", "how_to_join", "website", "language")
        return InitiativeFacts(improving=said["sites"], **{name: said[name] for name in names})


class BeginForm(forms.Form):
    """By which rubric, and with whom."""

    edition = forms.ChoiceField(label=gettext_lazy("Rubric"))
    second_rater = forms.ChoiceField(
        label=gettext_lazy("Second rater"),
        help_text=gettext_lazy("You are the first. The two of you score apart, then compare and agree."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = {one.code: one for one in rubrics()}
        colleagues = [(str(one.person_id), str(one.person)) for one in colleagues_of(viewer)]
        cast("forms.ChoiceField", self.fields["edition"]).choices = [
            (code, one.title) for code, one in self.editions.items()
        ]
        cast("forms.ChoiceField", self.fields["second_rater"]).choices = colleagues


class ScoreForm(forms.Form):
    """One indicator: a value or "not assessed", and why."""

    value = forms.ChoiceField(label=gettext_lazy("Score"), widget=forms.RadioSelect)
    rationale = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, edition: EditionData, criterion: CriterionData, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meanings = {key: " ".join(lines) for key, lines in criterion.guidance.items()}
        given = [
            (key, f"{key} · {title}. {meanings.get(key, '')}".strip()) for key, title in edition.choices()
        ]
        cast("forms.ChoiceField", self.fields["value"]).choices = [
            *given,
            (NOT_ASSESSED, _("Not assessed: it could not be looked at. That is no zero.")),
        ]

    def said(self) -> dict[str, Any]:
        """Return what a valid form says."""
        said = self.cleaned_data
        value = None if said["value"] == NOT_ASSESSED else said["value"]
        return {"value": value, "rationale": said["rationale"], "language": said["language"]}


class CitationForm(forms.Form):
    """A dated piece of evidence."""

    title = forms.CharField(label=gettext_lazy("What is it?"), max_length=250)
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, required=False, assume_scheme="https")
    dated_on = DayField(label=gettext_lazy("Its date"))
    grade = forms.ChoiceField(
        label=gettext_lazy("How much does it carry?"),
        choices=Grade.choices,
        help_text=gettext_lazy("The initiative’s own word proves nothing by itself."),
    )

    def said(self) -> CitationFacts:
        """Return what a valid form says."""
        return CitationFacts(**self.cleaned_data)


class HandInForm(forms.Form):
    """A rater is done."""

    conflicts = forms.CharField(
        label=gettext_lazy("What binds you to this initiative?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Work, money, membership, friends. Write “nothing” if nothing does. It is published."
        ),
    )


class SendForm(forms.Form):
    """The initiative gets the rating."""

    told_how = forms.CharField(
        label=gettext_lazy("How is the initiative told?"),
        max_length=250,
        help_text=gettext_lazy(
            "Its people here are told by us. Without an account: to whom you wrote, and how."
        ),
    )


class InitiativeFilters(forms.Form):
    """Filters of the list."""

    name = SearchField(label=gettext_lazy("Initiative"))

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
