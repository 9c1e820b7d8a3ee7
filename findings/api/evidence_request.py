"""Requests for evidence over the API: between the one who asks and the site."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.evidence import (
    answer_with_evidence,
    ask_for_evidence,
    decline_request,
    take_back_request,
)
from findings.api.evidence import finding_of, own_pieces, use_row
from findings.api.evidence_shapes import (
    AskSerializer,
    EvidenceAnswerSerializer,
    EvidenceDeclineSerializer,
    RequestLineSerializer,
    RequestSerializer,
)
from findings.models import EvidenceRequest
from findings.permissions.evidence import can_answer_request, can_ask_for_evidence
from findings.queries.evidence import evidence_of, requests_listed
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from web.api import Endpoint, NothingSerializer, PageQuery, Row, listed, page_of, parsed

COLUMNS = (
    "id",
    "code",
    "kind",
    "asker_id",
    "asker_name",
    "message",
    "language",
    "state",
    "asked_at",
    "answer",
    "answer_language",
    "answered_at",
)


class RequestList(Endpoint):
    """Requests that one's organisation makes and gets."""

    resource = "evidence"
    query = PageQuery

    @extend_schema(operation_id="evidence_requests_list", responses=page_of(RequestLineSerializer))
    def get(self, request: Request) -> Response:
        """List requests, newest first."""
        viewer = viewer_of(request)
        return listed(
            request,
            requests_listed(viewer).values(*COLUMNS),
            order=("-asked_at", "-id"),
            limit=self.asked["limit"],
            finish=lambda rows: [_line(viewer, row) for row in rows],
        )


class RequestAsk(Endpoint):
    """Asking a site for evidence on a finding."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_ask", request=AskSerializer, responses={201: RequestSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Ask; only the site and the one who asks read it."""
        viewer = viewer_of(request)
        finding = finding_of(viewer, code)
        can_ask_for_evidence(viewer, finding).require()
        said = parsed(AskSerializer, request.data)
        asked = ask_for_evidence(viewer=viewer, finding=finding, at=timezone.now(), **said)
        return Response(_whole(viewer, asked), status=201)


class RequestDetail(Endpoint):
    """One request."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_requests_read", responses=RequestSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read a request and what answers it."""
        viewer = viewer_of(request)
        return Response(_whole(viewer, fetch(EvidenceRequest, code, viewer=viewer)))


class RequestAnswer(Endpoint):
    """Answering with evidence."""

    resource = "evidence"

    @extend_schema(
        operation_id="evidence_requests_answer", request=EvidenceAnswerSerializer, responses=RequestSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Show own pieces to the one who asks, and to nobody else."""
        viewer = viewer_of(request)
        asked = fetch(EvidenceRequest, code, viewer=viewer)
        can_answer_request(viewer, asked).require()
        said = parsed(EvidenceAnswerSerializer, request.data)
        pieces = own_pieces(viewer, said.pop("evidence"))
        done = answer_with_evidence(viewer=viewer, request=asked, evidence=pieces, at=timezone.now(), **said)
        return Response(_whole(viewer, done))


class RequestDecline(Endpoint):
    """Saying why there is nothing to show."""

    resource = "evidence"

    @extend_schema(
        operation_id="evidence_requests_decline",
        request=EvidenceDeclineSerializer,
        responses=RequestSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Decline with a reason."""
        viewer = viewer_of(request)
        asked = fetch(EvidenceRequest, code, viewer=viewer)
        can_answer_request(viewer, asked).require()
        said = parsed(EvidenceDeclineSerializer, request.data)
        done = decline_request(viewer=viewer, request=asked, at=timezone.now(), **said)
        return Response(_whole(viewer, done))


class RequestTakeBack(Endpoint):
    """Taking a request back."""

    resource = "evidence"

    @extend_schema(
        operation_id="evidence_requests_take_back", request=NothingSerializer, responses=RequestSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Take back what nobody has answered."""
        viewer = viewer_of(request)
        asked = fetch(EvidenceRequest, code, viewer=viewer)
        parsed(NothingSerializer, request.data)
        return Response(_whole(viewer, take_back_request(viewer=viewer, request=asked, at=timezone.now())))


def _line(viewer: Viewer, row: Row) -> Row:
    del row["id"]
    row["is_own"] = row.pop("asker_id") == viewer.organisation_id
    return row


def _whole(viewer: Viewer, asked: EvidenceRequest) -> dict[str, Any]:
    row: Row = {name: getattr(asked, name) for name in COLUMNS}
    return _line(viewer, row) | {"evidence": [use_row(one) for one in evidence_of(viewer, asked)]}
