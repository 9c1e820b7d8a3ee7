"""An organisation's own register of places over the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import country_names, fetch
from sourcing.actions.register import edit_entry
from sourcing.models import RegisterEntry
from sourcing.permissions import can_see_register
from sourcing.queries.normalising import tidy
from sourcing.queries.register import register_of
from web.api import Endpoint, NamedSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

FIELDS = ("code", "name", "country", "address", "sector", "latitude", "longitude", "created_at", "updated_at")
COLUMNS = ("id", "site__code", "site__name", *FIELDS)


class RegisterEntrySerializer(serializers.Serializer[Any]):
    """A place of the register as it is sent."""

    code = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1, two letters.")
    address = serializers.CharField()
    sector = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    site = NamedSerializer(
        allow_null=True, help_text="The supplier's own site that the place is connected to."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RegisterQuery(PageQuery):
    """Filters of the register."""

    text = serializers.CharField(
        max_length=200, required=False, default="", help_text="Words in name or address."
    )
    country = serializers.CharField(max_length=2, required=False, default="")
    sector = serializers.CharField(max_length=120, required=False, default="")


class RegisterChangeSerializer(StrictSerializer):
    """New values; what is not named stays."""

    name = serializers.CharField(max_length=250, required=False)
    country = serializers.CharField(min_length=2, max_length=2, required=False)
    address = serializers.CharField(max_length=500, required=False, allow_blank=True)
    sector = serializers.CharField(max_length=120, required=False, allow_blank=True)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)

    def validate_name(self, value: str) -> str:
        """Keep the name on one line; only stray characters is no name."""
        name = tidy(value)
        if not name:
            raise exceptions.ValidationError(_("Write the name of the place."))
        return name

    def validate_address(self, value: str) -> str:
        """Keep the address on one line."""
        return tidy(value)

    def validate_sector(self, value: str) -> str:
        """Keep the sector on one line."""
        return tidy(value)

    def validate_country(self, value: str) -> str:
        """Take the two letters of a country that there is."""
        if value.upper() not in country_names():
            raise exceptions.ValidationError(_("This is not a country’s two letters."))
        return value.upper()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Half a point is no point."""
        if ("latitude" in attrs) != ("longitude" in attrs) or (
            (attrs.get("latitude") is None) != (attrs.get("longitude") is None)
        ):
            raise exceptions.ValidationError(
                {"latitude": [_("Give both latitude and longitude, or neither.")]}
            )
        return attrs


class RegisterList(Endpoint):
    """The register."""

    resource = "register"
    query = RegisterQuery

    @extend_schema(operation_id="register_list", responses=page_of(RegisterEntrySerializer))
    def get(self, request: Request) -> Response:
        """List the places of the viewer's own register, by name."""
        viewer, wanted = viewer_of(request), self.asked
        can_see_register(viewer).require()
        rows = register_of(
            viewer, text=wanted["text"], country=wanted["country"].upper(), sector=wanted["sector"]
        )
        return listed(
            request, rows.values(*COLUMNS), order=("name", "id"), limit=wanted["limit"], finish=_shaped
        )


class RegisterDetail(Endpoint):
    """One place of the register."""

    resource = "register"

    @extend_schema(operation_id="register_read", responses=RegisterEntrySerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one place."""
        return Response(_one(request, fetch(RegisterEntry, code, viewer=viewer_of(request))))

    @extend_schema(
        operation_id="register_change", request=RegisterChangeSerializer, responses=RegisterEntrySerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Change one place."""
        viewer = viewer_of(request)
        entry = fetch(RegisterEntry, code, viewer=viewer)
        said = parsed(RegisterChangeSerializer, request.data)
        edit_entry(viewer=viewer, entry=entry, values=said, at=timezone.now())
        return Response(_one(request, entry))


def _shaped(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        code, name = row.pop("site__code"), row.pop("site__name")
        row["site"] = {"code": code, "name": name} if code else None
    return rows


def _one(request: Request, entry: RegisterEntry) -> Row:
    rows = RegisterEntry.objects.visible_to(viewer_of(request)).filter(pk=entry.pk)
    return _shaped(list(rows.values(*COLUMNS)))[0]
