"""Input about cases. Every form offers only what the person named may see."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.uploads import describe_limits
from findings.models import Incident, IncidentMember, IncidentStep, IncidentTask
from organisations.models import Membership, Organisation
from sourcing.models import Site
from web.fields import DayField, WritingLanguageField

NO_NAMES = gettext_lazy("Write no names of workers, and nothing by which one could be found out.")
Choices = list[tuple[str, Any]]


class ColleagueField(forms.ChoiceField):
    """A member of the own organisation, by code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": gettext_lazy("A colleague"), **options})
        self.found: dict[str, Membership] = {}

    def offer(self, members: Sequence[Membership], *, nobody: str = "") -> None:
        """Offer these."""
        self.found = {one.code: one for one in members}
        first = [("", nobody)] if nobody else []
        self.choices = [*first, *((one.code, str(one.person)) for one in members)]

    def clean(self, value: Any) -> Any:
        """Return the membership."""
        return self.found.get(super().clean(value))


class OpenForm(forms.Form):
    """Where, what kind, what happened, and who else is told."""

    site = forms.ChoiceField(label=gettext_lazy("At which site?"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=Incident.Kind.choices, widget=forms.RadioSelect
    )
    what_happened = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Say what you know, since when, and how many people it concerns. Write no names of workers, and nothing"
            " by which one could be found out: say “a night-shift worker”, not the name or the room."
        ),
    )
    language = WritingLanguageField()
    supplier_email = forms.EmailField(
        label=gettext_lazy("E-mail address of somebody who leads at the supplier"),
        required=False,
        help_text=gettext_lazy(
            "They are told at once and take the lead. The letter says nothing of the matter."
        ),
    )
    colleague = ColleagueField(
        label=gettext_lazy("A colleague who works on it with you"),
        required=False,
        help_text=gettext_lazy("You can name more people in a moment. Name as few as you need."),
    )

    def __init__(
        self, *args: Any, sites: Sequence[Site], colleagues: Sequence[Membership], audits: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {one.code: one for one in sites}
        many: Choices = [(one.code, one.name) for one in sites]
        self.fields["site"].choices = many if len(many) == 1 else [("", "—"), *many]  # type: ignore[attr-defined]
        self.fields["colleague"].offer(colleagues, nobody=_("Nobody yet"))  # type: ignore[attr-defined]
        if not audits:
            del self.fields["supplier_email"]

    def clean_site(self) -> Site:
        """Return the site."""
        return self.sites[self.cleaned_data["site"]]


class ColleagueForm(forms.Form):
    """A colleague to be named, and what they do."""

    colleague = ColleagueField()
    role = forms.ChoiceField(label=gettext_lazy("What do they do?"), choices=IncidentMember.Role.choices)

    def __init__(self, *args: Any, colleagues: Sequence[Membership], may_lead: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].offer(colleagues)  # type: ignore[attr-defined]
        roles = [one for one in IncidentMember.Role.choices if may_lead or one[0] != IncidentMember.Role.LEAD]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["role"].initial = IncidentMember.Role.MEMBER


class HelperForm(forms.Form):
    """Somebody of another organisation, by its code and their address there."""

    organisation_code = forms.CharField(
        label=gettext_lazy("The organisation’s code"),
        max_length=12,
        help_text=gettext_lazy("Ask them for it. It stands on their “Organisation” page."),
    )
    email = forms.EmailField(label=gettext_lazy("The person’s e-mail address there"))
    role = forms.ChoiceField(
        label=gettext_lazy("What do they do?"),
        choices=[one for one in IncidentMember.Role.choices if one[0] != IncidentMember.Role.LEAD],
    )


class InformForm(forms.Form):
    """For each customer of the site: the addresses of those who are told there."""

    def __init__(self, *args: Any, customers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in customers:
            self.fields[one.code] = forms.CharField(
                label=one.name,
                required=False,
                max_length=1000,
                help_text=_("E-mail addresses of the people to be told, with commas between them."),
            )

    def clean(self) -> dict[str, Any]:
        """Take the addresses apart; name those that are none beside their field."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for code, text in list(said.items()):
            said[code] = [part for part in str(text).replace(";", ",").replace(" ", ",").split(",") if part]
            for part in said[code]:
                try:
                    validate_email(part)
                except ValidationError:
                    self.add_error(code, _("“%(part)s” is not an e-mail address.") % {"part": part})
        if not self.errors and not any(said.values()):
            raise ValidationError(_("Write at least one address."))
        return said

    def wanted(self) -> dict[str, list[str]]:
        """Return the addresses by code of the customer."""
        return {code: some for code, some in self.cleaned_data.items() if some}


class StepForm(forms.Form):
    """What was done or said, who reads it, and a file."""

    text = forms.CharField(
        label=gettext_lazy("What was done, or what do you want to say?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=NO_NAMES,
    )
    language = WritingLanguageField()
    audience = forms.ChoiceField(label=gettext_lazy("Who reads it?"), widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("A file"), required=False)

    def __init__(self, *args: Any, others: Sequence[tuple[int, str]], is_site: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = (
            describe_limits() + " " + _("Cover names and faces of workers before you add it.")
        )
        everyone, site, _one = IncidentStep.Audience.choices
        self.others = {f"one-{key}": key for key, _name in others}
        with_one = [(f"one-{key}", _("Only %(who)s and you") % {"who": name}) for key, name in others]
        self.fields["audience"].choices = [everyone, site, *with_one]  # type: ignore[attr-defined]
        self.fields["audience"].initial = IncidentStep.Audience.ALL
        if not is_site:
            del self.fields["audience"]

    def readers(self) -> tuple[str, int | None]:
        """Return the audience, and the one organisation if it is for one."""
        chosen = self.cleaned_data.get("audience", IncidentStep.Audience.ONE)
        return ("one", self.others[chosen]) if chosen in self.others else (chosen, None)


class TaskForm(forms.Form):
    """What is to be done, by whom, by when."""

    what = forms.CharField(
        label=gettext_lazy("What is to be done?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_NAMES,
    )
    language = WritingLanguageField()
    owner = forms.ChoiceField(
        label=gettext_lazy("Who does it?"),
        help_text=gettext_lazy(
            "Everyone named reads tasks of the supplier; others’ tasks only they and the supplier."
        ),
    )
    due_on = DayField(label=gettext_lazy("By when?"))

    def __init__(self, *args: Any, owners: Sequence[IncidentMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {one.code: one for one in owners}
        self.fields["owner"].choices = [  # type: ignore[attr-defined]
            (one.code, f"{one.called} ({one.organisation_name})") for one in owners
        ]

    def clean_owner(self) -> IncidentMember:
        """Return the named person."""
        return self.owners[self.cleaned_data["owner"]]


class DoneForm(forms.Form):
    """What came of a task."""

    outcome = forms.CharField(
        label=gettext_lazy("What came of it?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DemandForm(forms.Form):
    """What somebody asks the supplier for."""

    text = forms.CharField(
        label=gettext_lazy("What do you ask for?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Look at the tasks first: perhaps it is being done already."),
    )
    language = WritingLanguageField()


class AnswerForm(forms.Form):
    """An answer in words, or the task that does what is asked."""

    task = forms.ChoiceField(label=gettext_lazy("It is part of this task"), required=False)
    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, tasks: Sequence[IncidentTask], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tasks = {one.code: one for one in tasks}
        self.fields["task"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((one.code, one.what[:80]) for one in tasks),
        ]

    def clean_task(self) -> IncidentTask | None:
        """Return the task, or None."""
        return self.tasks.get(self.cleaned_data["task"])


class CloseForm(forms.Form):
    """The closing report."""

    what_was_done = forms.CharField(
        label=gettext_lazy("What was done for the people harmed?"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=NO_NAMES,
    )
    what_changes = forms.CharField(
        label=gettext_lazy("What changes, so that it does not happen again?"),
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    language = WritingLanguageField()


class ReopenForm(forms.Form):
    """Why a case is opened again."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it not over?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NO_NAMES,
    )
