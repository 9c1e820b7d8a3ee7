"""Lists on their way into the register, over the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import parsers, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from sourcing.actions import imports as actions
from sourcing.lifecycle import ImportState
from sourcing.models import ImportRow, SiteImport
from sourcing.permissions import can_see_register
from sourcing.queries.imports import imports_of
from sourcing.queries.remarks import (
    error_sentences,
    given_back_sentence,
    kind_name,
    note_sentences,
    refusal_sentence,
)
from web.api import (
    Endpoint,
    NothingSerializer,
    PageQuery,
    Row,
    StrictSerializer,
    UploadSerializer,
    listed,
    page_of,
    parsed,
)

FIELDS = (
    "code", "file_name", "state", "encoding", "rows_total", "rows_done", "uploaded_at", "read_at", "applied_at",
)  # fmt: skip
COLUMNS = ("id", "refusal", "summary", *FIELDS)
COUNTS = (*ImportRow.Verdict.values, "created", "completed", "decided_same", "decided_different")
PLACE = ("name", "country", "address", "sector", "latitude", "longitude")


class ImportSerializer(serializers.Serializer[Any]):
    """A list as it is sent."""

    code = serializers.CharField()
    file_name = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in ImportState])
    encoding = serializers.CharField()
    rows_total = serializers.IntegerField()
    rows_done = serializers.IntegerField(help_text="How far the worker is, out of `rows_total`.")
    reason = serializers.CharField(help_text="Why it could not be read or applied; empty otherwise.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Lines by verdict, and what came of them."
    )
    uploaded_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)


class ImportRowSerializer(serializers.Serializer[Any]):
    """One line of a list as it is sent."""

    line = serializers.IntegerField()
    verdict = serializers.ChoiceField(ImportRow.Verdict.values)
    kind = serializers.CharField(help_text="What a possible match has in common with `candidate`.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why it cannot be read.")
    notes = serializers.ListField(child=serializers.CharField())
    place = serializers.DictField(help_text="The line as understood.")
    candidate = serializers.CharField(
        allow_null=True, help_text="Code of the register entry it is, or may be."
    )
    score = serializers.FloatField(allow_null=True)
    decision = serializers.CharField(allow_blank=True)
    entry = serializers.CharField(allow_null=True, help_text="Code of the register entry it has become.")


class ImportQuery(PageQuery):
    """Filters of the lists."""

    state = serializers.ChoiceField([one.value for one in ImportState], required=False)


class ImportRowQuery(PageQuery):
    """Filters of the lines of a list."""

    verdict = serializers.ChoiceField(ImportRow.Verdict.values, required=False)


class AnswerSerializer(StrictSerializer):
    """The answer about one line."""

    line = serializers.IntegerField(min_value=1)
    is_same = serializers.BooleanField()


class DecisionSerializer(StrictSerializer):
    """Answers about possible matches."""

    answers = serializers.ListField(child=AnswerSerializer(), min_length=1, max_length=500)


class ImportList(Endpoint):
    """The lists that were uploaded."""

    resource = "imports"
    query = ImportQuery
    parser_classes = (parsers.MultiPartParser,)

    @extend_schema(operation_id="imports_list", responses=page_of(ImportSerializer))
    def get(self, request: Request) -> Response:
        """List the viewer's organisation's imports, the newest first."""
        viewer, wanted = viewer_of(request), self.asked
        can_see_register(viewer).require()
        rows = imports_of(viewer)
        if wanted.get("state"):
            rows = rows.filter(state=wanted["state"])
        order = ("-uploaded_at", "-id")
        return listed(request, rows.values(*COLUMNS), order=order, limit=wanted["limit"], finish=_shaped)

    @extend_schema(
        operation_id="imports_upload",
        request={"multipart/form-data": UploadSerializer},
        responses={202: ImportSerializer},
    )
    def post(self, request: Request) -> Response:
        """Upload a list; a worker reads it, look again at its state."""
        viewer, said = viewer_of(request), parsed(UploadSerializer, request.data)
        made = actions.upload_list(viewer=viewer, file=said["file"], at=timezone.now())
        return Response(_one(request, made), status=202)


class ImportView(Endpoint):
    """What the pages of one list share."""

    resource = "imports"

    def list_of(self, code: str) -> SiteImport:
        """Return the list, or raise NotVisible."""
        return fetch(SiteImport, code, viewer=viewer_of(self.request))


class ImportDetail(ImportView):
    """One list."""

    @extend_schema(operation_id="imports_read", responses=ImportSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read how far a list is."""
        return Response(_one(request, self.list_of(code)))


class ImportLines(ImportView):
    """The lines of a list."""

    query = ImportRowQuery

    @extend_schema(operation_id="imports_lines", responses=page_of(ImportRowSerializer))
    def get(self, request: Request, code: str) -> Response:
        """List the lines with their verdicts, in the order of the file."""
        wanted = self.asked
        rows = self.list_of(code).rows.all()
        if wanted.get("verdict"):
            rows = rows.filter(verdict=wanted["verdict"])
        columns = (
            "id",
            "line",
            "verdict",
            "reason",
            "values",
            "score",
            "decision",
            "candidate__code",
            "entry__code",
        )
        return listed(
            request, rows.values(*columns), order=("line", "id"), limit=wanted["limit"], finish=_shaped_lines
        )


class ImportDecide(ImportView):
    """Answers about possible matches."""

    @extend_schema(operation_id="imports_decide", request=DecisionSerializer, responses=ImportSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Say which lines are the place they may be; each answer is remembered."""
        found, said = self.list_of(code), parsed(DecisionSerializer, request.data)
        answers = {one["line"]: one["is_same"] for one in said["answers"]}
        actions.decide(viewer=viewer_of(request), site_import=found, answers=answers, at=timezone.now())
        return Response(_one(request, found))


class ImportApply(ImportView):
    """The last step."""

    @extend_schema(
        operation_id="imports_apply",
        request=NothingSerializer,
        responses={202: ImportSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Have the list taken into the register: all of it or nothing."""
        found = self.list_of(code)
        parsed(NothingSerializer, request.data)
        actions.begin_applying(viewer=viewer_of(request), site_import=found, at=timezone.now())
        return Response(_one(request, found), status=202)


class ImportDiscard(ImportView):
    """Putting a list away."""

    @extend_schema(operation_id="imports_discard", request=NothingSerializer, responses=ImportSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Put the list away without applying it."""
        found = self.list_of(code)
        parsed(NothingSerializer, request.data)
        actions.discard(viewer=viewer_of(request), site_import=found, at=timezone.now())
        return Response(_one(request, found))


def _shaped(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        why, summary = row.pop("refusal"), row.pop("summary")
        is_refused = row["state"] == ImportState.REFUSED
        row["reason"] = refusal_sentence(why, summary.get("why")) if is_refused else given_back_sentence(why)
        row["counts"] = {name: summary[name] for name in COUNTS if name in summary}
    return rows


def _shaped_lines(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        values, reason = row.pop("values"), row.pop("reason")
        row["kind"] = kind_name(reason) if row["verdict"] == ImportRow.Verdict.POSSIBLE else ""
        row["reasons"] = error_sentences(values.get("errors", []))
        row["notes"] = note_sentences(values.get("notes", []))
        row["place"] = {name: values[name] for name in PLACE}
        row["candidate"], row["entry"] = row.pop("candidate__code"), row.pop("entry__code")
    return rows


def _one(request: Request, site_import: SiteImport) -> Row:
    return _shaped(list(imports_of(viewer_of(request)).filter(pk=site_import.pk).values(*COLUMNS)))[0]
