"""HTML input for audits; choices are limited to what the firm may use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from findings.definitions.references import doubt_about_audit, doubt_about_auditor
from findings.lifecycle import AuditState
from findings.models import Audit, Auditor, MethodologyVersion
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import AuditFacts, NamedAuditor
from findings.queries.audit import engaged_sites, followable_audits
from organisations.visibility import Viewer
from sourcing.models import Site
from web.countries import country_name
from web.dates import day_text
from web.fields import DayField, SearchField, WritingLanguageField
from web.statuses import look_of


class AuditFilters(forms.Form):
    """Filters of the list; what cannot be read is left out."""

    site = SearchField(label=_("Site"))
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *((one.value, look_of("audit", one.value).word) for one in AuditState)],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All")), *Audit.Kind.choices])
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class SiteChoice(forms.ModelChoiceField[Site]):
    """A site with its country."""

    def label_from_instance(self, obj: Any) -> str:
        """Name site and country."""
        return f"{obj.name}, {country_name(obj.country)}"


class ParentChoice(forms.ModelChoiceField[Audit]):
    """A published audit that can be followed."""

    def label_from_instance(self, obj: Any) -> str:
        """Name site, kind and day."""
        return f"{obj.site_name}: {obj.get_kind_display()}, {day_text(obj.ends_on)}"


class AuditFactsForm(forms.Form):
    """What a firm says about an audit, apart from its findings."""

    notice = forms.ChoiceField(label=_("Notice given to the site"), choices=Audit.Notice.choices)
    pillars = forms.TypedChoiceField(
        label=_("Pillars"),
        coerce=int,
        choices=[
            (2, _("2: labour, health and safety")),
            (4, _("4: environment and business ethics as well")),
        ],
    )
    starts_on = DayField(label=_("First day on site"))
    ends_on = DayField(label=_("Last day on site"))
    reference = forms.CharField(
        label=_("Reference elsewhere"),
        max_length=60,
        required=False,
        help_text=_("The audit's number on another platform, for example ZAA600012345."),
    )
    summary = forms.CharField(
        label=_("Summary"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    language = WritingLanguageField()

    def clean(self) -> dict[str, Any]:
        """Check that the days are in order."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))
        return cleaned

    def facts(self) -> AuditFacts:
        """Return what was said, checked."""
        said = self.cleaned_data
        return AuditFacts(
            kind=said.get("kind", ""),
            notice=said["notice"],
            pillars=said["pillars"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            reference=said["reference"].strip(),
            summary=said["summary"].strip(),
            language=said["language"],
        )


class NewAuditForm(AuditFactsForm):
    """A new audit: also where, by which methodology and of which kind."""

    field_order = ("site", "kind", "parent", "version", "pillars", "notice", "starts_on", "ends_on")

    site = SiteChoice(
        label=_("Site"),
        queryset=None,
        to_field_name="code",
        empty_label=_("Choose a site"),
        help_text=_("Sites for which your firm is engaged now."),
    )
    version = forms.ModelChoiceField(
        label=_("Methodology"),
        queryset=MethodologyVersion.objects.order_by("name", "-version"),
        to_field_name="key",
        required=False,
        empty_label=_("As the audit it follows"),
        help_text=_("A follow-up uses the version of the audit it follows."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Audit.Kind.choices, initial=Audit.Kind.PERIODIC)
    parent = ParentChoice(
        label=_("Follows up"),
        queryset=None,
        to_field_name="code",
        required=False,
        empty_label=_("No other audit"),
        help_text=_("For a follow-up only: the published audit that it follows."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = engaged_sites(viewer)  # type: ignore[attr-defined]
        self.fields["parent"].queryset = followable_audits(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that a follow-up follows something of the same site, and that others name a methodology."""
        cleaned = super().clean()
        follows = cleaned.get("kind") in FOLLOW_UPS
        parent, site = cleaned.get("parent"), cleaned.get("site")
        if follows and "parent" in cleaned and parent is None:
            self.add_error("parent", _("Say which audit this one follows up."))
        elif not follows and parent is not None:
            self.add_error("parent", _("Only a follow-up audit follows another one. Leave this empty."))
        elif parent is not None and site is not None and parent.site_id != site.pk:
            self.add_error("parent", _("Choose an audit of the same site."))
        if not follows and "version" in cleaned and cleaned["version"] is None:
            self.add_error("version", _("Choose a methodology."))
        return cleaned


class DaysForm(forms.Form):
    """How many days the site has to comment; none for the methodology version's own number."""

    days = forms.IntegerField(
        label=_("Days for the site to comment"), required=False, min_value=0, max_value=365
    )


class AuditorForm(forms.Form):
    """One named auditor."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"list": "known-auditors"})
    )
    # What a browser chooses by itself counts as untouched, so that an empty row stays empty.
    grade = forms.ChoiceField(
        label=_("APSCA grade"), choices=Auditor.Grade.choices, initial=Auditor.Grade.RA.value
    )
    apsca_number = forms.CharField(label=_("APSCA number"), max_length=20)
    validated_on = DayField(
        label=_("Number checked on"), required=False, help_text=_("The day you looked it up at APSCA.")
    )
    is_lead = forms.BooleanField(label=_("Leads this audit"), required=False)


def named_auditors(formset: forms.BaseFormSet[AuditorForm]) -> list[NamedAuditor]:
    """Return the auditors that were named and not removed."""
    rows = [form.cleaned_data for form in formset.forms if getattr(form, "cleaned_data", None)]
    return [
        NamedAuditor(
            name=row["name"],
            grade=row["grade"],
            apsca_number=row["apsca_number"],
            validated_on=row.get("validated_on"),
            is_lead=row.get("is_lead", False),
        )
        for row in rows
        if row.get("name") and row.get("apsca_number") and not row.get("DELETE")
    ]


def doubts_about(form: AuditFactsForm, auditors: forms.BaseFormSet[AuditorForm]) -> list[str]:
    """Return what looks odd in outside references; a doubt never stops anyone."""
    numbers = (doubt_about_auditor(one.apsca_number) for one in named_auditors(auditors))
    return list(filter(None, [doubt_about_audit(form.cleaned_data.get("reference", "")), *numbers]))


class BaseAuditorFormSet(forms.BaseFormSet[AuditorForm]):
    """The auditors of an audit; at most one leads."""

    def clean(self) -> None:
        """Check that not two lead."""
        if sum(one.is_lead for one in named_auditors(self)) > 1:
            raise forms.ValidationError(_("Only one auditor leads."), code="two-leads")


AuditorFormSet = forms.formset_factory(
    AuditorForm, formset=BaseAuditorFormSet, extra=1, max_num=10, can_delete=True
)
