"""What a person is called."""

from django import forms
from django.utils.translation import gettext_lazy

from web.names import PlainName


class NameForm(forms.Form):
    """A name, and where the person wanted to go."""

    name = PlainName(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
