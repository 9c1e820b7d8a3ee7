"""Forms of a buyer's own code: raise a variance, say something about it, narrow the list."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.lifecycle import VarianceState
from findings.models.facts import VarianceFacts
from findings.queries.variance import customer_sites
from organisations.visibility import Viewer
from sourcing.models import Site
from web.fields import DayField, SearchField, WritingLanguageField
from web.statuses import look_of


class RaiseForm(forms.Form):
    """Where a supplier's site falls short of the buyer's own code."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.none(), to_field_name="code"
    )
    clause = forms.CharField(
        label=gettext_lazy("Clause of your code"),
        max_length=250,
        help_text=gettext_lazy("Number and name, for example “4.2 Dormitories”."),
    )
    finding = forms.CharField(
        label=gettext_lazy("Code of the audit finding it follows from"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Only if there is one. Its page has the code in its address."),
    )
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=250)
    description = forms.CharField(
        label=gettext_lazy("What falls short?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    severity = forms.CharField(
        label=gettext_lazy("How you rate it"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("In the words of your own code. It changes nothing in the audit."),
    )
    due_on = DayField(label=gettext_lazy("Answer by"), required=False)
    language = WritingLanguageField()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Site]", self.fields["site"]).queryset = customer_sites(viewer)

    def said(self) -> VarianceFacts:
        """Return what a valid form says."""
        said = self.cleaned_data
        names = ("title", "description", "clause", "severity", "due_on", "language")
        return VarianceFacts(**{name: said[name] for name in names})


class ReplyForm(forms.Form):
    """A word between the two."""

    message = forms.CharField(
        label=gettext_lazy("Your words"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write a sentence or two.")},
    )
    language = WritingLanguageField()


class CloseForm(ReplyForm):
    """A last word, if the buyer likes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = False


class VarianceFilters(forms.Form):
    """Filters of the list."""

    site = SearchField(label=gettext_lazy("Site"))
    state = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["state"]).choices = [
            ("", _("All")),
            *((one.value, look_of("variance", one.value).word) for one in VarianceState),
        ]

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
