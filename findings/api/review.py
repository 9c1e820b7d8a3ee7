"""Replies of sites, answers, corrections after publication and follow-ups over the API: the verbs of the pages."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.audit import submit_audit
from findings.actions.follow_up import choose_scope, note_result, raise_again
from findings.actions.review import answer_dispute, finish_review, say, take_back_dispute
from findings.actions.revision import Correction, revise_audit
from findings.api.audit import AuditDetailSerializer, AuditorSerializer, AuditView, auditors_from, one_audit
from findings.lifecycle import ReplyState
from findings.models import AuditRevision, Finding, FollowUpItem, SiteReply
from findings.queries.follow_up import items_of
from findings.queries.review import replies_on
from findings.queries.revision import revisions_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from web.api import Endpoint, NothingSerializer, Row, StrictSerializer, parsed

SAYABLE = [(one.value, one.label) for one in SiteReply.Kind if one != SiteReply.Kind.FINISHED]


class SubmitSerializer(StrictSerializer):
    """How many days the site has to comment; the methodology version's own unless said."""

    days = serializers.IntegerField(required=False, allow_null=True, default=None)


class ReplySerializer(serializers.Serializer[Any]):
    """What the site said, and the firm's answer to a dispute."""

    code = serializers.CharField()
    finding = serializers.CharField(allow_null=True, help_text="Null for the audit as a whole.")
    kind = serializers.ChoiceField(SiteReply.Kind.choices)
    text = serializers.CharField()
    language = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in ReplyState])
    said_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answer_language = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class ReplyInputSerializer(StrictSerializer):
    """What the site says of a finding, or of the audit as a whole when it names none."""

    finding = serializers.CharField(max_length=12, required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(SAYABLE)
    text = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class ReplyAnswerSerializer(StrictSerializer):
    """The firm's answer; a published audit is agreed about by a revision that `settles` the dispute."""

    is_accepted = serializers.BooleanField()
    reason = serializers.CharField(max_length=4000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class RevisedWordsSerializer(StrictSerializer):
    """What a correction says of one finding; what is not named stays."""

    title = serializers.CharField(max_length=250, required=False)
    description = serializers.CharField(max_length=8000, required=False)
    objective_evidence = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    law_reference = serializers.CharField(max_length=250, required=False, allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True)
    workers_affected = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True
    )
    extent = serializers.ChoiceField(Finding.Extent.choices, required=False, allow_blank=True)
    severity = serializers.ChoiceField(Finding.Severity.choices, required=False)
    due_on = serializers.DateField(required=False)


class RevisionInputSerializer(StrictSerializer):
    """A correction of a published audit."""

    reason = serializers.CharField(max_length=2000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True, allow_null=True)
    auditors = serializers.ListField(
        child=AuditorSerializer(), required=False, max_length=10, allow_null=True
    )
    findings = serializers.DictField(child=RevisedWordsSerializer(), required=False, help_text="By code.")
    withdrawn = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, max_length=200, help_text="Codes."
    )
    settles = serializers.CharField(
        max_length=12, required=False, allow_null=True, default=None, help_text="An open dispute."
    )


class RevisionSerializer(serializers.Serializer[Any]):
    """A correction, with the audit as it was before."""

    number = serializers.IntegerField()
    reason = serializers.CharField()
    language = serializers.CharField()
    made_at = serializers.DateTimeField()
    changes = serializers.JSONField()
    before = serializers.JSONField(source="snapshot")


class ScopeSerializer(StrictSerializer):
    """Which non-compliances a follow-up looks at."""

    findings = serializers.ListField(child=serializers.CharField(max_length=12), max_length=500)


class ResultSerializer(StrictSerializer):
    """What was seen of one non-compliance."""

    result = serializers.ChoiceField(FollowUpItem.Result.choices)
    note = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class FollowUpItemSerializer(serializers.Serializer[Any]):
    """A non-compliance that a follow-up looks at."""

    finding = serializers.CharField(source="finding.code")
    title = serializers.CharField(source="finding.title")
    state = serializers.CharField(source="finding.state")
    result = serializers.CharField()
    note = serializers.CharField()
    language = serializers.CharField()


class RaisedSerializer(serializers.Serializer[Any]):
    """A finding that was raised again."""

    finding = serializers.CharField()
    repeats = serializers.CharField()


class AuditSubmit(AuditView):
    """Sending an audit to the site."""

    @extend_schema(operation_id="audits_submit", request=SubmitSerializer, responses=AuditDetailSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Send an audit to the site, which can comment from now on."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(SubmitSerializer, request.data)
        return Response(
            one_audit(viewer, submit_audit(viewer=viewer, audit=audit, at=timezone.now(), **said))
        )


class AuditReplies(AuditView):
    """What the site said of an audit and its findings."""

    @extend_schema(operation_id="audits_replies", responses=ReplySerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List it in the order in which it was said, with the firm's answers."""
        rows = replies_on(viewer_of(request), self.audit(code)).select_related("finding")
        return Response([_reply(one) for one in rows])

    @extend_schema(
        operation_id="audits_reply", request=ReplyInputSerializer, responses={201: ReplySerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Say of a finding that it is fine, comment on it or dispute it."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(ReplyInputSerializer, request.data)
        about = said.pop("finding")
        rows = Finding.objects.filter(audit=audit)
        finding = fetch(Finding, about, viewer=viewer, queryset=rows) if about else None
        reply = say(viewer=viewer, audit=audit, finding=finding, at=timezone.now(), **said)
        return Response(_reply(reply), status=201)


class AuditReviewFinish(AuditView):
    """The end of the site's reading."""

    @extend_schema(
        operation_id="audits_review_finish", request=NothingSerializer, responses=AuditDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Say that the site has no more comments."""
        viewer, audit = viewer_of(request), self.audit(code)
        parsed(NothingSerializer, request.data)
        finish_review(viewer=viewer, audit=audit, at=timezone.now())
        return Response(one_audit(viewer, audit))


class ReplyView(Endpoint):
    """What the addresses of one reply share."""

    resource = "audits"

    def reply(self, code: str) -> SiteReply:
        """Return the reply, or raise NotVisible."""
        rows = SiteReply.objects.select_related("audit__version", "finding")
        return fetch(SiteReply, code, viewer=viewer_of(self.request), queryset=rows)


class ReplyAnswer(ReplyView):
    """The firm's answer to a dispute."""

    @extend_schema(operation_id="replies_answer", request=ReplyAnswerSerializer, responses=ReplySerializer)
    def post(self, request: Request, code: str) -> Response:
        """Agree, or keep what was written; with the reason."""
        viewer, reply = viewer_of(request), self.reply(code)
        said = parsed(ReplyAnswerSerializer, request.data)
        return Response(_reply(answer_dispute(viewer=viewer, reply=reply, at=timezone.now(), **said)))


class ReplyTakeBack(ReplyView):
    """A dispute that the site takes back."""

    @extend_schema(operation_id="replies_take_back", request=NothingSerializer, responses=ReplySerializer)
    def post(self, request: Request, code: str) -> Response:
        """Take a dispute back while it waits."""
        viewer, reply = viewer_of(request), self.reply(code)
        parsed(NothingSerializer, request.data)
        return Response(_reply(take_back_dispute(viewer=viewer, reply=reply, at=timezone.now())))


class AuditRevisions(AuditView):
    """Corrections of a published audit."""

    @extend_schema(operation_id="audits_revisions", responses=RevisionSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List them, oldest first, each with the audit as it was before."""
        rows: list[AuditRevision] = revisions_of(viewer_of(request), self.audit(code))
        return Response(RevisionSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="audits_revise", request=RevisionInputSerializer, responses={201: RevisionSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Correct a published audit; the old one stays readable."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(RevisionInputSerializer, request.data)
        settles = None
        if said["settles"]:
            settles = replies_on(viewer, audit).open().filter(code=said["settles"].upper()).first()
            if settles is None:
                raise NotVisible
        named = said.get("auditors")
        revision = revise_audit(
            viewer=viewer,
            audit=audit,
            correction=Correction(
                summary=said.get("summary"),
                auditors=None if named is None else auditors_from(named),
                findings=said.get("findings", {}),
                withdrawn=said.get("withdrawn", []),
            ),
            reason=said["reason"],
            language=said["language"],
            settles=settles,
            at=timezone.now(),
        )
        return Response(RevisionSerializer(revision).data, status=201)


class AuditFollowUp(AuditView):
    """What a follow-up audit looks at."""

    @extend_schema(operation_id="audits_follow_up", responses=FollowUpItemSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List it, with what was seen."""
        return _items(items_of(viewer_of(request), self.audit(code)))

    @extend_schema(
        operation_id="audits_follow_up_choose",
        request=ScopeSerializer,
        responses=FollowUpItemSerializer(many=True),
    )
    def put(self, request: Request, code: str) -> Response:
        """Choose the open non-compliances that it looks at; never a CAR."""
        viewer, audit = viewer_of(request), self.audit(code)
        wanted = {one.upper() for one in parsed(ScopeSerializer, request.data)["findings"]}
        rows = Finding.objects.visible_to(viewer).filter(code__in=wanted)
        found = list(rows) if audit.parent_id else []
        if len(found) != len(wanted):
            raise NotVisible
        return _items(choose_scope(viewer=viewer, audit=audit, findings=found, at=timezone.now()))


class AuditFollowUpNote(AuditView):
    """What was seen of one non-compliance."""

    @extend_schema(
        operation_id="audits_follow_up_note", request=ResultSerializer, responses=FollowUpItemSerializer
    )
    def post(self, request: Request, code: str, finding_code: str) -> Response:
        """Write it down; nothing moves before publication."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(ResultSerializer, request.data)
        finding = fetch(Finding, finding_code, viewer=viewer)
        item = note_result(viewer=viewer, audit=audit, finding=finding, at=timezone.now(), **said)
        return Response(FollowUpItemSerializer(item).data)


class AuditRaiseAgain(AuditView):
    """A finding of the last audit that is found again."""

    @extend_schema(
        operation_id="audits_raise_again", request=NothingSerializer, responses={201: RaisedSerializer}
    )
    def post(self, request: Request, code: str, finding_code: str) -> Response:
        """Write it again in this audit, from its earlier words."""
        viewer, audit = viewer_of(request), self.audit(code)
        parsed(NothingSerializer, request.data)
        rows = Finding.objects.select_related("audit", "requirement")
        earlier = fetch(Finding, finding_code, viewer=viewer, queryset=rows)
        finding = raise_again(viewer=viewer, audit=audit, earlier=earlier, at=timezone.now())
        return Response({"finding": finding.code, "repeats": earlier.code}, status=201)


def _items(rows: list[FollowUpItem]) -> Response:
    return Response(FollowUpItemSerializer(rows, many=True).data)


def _reply(one: SiteReply) -> Row:
    names = (
        "code",
        "kind",
        "text",
        "language",
        "state",
        "said_at",
        "answer",
        "answer_language",
        "answered_at",
    )
    return {name: getattr(one, name) for name in names} | {
        "finding": one.finding.code if one.finding else None
    }
