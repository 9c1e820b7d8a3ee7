"""The form of one criterion's score, and how two people's words are compared in it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html, strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schemes.definitions.edition import EditionData
from schemes.models import EvidenceUse
from schemes.models.facts import ScoreSaid
from schemes.queries.criteria import none_word
from web.dates import month_text
from web.fields import MonthField, WritingLanguageField

# Neither can be the key of a level.
NONE, IRRELEVANT = "-none", "-not-relevant"
FIELDS = (
    "choice",
    "reason",
    "rationale",
    "relied_on",
    "towards_plan",
    "likely_on",
    "language",
)


class ScoreForm(forms.Form):
    """What an assessor says about one criterion."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Level reached"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the level that is reached.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is not relevant"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why it is not relevant for this member.")},
    )
    rationale = forms.CharField(
        label=gettext_lazy("Why this level"),
        max_length=10_000,
        error_messages={"required": gettext_lazy("Say what this level rests on.")},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What you saw, and where. The member reads it once it is decided."),
    )
    relied_on = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence you rely on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    # Whoever names a plan or a month says that the member works towards the next level.
    towards_plan = forms.CharField(
        label=gettext_lazy("How the member works towards the next level"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    likely_on = MonthField(label=gettext_lazy("Likely reached in"), required=False)
    language = WritingLanguageField()

    def __init__(
        self, *args: Any, edition: EditionData, uses: Iterable[EvidenceUse] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        shown: Any = self.fields["choice"]
        about = {one.key: one.about for one in (edition.scale.values if edition.scale else edition.levels)}
        shown.choices = [
            (NONE, none_word(edition)),
            *((key, _choice(title, about[key])) for key, title in edition.choices()),
            (IRRELEVANT, _("Not relevant for this member")),
        ]
        if not edition.levels:
            for name in ("towards_plan", "likely_on"):
                del self.fields[name]
        self.titles = {NONE: none_word(edition), **dict(edition.choices())}
        relied: Any = self.fields.get("relied_on")
        relied.choices = [(use.code, use.title) for use in uses]
        if not relied.choices:
            del self.fields["relied_on"]

    def clean(self) -> dict[str, Any]:
        """Ask for the reasons that a score needs before it can be proposed."""
        cleaned = super().clean() or {}
        choice = cleaned.get("choice")
        not_asked = "rationale" if choice == IRRELEVANT else "reason"
        if not self.data.get(not_asked, "").strip():
            self.errors.pop(not_asked, None)
        plan, month = cleaned.get("towards_plan", "").strip(), cleaned.get("likely_on")
        if choice != IRRELEVANT and month and not plan:
            self.add_error("towards_plan", _("Say in a sentence how the member works towards it."))
        if choice != IRRELEVANT and plan and not month and "likely_on" not in self.errors:
            self.add_error("likely_on", _("Name the month in which it is likely to be reached."))
        return cleaned

    def typed(self) -> dict[str, Any]:
        """Return what was typed, as far as it can be read, whether or not it is enough."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in FIELDS if name in self.fields}


def _choice(title: str, about: str) -> Any:
    if not about:
        return title
    return format_html('<strong>{}</strong> <span class="quiet small">{}</span>', title, about)


def said_in_form(typed: Mapping[str, Any]) -> ScoreSaid:
    """Return what typed values say; a choice must be among them."""
    choice, likely = typed.get("choice") or "", typed.get("likely_on") or None
    plan = (typed.get("towards_plan") or "").strip()
    works = choice != IRRELEVANT and bool(plan or likely)
    return ScoreSaid(
        value="" if choice in {NONE, IRRELEVANT} else choice,
        is_relevant=choice != IRRELEVANT,
        reason=(typed.get("reason") or "").strip() if choice == IRRELEVANT else "",
        rationale=(typed.get("rationale") or "").strip(),
        language=typed.get("language") or "",
        relied_on=tuple(typed.get("relied_on") or ()),
        is_working_towards=works,
        towards_plan=plan,
        likely_on=dt.date.fromisoformat(likely) if isinstance(likely, str) else likely,
    )


def typed_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a score says as the form's fields hold it, for comparing: dates as text, choices as one field."""
    choice = said["value"] or (NONE if said["is_relevant"] else IRRELEVANT)
    return {"choice": choice} | {name: said[name] for name in FIELDS if name != "choice"}


def as_data(typed: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Return typed values as a form takes them."""
    listed = {name: value if isinstance(value, list | tuple) else [value] for name, value in typed.items()}
    return MultiValueDict({name: [one for one in value if one is not None] for name, value in listed.items()})


def in_words(form: ScoreForm, name: str, value: Any) -> str:
    """Return a field's value as somebody reads it."""
    field: Any = form.fields.get(name)
    if value in (None, "", []):
        return ""
    if name == "likely_on":
        return month_text(dt.date.fromisoformat(str(value)))
    if name in {"choice", "relied_on", "language"} and field is not None:
        words = {str(key): strip_tags(str(word)) for key, word in field.choices}
        if name == "choice":
            words |= form.titles
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(words.get(str(one), str(one)) for one in chosen)
    return str(value)


def label_of(form: ScoreForm, name: str) -> str:
    """Return what a field is called on the page."""
    field = form.fields.get(name)
    return str(field.label) if field is not None else name
