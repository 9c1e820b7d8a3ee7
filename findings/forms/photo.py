"""HTML input for photos."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.photos import ACCEPT_PICTURES
from web.fields import WritingLanguageField


class ManyPicturesInput(forms.ClearableFileInput):
    """A file field that takes several pictures; a phone offers its camera."""

    allow_multiple_selected = True


class ManyPicturesField(forms.FileField):
    """Several pictures, as a list."""

    widget = ManyPicturesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Check each as one."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(ManyPicturesField, self).clean(one, initial) for one in given or [None]]


class PhotosForm(forms.Form):
    """Pictures to hang on a finding."""

    pictures = ManyPicturesField(
        label=_("Photos"),
        widget=ManyPicturesInput(attrs={"accept": ACCEPT_PICTURES}),
        help_text=_("JPG, PNG or WebP, up to 25 MB each. You can choose several at once."),
    )
    caption = forms.CharField(label=_("What they show"), max_length=300, required=False)
    language = WritingLanguageField()


class PhotoForm(forms.Form):
    """What a photo shows."""

    caption = forms.CharField(label=_("What it shows"), max_length=300, required=False)
    language = WritingLanguageField()
