"""Forms of the style guide: one field of each sort, a formset and filters."""

from django import forms
from django.utils.translation import gettext_lazy as _

from web.fields import DayField, MonthField, SearchField


class PlanForm(forms.Form):
    """One field of each sort."""

    title = forms.CharField(label=_("Name of the plan"), max_length=80)
    causes = forms.CharField(
        label=_("Root causes"),
        help_text=_("Ask “why?” again for each answer. There may be several."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rhythm = forms.ChoiceField(
        label=_("How often will you tell how it goes?"),
        choices=[("", _("Choose")), ("1", _("Every month")), ("3", _("Every three months"))],
    )
    by_month = MonthField(label=_("By when"))
    started_on = DayField(label=_("Started on"), required=False)
    workers = forms.IntegerField(label=_("Workers"), min_value=0, required=False)
    asks = forms.MultipleChoiceField(
        label=_("What do you ask of your customers?"),
        choices=[
            ("nothing", _("Nothing now. This is for information.")),
            ("confirm", _("Confirm that this plan meets your requirements.")),
            ("call", _("A call, to agree who does what.")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("Level reached"),
        choices=[("0", _("Not met")), ("1", _("Met"))],
        widget=forms.RadioSelect,
        required=False,
    )
    file = forms.FileField(
        label=_("Your own plan"),
        help_text=_("PDF, Word, Excel or a photo, up to 25 MB."),
        required=False,
    )
    agrees = forms.BooleanField(label=_("I may share this for my site"))


class ActionForm(forms.Form):
    """One row of the formset."""

    what = forms.CharField(label=_("Action"), widget=forms.Textarea(attrs={"rows": 2}))
    who = forms.CharField(label=_("Who"))


ActionFormSet = forms.formset_factory(ActionForm, extra=1, max_num=5, can_delete=True)


class FilterForm(forms.Form):
    """Filters of the example list."""

    q = SearchField(label=_("Name"))
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=[("", _("All")), ("BD", "Bangladesh"), ("VN", "Viet Nam")],
    )
