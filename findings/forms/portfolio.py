"""What a buyer narrows its portfolio to, and what it keeps of that."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from findings.models import Finding, Subscription
from findings.queries.portfolio import Wanted, wanted_from
from organisations.queries import country_names
from web.fields import SearchField


class PortfolioFilters(forms.Form):
    """Filters of the portfolio; they stand in the address, so that a view can be kept and sent."""

    q = SearchField(label=_("Supplier"))
    country = forms.ChoiceField(label=_("Country"), required=False)
    severity = forms.ChoiceField(
        label=_("Open, at least"), required=False, choices=[("", _("Any")), *Finding.Severity.choices]
    )
    audited = forms.ChoiceField(
        label=_("Audit"),
        required=False,
        choices=[("", _("Any")), ("long_ago", _("Next one is due")), ("never", _("None yet"))],
    )
    overdue = forms.BooleanField(label=_("Something overdue"), required=False)
    without_plan = forms.BooleanField(label=_("Shared work without a plan"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("All")), *country_names()]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what is asked for; what is not understood counts as not asked."""
        return wanted_from(self.data)

    @property
    def nothing(self) -> Wanted:
        """What is asked for when nothing is: all."""
        return Wanted()


class SavedViewForm(forms.Form):
    """A name under which colleagues find what is on the screen."""

    name = forms.CharField(
        label=_("Name of this view"),
        max_length=80,
        help_text=_("Your colleagues see it by this name, for example “Bangladesh, something overdue”."),
    )


class SubscriptionForm(forms.Form):
    """What a person wants to be told of, and how often."""

    events = forms.MultipleChoiceField(
        label=_("Tell me when a supplier in this view"),
        choices=Subscription.Event.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=Subscription.Rhythm.choices, widget=forms.RadioSelect
    )
