"""Input about meetings, their agenda and who comes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.uploads import describe_limits
from forum.models import AgendaItem, Attendance, Issue, Meeting, Participant, Presence
from forum.models.meeting import LONGEST, SHORTEST
from forum.models.meeting_facts import MeetingSaid, PointSaid
from web.fields import WritingLanguageField
from web.moments import EARLIER, LATER, ClockField, MomentForm, readings, zone_called, zone_choices


class MeetingForm(MomentForm):
    """A meeting: its time is on the clocks of the zone that is chosen beside it."""

    clocks = ("starts_at",)
    title = forms.CharField(
        label=gettext_lazy("What is the meeting about?"),
        max_length=200,
        help_text=gettext_lazy("Seen inside the group alone, and in calendars that people subscribe to."),
    )
    language = WritingLanguageField()
    starts_at = ClockField(label=gettext_lazy("Begins"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of the meeting"),
        choices=zone_choices,
        help_text=gettext_lazy("Everybody reads the time in their own zone, with this one beside it."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"), min_value=SHORTEST, max_value=LONGEST, initial=60
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    livestream = forms.URLField(
        label=gettext_lazy("Link to take part"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Shown inside the group alone: no mail and no calendar says it."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def clean_livestream(self) -> str:
        """Take addresses that begin with https alone."""
        link = str(self.cleaned_data.get("livestream") or "")
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("Give a link that begins with https://"))
        return link

    def clean(self) -> dict[str, Any]:
        """Refuse a time that is over."""
        cleaned = super().clean()
        starts_at = cleaned.get("starts_at")
        # A meeting whose time stays may be mended after it has begun.
        is_kept = self.kept is not None and starts_at == self.kept
        if starts_at and starts_at <= timezone.now() and not is_kept:
            self.add_error("starts_at", _("This time is over. Choose one that is still to come."))
        return cleaned

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        self.kept: datetime | None = meeting.starts_at if meeting else None
        initial = _initial(meeting) if meeting else {"zone": timezone.get_current_timezone_name()}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)

    def said(self) -> MeetingSaid:
        """Return what was said."""
        return MeetingSaid(**{name: self.cleaned_data[name] for name in MeetingSaid.__slots__})


def _initial(meeting: Meeting) -> dict[str, Any]:
    zone = zone_called(meeting.zone)
    shown = meeting.starts_at.astimezone(zone).replace(tzinfo=None)
    both = readings(shown, zone).moments
    return {
        "title": meeting.title,
        "zone": meeting.zone,
        "starts_at": shown,
        "starts_at_meant": "" if len(both) == 1 else (EARLIER if both[0] == meeting.starts_at else LATER),
        "minutes": meeting.minutes,
        "place": meeting.place,
        "livestream": meeting.livestream,
    } | ({"language": meeting.language} if meeting.language else {})


class CancelForm(forms.Form):
    """Why a meeting is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Seen inside the group alone."),
    )
    language = WritingLanguageField()


class PointForm(forms.Form):
    """One point of an agenda."""

    code = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("Point"), max_length=200)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=LONGEST, required=False
    )
    presenter = forms.CharField(label=gettext_lazy("Who presents it"), max_length=120, required=False)
    issue = forms.ChoiceField(label=gettext_lazy("Standing issue that it is about"), required=False)
    before = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=gettext_lazy("A number. Leave it empty to keep the order in which the points stand here."),
    )

    def __init__(self, *args: Any, issues: Iterable[Issue] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["issue"]
        field.choices = [("", gettext_lazy("None")), *((one.code, one.title) for one in issues)]
        if len(field.choices) == 1:
            del self.fields["issue"]


PointFormSet = forms.formset_factory(PointForm, extra=0, max_num=60, validate_max=True, can_delete=True)


class AgendaForm(forms.Form):
    """The language in which an agenda is written."""

    language = WritingLanguageField()


def points_in(formset: Any) -> list[PointSaid]:
    """Return the points that stay, in the order that was asked for."""
    rows = []
    for place, form in enumerate(formset.forms, start=1):
        said = getattr(form, "cleaned_data", {})
        if not said or said.get("DELETE") or not said.get("title"):
            continue
        # A number puts a point before the one that has this place now.
        rows.append((said.get("before") or place, 0 if said.get("before") else 1, place, said))
    rows.sort(key=lambda row: row[:3])
    return [
        PointSaid(
            said["title"],
            said.get("code", ""),
            said.get("minutes"),
            said.get("presenter", ""),
            said.get("issue", ""),
        )
        for *_order, said in rows
    ]


def points_of(items: list[AgendaItem]) -> list[dict[str, Any]]:
    """Return an agenda as the form begins with it."""
    return [
        {
            "code": one.code,
            "title": one.title,
            "minutes": one.minutes,
            "presenter": one.presenter,
            "issue": one.issue.code if one.issue else "",
        }
        for one in items
    ]


class PaperForm(forms.Form):
    """A file for a point of the agenda."""

    file = forms.FileField(label=gettext_lazy("File"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = describe_limits()


class AttendanceForm(forms.Form):
    """Who was there: one line for each participant."""

    def __init__(
        self, *args: Any, expected: list[tuple[Participant, Attendance | None]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        for part, row in expected:
            name = row.person_name if row else part.person_name
            organisation = row.organisation_name if row else part.organisation_name
            self.fields[f"p-{part.code}"] = forms.ChoiceField(
                label=f"{name}, {organisation}",
                required=False,
                choices=[("", _("Not noted")), *Presence.choices],
                initial=row.presence if row else "",
            )

    def said(self) -> dict[Participant, str]:
        """Return what was noted, for those whose line was sent."""
        return {
            part: self.cleaned_data[f"p-{part.code}"]
            for part, _row in self.expected
            if f"p-{part.code}" in self.data
        }
