"""Methodologies and their requirements over the API: reference data, the same for everyone."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.models import ClosurePolicy, ManagementSystems, MethodologyVersion, WorkplaceRequirement
from findings.queries.methodology import search_requirements
from ledger.refusals import NotVisible
from web.api import Endpoint, PageQuery, Row, listed, page_of

COLUMNS = (
    "id",
    "key",
    "name",
    "version",
    "live_from",
    "has_observations",
    "management_systems",
    "is_illustrative",
    "source_note",
)
REQUIREMENT_COLUMNS = (
    "id",
    "version__key",
    "section__code",
    "section__title",
    "section__position",
    "item",
    "printed_code",
    "title",
    "is_car",
    "car_source",
    "indicators",
    "sdg_targets",
)


class MethodologySerializer(serializers.Serializer[Any]):
    """A methodology version with its closure policy."""

    key = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    live_from = serializers.DateField(allow_null=True)
    has_observations = serializers.BooleanField()
    management_systems = serializers.ChoiceField(ManagementSystems.choices)
    is_illustrative = serializers.BooleanField()
    source_note = serializers.CharField()
    closure_days = serializers.DictField(child=serializers.IntegerField(), help_text="Days by severity.")


class RequirementSerializer(serializers.Serializer[Any]):
    """A workplace requirement; whether a breach is a CAR is its property."""

    methodology = serializers.CharField()
    section = serializers.CharField()
    section_title = serializers.CharField()
    item = serializers.CharField()
    printed_code = serializers.CharField()
    title = serializers.CharField()
    is_car = serializers.BooleanField()
    car_source = serializers.CharField()
    indicators = serializers.ListField(child=serializers.CharField(), help_text="indicator:strength")
    sdg_targets = serializers.ListField(child=serializers.CharField())


class RequirementQuery(PageQuery):
    """Filters of the list of requirements."""

    methodology = serializers.CharField(max_length=40, help_text="Key of a methodology version.")
    q = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="A code or words."
    )
    is_car = serializers.BooleanField(required=False, allow_null=True, default=None)


class MethodologyList(Endpoint):
    """All methodology versions."""

    resource = "methodologies"
    query = PageQuery

    @extend_schema(operation_id="methodologies_list", responses=page_of(MethodologySerializer))
    def get(self, request: Request) -> Response:
        """List the methodology versions by name."""
        wanted = self.asked
        rows = MethodologyVersion.objects.values(*COLUMNS)
        order = ("name", "version", "id")
        return listed(request, rows, order=order, limit=wanted["limit"], finish=_with_policies)


class MethodologyDetail(Endpoint):
    """One methodology version."""

    resource = "methodologies"

    @extend_schema(operation_id="methodologies_read", responses=MethodologySerializer)
    def get(self, request: Request, key: str) -> Response:
        """Read one methodology version by its key."""
        rows = list(MethodologyVersion.objects.filter(key=key).values(*COLUMNS))
        if not rows:
            raise NotVisible
        return Response(_with_policies(rows)[0])


class RequirementList(Endpoint):
    """The requirements of a methodology version."""

    resource = "methodologies"
    query = RequirementQuery

    @extend_schema(
        operation_id="requirements_list",
        responses=page_of(RequirementSerializer),
    )
    def get(self, request: Request) -> Response:
        """List requirements in the order of the catalogue, or those that a code or words find."""
        wanted = self.asked
        version = MethodologyVersion.objects.filter(key=wanted["methodology"]).first()
        if version is None:
            raise exceptions.ValidationError({"methodology": [_("There is no such methodology version.")]})
        rows = WorkplaceRequirement.objects.filter(version=version)
        if wanted["q"]:
            found = search_requirements(version, wanted["q"], limit=200)
            rows = rows.filter(pk__in=[one.pk for one in found.rows])
        if wanted["is_car"] is not None:
            rows = rows.filter(is_car=wanted["is_car"])
        order = ("section__position", "item", "id")
        return listed(
            request, rows.values(*REQUIREMENT_COLUMNS), order=order, limit=wanted["limit"], finish=_plain
        )


def _with_policies(rows: list[Row]) -> list[Row]:
    for row in rows:
        row["closure_days"] = {}
    known = {row.pop("id"): row for row in rows}
    for policy in ClosurePolicy.objects.filter(version_id__in=list(known)):
        known[policy.version_id]["closure_days"][policy.severity] = policy.days
    return rows


def _plain(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"], row["section__position"]
        row["methodology"] = row.pop("version__key")
        row["section"] = row.pop("section__code")
        row["section_title"] = row.pop("section__title")
    return rows
