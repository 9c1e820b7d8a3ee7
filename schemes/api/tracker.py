"""The company tracker over the API; the same for everyone, kept by whoever runs an issue."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from schemes.actions.contribution import decline_contribution, show_contribution
from schemes.actions.tracker import record_step, reply_as_company
from schemes.models import Contribution, Issue, TrackedCompany
from schemes.models.tracker import Basis, StepState
from schemes.models.tracker_facts import StepFacts
from schemes.queries.tracker import LEADERS, listed_companies, listed_issues
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

ISSUE_COLUMNS = (
    "id",
    "code",
    "title",
    "summary",
    "language",
    "is_state_imposed",
    "steps",
    "keeper_name",
    "opened_at",
    "published_at",
)
COMPANY_COLUMNS = (
    "id",
    "company__code",
    "name",
    "states",
    "verified",
    "evidenced",
    "claimed",
    "reversed",
    "has_reply",
    "recorded_at",
)


class IssueSerializer(serializers.Serializer[Any]):
    """An issue on which companies are followed."""

    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField()
    is_state_imposed = serializers.BooleanField(
        help_text="Then exit is offered, and remediation at the site is not."
    )
    steps = serializers.ListField(child=serializers.CharField())
    keeper_name = serializers.CharField()
    opened_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)


class CompanyStandingSerializer(serializers.Serializer[Any]):
    """How a company stands on an issue: the newest state of each step, and how many there are of each."""

    company = NamedSerializer()
    states = serializers.DictField(child=serializers.CharField(), help_text="By step.")
    verified = serializers.IntegerField()
    evidenced = serializers.IntegerField()
    claimed = serializers.IntegerField()
    reversed = serializers.IntegerField()
    has_reply = serializers.BooleanField()
    recorded_at = serializers.DateTimeField()


class StepRecordInputSerializer(StrictSerializer):
    """What was found of a step, and where it is known from."""

    step = serializers.CharField(max_length=20)
    state = serializers.ChoiceField(StepState.values)
    basis = serializers.ChoiceField(Basis.values)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=250, required=False, default="", allow_blank=True
    )
    source_url = serializers.URLField(max_length=500, required=False, default="", allow_blank=True)
    source_on = serializers.DateField(required=False, allow_null=True, default=None)
    next_check_on = serializers.DateField(required=False, allow_null=True, default=None)
    words = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class StepRecordSerializer(StepRecordInputSerializer):
    """A record as it was kept."""

    at = serializers.DateTimeField()


class CompanyReplyInputSerializer(StrictSerializer):
    """What the company says."""

    words = serializers.CharField(max_length=4000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class CompanyReplySerializer(CompanyReplyInputSerializer):
    """A reply as it was kept."""

    at = serializers.DateTimeField()


class ContributionDecidedSerializer(serializers.Serializer[Any]):
    """What was decided about a contribution."""

    code = serializers.CharField()
    state = serializers.CharField()


class IssueList(Endpoint):
    """The issues of the tracker."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="tracker_issues_list", responses=page_of(IssueSerializer))
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        rows = listed_issues(viewer_of(request)).values(*ISSUE_COLUMNS)
        return listed(
            request, rows, order=("-opened_at", "-id"), limit=self.asked["limit"], finish=_without_id
        )


class StandingList(Endpoint):
    """The companies that are followed on an issue."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="tracker_companies_list", responses=page_of(CompanyStandingSerializer))
    def get(self, request: Request, code: str) -> Response:
        """List them, those that do most first."""
        viewer = viewer_of(request)
        issue = fetch(Issue, code, viewer=viewer)
        rows = listed_companies(viewer, issue).select_related(None).values(*COMPANY_COLUMNS)
        return listed(request, rows, order=LEADERS, limit=self.asked["limit"], finish=_standings)


class StepRecords(Endpoint):
    """The records of a company."""

    resource = "schemes"

    @extend_schema(
        operation_id="tracker_record",
        request=StepRecordInputSerializer,
        responses={201: StepRecordSerializer},
    )
    def post(self, request: Request, code: str, company_code: str) -> Response:
        """Record what was found of a step, as the keeper of the issue."""
        viewer, said = viewer_of(request), parsed(StepRecordInputSerializer, request.data)
        made = record_step(
            viewer=viewer,
            issue=fetch(Issue, code, viewer=viewer),
            company=fetch(TrackedCompany, company_code, viewer=viewer),
            found=StepFacts(**said),
            at=timezone.now(),
        )
        return Response(said | {"at": made.at}, status=201)


class CompanyReplies(Endpoint):
    """The replies of a company."""

    resource = "schemes"

    @extend_schema(
        operation_id="tracker_reply",
        request=CompanyReplyInputSerializer,
        responses={201: CompanyReplySerializer},
    )
    def post(self, request: Request, code: str, company_code: str) -> Response:
        """Reply as the company; everybody reads it at once."""
        viewer, said = viewer_of(request), parsed(CompanyReplyInputSerializer, request.data)
        made = reply_as_company(
            viewer=viewer,
            issue=fetch(Issue, code, viewer=viewer),
            company=fetch(TrackedCompany, company_code, viewer=viewer),
            at=timezone.now(),
            **said,
        )
        return Response(said | {"at": made.at}, status=201)


class ContributionShow(Endpoint):
    """Letting a contribution through."""

    resource = "schemes"

    @extend_schema(
        operation_id="tracker_contribution_show",
        request=NothingSerializer,
        responses=ContributionDecidedSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Show what somebody sent in to everybody."""
        parsed(NothingSerializer, request.data)
        viewer = viewer_of(request)
        found = show_contribution(viewer=viewer, contribution=_own(viewer, code), at=timezone.now())
        return Response({"code": found.code, "state": found.state})


class ContributionDecline(Endpoint):
    """Keeping a contribution from showing."""

    resource = "schemes"

    @extend_schema(
        operation_id="tracker_contribution_decline",
        request=NothingSerializer,
        responses=ContributionDecidedSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Do not show what somebody sent in."""
        parsed(NothingSerializer, request.data)
        viewer = viewer_of(request)
        found = decline_contribution(viewer=viewer, contribution=_own(viewer, code), at=timezone.now())
        return Response({"code": found.code, "state": found.state})


def _own(viewer: Any, code: str) -> Contribution:
    rows = Contribution.objects.filter(keeper_id=viewer.organisation_id)
    return fetch(Contribution, code, viewer=viewer, queryset=rows)


def _without_id(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return rows


def _standings(rows: list[Row]) -> list[Row]:
    for row in rows:
        row["company"] = {"code": row.pop("company__code"), "name": row.pop("name")}
    return _without_id(rows)
