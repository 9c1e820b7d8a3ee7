"""Corrective actions, their verification and more time over the API: the same verbs as the pages."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.corrective import submit_action, verify
from findings.actions.extension import answer_extension, ask_extension
from findings.models import CorrectiveAction, Extension, Finding, Verification
from findings.models.corrective import MOST_WHYS
from findings.models.facts import Correction
from findings.queries.corrective import correction_story, extensions_waiting, waiting_for_verification
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from sourcing.models import Evidence
from web.api import Endpoint, PageQuery, Row, StrictSerializer, listed, page_of, parsed

WAITING = (
    "id",
    "code",
    "title",
    "severity",
    "verification",
    "due_by",
    "sent_at",
    "supplier_id",
    "audit__site_name",
)
ASKED = (
    "id",
    "code",
    "finding_id",
    "finding__code",
    "finding__title",
    "supplier_id",
    "due_by",
    "wanted_on",
    "reason",
    "language",
    "asked_at",
)


def language_field() -> serializers.CharField:
    return serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class CorrectionSaidSerializer(StrictSerializer):
    """What a site did, and why it had happened."""

    whys = serializers.ListField(
        child=serializers.CharField(max_length=500),
        min_length=1,
        max_length=MOST_WHYS,
        help_text="One to five answers; each says why the one before it was so.",
    )
    cause = serializers.ChoiceField(CorrectiveAction.Cause.choices)
    correction = serializers.CharField(max_length=4000)
    prevention = serializers.CharField(max_length=4000)
    responsible = serializers.CharField(max_length=160, help_text="A role; no name is needed.")
    done_on = serializers.DateField()
    language = language_field()


class CorrectionInputSerializer(CorrectionSaidSerializer):
    """A corrective action to be sent, with codes of own evidence that shows it."""

    evidence = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=20
    )


class ExtensionAnswerShownSerializer(serializers.Serializer[Any]):
    """The audit firm's answer to one version."""

    method = serializers.ChoiceField(Verification.Method.choices)
    audit = serializers.CharField(allow_null=True, help_text="Code of the follow-up audit.")
    result = serializers.ChoiceField(Verification.Result.choices)
    reason = serializers.CharField()
    language = serializers.CharField()
    firm = serializers.CharField()
    verified_at = serializers.DateTimeField()


class CorrectionSerializer(serializers.Serializer[Any]):
    """One version, with the answer to it."""

    number = serializers.IntegerField()
    whys = serializers.ListField(child=serializers.CharField())
    cause = serializers.CharField()
    correction = serializers.CharField()
    prevention = serializers.CharField()
    responsible = serializers.CharField()
    done_on = serializers.DateField(allow_null=True)
    language = serializers.CharField()
    recorded_by_firm = serializers.BooleanField()
    submitted_at = serializers.DateTimeField()
    verification = ExtensionAnswerShownSerializer(allow_null=True)


class GivenSerializer(serializers.Serializer[Any]):
    """What the audit firm said to a request for more time."""

    is_granted = serializers.BooleanField()
    ends_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    firm = serializers.CharField()
    answered_at = serializers.DateTimeField()


class ExtensionSerializer(serializers.Serializer[Any]):
    """A request for more time."""

    code = serializers.CharField()
    finding = serializers.CharField()
    due_by = serializers.DateField(help_text="The date that counted when it was asked.")
    wanted_on = serializers.DateField()
    reason = serializers.CharField()
    language = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answer = GivenSerializer(allow_null=True)


class CorrectionStorySerializer(serializers.Serializer[Any]):
    """How a non-compliance is being put right."""

    finding = serializers.CharField()
    state = serializers.CharField()
    due_on = serializers.DateField(help_text="As the audit says.")
    due_by = serializers.DateField(help_text="The date that counts.")
    actions = CorrectionSerializer(many=True)
    extensions = ExtensionSerializer(many=True)


class VerifyInputSerializer(StrictSerializer):
    """Whether what was done is enough, from documents. What needs a visit is answered by its follow-up audit."""

    result = serializers.ChoiceField(Verification.Result.choices)
    reason = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = language_field()
    number = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The version you have read."
    )


class AskInputSerializer(StrictSerializer):
    """A request for more time."""

    wanted_on = serializers.DateField()
    reason = serializers.CharField(max_length=2000)
    language = language_field()


class AnswerInputSerializer(StrictSerializer):
    """More time, or none and why."""

    is_granted = serializers.BooleanField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = language_field()


class WaitingSerializer(serializers.Serializer[Any]):
    """A non-compliance whose corrective action waits for the firm."""

    code = serializers.CharField()
    title = serializers.CharField()
    site_name = serializers.CharField()
    severity = serializers.CharField()
    verification = serializers.CharField(allow_null=True)
    due_by = serializers.DateField()
    sent_at = serializers.DateTimeField()


class OfNonCompliance(Endpoint):
    """What the endpoints below one non-compliance share."""

    resource = "findings"

    def finding(self, code: str) -> Finding:
        """Return the non-compliance, or raise NotVisible."""
        rows = Finding.objects.select_related("audit")
        found = fetch(Finding, code, viewer=viewer_of(self.request), queryset=rows)
        if found.kind != Finding.Kind.NON_COMPLIANCE:
            raise NotVisible
        return found

    def whole(self, code: str, status: int = 200) -> Response:
        """Answer with how the non-compliance stands now."""
        finding = self.finding(code)
        return Response(_whole(viewer_of(self.request), finding), status=status)


class CorrectionDetail(OfNonCompliance):
    """How one non-compliance is being put right."""

    @extend_schema(operation_id="corrections_read", responses=CorrectionStorySerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read every version with the answer to it, and the requests for more time."""
        return self.whole(code)

    @extend_schema(
        operation_id="corrections_send",
        request=CorrectionInputSerializer,
        responses={201: CorrectionStorySerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Send what was done to the audit firm; or a better version, while nobody has answered."""
        finding, said = self.finding(code), parsed(CorrectionInputSerializer, request.data)
        pieces = _evidence(viewer_of(request), said.pop("evidence"))
        submit_action(
            viewer=viewer_of(request),
            finding=finding,
            said=correction_of(said),
            evidence=pieces,
            at=timezone.now(),
        )
        return self.whole(code, 201)


class CorrectionVerify(OfNonCompliance):
    """The audit firm's answer from documents."""

    @extend_schema(
        operation_id="corrections_verify",
        request=VerifyInputSerializer,
        responses=CorrectionStorySerializer,
    )
    def post(self, request: Request, code: str) -> Response:
        """Say whether what was done is enough."""
        finding, said = self.finding(code), parsed(VerifyInputSerializer, request.data)
        desktop = Verification.Method.DESKTOP
        verify(viewer=viewer_of(request), finding=finding, method=desktop, at=timezone.now(), **said)
        return self.whole(code)


class CorrectionExtensions(OfNonCompliance):
    """Requests for more time for one non-compliance."""

    @extend_schema(
        operation_id="extensions_ask", request=AskInputSerializer, responses={201: CorrectionStorySerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask the audit firm for more time."""
        finding, said = self.finding(code), parsed(AskInputSerializer, request.data)
        ask_extension(viewer=viewer_of(request), finding=finding, at=timezone.now(), **said)
        return self.whole(code, 201)


class WaitingList(Endpoint):
    """What waits for the viewer's audit firm."""

    resource = "findings"
    query = PageQuery

    @extend_schema(operation_id="corrections_waiting", responses=page_of(WaitingSerializer))
    def get(self, request: Request) -> Response:
        """List the non-compliances whose corrective action waits for the firm, what was sent first at the top."""
        viewer = viewer_of(request)
        rows = waiting_for_verification(viewer).values(*WAITING)
        return listed(
            request,
            rows,
            order=("sent_at", "id"),
            limit=self.asked["limit"],
            finish=lambda found: _waiting(viewer, found),
        )


class ExtensionList(Endpoint):
    """Requests for more time that wait for an answer."""

    resource = "findings"
    query = PageQuery

    @extend_schema(operation_id="extensions_list", responses=page_of(ExtensionSerializer))
    def get(self, request: Request) -> Response:
        """List the requests that wait for the viewer's firm, or that the viewer's own site asked, oldest first."""
        viewer = viewer_of(request)
        rows = extensions_waiting(viewer).values(*ASKED)
        return listed(
            request,
            rows,
            order=("asked_at", "id"),
            limit=self.asked["limit"],
            finish=lambda found: _asked(viewer, found),
        )


class ExtensionAnswerEndpoint(Endpoint):
    """The answer to one request."""

    resource = "findings"

    @extend_schema(
        operation_id="extensions_answer", request=AnswerInputSerializer, responses=CorrectionStorySerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Grant more time, or refuse it with a reason."""
        viewer, said = viewer_of(request), parsed(AnswerInputSerializer, request.data)
        rows = Extension.objects.select_related("answer", "finding__audit")
        extension = fetch(Extension, code, viewer=viewer, queryset=rows)
        answer_extension(viewer=viewer, extension=extension, at=timezone.now(), **said)
        finding = fetch(
            Finding, extension.finding.code, viewer=viewer, queryset=Finding.objects.select_related("audit")
        )
        return Response(_whole(viewer, finding))


def correction_of(said: Row) -> Correction:
    """Return what was sent as the action takes it."""
    return Correction(**(said | {"whys": tuple(said["whys"])}))


def _evidence(viewer: Viewer, codes: list[str]) -> list[Evidence]:
    rows = {one.code: one for one in Evidence.objects.visible_to(viewer).filter(code__in=codes)}
    if len(rows) < len(set(codes)):
        raise exceptions.ValidationError({"evidence": [_("There is no such evidence of yours.")]})
    return [rows[code] for code in dict.fromkeys(codes)]


def _whole(viewer: Viewer, finding: Finding) -> Row:
    story = correction_story(viewer, finding)
    answers = {one.action_id: one for one in story.verifications}
    return {
        "finding": finding.code,
        "state": finding.state,
        "due_on": finding.due_on,
        "due_by": finding.due_by,
        "actions": [_version(one, answers.get(one.pk)) for one in story.actions],
        "extensions": [_extension(one, finding) for one in story.extensions],
    }


def _version(one: CorrectiveAction, answer: Verification | None) -> Row:
    names = ("number", "whys", "cause", "correction", "prevention", "responsible", "done_on", "language")
    said = {name: getattr(one, name) for name in (*names, "recorded_by_firm", "submitted_at")}
    return said | {"verification": _verification(answer) if answer else None}


def _verification(one: Verification) -> Row:
    said = {name: getattr(one, name) for name in ("method", "result", "reason", "language", "verified_at")}
    return said | {"audit": one.audit.code if one.audit else None, "firm": one.organisation_name}


def _extension(one: Extension, finding: Finding) -> Row:
    names = ("code", "due_by", "wanted_on", "reason", "language", "asked_at")
    given = getattr(one, "answer", None)
    answer = given and {
        "is_granted": given.is_granted,
        "ends_on": given.ends_on,
        "reason": given.reason,
        "firm": given.organisation_name,
        "answered_at": given.answered_at,
    }
    return {name: getattr(one, name) for name in names} | {"finding": finding.code, "answer": answer}


def _waiting(viewer: Viewer, rows: list[Row]) -> list[Row]:
    seen = [Seen(row["id"], row["code"], row["title"], row["supplier_id"]) for row in rows]
    log_reads(by=viewer, model=Finding, seen=seen, at=timezone.now())
    for row in rows:
        del row["id"], row["supplier_id"]
        row["site_name"] = row.pop("audit__site_name")
    return rows


def _asked(viewer: Viewer, rows: list[Row]) -> list[Row]:
    seen = [
        Seen(row["finding_id"], row["finding__code"], row["finding__title"], row["supplier_id"])
        for row in rows
    ]
    log_reads(by=viewer, model=Finding, seen=seen, at=timezone.now())
    for row in rows:
        del row["id"], row["supplier_id"], row["finding_id"], row["finding__title"]
        row["finding"], row["answer"] = row.pop("finding__code"), None
    return rows
