"""Founding an organisation and correcting its facts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import CAPABILITY_LABELS
from organisations.queries import country_names
from organisations.visibility import FREE_CAPABILITIES, Capability
from web.names import PlainName

EXPLAINED = {
    Capability.SUPPLIER: _("Supplier: we make, grow, pack or ship, and have workplaces of our own."),
    Capability.BUYER: _("Buyer: we buy from others and want to know how people work there."),
    Capability.STAKEHOLDER: _(
        "Stakeholder: a union, an NGO, a trade association, a public body or an initiative."
    ),
}


def country_choices() -> list[tuple[str, Any]]:
    """Return all countries by name, after an empty line."""
    return [("", _("Choose a country")), *country_names().items()]


class FactsForm(forms.Form):
    """The organisation's name and country."""

    name = PlainName(
        label=_("Name of the organisation"),
        max_length=200,
        help_text=_("As your trade partners know it."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)


class FoundForm(FactsForm):
    """Name, country and what the organisation is."""

    capabilities = forms.TypedMultipleChoiceField(
        label=_("What is your organisation?"),
        help_text=_("Choose all that fit. Most suppliers also buy from someone."),
        coerce=Capability,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["capabilities"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(one.value, EXPLAINED[one]) for one in CAPABILITY_LABELS if one in FREE_CAPABILITIES]
