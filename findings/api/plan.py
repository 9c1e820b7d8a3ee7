"""Action plans over the API: the same verbs as the pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Document
from documents.uploads import store_upload
from findings.actions.plan import respond, share_plan, share_update
from findings.actions.understanding import understand
from findings.models import (
    Action,
    ActionPlan,
    Ask,
    Finding,
    PlanContent,
    PlanResponse,
    PlanUpdate,
    PlanVersion,
    Understanding,
)
from findings.permissions import can_share_plan
from findings.queries.plan import PlanStory, story_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from web.api import Endpoint, PageQuery, Row, StrictSerializer, UploadSerializer, listed, page_of, parsed

COLUMNS = ("id", "code", "finding__code", "rhythm", "next_update_on", "updates_shared", "first_shared_at")


class PlanLineSerializer(serializers.Serializer[Any]):
    """A plan in a list."""

    code = serializers.CharField()
    finding = serializers.CharField(help_text="Code of the finding.")
    rhythm = serializers.ChoiceField(ActionPlan.Rhythm.choices, help_text="Months between updates.")
    next_update_on = serializers.DateField(allow_null=True)
    updates_shared = serializers.IntegerField()
    first_shared_at = serializers.DateTimeField()


class ActionSerializer(StrictSerializer):
    """One action of a plan."""

    what = serializers.CharField(max_length=1000)
    who = serializers.CharField(max_length=250, required=False, default="", allow_blank=True)
    by_when = serializers.RegexField(
        r"^(\d{4}-(0[1-9]|1[0-2]))?$", required=False, default="", allow_blank=True, help_text="YYYY-MM"
    )
    support = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    measure = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


def _lines(most: int = 40) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=1000), required=False, default=list, max_length=most
    )


def note_field() -> serializers.CharField:
    """Return a field for a few words that may be left out."""
    return serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


def language_field() -> serializers.CharField:
    """Return a field for the language in which words are written."""
    return serializers.CharField(
        max_length=12, required=False, default="", allow_blank=True, help_text="BCP 47, of the words."
    )


class ContentSerializer(StrictSerializer):
    """The key fields of a plan."""

    root_causes = _lines()
    stakeholders = _lines()
    investigation = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    initiatives = _lines()
    actions = serializers.ListField(child=ActionSerializer(), required=False, default=list, max_length=40)
    asks = serializers.ListField(child=serializers.ChoiceField(Ask.choices), min_length=1, max_length=4)


class SharedContentSerializer(ContentSerializer):
    """The key fields as they were shared; an uploaded plan may leave any of them out."""

    asks = serializers.ListField(child=serializers.ChoiceField(Ask.choices))


class VersionInputSerializer(ContentSerializer):
    """A version to be shared."""

    completed_by = serializers.CharField(max_length=160)
    rhythm = serializers.ChoiceField(ActionPlan.Rhythm.choices)
    named_dates = serializers.ListField(
        child=serializers.DateField(), required=False, default=list, max_length=24, help_text="With rhythm 0."
    )
    language = language_field()
    seen = serializers.CharField(
        max_length=24,
        required=False,
        default="",
        allow_blank=True,
        help_text="Stamp of the draft that was read last; refused with `plan-moved-on` when it is out of date.",
    )
    document = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None, help_text="Code of a plan file."
    )


class VersionSerializer(serializers.Serializer[Any]):
    """A version as it was shared."""

    number = serializers.IntegerField()
    content = SharedContentSerializer()
    completed_by = serializers.CharField()
    document = serializers.CharField(allow_null=True)
    language = serializers.CharField()
    carried_from = serializers.CharField(help_text="Plan and version that it was begun from, or empty.")
    shared_at = serializers.DateTimeField()


class ProgressSerializer(StrictSerializer):
    """How one action stands."""

    progress = serializers.ChoiceField(PlanUpdate.Progress.choices)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class UpdateInputSerializer(StrictSerializer):
    """What changed; one item of `actions` per action of the version in force, in order."""

    summary = serializers.CharField(max_length=4000)
    actions = serializers.ListField(child=ProgressSerializer(), max_length=40)
    language = language_field()
    document = serializers.CharField(max_length=12, required=False, allow_null=True, default=None)


class UpdateSerializer(serializers.Serializer[Any]):
    """An update as it was shared."""

    number = serializers.IntegerField()
    version_number = serializers.IntegerField()
    summary = serializers.CharField()
    actions = ProgressSerializer(many=True)
    document = serializers.CharField(allow_null=True)
    shared_at = serializers.DateTimeField()


class ResponseInputSerializer(StrictSerializer):
    """A customer's answer; a call proposes times."""

    kind = serializers.ChoiceField(PlanResponse.Kind.choices)
    message = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = language_field()
    proposed_times = serializers.ListField(
        child=serializers.DateTimeField(), required=False, default=list, max_length=5
    )


class ResponseSerializer(serializers.Serializer[Any]):
    """An answer, between one customer and the supplier."""

    customer = serializers.CharField()
    version_number = serializers.IntegerField()
    kind = serializers.CharField()
    message = serializers.CharField()
    language = serializers.CharField()
    proposed_times = serializers.ListField(child=serializers.DateTimeField())
    answered_at = serializers.DateTimeField()


class PlanSerializer(PlanLineSerializer):
    """A plan with everything the viewer may see of it."""

    named_dates = serializers.ListField(child=serializers.DateField())
    versions = VersionSerializer(many=True)
    updates = UpdateSerializer(many=True)
    responses = ResponseSerializer(many=True)


class UnderstandingSerializer(StrictSerializer):
    """The site's answers to step 1."""

    is_urgent = serializers.BooleanField()
    is_known_issue = serializers.BooleanField()
    known_initiative = serializers.CharField(max_length=250, required=False, default="", allow_blank=True)
    engagement = serializers.ChoiceField(Understanding.Engagement.choices)


class FileSerializer(serializers.Serializer[Any]):
    """A stored file."""

    code = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class PlanList(Endpoint):
    """Action plans that the viewer sees."""

    resource = "plans"
    query = PageQuery

    @extend_schema(operation_id="plans_list", responses=page_of(PlanLineSerializer))
    def get(self, request: Request) -> Response:
        """List plans, the newest first."""
        wanted = self.asked
        rows = ActionPlan.objects.visible_to(viewer_of(request)).values(*COLUMNS)
        return listed(
            request, rows, order=("-first_shared_at", "-id"), limit=wanted["limit"], finish=_lines_of
        )


class OfFinding(Endpoint):
    """What the endpoints below one CAR share."""

    resource = "plans"

    def car(self, code: str) -> Finding:
        """Return the CAR, or raise NotVisible."""
        rows = Finding.objects.select_related("audit")
        finding = fetch(Finding, code, viewer=viewer_of(self.request), queryset=rows)
        if not finding.is_car:
            raise NotVisible
        return finding

    def story(self, code: str) -> PlanStory:
        """Return the CAR's plan with its story, or raise NotVisible."""
        story = story_of(viewer_of(self.request), self.car(code))
        if story is None:
            raise NotVisible
        return story

    def document(self, finding: Finding, code: str | None) -> Document | None:
        """Return the organisation's own file that was placed under this CAR's audit."""
        if code is None:
            return None
        own = Document.objects.filter(
            organisation_id=viewer_of(self.request).organisation_id, audit_id=finding.audit_id
        )
        found = own.filter(code=code.upper()).first()
        if found is None:
            raise exceptions.ValidationError({"document": [_("There is no such file of yours.")]})
        return found


class PlanDetail(OfFinding):
    """The plan of one CAR."""

    @extend_schema(operation_id="plans_read", responses=PlanSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read the plan with its versions, updates and the answers the viewer may read."""
        return Response(_whole(self.story(code), code))


class PlanVersions(OfFinding):
    """Versions of a plan."""

    @extend_schema(
        operation_id="plans_share", request=VersionInputSerializer, responses={201: PlanSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Share the plan, or its next version."""
        finding, said = self.car(code), parsed(VersionInputSerializer, request.data)
        share_plan(
            viewer=viewer_of(request),
            finding=finding,
            content=content_of(said),
            completed_by=said["completed_by"],
            rhythm=said["rhythm"],
            named_dates=said["named_dates"],
            language=said["language"],
            seen=said["seen"],
            document=self.document(finding, said["document"]),
            at=timezone.now(),
        )
        return Response(_whole(self.story(code), code), status=201)


class PlanUpdates(OfFinding):
    """Updates of a plan."""

    @extend_schema(
        operation_id="plans_update", request=UpdateInputSerializer, responses={201: PlanSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Report what changed since last time."""
        finding, said = self.car(code), parsed(UpdateInputSerializer, request.data)
        share_update(
            viewer=viewer_of(request),
            finding=finding,
            summary=said["summary"],
            actions=said["actions"],
            language=said["language"],
            document=self.document(finding, said["document"]),
            at=timezone.now(),
        )
        return Response(_whole(self.story(code), code), status=201)


class PlanResponses(OfFinding):
    """Customers' answers to a plan."""

    @extend_schema(
        operation_id="plans_respond", request=ResponseInputSerializer, responses={201: PlanSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Answer the plan as a customer."""
        story, said = self.story(code), parsed(ResponseInputSerializer, request.data)
        respond(viewer=viewer_of(request), plan=story.plan, at=timezone.now(), **said)
        return Response(_whole(self.story(code), code), status=201)


class PlanUnderstanding(OfFinding):
    """Step 1 of a CAR."""

    @extend_schema(
        operation_id="plans_understand", request=UnderstandingSerializer, responses=UnderstandingSerializer
    )
    def put(self, request: Request, code: str) -> Response:
        """Keep the site's answers; only its own organisation reads them."""
        said = parsed(UnderstandingSerializer, request.data)
        understand(viewer=viewer_of(request), finding=self.car(code), at=timezone.now(), **said)
        return Response(said)


class PlanFiles(OfFinding):
    """Files that go with a plan."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="plans_upload",
        request={"multipart/form-data": UploadSerializer},
        responses={201: FileSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Store a file under the CAR's audit; name its code when sharing a version or an update."""
        finding, viewer = self.car(code), viewer_of(request)
        can_share_plan(viewer, finding).require()
        file = parsed(UploadSerializer, request.data)["file"]
        stored = store_upload(
            by=viewer, file=file, kind=Document.Kind.PLAN, audit=finding.audit, at=timezone.now()
        )
        return Response(FileSerializer(stored).data, status=201)


def content_of(said: Row) -> PlanContent:
    """Return the key fields that were sent."""
    return PlanContent(
        root_causes=tuple(said["root_causes"]),
        stakeholders=tuple(said["stakeholders"]),
        investigation=said["investigation"],
        initiatives=tuple(said["initiatives"]),
        actions=tuple(Action(**one) for one in said["actions"]),
        asks=frozenset(said["asks"]),
    )


def _lines_of(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
        row["finding"] = row.pop("finding__code")
    return rows


def _whole(story: PlanStory, code: str) -> Row:
    plan = story.plan
    return {
        "code": plan.code,
        "finding": code.upper(),
        "rhythm": plan.rhythm,
        "named_dates": plan.named_dates,
        "next_update_on": plan.next_update_on,
        "updates_shared": plan.updates_shared,
        "first_shared_at": plan.first_shared_at,
        "versions": [_version(one) for one in story.versions],
        "updates": [_update(one) for one in story.updates],
        "responses": [_response(one) for one in story.responses],
    }


def _version(one: PlanVersion) -> Row:
    return {
        "number": one.number,
        "content": one.said.to_json(),
        "completed_by": one.completed_by,
        "document": one.document.code if one.document else None,
        "language": one.language,
        "carried_from": f"{one.carried_plan} v{one.carried_version}" if one.carried_plan else "",
        "shared_at": one.shared_at,
    }


def _update(one: PlanUpdate) -> Row:
    return {
        "number": one.number,
        "version_number": one.version_number,
        "summary": one.summary,
        "actions": one.actions,
        "document": one.document.code if one.document else None,
        "shared_at": one.shared_at,
    }


def _response(one: PlanResponse) -> Row:
    return {
        "customer": one.organisation.name,
        "version_number": one.version_number,
        "kind": one.kind,
        "message": one.message,
        "language": one.language,
        "proposed_times": one.proposed_times,
        "answered_at": one.answered_at,
    }
