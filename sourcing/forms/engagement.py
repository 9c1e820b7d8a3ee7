"""Input about engagements."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.forms.choices import PlaceChoice, offer, offer_own_sites, offer_rows
from sourcing.lifecycle import EngagementState
from sourcing.queries.engagement import audit_firms
from web.fields import SearchField
from web.statuses import look_of


class AskForAuditForm(forms.Form):
    """A supplier asks an audit firm to audit some of its sites."""

    audit_firm = forms.ModelChoiceField(
        label=gettext_lazy("Audit firm"),
        queryset=Organisation.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("Choose an audit firm"),
    )
    sites = PlaceChoice(
        label=gettext_lazy("Which sites?"),
        help_text=gettext_lazy("The firm sees a site once it accepts, and for as long as you work together."),
    )
    note = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: which kind of audit, and when."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "audit_firm", audit_firms(viewer))
        offer_own_sites(self, viewer)


class EngagementFilters(forms.Form):
    """Which of the engagements to show."""

    q = SearchField(label=gettext_lazy("Site"))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(one.value, look_of("engagement", one).word) for one in EngagementState]
        offer(self, "state", [("", _("All")), *states])
