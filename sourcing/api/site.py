"""Sites over the API."""

from dataclasses import asdict, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import country_names, fetch
from sourcing.actions.site import add_site, change_site
from sourcing.api.organisation import with_organisations
from sourcing.models import Site
from sourcing.models.details import SiteDetails
from sourcing.queries.site import sites_matching
from sourcing.queries.timezones import all_timezones, only_timezone
from web.api import Endpoint, NamedSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

FIELDS = (
    "code",
    "name",
    "kind",
    "address",
    "country",
    "sector",
    "workers",
    "latitude",
    "longitude",
    "timezone",
    "closed_on",
    "updated_at",
)


class SiteSerializer(serializers.Serializer[Any]):
    """A site as it is sent."""

    code = serializers.CharField()
    supplier = NamedSerializer()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Site.Kind.choices)
    address = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1, two letters.")
    sector = serializers.CharField()
    workers = serializers.IntegerField(allow_null=True)
    latitude = serializers.FloatField(allow_null=True, help_text="Degrees, WGS 84.")
    longitude = serializers.FloatField(allow_null=True)
    timezone = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()


class SiteQuery(PageQuery):
    """Filters of the list of sites."""

    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    country = serializers.CharField(required=False, default="", max_length=2)
    sector = serializers.CharField(required=False, default="", max_length=120)
    supplier = serializers.CharField(
        required=False, default="", max_length=12, help_text="Code of the supplier."
    )


class SiteInputSerializer(StrictSerializer):
    """A site as it is taken in."""

    name = serializers.CharField(max_length=250)
    kind = serializers.ChoiceField(Site.Kind.choices, required=False)
    address = serializers.CharField(max_length=500, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1, two letters.")
    sector = serializers.CharField(max_length=120, required=False, allow_blank=True)
    workers = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False, allow_null=True)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    timezone = serializers.CharField(
        max_length=64, required=False, help_text="Guessed where a country has only one."
    )
    closed_on = serializers.DateField(required=False, allow_null=True)

    def validate_country(self, value: str) -> str:
        """Take the codes that ISO 3166-1 knows."""
        if value not in country_names():
            raise exceptions.ValidationError(_("Use a country's two letters, for example BD."))
        return value

    def validate_timezone(self, value: str) -> str:
        """Take the zones that people live in."""
        if value not in all_timezones():
            raise exceptions.ValidationError(_("Choose a time zone from the list."))
        return value


class SiteChangeSerializer(SiteInputSerializer):
    """Only what is to change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class SiteList(Endpoint):
    """Own sites, and those that trade links and engagements open."""

    resource = "sites"
    query = SiteQuery

    @extend_schema(operation_id="sites_list", responses=page_of(SiteSerializer))
    def get(self, request: Request) -> Response:
        """List the sites that the viewer sees, by name."""
        wanted = self.asked
        rows = sites_matching(
            Site.objects.visible_to(viewer_of(request)),
            text=wanted["q"],
            country=wanted["country"],
            sector=wanted["sector"],
        )
        if wanted["supplier"]:
            rows = rows.filter(organisation__code=wanted["supplier"].upper())
        return listed(
            request, rows.values(*COLUMNS), order=("name", "id"), limit=wanted["limit"], finish=_shaped
        )

    @extend_schema(operation_id="sites_add", request=SiteInputSerializer, responses={201: SiteSerializer})
    def post(self, request: Request) -> Response:
        """Add a site to the viewer's organisation."""
        said = parsed(SiteInputSerializer, request.data)
        site = add_site(viewer=viewer_of(request), details=_details(said), at=timezone.now())
        return Response(_one(request, site), status=201)


class SiteDetail(Endpoint):
    """One site."""

    resource = "sites"

    @extend_schema(operation_id="sites_read", responses=SiteSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one site."""
        return Response(_one(request, fetch(Site, code, viewer=viewer_of(request))))

    @extend_schema(operation_id="sites_change", request=SiteChangeSerializer, responses=SiteSerializer)
    def patch(self, request: Request, code: str) -> Response:
        """Change what is said about an own site; what is not named stays."""
        site = fetch(Site, code, viewer=viewer_of(request))
        said = parsed(SiteChangeSerializer, request.data)
        details = replace(SiteDetails.of(site), **said)
        _require_whole_point(details)
        site = change_site(viewer=viewer_of(request), site=site, details=details, at=timezone.now())
        return Response(_one(request, site))


COLUMNS = ("id", "organisation_id", *FIELDS)


def _shaped(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return with_organisations(rows, {"organisation_id": "supplier"})


def _one(request: Request, site: Site) -> Row:
    return _shaped(list(Site.objects.visible_to(viewer_of(request)).filter(pk=site.pk).values(*COLUMNS)))[0]


def _details(said: dict[str, Any]) -> SiteDetails:
    zone = said.get("timezone") or only_timezone(said["country"])
    if zone is None:
        raise exceptions.ValidationError({"timezone": [_("This country has several time zones. Name one.")]})
    details = SiteDetails(**{**said, "timezone": zone})
    _require_whole_point(details)
    return details


def _require_whole_point(details: SiteDetails) -> None:
    point = asdict(details)
    for half, other in (("latitude", "longitude"), ("longitude", "latitude")):
        if point[half] is None and point[other] is not None:
            raise exceptions.ValidationError({half: [_("A point on the map needs both numbers.")]})
