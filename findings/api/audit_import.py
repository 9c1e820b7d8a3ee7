"""Audits in and out as one document over the API: the same shape, verdicts and actions as the pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.audit_import import apply_import, bring_file, bring_json, bring_pasted, discard_import
from findings.models import Audit, AuditImport
from findings.queries.audit_file import audit_as_data, example, schema
from findings.queries.audit_import import Verdict, judge
from findings.queries.import_words import note_of
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from web.api import Endpoint, NothingSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

COLUMNS = (
    "id",
    "code",
    "source",
    "file_name",
    "state",
    "makes_audit",
    "audit__code",
    "uploaded_at",
    "applied_at",
)


class FaultSerializer(serializers.Serializer[Any]):
    """One thing wrong in a row."""

    column = serializers.CharField()
    sentence = serializers.CharField()


class VerdictSerializer(serializers.Serializer[Any]):
    """A row and what becomes of it."""

    part = serializers.CharField()
    row = serializers.IntegerField(help_text="The line in the file; in JSON the place in the list, from 1.")
    label = serializers.CharField()  # type: ignore[assignment]
    verdict = serializers.ChoiceField([one.value for one in Verdict])
    faults = FaultSerializer(many=True)
    note = serializers.CharField()


class AuditImportSerializer(serializers.Serializer[Any]):
    """Something that was brought in for an audit."""

    code = serializers.CharField()
    source = serializers.ChoiceField(AuditImport.Source.choices)  # type: ignore[assignment]
    file_name = serializers.CharField()
    state = serializers.ChoiceField(AuditImport.State.choices)
    makes_audit = serializers.BooleanField()
    audit = serializers.CharField(allow_null=True, help_text="Code of the audit it goes or went into.")
    uploaded_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class ImportDetailSerializer(AuditImportSerializer):
    """With the verdict on each row, while it waits; nothing is written before it is applied."""

    is_ready = serializers.BooleanField(allow_null=True)
    rows = VerdictSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text="What was left out.")


class ImportInputSerializer(StrictSerializer):
    """An audit as JSON (`content`, see `/audit-imports/schema/`) or rows of findings parted by tabs (`rows`)."""

    audit = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None, help_text="Null makes a new audit."
    )
    content = serializers.DictField(required=False, allow_null=True, default=None)
    rows = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=1_000_000, trim_whitespace=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that there is one of the two, and an audit for rows."""
        if (attrs["content"] is None) == (not attrs["rows"]):
            raise serializers.ValidationError({"content": [_("Send either content or rows.")]})
        if attrs["rows"] and not attrs["audit"]:
            raise serializers.ValidationError({"audit": [_("Rows go into an audit: name it.")]})
        return attrs


class ImportFileSerializer(StrictSerializer):
    """A workbook or JSON file, as multipart form data."""

    file = serializers.FileField()
    audit = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class DocumentSerializer(serializers.Serializer[Any]):
    """A JSON document of its own shape."""


class ImportList(Endpoint):
    """What was brought in."""

    resource = "audits"
    query = PageQuery

    @extend_schema(operation_id="audit_imports_list", responses=page_of(AuditImportSerializer))
    def get(self, request: Request) -> Response:
        """List what the own organisation brought in, newest first."""
        rows = AuditImport.objects.visible_to(viewer_of(request)).values(*COLUMNS)
        order, limit = ("-uploaded_at", "-id"), self.asked["limit"]
        return listed(request, rows, order=order, limit=limit, finish=_plain)

    @extend_schema(
        operation_id="audit_imports_bring",
        request=ImportInputSerializer,
        responses={201: ImportDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Bring in an audit as JSON, or rows of findings; the answer says what would become of each row."""
        viewer, said = viewer_of(request), parsed(ImportInputSerializer, request.data)
        audit = _audit(viewer, said["audit"])
        if audit is not None and said["rows"]:
            brought = bring_pasted(viewer=viewer, audit=audit, text=said["rows"], at=timezone.now())
        else:
            brought = bring_json(viewer=viewer, audit=audit, data=said["content"], at=timezone.now())
        return Response(_one(viewer, brought.code), status=201)


class ImportFiles(Endpoint):
    """Files brought in."""

    resource = "audits"
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="audit_imports_upload",
        request={"multipart/form-data": ImportFileSerializer},
        responses={201: ImportDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Bring in a workbook or JSON file; without `audit` it makes a new one."""
        viewer, said = viewer_of(request), parsed(ImportFileSerializer, request.data)
        audit = _audit(viewer, said["audit"])
        brought = bring_file(viewer=viewer, audit=audit, file=said["file"], at=timezone.now())
        return Response(_one(viewer, brought.code), status=201)


class ImportDetail(Endpoint):
    """One thing that was brought in."""

    resource = "audits"

    @extend_schema(operation_id="audit_imports_read", responses=ImportDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read it, with the verdict on each row as things stand now."""
        return Response(_one(viewer_of(request), code))


class ImportApply(Endpoint):
    """Taking it in."""

    resource = "audits"

    @extend_schema(
        operation_id="audit_imports_apply", request=NothingSerializer, responses=ImportDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Take every row into the audit, or none; asking again changes nothing."""
        viewer = viewer_of(request)
        brought = fetch(AuditImport, code, viewer=viewer, queryset=_rows())
        parsed(NothingSerializer, request.data)
        apply_import(viewer=viewer, brought=brought, at=timezone.now())
        return Response(_one(viewer, code))


class ImportDiscard(Endpoint):
    """Putting it away."""

    resource = "audits"

    @extend_schema(
        operation_id="audit_imports_discard", request=NothingSerializer, responses=ImportDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Put it away; nothing is written."""
        viewer = viewer_of(request)
        brought = fetch(AuditImport, code, viewer=viewer, queryset=_rows())
        parsed(NothingSerializer, request.data)
        discard_import(viewer=viewer, brought=brought, at=timezone.now())
        return Response(_one(viewer, code))


class AuditExport(Endpoint):
    """An audit as one document."""

    resource = "audits"

    @extend_schema(operation_id="audits_export", responses=DocumentSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read an audit in the shape in which it can be brought in again."""
        viewer = viewer_of(request)
        audit = fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))
        return Response(audit_as_data(viewer, audit))


class ImportSchema(Endpoint):
    """The shape of an audit as one document."""

    resource = "audits"

    @extend_schema(operation_id="audit_imports_schema", responses=DocumentSerializer)
    def get(self, request: Request) -> Response:
        """Read the JSON schema and an example."""
        return Response({"schema": schema(), "example": example()})


def _audit(viewer: Viewer, code: str | None) -> Audit | None:
    if not code:
        return None
    return fetch(Audit, code, viewer=viewer, queryset=Audit.objects.select_related("version"))


def _rows() -> Any:
    return AuditImport.objects.select_related("audit__version")


def _plain(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        row["audit"] = row.pop("audit__code")
    return rows


def _one(viewer: Viewer, code: str) -> Row:
    brought = fetch(AuditImport, code, viewer=viewer, queryset=_rows())
    row: Row = {name: getattr(brought, name) for name in COLUMNS if "__" not in name and name != "id"}
    row["audit"] = brought.audit.code if brought.audit else None
    waits = brought.state == AuditImport.State.PREVIEWED
    judgement = judge(viewer, brought, brought.audit) if waits else None
    row["is_ready"] = judgement.is_ready if judgement else None
    row["rows"] = [
        {
            "part": one.part.name,
            "row": one.row,
            "label": one.label,
            "verdict": one.verdict.value,
            "faults": [{"column": fault.column, "sentence": fault.sentence} for fault in one.faults],
            "note": one.note,
        }
        for one in (judgement.rows if judgement else [])
    ]
    row["notes"] = [note_of(one) for one in brought.content.get("notes", [])]
    return row
