"""A buyer's own code over the API: between that buyer and the supplier, never in a list of findings."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.variance import answer_variance, close_variance, question_variance, raise_variance
from findings.lifecycle import VarianceState
from findings.models import Finding, Variance
from findings.models.facts import VarianceFacts
from findings.queries.variance import listed_variances, replies_of
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from sourcing.models import Site
from web.api import Endpoint, PageQuery, Row, StrictSerializer, listed, page_of, parsed

COLUMNS = (
    "id",
    "code",
    "buyer_name",
    "site_name",
    "clause",
    "title",
    "description",
    "severity",
    "due_on",
    "language",
    "state",
    "raised_at",
)


class VarianceSerializer(serializers.Serializer[Any]):
    """Where a site falls short of one buyer's own code."""

    code = serializers.CharField()
    buyer_name = serializers.CharField()
    site_name = serializers.CharField()
    clause = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    severity = serializers.CharField(help_text="In the buyer's own words.")
    due_on = serializers.DateField(allow_null=True)
    language = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in VarianceState])
    raised_at = serializers.DateTimeField()


class VarianceReplySerializer(serializers.Serializer[Any]):
    """What one of the two said."""

    kind = serializers.CharField()
    is_buyer = serializers.BooleanField()
    message = serializers.CharField()
    language = serializers.CharField()
    said_at = serializers.DateTimeField()


class VarianceStorySerializer(VarianceSerializer):
    """A variance with what the two said, oldest first."""

    finding = serializers.CharField(allow_null=True, help_text="Code of the audit finding, if visible.")
    replies = VarianceReplySerializer(many=True)


class VarianceQuery(PageQuery):
    """Filters of the list."""

    site = serializers.CharField(required=False, default="", max_length=200)
    state = serializers.ChoiceField([one.value for one in VarianceState], required=False, default="")


class VarianceInputSerializer(StrictSerializer):
    """A variance to be raised."""

    site = serializers.CharField(max_length=12, help_text="Code of a site that your trade link covers.")
    clause = serializers.CharField(max_length=250)
    title = serializers.CharField(max_length=250)
    description = serializers.CharField(max_length=4000)
    severity = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    finding = serializers.CharField(max_length=12, required=False, allow_null=True, default=None)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class VarianceReplyInputSerializer(StrictSerializer):
    """A word between the two."""

    message = serializers.CharField(max_length=4000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class ClosingInputSerializer(VarianceReplyInputSerializer):
    """A last word, if the buyer likes."""

    message = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class VarianceList(Endpoint):
    """Variances that the viewer raised or has to answer."""

    resource = "findings"
    query = VarianceQuery

    @extend_schema(operation_id="variances_list", responses=page_of(VarianceSerializer))
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        wanted = self.asked
        limit = wanted.pop("limit")
        wanted.pop("cursor", None)
        rows = listed_variances(viewer_of(request), **wanted).select_related(None).values(*COLUMNS)
        return listed(request, rows, order=("-raised_at", "-id"), limit=limit, finish=_lines)

    @extend_schema(
        operation_id="variances_raise",
        request=VarianceInputSerializer,
        responses={201: VarianceStorySerializer},
    )
    def post(self, request: Request) -> Response:
        """Tell a supplier where its site falls short of the viewer's own code."""
        viewer, said = viewer_of(request), parsed(VarianceInputSerializer, request.data)
        site = fetch(Site, said.pop("site"), viewer=viewer)
        code = said.pop("finding")
        finding = fetch(Finding, code, viewer=viewer) if code else None
        made = raise_variance(
            viewer=viewer, site=site, said=VarianceFacts(**said), finding=finding, at=timezone.now()
        )
        return Response(_whole(viewer, made), status=201)


class VarianceDetail(Endpoint):
    """One variance."""

    resource = "findings"

    @extend_schema(operation_id="variances_read", responses=VarianceStorySerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read it with what the two said."""
        viewer = viewer_of(request)
        return Response(_whole(viewer, fetch(Variance, code, viewer=viewer)))


class _Saying(Endpoint):
    """What the endpoints that say something share."""

    resource = "findings"

    def say(
        self, request: Request, code: str, do: Callable[..., Any], shape: type[StrictSerializer]
    ) -> Response:
        """Do it and answer with the whole."""
        viewer, said = viewer_of(request), parsed(shape, request.data)
        do(viewer=viewer, variance=fetch(Variance, code, viewer=viewer), at=timezone.now(), **said)
        return Response(_whole(viewer, fetch(Variance, code, viewer=viewer)))


class VarianceAnswer(_Saying):
    """The supplier's answer."""

    @extend_schema(
        operation_id="variances_answer",
        request=VarianceReplyInputSerializer,
        responses=VarianceStorySerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Answer as the supplier."""
        return self.say(request, code, answer_variance, VarianceReplyInputSerializer)


class VarianceQuestion(_Saying):
    """The buyer's question."""

    @extend_schema(
        operation_id="variances_question",
        request=VarianceReplyInputSerializer,
        responses=VarianceStorySerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask for more as the buyer."""
        return self.say(request, code, question_variance, VarianceReplyInputSerializer)


class VarianceClose(_Saying):
    """The end of it."""

    @extend_schema(
        operation_id="variances_close", request=ClosingInputSerializer, responses=VarianceStorySerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Close it as the buyer."""
        return self.say(request, code, close_variance, ClosingInputSerializer)


def _lines(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return rows


def _whole(viewer: Viewer, variance: Variance) -> Row:
    finding = Finding.objects.visible_to(viewer).filter(pk=variance.finding_id or 0).first()
    said = {name: getattr(variance, name) for name in COLUMNS if name != "id"}
    return said | {
        "finding": finding.code if finding else None,
        "replies": [
            {
                "kind": one.kind,
                "is_buyer": one.organisation_id == variance.buyer_id,
                "message": one.message,
                "language": one.language,
                "said_at": one.said_at,
            }
            for one in replies_of(viewer, variance)
        ],
    }
