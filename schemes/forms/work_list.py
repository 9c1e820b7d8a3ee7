"""Filters of a scheme body's work list and of its appeals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from schemes.models import Assessment, Scheme
from web.fields import SearchField

WAITS = [
    ("", _("Whatever is open")),
    ("member", _("For the member")),
    ("assessor", _("For an assessor")),
    ("decision", _("For a decision")),
    ("closed", _("Closed")),
]
DUE = [("", _("Any time")), ("overdue", _("Overdue")), ("soon", _("Within 30 days"))]
WHO = [("", _("Anybody")), ("me", _("Me")), ("nobody", _("No assessor yet"))]
KINDS = [
    ("", _("All")),
    (Assessment.Kind.INITIAL.value, Assessment.Kind.INITIAL.label),
    (Assessment.Kind.INTERIM.value, Assessment.Kind.INTERIM.label),
]


class WorkFilters(forms.Form):
    """Filters of the work list; what cannot be read is left out."""

    name = SearchField(label=_("Member"))
    waits = forms.ChoiceField(label=_("Waits"), required=False, choices=WAITS)
    due = forms.ChoiceField(label=_("Due"), required=False, choices=DUE)
    who = forms.ChoiceField(label=_("Who works on it"), required=False, choices=WHO)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=KINDS)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)

    def __init__(self, *args: Any, schemes: list[Scheme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(schemes) < 2:
            del self.fields["scheme"]
        else:
            scheme: Any = self.fields["scheme"]
            scheme.choices = [("", _("All")), *((one.key, one.title) for one in schemes)]

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class AppealFilters(forms.Form):
    """Filters of the list of appeals."""

    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), ("open", _("Waiting for an answer")), ("closed", _("Answered"))],
    )

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
