"""Photos of a finding over the API, and the duplicate of a finding: the same verbs as the pages."""

from typing import Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.serve import serve
from findings.actions.finding import duplicate_finding
from findings.actions.photo import add_photos, describe_photo, remove_photo
from findings.api.audit import requirement_of
from findings.api.finding import FindingSerializer, one_finding
from findings.models import Finding, Photo
from findings.permissions import can_enter_findings
from findings.queries.photo import photos_of
from ledger.reads import log_read
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from web.api import Endpoint, Row, StrictSerializer, UploadSerializer, parsed


class PhotoSerializer(serializers.Serializer[Any]):
    """A photo of a finding."""

    code = serializers.CharField()
    position = serializers.IntegerField()
    caption = serializers.CharField()
    language = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class PhotoUploadSerializer(UploadSerializer):
    """A picture, as multipart form data."""

    caption = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class PhotoChangeSerializer(StrictSerializer):
    """What a photo shows; what is not named stays."""

    caption = serializers.CharField(max_length=300, required=False, allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True)


class DuplicateSerializer(StrictSerializer):
    """Where the same words are written again."""

    requirement = serializers.CharField(max_length=12, help_text="Printed code, for example 5A.B.")
    severity = serializers.ChoiceField(Finding.Severity.choices, required=False, default=None)


class PhotoList(Endpoint):
    """The photos of a finding."""

    resource = "findings"
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="photos_list", responses=PhotoSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List them, in the order in which they hang: thirty at most."""
        viewer = viewer_of(request)
        rows = photos_of(viewer, _finding(viewer, code)).select_related("document")
        return Response([_sent(one) for one in rows])

    @extend_schema(
        operation_id="photos_add",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses={201: PhotoSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Hang a picture on a finding of an audit in progress; it is kept without metadata."""
        viewer = viewer_of(request)
        finding = _finding(viewer, code)
        can_enter_findings(viewer, finding.audit).require()
        said = parsed(PhotoUploadSerializer, request.data)
        file = said.pop("file")
        photo = add_photos(viewer=viewer, finding=finding, files=[file], at=timezone.now(), **said)[0]
        return Response(_sent(photo), status=201)


class PhotoDetail(Endpoint):
    """One photo."""

    resource = "findings"
    parser_classes = [JSONParser]

    @extend_schema(operation_id="photos_read", responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str, photo_code: str) -> FileResponse:
        """Download the picture."""
        viewer = viewer_of(request)
        photo = _photo(viewer, code, photo_code)
        if photo.finding.audit.reads_are_logged:
            log_read(by=viewer, subject=photo.document, owner_id=photo.finding.owner_id, at=timezone.now())
        return serve(photo.document)

    @extend_schema(operation_id="photos_change", request=PhotoChangeSerializer, responses=PhotoSerializer)
    def patch(self, request: Request, code: str, photo_code: str) -> Response:
        """Say what it shows, until the audit is published."""
        viewer = viewer_of(request)
        photo = _photo(viewer, code, photo_code)
        said = {"caption": photo.caption, "language": photo.language}
        said |= parsed(PhotoChangeSerializer, request.data)
        return Response(_sent(describe_photo(viewer=viewer, photo=photo, at=timezone.now(), **said)))

    @extend_schema(operation_id="photos_delete", request=None, responses={204: None})
    def delete(self, request: Request, code: str, photo_code: str) -> Response:
        """Take it down, its file too, until the audit is published."""
        viewer = viewer_of(request)
        remove_photo(viewer=viewer, photo=_photo(viewer, code, photo_code), at=timezone.now())
        return Response(status=204)


class FindingDuplicate(Endpoint):
    """The same words against another requirement."""

    resource = "findings"

    @extend_schema(
        operation_id="findings_duplicate", request=DuplicateSerializer, responses={201: FindingSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Write a finding of the same audit again, for another requirement."""
        viewer = viewer_of(request)
        finding = _finding(viewer, code)
        can_enter_findings(viewer, finding.audit).require()
        said = parsed(DuplicateSerializer, request.data)
        requirement = requirement_of(finding.audit, said["requirement"])
        if requirement is None:
            raise exceptions.ValidationError({"requirement": [_("Name the requirement by its code.")]})
        made = duplicate_finding(
            viewer=viewer,
            finding=finding,
            requirement=requirement,
            severity=said["severity"],
            at=timezone.now(),
        )
        return Response(one_finding(viewer, made), status=201)


def _finding(viewer: Viewer, code: str) -> Finding:
    return fetch(Finding, code, viewer=viewer, queryset=Finding.objects.select_related("audit__version"))


def _photo(viewer: Viewer, code: str, photo_code: str) -> Photo:
    finding = _finding(viewer, code)
    found = photos_of(viewer, finding).select_related("document").filter(code=photo_code.upper()).first()
    if found is None:
        raise NotVisible
    found.finding = finding
    return found


def _sent(photo: Photo) -> Row:
    said = {name: getattr(photo, name) for name in ("code", "position", "caption", "language")}
    return said | {name: getattr(photo.document, name) for name in ("name", "size", "sha256")}
