"""Forms of the refund ledger."""

from decimal import Decimal
from typing import Any

import pycountry
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.models import RefundGroup, RefundPayment
from findings.models.figures import GroupFacts, PaymentFacts
from findings.models.private_words import may_be_people
from organisations.models import Organisation
from organisations.queries import country_names
from web.fields import DayField, WritingLanguageField

SMALLEST = Decimal("0.01")


def currency_choices() -> list[tuple[str, str]]:
    """Return every currency by its letters, with its name."""
    found = [(one.alpha_3, f"{one.alpha_3} {one.name}") for one in pycountry.currencies]
    return [("", ""), *sorted(found)]


def country_choices() -> list[tuple[str, str]]:
    """Return every country by name."""
    return [("", ""), *country_names().items()]


class NamelessForm(forms.Form):
    """A form for figures about groups: asks back when a text may hold somebody's name."""

    nameless: tuple[str, ...] = ()
    is_no_name = forms.BooleanField(
        label=gettext_lazy("I have looked: no worker is named here"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ask once whether what looks like a name is one."""
        cleaned = super().clean() or {}
        texts = {name: str(cleaned.get(name) or "") for name in self.nameless}
        if not cleaned.get("is_no_name"):
            for name in may_be_people(texts):
                self.add_error(
                    name, _("This looks like a person's name. Take it out, or tick the box at the end.")
                )
        return cleaned


class GroupForm(NamelessForm):
    """A group of workers who came the same way and paid the same."""

    nameless = ("label", "note")

    label = forms.CharField(
        label=gettext_lazy("Name of the group"),
        max_length=120,
        help_text=gettext_lazy("For example “Came in 2024 through two agencies”. No names of workers."),
    )
    from_country = forms.ChoiceField(label=gettext_lazy("They came from"), choices=country_choices)
    to_country = forms.ChoiceField(label=gettext_lazy("They work in"), choices=country_choices)
    workers = forms.IntegerField(label=gettext_lazy("How many workers?"), min_value=1, max_value=1_000_000)
    fee = forms.DecimalField(
        label=gettext_lazy("How much did each pay?"), min_value=SMALLEST, max_digits=12, decimal_places=2
    )
    currency = forms.ChoiceField(label=gettext_lazy("In which currency?"), choices=currency_choices)
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What was it for?"),
        choices=RefundGroup.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    refunder = forms.ChoiceField(
        label=gettext_lazy("Who pays it back?"),
        choices=RefundGroup.Refunder.choices,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    language = WritingLanguageField()
    field_order = (
        "label",
        "from_country",
        "to_country",
        "workers",
        "fee",
        "currency",
        "purposes",
        "refunder",
    )

    def facts(self) -> GroupFacts:
        """Return what the valid form says."""
        said = self.cleaned_data
        return GroupFacts(**{name: said[name] for name in GroupFacts.__slots__})

    @classmethod
    def initial_from(cls, group: RefundGroup) -> dict[str, Any]:
        """Return what is said of a group now."""
        return {name: getattr(group, name) for name in GroupFacts.__slots__}


class CorrectGroupForm(GroupForm):
    """What is said of a group anew."""

    is_withdrawn = forms.BooleanField(
        label=gettext_lazy("This group was entered by mistake: take it out"), required=False
    )


class PaymentForm(NamelessForm):
    """Money that went back to workers."""

    nameless = ("note",)

    paid_on = DayField(label=gettext_lazy("When was it paid?"))
    amount = forms.DecimalField(
        label=gettext_lazy("How much, for all of them together?"),
        min_value=SMALLEST,
        max_digits=14,
        decimal_places=2,
    )
    workers = forms.IntegerField(label=gettext_lazy("How many workers got money?"), min_value=1)
    workers_settled = forms.IntegerField(
        label=gettext_lazy("How many of these now have everything back?"), min_value=0
    )
    payer = forms.ChoiceField(
        label=gettext_lazy("Who paid?"), choices=RefundPayment.Payer.choices, widget=forms.RadioSelect
    )
    customer = forms.ModelChoiceField(
        label=gettext_lazy("Which customer?"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=gettext_lazy("Only this customer and you can see that it paid, and how much."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    language = WritingLanguageField()
    field_order = ("paid_on", "amount", "workers", "workers_settled", "payer", "customer", "note", "language")

    def __init__(self, *args: Any, customers: list[Organisation], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Organisation.objects.filter(pk__in=[one.pk for one in customers]).order_by("name")
        self.fields["customer"].queryset = known  # type: ignore[attr-defined]
        self.fields["amount"].help_text = _("In %(currency)s.") % {"currency": currency}

    def clean(self) -> dict[str, Any]:
        """A customer is named exactly when a customer paid."""
        cleaned = super().clean()
        if cleaned.get("payer") == RefundPayment.Payer.CUSTOMER:
            if not cleaned.get("customer"):
                self.add_error("customer", _("Choose which customer paid."))
        else:
            cleaned["customer"] = None
        return cleaned

    def facts(self) -> PaymentFacts:
        """Return what the valid form says."""
        said = self.cleaned_data
        return PaymentFacts(**{name: said[name] for name in PaymentFacts.__slots__})


class TakeBackForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
