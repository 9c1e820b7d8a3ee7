"""Giving somebody a part in an assessment: only those who may have it are offered."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import Person
from schemes.models import Assignment
from schemes.queries.candidates import Candidate


class AssignForm(forms.Form):
    """One person for one role."""

    person = forms.ChoiceField(
        label=gettext_lazy("Person"), error_messages={"required": gettext_lazy("Choose a person.")}
    )

    def __init__(self, data: Any = None, *, candidates: Sequence[Candidate], role: str) -> None:
        super().__init__(data, prefix=role)
        self.role = role
        self.fitting = {str(one.person.pk): one for one in candidates if one.fits(role)}
        if role == Assignment.Role.DECIDER and any(one.role == role for one in candidates):
            self.fitting = {}
        chosen: Any = self.fields["person"]
        chosen.choices = [
            ("", _("Choose …")),
            *((key, _with_note(one)) for key, one in self.fitting.items()),
        ]

    def chosen(self) -> Person:
        """Return who was chosen."""
        return self.fitting[self.cleaned_data["person"]].person


def _with_note(candidate: Candidate) -> str:
    if candidate.hindrance == "not-declared":
        return _("%(name)s (declares interests first)") % {"name": candidate.person.name}
    return candidate.person.name
