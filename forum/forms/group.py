"""What the operator says of a group, and whom it names as a co-lead."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import EntryRule, Group, GroupKind, Stage
from forum.models.facts import GroupSaid
from organisations.models import Membership
from organisations.queries import country_names
from organisations.visibility import Viewer
from web.fields import WritingLanguageField

GOALS = [(str(number), f"{number}") for number in range(1, 18)]


class GroupForm(forms.Form):
    """What a group is called, what it is for and how one comes in."""

    title = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    summary = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One or two sentences that everybody here reads."),
    )
    stage = forms.ModelChoiceField(
        label=gettext_lazy("Stage of the cycle"), queryset=Stage.objects.none(), required=False
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    entry = forms.ChoiceField(
        label=gettext_lazy("How does one come in?"), choices=EntryRule.choices, widget=forms.RadioSelect
    )
    sdg_tags = forms.MultipleChoiceField(
        label=gettext_lazy("Sustainable Development Goals"),
        choices=GOALS,
        required=False,
        help_text=gettext_lazy("By their numbers; hold Ctrl to choose several."),
    )
    language = WritingLanguageField()

    def __init__(self, *args: Any, viewer: Viewer, group: Group | None = None, **kwargs: Any) -> None:
        if group is not None:
            kwargs["initial"] = {
                name: getattr(group, name)
                for name in ("title", "summary", "stage", "country", "entry", "sdg_tags", "language")
            }
        super().__init__(*args, **kwargs)
        stages: Any = self.fields["stage"]
        stages.queryset = Stage.objects.visible_to(viewer)
        countries: Any = self.fields["country"]
        countries.choices = [("", "—"), *country_names().items()]
        self.group = group
        if group is not None and group.kind != GroupKind.TOPIC:
            del self.fields["stage"]
        if group is not None and group.kind != GroupKind.NATIONAL:
            del self.fields["country"]

    @property
    def group_kind(self) -> str:
        """What brings the group together: as it is, or as was said."""
        return self.group.kind if self.group else str(self.cleaned_data.get("kind", ""))

    def clean(self) -> dict[str, Any]:
        """A topic stands in the cycle, a country's group names it."""
        found = super().clean() or {}
        if self.group_kind == GroupKind.TOPIC and not found.get("stage") and "stage" not in self.errors:
            self.add_error("stage", _("Say where in the cycle the topic stands."))
        if self.group_kind == GroupKind.NATIONAL and not found.get("country"):
            self.add_error("country", _("Name the country."))
        return found

    def said(self) -> GroupSaid:
        """Return what was said."""
        found = self.cleaned_data
        return GroupSaid(
            title=found["title"],
            summary=found["summary"],
            entry=found["entry"],
            kind=self.group_kind,
            key=found.get("key", ""),
            stage=found.get("stage") if self.group_kind == GroupKind.TOPIC else None,
            country=found.get("country", "") if self.group_kind == GroupKind.NATIONAL else "",
            sdg_tags=tuple(found["sdg_tags"]),
            language=found["language"],
        )


class NewGroupForm(GroupForm):
    """A new group, with the purpose in its first charter."""

    key = forms.RegexField(
        label=gettext_lazy("Address"),
        regex=r"^[a-z][a-z0-9-]*$",
        max_length=60,
        help_text=gettext_lazy(
            "Small letters, digits and hyphens; it never changes, for example “living-wage”."
        ),
        error_messages={
            "invalid": gettext_lazy("Begin with a small letter; then letters, digits and hyphens.")
        },
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What brings people together?"),
        choices=GroupKind.choices,
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It stands in the first charter; the co-leads write the next one."),
    )
    field_order = (
        "title",
        "key",
        "summary",
        "kind",
        "stage",
        "country",
        "entry",
        "purpose",
        "sdg_tags",
        "language",
    )


class ColleagueForm(forms.Form):
    """Somebody of the operator's own staff."""

    colleague = forms.ModelChoiceField(
        label=gettext_lazy("Who?"), queryset=Membership.objects.none(), to_field_name="code"
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["colleague"]
        rows = Membership.objects.visible_to(viewer).active().select_related("person")
        field.queryset = rows.order_by("person__name", "pk")


class AddressForm(forms.Form):
    """Somebody of another organisation, by its code and the address they sign in with."""

    organisation_code = forms.CharField(
        label=gettext_lazy("Code of the organisation"),
        max_length=12,
        help_text=gettext_lazy("Its people find it on the page “Organisation” and give it to you."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address with which the person signs in"),
        help_text=gettext_lazy("We do not tell whether anybody has this address here."),
    )
