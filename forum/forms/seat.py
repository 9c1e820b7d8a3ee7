"""Who gets a seat, and who sits on it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from forum.models import Constituency, Participant, Seat
from forum.queries.participant import may_sit
from organisations.visibility import Viewer


class SeatForm(forms.Form):
    """An organisation and for whom it speaks."""

    constituency = forms.ChoiceField(label=gettext_lazy("Constituency"), choices=Constituency.choices)
    organisation_code = forms.CharField(
        label=gettext_lazy("Code of the organisation"),
        max_length=12,
        help_text=gettext_lazy("Its people find it on the page “Organisation” and give it to you."),
    )


class SitForm(forms.Form):
    """The holder and the alternate: participants of the seat's organisation."""

    holder = forms.ModelChoiceField(
        label=gettext_lazy("Holder"),
        queryset=Participant.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("Nobody"),
    )
    alternate = forms.ModelChoiceField(
        label=gettext_lazy("Alternate"),
        queryset=Participant.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("Nobody"),
        help_text=gettext_lazy("Speaks and votes only in the holder's place."),
    )

    def __init__(self, *args: Any, viewer: Viewer, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = may_sit(seat.group, viewer, seat.organisation_id).select_related("person")
        for name in ("holder", "alternate"):
            field: Any = self.fields[name]
            field.queryset = able
