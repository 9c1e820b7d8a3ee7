"""A new API token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.visibility import RESOURCES

LABELS = {
    "organisations": _("Organisations"),
    "sites": _("Sites"),
    "register": _("Site register"),
    "imports": _("Imports of site lists"),
    "trade-links": _("Trade links"),
    "engagements": _("Engagements of audit firms"),
    "methodologies": _("Methodologies"),
    "audits": _("Audits"),
    "findings": _("Findings"),
    "plans": _("Action plans"),
    "evidence": _("Evidence"),
    "documents": _("Files"),
    "schemes": _("Schemes"),
}
DAYS = ((30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("One year")))


def scope_choices() -> list[tuple[str, Any]]:
    """Return read and write of each resource, each said in full."""
    return [
        choice
        for one in RESOURCES
        for choice in (
            (f"{one}:read", _("%(what)s: read") % {"what": LABELS[one]}),
            (f"{one}:write", _("%(what)s: write") % {"what": LABELS[one]}),
        )
    ]


class TokenForm(forms.Form):
    """What the token is called, what it may do, and for how long."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("For example the name of the program. You will find the token again by it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label=_("How long may it be used?"), choices=DAYS, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        help_text=_("It never can do more than you can yourself."),
        choices=scope_choices,
        widget=forms.CheckboxSelectMultiple,
    )
