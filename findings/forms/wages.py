"""Forms of the living-wage gap."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.forms.refunds import SMALLEST, NamelessForm, currency_choices
from findings.models import WageReview
from findings.models.figures import BenchmarkFacts, WageFacts
from findings.models.wages import FEWEST
from web.fields import DayField, WritingLanguageField


class BenchmarkForm(NamelessForm):
    """A benchmark, and the date of the wages beside it."""

    nameless = ("note",)

    measured_on = DayField(
        label=gettext_lazy("For which date are the wages?"),
        help_text=gettext_lazy("The last day of the month that you looked at."),
    )
    benchmark = forms.CharField(
        label=gettext_lazy("Name of the benchmark"),
        max_length=160,
        help_text=gettext_lazy("The study or method that says what a living wage is."),
    )
    source = forms.CharField(
        label=gettext_lazy("Where does it come from?"),
        max_length=250,
        help_text=gettext_lazy("Who published it; a link if there is one."),
    )
    benchmark_on = DayField(label=gettext_lazy("Date of the benchmark"))
    region = forms.CharField(label=gettext_lazy("For which region?"), max_length=160)
    amount = forms.DecimalField(
        label=gettext_lazy("Living wage in a month"), min_value=SMALLEST, max_digits=12, decimal_places=2
    )
    currency = forms.ChoiceField(label=gettext_lazy("In which currency?"), choices=currency_choices)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    language = WritingLanguageField()
    field_order = (
        "measured_on",
        "benchmark",
        "source",
        "benchmark_on",
        "region",
        "amount",
        "currency",
        "note",
    )

    def facts(self) -> BenchmarkFacts:
        """Return what the valid form says."""
        return BenchmarkFacts(**{name: self.cleaned_data[name] for name in BenchmarkFacts.__slots__})

    @classmethod
    def initial_from(cls, review: WageReview) -> dict[str, Any]:
        """Return what was recorded, to be corrected."""
        return {name: getattr(review, name) for name in BenchmarkFacts.__slots__}


class WageGroupForm(forms.Form):
    """What a group of workers earned in a month."""

    hides_optional = True

    name = forms.CharField(label=gettext_lazy("Group of workers"), max_length=120, required=False)
    workers = forms.IntegerField(label=gettext_lazy("How many?"), required=False, min_value=FEWEST)
    lowest = forms.DecimalField(
        label=gettext_lazy("Lowest wage in a month"),
        required=False,
        min_value=SMALLEST,
        max_digits=12,
        decimal_places=2,
    )
    median = forms.DecimalField(
        label=gettext_lazy("Wage in the middle"),
        required=False,
        min_value=SMALLEST,
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy("Half of the group earns less, half more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workers"].error_messages["min_value"] = _(
            "At least five, so that nobody's own wage can be read here."
        )

    def clean(self) -> dict[str, Any]:
        """A group that has anything needs everything, in order."""
        cleaned = super().clean() or {}
        if not self.has_changed() or self.errors:
            return cleaned
        for name in ("name", "workers", "lowest", "median"):
            if not cleaned.get(name):
                self.add_error(name, _("Please fill this in."))
        if not self.errors and cleaned["median"] < cleaned["lowest"]:
            self.add_error("median", _("The wage in the middle cannot be lower than the lowest."))
        return cleaned


WageGroupFormSet: type[BaseFormSet[WageGroupForm]] = forms.formset_factory(WageGroupForm, extra=1, max_num=30)


def wages_of(rows: BaseFormSet[WageGroupForm]) -> list[WageFacts]:
    """Return what valid rows say."""
    names = WageFacts.__slots__
    return [WageFacts(**{name: row[name] for name in names}) for row in rows.cleaned_data if row.get("name")]
