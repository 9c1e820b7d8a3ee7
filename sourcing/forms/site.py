"""Input about sites."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.queries import country_name, country_names
from sourcing.forms.choices import offer
from sourcing.models import Site
from sourcing.models.details import SiteDetails
from sourcing.queries.timezones import all_timezones, timezones_of
from web.fields import DayField, SearchField


class SiteForm(forms.Form):
    """What a supplier says about a site."""

    name = forms.CharField(label=gettext_lazy("Name of the site"), max_length=250)
    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=Site.Kind.choices)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Street, town and postcode, as on a letter."),
    )
    sector = forms.CharField(
        label=gettext_lazy("What is made or grown there?"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: garments, tea, citrus fruit."),
    )
    workers = forms.IntegerField(
        label=gettext_lazy("How many people work there?"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("Everyone: permanent, temporary and agency workers."),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        help_text=gettext_lazy("Leave it empty where the country has only one."),
    )
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        min_value=-90,
        max_value=90,
        required=False,
        help_text=gettext_lazy("In degrees, for example 23.78. South is minus."),
    )
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"),
        min_value=-180,
        max_value=180,
        required=False,
        help_text=gettext_lazy("In degrees, for example 90.41. West is minus."),
    )
    closed_on = DayField(
        label=gettext_lazy("Closed on"),
        required=False,
        help_text=gettext_lazy("Only if no one works there any more."),
    )

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        if site is not None:
            details = SiteDetails.of(site)
            kwargs["initial"] = {name: getattr(details, name) for name in SiteDetails.__dataclass_fields__}
        super().__init__(*args, **kwargs)
        offer(self, "country", [("", _("Choose a country")), *country_names().items()])
        offer(self, "timezone", [("", _("The country’s own")), *((zone, zone) for zone in all_timezones())])
        if site is None:
            del self.fields["closed_on"]

    def clean(self) -> dict[str, Any]:
        """Ask for the other half of a map point, and for the time zone where the country leaves it open."""
        cleaned: dict[str, Any] = super().clean() or {}
        for half, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if cleaned.get(half) is None and cleaned.get(other) is not None and half not in self.errors:
                self.add_error(half, _("A point on the map needs both numbers."))
        if cleaned.get("country") and not cleaned.get("timezone"):
            self._guess_timezone(cleaned)
        return cleaned

    def _guess_timezone(self, cleaned: dict[str, Any]) -> None:
        zones = timezones_of(cleaned["country"])
        if len(zones) > 1:
            sentence = _(
                "%(country)s has more than one time zone. Choose the one of this site, for example %(zone)s."
            )
            self.add_error(
                "timezone", sentence % {"country": country_name(cleaned["country"]), "zone": zones[0]}
            )
        cleaned["timezone"] = zones[0] if zones else "UTC"

    def details(self) -> SiteDetails:
        """Return what was typed, once it is valid."""
        return SiteDetails(**self.cleaned_data)


class SiteFilters(forms.Form):
    """Which of the sites to show."""

    q = SearchField(label=gettext_lazy("Name, address or code"))
    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)

    def __init__(self, *args: Any, countries: list[str], sectors: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, country_name(code)) for code in countries), key=lambda pair: pair[1])
        offer(self, "country", [("", _("All")), *named])
        offer(self, "sector", [("", _("All")), *((one, one) for one in sectors)])
