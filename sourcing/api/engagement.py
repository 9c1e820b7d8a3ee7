"""Engagements over the API."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from sourcing.actions.engagement import accept_engagement, ask_for_audit, decline_engagement, end_engagement
from sourcing.api.chosen import chosen
from sourcing.api.link import ReasonSerializer
from sourcing.api.organisation import with_organisations
from sourcing.lifecycle import EngagementState
from sourcing.models import Engagement, Site
from sourcing.queries.engagement import audit_firms
from web.api import (
    Endpoint,
    NamedSerializer,
    NothingSerializer,
    PageQuery,
    Row,
    StrictSerializer,
    listed,
    page_of,
    parsed,
)

FIELDS = ("code", "state", "place", "note", "answer", "proposed_at", "answered_at", "ended_at")
COLUMNS = ("id", "supplier_id", "audit_firm_id", *FIELDS)


class EngagementSerializer(serializers.Serializer[Any]):
    """An engagement as it is sent."""

    code = serializers.CharField()
    supplier = NamedSerializer()
    audit_firm = NamedSerializer()
    state = serializers.ChoiceField([one.value for one in EngagementState])
    place = serializers.DictField(help_text="The site as it was called when the firm was asked.")
    note = serializers.CharField()
    answer = serializers.CharField(help_text="The reason for saying no.")
    proposed_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class EngagementQuery(PageQuery):
    """Filters of the list of engagements."""

    state = serializers.ChoiceField([one.value for one in EngagementState], required=False)


class AskForAuditSerializer(StrictSerializer):
    """A request to a listed audit firm."""

    audit_firm = serializers.CharField(max_length=12, help_text="Code of a listed audit firm.")
    sites = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=500)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class EngagementList(Endpoint):
    """Engagements of the viewer's audit firm, or for its own sites."""

    resource = "engagements"
    query = EngagementQuery

    @extend_schema(operation_id="engagements_list", responses=page_of(EngagementSerializer))
    def get(self, request: Request) -> Response:
        """List engagements, newest first."""
        wanted = self.asked
        rows = Engagement.objects.visible_to(viewer_of(request))
        if wanted.get("state"):
            rows = rows.filter(state=wanted["state"])
        order = ("-proposed_at", "-id")
        return listed(request, rows.values(*COLUMNS), order=order, limit=wanted["limit"], finish=_shaped)

    @extend_schema(
        operation_id="engagements_ask",
        request=AskForAuditSerializer,
        responses={201: EngagementSerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        """Ask an audit firm to audit sites; answers with one engagement per site."""
        viewer, said = viewer_of(request), parsed(AskForAuditSerializer, request.data)
        firm = audit_firms(viewer).filter(code=said["audit_firm"].upper()).first()
        if firm is None:
            raise exceptions.ValidationError({"audit_firm": [_("Choose an audit firm from the list.")]})
        sites = chosen(Site.objects.owned_by(viewer), said["sites"], "sites")
        made = ask_for_audit(
            viewer=viewer, audit_firm=firm, sites=sites, note=said["note"], at=timezone.now()
        )
        rows = Engagement.objects.visible_to(viewer).filter(pk__in=[one.pk for one in made]).order_by("pk")
        return Response(_shaped(list(rows.values(*COLUMNS))), status=201)


class EngagementView(Endpoint):
    """What the pages of one engagement share."""

    resource = "engagements"

    def engagement(self, code: str) -> Engagement:
        """Return the engagement, or raise NotVisible."""
        return fetch(Engagement, code, viewer=viewer_of(self.request))


class EngagementDetail(EngagementView):
    """One engagement."""

    @extend_schema(operation_id="engagements_read", responses=EngagementSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one engagement."""
        return Response(_one(request, self.engagement(code)))


class EngagementAccept(EngagementView):
    """The answer yes."""

    @extend_schema(
        operation_id="engagements_accept", request=NothingSerializer, responses=EngagementSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Accept, as the audit firm."""
        engagement = self.engagement(code)
        parsed(NothingSerializer, request.data)
        accept_engagement(viewer=viewer_of(request), engagement=engagement, at=timezone.now())
        return Response(_one(request, engagement))


class EngagementDecline(EngagementView):
    """The answer no."""

    @extend_schema(
        operation_id="engagements_decline", request=ReasonSerializer, responses=EngagementSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Decline, as the audit firm, with a reason that the supplier reads."""
        engagement, said = self.engagement(code), parsed(ReasonSerializer, request.data)
        decline_engagement(
            viewer=viewer_of(request), engagement=engagement, reason=said["reason"], at=timezone.now()
        )
        return Response(_one(request, engagement))


class EngagementEnd(EngagementView):
    """The end."""

    @extend_schema(operation_id="engagements_end", request=NothingSerializer, responses=EngagementSerializer)
    def post(self, request: Request, code: str) -> Response:
        """End an engagement; the supplier also takes back one without an answer."""
        engagement = self.engagement(code)
        parsed(NothingSerializer, request.data)
        end_engagement(viewer=viewer_of(request), engagement=engagement, at=timezone.now())
        return Response(_one(request, engagement))


def _shaped(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return with_organisations(rows, {"supplier_id": "supplier", "audit_firm_id": "audit_firm"})


def _one(request: Request, engagement: Engagement) -> Row:
    rows = Engagement.objects.visible_to(viewer_of(request)).filter(pk=engagement.pk)
    return _shaped(list(rows.values(*COLUMNS)))[0]
