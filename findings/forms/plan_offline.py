"""HTML input for a plan that comes back as a file."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OfflineForm(forms.Form):
    """The Word or Excel file that was filled in."""

    file = forms.FileField(
        label=_("The file that you filled in"),
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx"}),
        help_text=_("Word (DOCX) or Excel (XLSX), up to 25 MB."),
    )
