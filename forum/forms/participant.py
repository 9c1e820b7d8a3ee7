"""What people say when they come in, are invited or are let go."""

from django import forms
from django.utils.translation import gettext_lazy

from forum.forms.group import AddressForm
from forum.models import ParticipantRole
from web.fields import WritingLanguageField


class AskForm(forms.Form):
    """Why somebody would like to join."""

    words = forms.CharField(
        label=gettext_lazy("Why would you like to join?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The co-leads read it, and nobody else."),
    )
    language = WritingLanguageField()


class InviteForm(AddressForm):
    """Whom a co-lead invites, and as what."""

    role = forms.ChoiceField(
        label=gettext_lazy("As what?"),
        choices=[
            (ParticipantRole.MEMBER.value, gettext_lazy("Participant")),
            (ParticipantRole.GUEST.value, gettext_lazy("Guest: reads and talks, holds no seat")),
        ],
        initial=ParticipantRole.MEMBER.value,
        widget=forms.RadioSelect,
    )


class ReasonForm(forms.Form):
    """Why somebody is not let in, or let go."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The person reads it."),
    )
    language = WritingLanguageField()
