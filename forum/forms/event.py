"""Input about series, events, registrations and what comes after."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import Event, EventMessage, EventPlace, EventTag, Group, GroupAccess, Series
from forum.models.event_facts import EventSaid, Seat
from forum.queries.event import colleagues
from organisations.models import CAPABILITY_LABELS, Organisation
from organisations.visibility import Viewer
from web.fields import WritingLanguageField
from web.moments import ClockField, MomentForm, zone_choices

MOST_SEATS = 200


def _words(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SeriesForm(forms.Form):
    """What a series is about."""

    title = forms.CharField(label=gettext_lazy("What is the series called?"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What is it about, and for whom?"),
        max_length=4000,
        widget=_words(),
        required=False,
    )
    language = WritingLanguageField()
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("What is bought?"),
        choices=EventTag.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class EventForm(MomentForm):
    """What an event is; times are those of its zone."""

    clocks = ("starts", "ends", "register_until")

    kind = forms.ChoiceField(label=gettext_lazy("What kind of event?"), choices=Event.Kind.choices)
    title = forms.CharField(label=gettext_lazy("What is it called?"), max_length=200)
    summary = forms.CharField(
        label=gettext_lazy("What is it about, and for whom?"),
        max_length=4000,
        widget=_words(),
        required=False,
    )
    language = WritingLanguageField()
    series = forms.ChoiceField(label=gettext_lazy("Part of a series?"), required=False)
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=EventTag.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zone_choices,
        help_text=gettext_lazy("You write times of this zone. Everybody reads them in their own."),
    )
    starts = ClockField(label=gettext_lazy("Starts"))
    ends = ClockField(label=gettext_lazy("Ends"))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Everybody who sees the event reads this. Leave it empty for an online event."
        ),
    )
    joining_link = forms.URLField(
        label=gettext_lazy("Joining link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Only people with a place see this."),
    )
    joining_words = forms.CharField(
        label=gettext_lazy("How to get in"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("A number to dial, a password, a door. Only people with a place see this."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("How many places?"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Leave it empty for as many as come."),
    )
    per_organisation = forms.IntegerField(
        label=gettext_lazy("How many for one organisation?"), min_value=1, max_value=100_000, required=False
    )
    register_until = ClockField(
        label=gettext_lazy("Last moment to register"),
        required=False,
        help_text=gettext_lazy("Leave it empty to let people register until the start."),
    )
    offer_hours = forms.IntegerField(
        label=gettext_lazy("How many hours is an offered place kept?"), min_value=1, max_value=336, initial=48
    )
    opens_to = forms.ChoiceField(
        label=gettext_lazy("Who can register?"), choices=Event.OpensTo.choices, widget=forms.RadioSelect
    )
    capabilities = forms.MultipleChoiceField(
        label=gettext_lazy("Which kinds of organisations?"),
        choices=[(one.value, label) for one, label in CAPABILITY_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    organisations = forms.MultipleChoiceField(
        label=gettext_lazy("Which organisations?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Only they and you know of the event. None learns of the others."),
    )
    group = forms.ChoiceField(label=gettext_lazy("Which group?"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Series.objects.visible_to(viewer).filter(organiser_id=viewer.organisation_id)
        self.known_series = {one.code: one for one in own.order_by("-pk")[:100]}
        known = Organisation.objects.visible_to(viewer).exclude(pk=viewer.organisation_id)
        self.known_organisations = {one.code: one for one in known.order_by("name")[:300]}
        entered = GroupAccess.objects.visible_to(viewer).values("group_id")
        self.known_groups = {one.key: one for one in Group.objects.filter(pk__in=entered).order_by("title")}
        self._choose("series", {"": _("No"), **{key: one.title for key, one in self.known_series.items()}})
        self._choose("organisations", {key: one.name for key, one in self.known_organisations.items()})
        self._choose("group", {"": _("None"), **{key: one.title for key, one in self.known_groups.items()}})
        for name, known_ones in (("organisations", self.known_organisations), ("group", self.known_groups)):
            if not known_ones:
                del self.fields[name]
        self._leave_out_what_cannot_be_chosen()

    def said(self) -> EventSaid:
        """Return what was said, in exact moments."""
        given = self.cleaned_data
        plain = (
            "kind title summary language tags zone place capacity per_organisation offer_hours opens_to "
            "joining_link joining_words"
        )
        opens_to = given["opens_to"]
        return EventSaid(
            **{name: given[name] for name in plain.split()},
            starts_at=given["starts"],
            ends_at=given["ends"],
            register_by=given["register_until"],
            series=self.known_series.get(given["series"]),
            capabilities=given["capabilities"] if opens_to == Event.OpensTo.CAPABILITIES else (),
            organisations=[self.known_organisations[code] for code in given.get("organisations", [])],
            group=self.known_groups.get(given.get("group", "")) if opens_to == Event.OpensTo.GROUP else None,
        )

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        """Return an event as the form shows it."""
        zone = event.tzinfo
        same = "kind title summary language tags zone place capacity per_organisation offer_hours opens_to capabilities"
        way = getattr(event, "joining", None)
        until = event.register_by.astimezone(zone).replace(tzinfo=None) if event.register_by else None
        return {
            **{name: getattr(event, name) for name in same.split()},
            "starts": event.starts_at.astimezone(zone).replace(tzinfo=None),
            "ends": event.ends_at.astimezone(zone).replace(tzinfo=None),
            "register_until": until,
            "series": event.series.code if event.series else "",
            "group": event.group.key if event.group else "",
            "joining_link": way.link if way else "",
            "joining_words": way.words if way else "",
            "organisations": list(event.guests.values_list("organisation__code", flat=True)),
        }

    @staticmethod
    def initial_anew() -> dict[str, Any]:
        """Return what a new event begins with."""
        return {
            "zone": timezone.get_current_timezone_name(),
            "opens_to": Event.OpensTo.EVERYONE,
            "capacity": 15,
        }

    def _choose(self, name: str, choices: dict[str, str]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices.items())

    def _leave_out_what_cannot_be_chosen(self) -> None:
        field: Any = self.fields["opens_to"]
        missing = {name for name in ("organisations", "group") if name not in self.fields}
        field.choices = [one for one in Event.OpensTo.choices if one[0] not in missing]


class SeatsForm(forms.Form):
    """Who sits on places of one's organisation, one on each line."""

    names = forms.CharField(
        label=gettext_lazy("Who comes?"),
        required=False,
        max_length=20_000,
        widget=_words(5),
        help_text=gettext_lazy(
            "One on each line, as far as you know: a colleague’s e-mail address, so that they get the reminders "
            "and the joining link themselves, or just a name."
        ),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.seats: list[Seat] = []

    def clean_names(self) -> str:
        """Find colleagues by their address; keep everything else as a name."""
        text: str = self.cleaned_data["names"]
        known = colleagues(self.viewer)
        for line in (one.strip() for one in text.splitlines()):
            if not line:
                continue
            if "@" in line and line.lower() not in known:
                raise forms.ValidationError(
                    _("%(line)s is nobody in your organisation here. Write the name instead.")
                    % {"line": line[:120]}
                )
            if len(line) > 120:
                raise forms.ValidationError(_("A name has 120 letters at most."))
            person = known.get(line.lower())
            if person is not None and any(seat.person_id == person for seat in self.seats):
                raise forms.ValidationError(_("%(line)s stands there twice.") % {"line": line})
            self.seats.append(Seat(name="" if person else line, person_id=person))
        return text


class GroupRegistrationForm(SeatsForm):
    """Several places for one's organisation."""

    field_order = ("quantity", "names")
    quantity = forms.IntegerField(label=gettext_lazy("How many places?"), min_value=1, max_value=MOST_SEATS)


class BookingForm(SeatsForm):
    """Another number of places: who comes on those that are new, and who does not come any more."""

    field_order = ("quantity", "goes", "names")
    quantity = forms.IntegerField(label=gettext_lazy("How many places?"), min_value=1, max_value=MOST_SEATS)
    goes = forms.MultipleChoiceField(
        label=gettext_lazy("If there are fewer: who does not come?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Places without a name are given back first."),
    )

    def __init__(self, *args: Any, places: Sequence[EventPlace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goes: Any = self.fields["goes"]
        goes.choices = [(one.code, one.name) for one in places if one.name]
        if not goes.choices:
            del self.fields["goes"]
        self.fields["names"].label = _("If there are more: who comes on the new places?")


class ReasonForm(forms.Form):
    """Why an event is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Why? Everybody who registered reads this."),
        max_length=1000,
        widget=_words(3),
        required=False,
    )
    language = WritingLanguageField()


class MaterialForm(forms.Form):
    """A file for those who came."""

    title = forms.CharField(label=gettext_lazy("What is it?"), max_length=200)
    language = WritingLanguageField()
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, Word, Excel, pictures or text, at most 25 MB."),
    )


class MessageForm(forms.Form):
    """A message to those who registered."""

    reaches = forms.ChoiceField(
        label=gettext_lazy("For whom?"), choices=EventMessage.Reaches.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(label=gettext_lazy("Message"), max_length=4000, widget=_words(5))
    language = WritingLanguageField()


class EventFilters(forms.Form):
    """Filters of the calendar; what cannot be read is left out."""

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        choices=[("", gettext_lazy("To come")), ("past", gettext_lazy("Past"))],
    )
    tag = forms.ChoiceField(
        label=gettext_lazy("About"),
        required=False,
        choices=[("", gettext_lazy("Everything")), *EventTag.choices],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("All")), *Event.Kind.choices]
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("mine", gettext_lazy("Those I registered for")),
            ("ours", gettext_lazy("Those we run")),
        ],
    )

    def wanted(self) -> dict[str, Any]:
        """Return the filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
