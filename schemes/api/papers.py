"""Papers of assessments over the API: asked for, waited for, taken."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Rendering
from documents.serve import serve
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from schemes.actions.papers import ask_for_paper
from schemes.models import Assessment
from schemes.queries.papers import PaperKind, papers_of
from web.api import Endpoint, Row

PDF_FILE = {(200, "application/pdf"): OpenApiTypes.BINARY}


class AssessmentPaperSerializer(serializers.Serializer[Any]):
    """How far a paper of an assessment is."""

    kind = serializers.CharField(help_text="report, schedule, notice or certificate.")
    state = serializers.CharField(help_text="none, queued, working, done or failed.")
    percent = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="What changed after it is not in the paper.")
    error = serializers.CharField()


class AssessmentPapers(Endpoint):
    """The papers of an assessment."""

    resource = "schemes"

    @extend_schema(operation_id="assessment_papers_list", responses=AssessmentPaperSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List which papers there are to make, and how far each is."""
        return Response([_row(one, one.rendering) for one in _papers(request, code)])


class AssessmentPaper(Endpoint):
    """One paper of an assessment."""

    resource = "schemes"

    @extend_schema(operation_id="assessment_papers_read", responses=AssessmentPaperSerializer)
    def get(self, request: Request, code: str, kind: str) -> Response:
        """Read how far the paper is."""
        found = _paper(request, code, kind)
        return Response(_row(found, found.rendering))

    @extend_schema(
        operation_id="assessment_papers_make", request=None, responses={202: AssessmentPaperSerializer}
    )
    def post(self, request: Request, code: str, kind: str) -> Response:
        """Have the paper made, as the viewer may see the assessment now."""
        found = _paper(request, code, kind)
        made = ask_for_paper(viewer=viewer_of(request), paper=found, at=timezone.now())
        return Response(_row(found, made), status=202)


class AssessmentPaperFile(Endpoint):
    """The finished paper."""

    resource = "schemes"

    @extend_schema(operation_id="assessment_papers_file", responses=PDF_FILE)
    def get(self, request: Request, code: str, kind: str) -> Any:
        """Take the finished paper; 404 while it is being made."""
        made = _paper(request, code, kind).rendering
        if made is None or made.document is None:
            raise Http404
        return serve(made.document)


def _papers(request: Request, code: str) -> list[PaperKind]:
    viewer = viewer_of(request)
    rows = Assessment.objects.select_related("edition__scheme", "membership")
    assessment = fetch(Assessment, code, viewer=viewer, queryset=rows)
    return papers_of(viewer, [assessment])[assessment.pk]


def _paper(request: Request, code: str, kind: str) -> PaperKind:
    found = next((one for one in _papers(request, code) if one.key == kind), None)
    if found is None:
        raise NotVisible
    return found


def _row(paper: PaperKind, made: Rendering | None) -> Row:
    if made is None:
        return {"kind": paper.key, "state": "none", "percent": 0, "as_of": None, "error": ""}
    return {
        "kind": paper.key,
        "state": made.state,
        "percent": made.percent,
        "as_of": made.finished_at,
        "error": made.error,
    }
