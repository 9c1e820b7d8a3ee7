"""Input about calls, commitments, standing positions and introductions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from findings.models import (
    Commitment,
    CommitmentVersion,
    PlanUpdate,
    Position,
    WorkplaceRequirement,
)
from findings.models.said import Stance, Support
from organisations.models import Organisation
from web.fields import DayField, MomentInput, WritingLanguageField

TIMES = ("time_1", "time_2", "time_3")


def _words(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=1000, widget=_words())
    language = WritingLanguageField()


class WordsForm(forms.Form):
    """A few sentences."""

    text = forms.CharField(label=gettext_lazy("Your words"), max_length=2000, widget=_words(4))
    language = WritingLanguageField()

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label


class TimesForm(forms.Form):
    """Up to three times for a call, in the zone of whoever proposes them."""

    time_1 = forms.DateTimeField(label=gettext_lazy("First time you propose"), widget=MomentInput)
    time_2 = forms.DateTimeField(label=gettext_lazy("Second time"), required=False, widget=MomentInput)
    time_3 = forms.DateTimeField(label=gettext_lazy("Third time"), required=False, widget=MomentInput)
    text = forms.CharField(
        label=gettext_lazy("What do you want to talk about?"),
        max_length=4000,
        widget=_words(4),
        required=False,
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")
        self.fields["time_1"].help_text = _("Your own times, those of %(zone)s.") % {"zone": zone}

    def clean(self) -> dict[str, Any]:
        """Gather the times; each is still to come."""
        cleaned = super().clean() or {}
        for name in TIMES:
            if (time := cleaned.get(name)) and time <= timezone.now():
                self.add_error(name, _("This time is over. Propose one that is still to come."))
        self.times: list[datetime] = [cleaned[name] for name in TIMES if cleaned.get(name)]
        return cleaned


def _lengths() -> list[tuple[int, str]]:
    """Return how long a call may be said to last, in the reader's language."""
    return [(n, _("%(n)s minutes") % {"n": n}) for n in (30, 45, 60, 90)]


class CallForm(TimesForm):
    """A new call; the supplier also says with which customers, each apart."""

    customers = forms.MultipleChoiceField(
        label=gettext_lazy("With which customers?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each is asked alone and does not learn of the others."),
        error_messages={"required": gettext_lazy("Choose at least one customer.")},
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("How long?"),
        coerce=int,
        choices=_lengths,
        initial=45,
    )
    joining = forms.CharField(
        label=gettext_lazy("How to join"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A link or a phone number. You can write it later."),
    )
    field_order = ("customers", "text", "language", *TIMES, "minutes", "joining")

    def __init__(self, *args: Any, customers: Sequence[Organisation] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(customers or ())
        if customers is None:
            del self.fields["customers"]
        else:
            _choose_customers(self, self.known)
            self.fields["text"].label = _(
                "Your outline: what is the matter, and what do you want to do together?"
            )

    def chosen(self) -> list[Organisation]:
        """Return the customers who are asked."""
        return [one for one in self.known if one.code in self.cleaned_data.get("customers", [])]


def _choose_customers(form: forms.Form, customers: Sequence[Organisation]) -> None:
    field: Any = form.fields["customers"]
    field.choices = [(one.code, one.name) for one in customers]


class AgreeForm(forms.Form):
    """One of the proposed times."""

    time = forms.ChoiceField(label=gettext_lazy("Which time suits you?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, times: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["time"]
        field.choices = times


class JoiningForm(forms.Form):
    """How to join."""

    joining = forms.CharField(
        label=gettext_lazy("How to join"),
        max_length=500,
        help_text=gettext_lazy("A link or a phone number. Only the two sides see it."),
    )


class SupportForm(forms.Form):
    """What a customer commits."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of support?"),
        choices=CommitmentVersion.Kind.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=gettext_lazy("What will you do?"), max_length=2000, widget=_words())
    amount = forms.DecimalField(
        label=gettext_lazy("Amount of money"), required=False, max_digits=14, decimal_places=2, min_value=0.01
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=gettext_lazy("Currency"),
        required=False,
        help_text=gettext_lazy("Three letters, for example GBP."),
        error_messages={"invalid": gettext_lazy("Write three letters, for example GBP.")},
    )
    from_on = DayField(label=gettext_lazy("From"), required=False)
    to_on = DayField(label=gettext_lazy("Until"), required=False)
    condition = forms.CharField(
        label=gettext_lazy("On what condition?"), max_length=1000, widget=_words(2), required=False
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """An amount needs a currency, and a currency an amount."""
        cleaned = super().clean() or {}
        cleaned["currency"] = (cleaned.get("currency") or "").upper()
        wrong = {"amount", "currency"} & set(self.errors)
        if not wrong and (cleaned.get("amount") is None) != (not cleaned["currency"]):
            self.add_error(
                "currency" if not cleaned["currency"] else "amount",
                _("Write the amount and its currency, or neither."),
            )
        return cleaned

    def support(self) -> Support:
        """Return what was committed."""
        return Support(**self.cleaned_data)

    @classmethod
    def initial_from(cls, commitment: Commitment) -> dict[str, Any]:
        """Return the version in force as the form shows it."""
        return {name: getattr(commitment.latest, name) for name in cls.base_fields}


class ProgressForm(forms.Form):
    """How a commitment goes."""

    progress = forms.ChoiceField(
        label=gettext_lazy("How does it go?"), choices=PlanUpdate.Progress.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Say a little more"), max_length=2000, widget=_words(), required=False
    )
    language = WritingLanguageField()


class StanceForm(forms.Form):
    """What a buyer says about a requirement."""

    text = forms.CharField(
        label=gettext_lazy("What do you think, and what do you ask of suppliers?"),
        max_length=4000,
        widget=_words(5),
    )
    support = forms.CharField(
        label=gettext_lazy("What do you offer?"), max_length=2000, widget=_words(3), required=False
    )
    contact = forms.CharField(
        label=gettext_lazy("Whom can they write to?"),
        max_length=250,
        help_text=gettext_lazy("A name and an e-mail address."),
    )
    valid_from = DayField(label=gettext_lazy("Valid from"), initial=timezone.localdate)
    valid_until = DayField(label=gettext_lazy("Valid until"), required=False)
    answers_plans = forms.BooleanField(
        label=gettext_lazy("This also answers plans that only inform us or ask us to confirm"),
        required=False,
        help_text=gettext_lazy("Plans that ask for a call still wait for your answer."),
    )
    language = WritingLanguageField()

    def stance(self) -> Stance:
        """Return what was said."""
        said = {name: self.cleaned_data[name] for name in StanceForm.base_fields}
        return Stance(**said)

    @classmethod
    def initial_from(cls, position: Position) -> dict[str, Any]:
        """Return the version in force as the form shows it."""
        return {name: getattr(position.latest, name) for name in StanceForm.base_fields}


class PositionForm(StanceForm):
    """A new position: on what, and what."""

    requirement = forms.ModelChoiceField(
        label=gettext_lazy("On which requirement?"), queryset=WorkplaceRequirement.objects.none()
    )
    in_all_versions = forms.BooleanField(
        label=gettext_lazy("In all versions of this methodology"),
        required=False,
        initial=True,
        help_text=gettext_lazy("The same section and letter in an earlier or a later version."),
    )
    field_order = ("requirement", "in_all_versions")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = WorkplaceRequirement.objects.filter(is_car=True).select_related("version", "section")
        field: Any = self.fields["requirement"]
        field.queryset = rows.order_by("version__name", "-version__version", "section__position", "item")
        field.label_from_instance = lambda one: f"{one.version}: {one.printed_code} {one.title}"


class IntroduceForm(forms.Form):
    """Whom the supplier wants to introduce to each other."""

    customers = forms.MultipleChoiceField(
        label=gettext_lazy("Which customers?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least two customers.")},
    )

    def __init__(self, *args: Any, customers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(customers)
        _choose_customers(self, self.known)

    def clean_customers(self) -> list[str]:
        """An introduction needs two."""
        chosen: list[str] = self.cleaned_data["customers"]
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose at least two customers."))
        return chosen

    def chosen(self) -> list[Organisation]:
        """Return the customers who are asked."""
        return [one for one in self.known if one.code in self.cleaned_data["customers"]]


class AgreementForm(forms.Form):
    """A customer's yes to an introduction."""

    contact_name = forms.CharField(label=gettext_lazy("Your contact person"), max_length=160)
    contact_email = forms.EmailField(label=gettext_lazy("Their e-mail address"), required=False)
    has_read_notice = forms.BooleanField(
        label=gettext_lazy("We have read the notice on competition law"),
        error_messages={"required": gettext_lazy("Read the notice on competition law first.")},
    )


class DeclineForm(forms.Form):
    """A customer's no to an introduction."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=1000,
        widget=_words(),
        required=False,
        help_text=gettext_lazy("Only the supplier reads this."),
    )
    language = WritingLanguageField()
