"""A plan as a Word or Excel file over the API: taken away, and read back in."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.draft import save_draft
from findings.api.plan import OfFinding, SharedContentSerializer
from findings.forms.plan_file import read_plan_file
from findings.forms.plan_typed import (
    merge_typed,
    names_of,
    typed_from,
    typed_of_version,
    values_of,
)
from findings.permissions import can_share_plan
from findings.queries.draft import standing_of
from findings.reports.plan_file import FORMS, plan_file
from ledger.refusals import NotVisible, Refusal
from organisations.api.authentication import viewer_of
from web.api import UploadSerializer, parsed
from web.merging import packed


class ReadBackInputSerializer(UploadSerializer):
    """A plan file that was filled in; with `keep` it goes into the draft."""

    keep = serializers.BooleanField(
        required=False, default=False, help_text="Put it into the draft; without, it is only read."
    )


class UnreadSerializer(serializers.Serializer[Any]):
    """Something that could not be taken over as it stands."""

    field = serializers.CharField()
    words = serializers.CharField()
    detail = serializers.CharField()


class ReadBackSerializer(serializers.Serializer[Any]):
    """What a file says, and what of it could not be read."""

    content = SharedContentSerializer()
    completed_by = serializers.CharField()
    language = serializers.CharField()
    unread = UnreadSerializer(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Fields that the file has no place for any more."
    )
    kept = serializers.BooleanField()
    seen = serializers.CharField(help_text="Stamp of the draft; send it back with the next save or share.")


class PlanFile(OfFinding):
    """The plan as a file to fill in."""

    @extend_schema(
        operation_id="plans_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, code: str, form: str) -> HttpResponse:
        """Take the plan away as docx or xlsx: the draft, or the version in force, or an empty one."""
        finding, viewer = self.car(code), viewer_of(request)
        can_share_plan(viewer, finding).require()
        if form not in FORMS:
            raise NotVisible
        file = plan_file(viewer, finding, form)
        response = HttpResponse(file.data, content_type=file.media_type)
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        response["Cache-Control"] = "no-store, private"
        return response


class PlanReadBack(OfFinding):
    """A plan file read back in."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="plans_read_back",
        request={"multipart/form-data": ReadBackInputSerializer},
        responses=ReadBackSerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Read a file; nothing is shared. Saving is refused with `plan-moved-on` where a colleague changed the same."""
        finding, viewer = self.car(code), viewer_of(request)
        can_share_plan(viewer, finding).require()
        said = parsed(ReadBackInputSerializer, request.data)
        came = read_plan_file(said["file"], finding)
        if said["keep"]:
            self._save(finding, came)
        answer = {
            "content": came.content.to_json(),
            "completed_by": came.values.get("completed_by", ""),
            "language": came.values.get("language", ""),
            "unread": [
                {"field": one.label, "words": one.words, "detail": one.sentence} for one in came.unread
            ],
            "missing": came.missing,
            "kept": said["keep"],
            "seen": standing_of(viewer, finding).stamp,
        }
        return Response(answer)

    def _save(self, finding: Any, came: Any) -> None:
        viewer = viewer_of(self.request)
        standing = standing_of(viewer, finding)
        if standing.draft is not None:
            now = dict(standing.draft.content.get("typed", {}))
        else:
            now = typed_of_version(standing.latest) if standing.latest else typed_from({"rhythm": "3"})
        theirs = values_of(now)
        found = merge_typed(packed(came.base(theirs)), typed_from(came.over(theirs)), now)
        if found.conflicts:
            names = ", ".join(names_of([one.name for one in found.conflicts]))
            sentence = _("A colleague changed the same fields meanwhile: %(names)s. Settle them on the page.")
            raise Refusal("plan-moved-on", sentence % {"names": names})
        typed = typed_from(found.values)
        save_draft(viewer=viewer, finding=finding, typed=typed, seen=standing.stamp, at=timezone.now())
