"""Input about trade links."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.queries import country_name
from organisations.visibility import Viewer
from sourcing.forms.choices import PlaceChoice, offer, offer_own_sites, offer_rows
from sourcing.lifecycle import LinkState
from sourcing.models import RegisterEntry, Site, TradeLink
from sourcing.queries.register import register_of
from web.fields import SearchField
from web.statuses import look_of

MOST_PLACES = 40
NEW_SITE = "new"


class ProposeToSupplierForm(forms.Form):
    """A buyer asks a supplier, perhaps naming places of its own register."""

    code = forms.CharField(
        label=gettext_lazy("The supplier’s code"),
        max_length=12,
        help_text=gettext_lazy("Ask your supplier for it. It stands on its “Organisation” page."),
    )
    entries = PlaceChoice(
        label=gettext_lazy("Which of its sites?"),
        required=False,
        help_text=gettext_lazy(
            "Tick them here. The supplier reads names and addresses. Tick none to ask for all sites."
        ),
    )
    find = SearchField(
        label=gettext_lazy("Find a place in your register"),
        help_text=gettext_lazy("Name, address or country code."),
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Say who you are and why you ask."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = RegisterEntry.objects.visible_to(viewer)
        offer_rows(self, "entries", own.filter(pk__in=self._offered(viewer)).order_by("name", "pk"))

    def _offered(self, viewer: Viewer) -> list[int]:
        """Return the entries to show: those ticked, and those that the words to look for find."""
        typed = self.data.getlist("entries") if isinstance(self.data, QueryDict) else []
        ticked = typed if self.is_bound else self.initial.get("entries", [])
        found = register_of(viewer, text=self.data.get("find", "")).filter(site=None).order_by("name", "pk")
        codes = [code for code in ticked if "\0" not in code]
        chosen = RegisterEntry.objects.visible_to(viewer).filter(code__in=codes)
        return [*chosen.values_list("pk", flat=True), *found.values_list("pk", flat=True)[:MOST_PLACES]]


class ProposeToCustomerForm(forms.Form):
    """A supplier offers a customer a view of its sites."""

    code = forms.CharField(
        label=gettext_lazy("The customer’s code"),
        max_length=12,
        help_text=gettext_lazy("Ask your customer for it. It stands on its “Organisation” page."),
    )
    coverage = forms.ChoiceField(
        label=gettext_lazy("Which of your sites may it see?"),
        choices=[
            ("all", gettext_lazy("All of them, also those we add later")),
            ("some", gettext_lazy("Only those ticked here")),
        ],
        widget=forms.RadioSelect,
        initial="some",
    )
    sites = PlaceChoice(
        label=gettext_lazy("Your sites"),
        required=False,
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_own_sites(self, viewer)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one site when not all are meant."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("coverage") == "some" and not cleaned.get("sites") and "sites" not in self.errors:
            self.add_error("sites", _("Tick at least one site, or choose all of them."))
        return cleaned


class AcceptForm(forms.Form):
    """A supplier says which sites the customer may see: all, or place by place."""

    coverage = forms.ChoiceField(
        label=gettext_lazy("Which of your sites may this customer see?"),
        choices=[
            ("some", gettext_lazy("Only those chosen here")),
            ("all", gettext_lazy("All of them, also those we add later")),
        ],
        widget=forms.RadioSelect,
    )
    sites = PlaceChoice(
        label=gettext_lazy("Your sites"),
        required=False,
    )

    def __init__(self, *args: Any, viewer: Viewer, link: TradeLink, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"coverage": "all" if link.covers_all_sites else "some"})
        super().__init__(*args, **kwargs)
        self.own_sites = offer_own_sites(self, viewer)
        self.place_names = [f"place_{number}" for number in range(len(link.named_places))]
        for name, place in zip(self.place_names, link.named_places, strict=True):
            self.fields[name] = self._place_field(place)
        if link.named_places:
            self.fields["sites"].label = _("Other sites of yours to show as well")

    def _place_field(self, place: dict[str, str]) -> forms.ChoiceField:
        where = ", ".join(filter(None, (place.get("address"), country_name(place["country"]))))
        same = next(
            (one.code for one in self.own_sites if one.name.casefold() == place["name"].casefold()), ""
        )
        return forms.ChoiceField(
            label=place["name"],
            help_text=where,
            required=False,
            initial=same,
            choices=[
                ("", _("Not one of our sites")),
                (NEW_SITE, _("Our site, not entered yet: add it")),
                *((site.code, site.name) for site in self.own_sites),
            ],
        )

    def clean(self) -> dict[str, Any]:
        """Ask for at least one site when not all are meant."""
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = any(cleaned.get(name) for name in ("sites", *self.place_names))
        if cleaned.get("coverage") == "some" and not chosen and not self.errors:
            self.add_error(
                "sites", _("Choose at least one site, or all of them. If none is yours, decline instead.")
            )
        return cleaned

    def places(self) -> dict[int, Site | None]:
        """Return number of a named place → the own site it is, or None for a site to be added."""
        by_code = {site.code: site for site in self.own_sites}
        said = [(number, self.cleaned_data[name]) for number, name in enumerate(self.place_names)]
        return {number: by_code.get(code) for number, code in said if code}


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=gettext_lazy("Why not?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The other side reads this."),
    )


class LinkFilters(forms.Form):
    """Which of the trade links to show."""

    q = SearchField(label=gettext_lazy("Name"))
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "state", [("", _("All")), *((one.value, look_of("link", one).word) for one in LinkState)])
