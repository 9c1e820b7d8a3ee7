"""Choice fields whose choices depend on who is looking and in which language."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from organisations.queries import country_name
from organisations.visibility import Viewer
from sourcing.models import Site


class PlaceChoice(forms.ModelMultipleChoiceField[Any]):
    """Places by name, address and country, ticked one by one and sent by their public codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Site.objects.none(), to_field_name="code", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Return what tells one place from another."""
        return ", ".join(filter(None, (obj.name, obj.address, country_name(obj.country))))


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Fill the choice field `name` of this one form."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Fill the field `name` of this one form with rows."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


def offer_own_sites(form: forms.Form, viewer: Viewer) -> list[Site]:
    """Fill the field `sites` with the viewer's own sites still at work, and return them."""
    rows = Site.objects.owned_by(viewer).active().order_by("name", "pk")
    offer_rows(form, "sites", rows)
    return list(rows)
