"""Filters of the activity page and of the read log."""

from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.entry import EntryQuerySet
from organisations.queries.members import colleagues_ever
from organisations.visibility import Viewer
from web.fields import DayField

Q = TypeVar("Q", bound="QuerySet[Any]")

KINDS = (
    ("", _("Everything")),
    ("organisations", _("People and access")),
    ("sourcing", _("Sites and trade links")),
    ("findings", _("Audits, findings and plans")),
    ("documents", _("Files")),
)


class PeriodForm(forms.Form):
    """From one day to another, both included, in the reader's time zone; nonsense narrows nothing."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def within(self, rows: Q) -> Q:
        """Return the rows of the period."""
        self.is_valid()
        zone = timezone.get_current_timezone()
        if since := self.cleaned_data.get("since"):
            rows = rows.filter(at__gte=datetime.combine(since, time(0), zone))
        if until := self.cleaned_data.get("until"):
            rows = rows.filter(at__lt=datetime.combine(until + timedelta(days=1), time(0), zone))
        return rows


class ActivityForm(PeriodForm):
    """Which kind of things, whose, and when."""

    kind = forms.ChoiceField(label=_("What"), choices=KINDS, required=False)
    who = forms.ChoiceField(label=_("Who"), required=False)
    field_order = ("kind", "who", "since", "until")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), str(one)) for one in colleagues_ever(viewer)]
        self.fields["who"].choices = [("", _("Everyone")), *people, ("0", _("Others"))]  # type: ignore[attr-defined]
        self.viewer = viewer

    def narrowed(self, rows: EntryQuerySet) -> EntryQuerySet:
        """Return the rows that the filters let through."""
        rows = self.within(rows)
        if kind := self.cleaned_data.get("kind"):
            rows = rows.filter(verb__startswith=f"{kind}.")
        match self.cleaned_data.get("who"):
            case None | "":
                return rows
            case "0":
                return rows.exclude(organisation_id=self.viewer.organisation_id)
            case person:
                return rows.filter(actor_id=int(person), organisation_id=self.viewer.organisation_id)


class ReadsForm(PeriodForm):
    """When something was read."""

    def narrowed(self, rows: Q) -> Q:
        """Return the rows that the filters let through."""
        return self.within(rows)
