"""Forms of a site's reply, of the firm's answer, of a correction after publication, and of a follow-up."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.forms.evidence import EvidenceForm
from findings.models import Finding, FollowUpItem, SiteReply
from findings.models.facts import JUDGED, WORDS
from web.fields import DayField, WritingLanguageField

Kind = SiteReply.Kind
SAYS = {
    Kind.FINE: gettext_lazy("It is right. I have nothing to say."),
    Kind.COMMENT: gettext_lazy("I want to add something."),
    Kind.DISPUTE: gettext_lazy("It is not right."),
}


def _words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ReplyForm(forms.Form):
    """What the site says of one finding, or of the audit as a whole."""

    hides_optional = True

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you say to this?"),
        choices=[],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Your words"),
        max_length=4000,
        widget=_words(3),
        required=False,
        help_text=gettext_lazy(
            "Say what is not right and how one can see it. No names of workers. Customers read this later."
        ),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, kinds: Iterable[str] = tuple(SAYS), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(kind), SAYS[Kind(kind)]) for kind in kinds]
        self.fields["kind"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A comment or a dispute without words says nothing."""
        said = super().clean() or self.cleaned_data
        is_bare = said.get("kind") in {Kind.COMMENT, Kind.DISPUTE} and not str(said.get("text") or "").strip()
        if is_bare and "text" not in self.errors:
            self.add_error("text", _("Write what you want to say."))
        return said

    def said(self) -> dict[str, Any]:
        """Return what a valid form says; words beside "it is right" are a comment."""
        said = {name: self.cleaned_data[name] for name in ("kind", "text", "language")}
        if said["kind"] == Kind.FINE and said["text"].strip():
            said["kind"] = Kind.COMMENT.value
        return said


class ReplyWithEvidenceForm(ReplyForm, EvidenceForm):
    """The same with what shows it."""


class AnswerForm(forms.Form):
    """The firm's answer to a dispute."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            ("accepted", gettext_lazy("The site is right. We correct it.")),
            ("kept", gettext_lazy("We keep what we wrote.")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Your reason"),
        max_length=4000,
        widget=_words(4),
        help_text=gettext_lazy("The site and everyone who sees the audit reads this beside the dispute."),
    )
    language = WritingLanguageField()


class ReasonForm(forms.Form):
    """Why a published audit is corrected."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you correct it?"),
        max_length=2000,
        widget=_words(3),
        help_text=gettext_lazy("Everyone who sees the audit reads this."),
    )
    reason_language = WritingLanguageField(label=gettext_lazy("Language of the reason"))


class SummaryForm(ReasonForm):
    """A correction of the audit itself."""

    field_order = ("summary", "reason", "reason_language")

    summary = forms.CharField(
        label=gettext_lazy("Summary"), max_length=5000, widget=_words(5), required=False
    )


class FindingCorrectionForm(ReasonForm):
    """A correction of one finding of a published audit; a CAR has no severity, date or withdrawal."""

    field_order = (*WORDS, *JUDGED, "withdraw", "reason", "reason_language")

    title = forms.CharField(label=gettext_lazy("Title"), max_length=250)
    description = forms.CharField(label=gettext_lazy("What was found"), max_length=8000, widget=_words(5))
    objective_evidence = forms.CharField(
        label=gettext_lazy("Evidence seen"), max_length=8000, widget=_words(3), required=False
    )
    law_reference = forms.CharField(label=gettext_lazy("Local law"), max_length=250, required=False)
    language = WritingLanguageField(label=gettext_lazy("Language of the finding"))
    workers_affected = forms.IntegerField(
        label=gettext_lazy("Workers affected"), min_value=0, max_value=1_000_000, required=False
    )
    extent = forms.ChoiceField(
        label=gettext_lazy("Extent"),
        choices=[("", gettext_lazy("Not said")), *Finding.Extent.choices],
        required=False,
    )
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=Finding.Severity.choices)
    due_on = DayField(label=gettext_lazy("Due on"))
    withdraw = forms.BooleanField(
        label=gettext_lazy("Withdraw it: it should never have been raised"),
        required=False,
        help_text=gettext_lazy("It stays readable, and counts nowhere any more."),
    )

    def __init__(self, *args: Any, finding: Finding, may_withdraw: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(finding, name) for name in (*WORDS, *JUDGED)}
        super().__init__(*args, **kwargs)
        if finding.kind != Finding.Kind.NON_COMPLIANCE:
            for name in JUDGED:
                del self.fields[name]
        if not may_withdraw:
            del self.fields["withdraw"]

    def said(self) -> dict[str, Any]:
        """Return the words, and for a non-compliance how it is judged."""
        return {name: self.cleaned_data[name] for name in (*WORDS, *JUDGED) if name in self.fields}


class ScopeForm(forms.Form):
    """Which non-compliances a follow-up looks at."""

    findings: forms.ModelMultipleChoiceField[Finding] = forms.ModelMultipleChoiceField(
        queryset=Finding.objects.none(),
        to_field_name="code",
        required=False,
        label=gettext_lazy("What do you follow up?"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["findings"].queryset = offered  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    """What was seen of one non-compliance on a follow-up."""

    result = forms.ChoiceField(
        label=gettext_lazy("What did you see?"), choices=FollowUpItem.Result.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("In your words"),
        max_length=4000,
        widget=_words(4),
        required=False,
        help_text=gettext_lazy("If more is needed, say what. Customers can read this."),
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """More needed without a word about what is no help."""
        said = super().clean() or self.cleaned_data
        is_short = said.get("result") == FollowUpItem.Result.MORE_NEEDED
        if is_short and not str(said.get("note") or "").strip() and "note" not in self.errors:
            self.add_error("note", _("Say what more is needed."))
        return said
