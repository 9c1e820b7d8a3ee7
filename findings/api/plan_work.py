"""A plan's draft, its beginning from an earlier one, and its rhythm over the API: the same verbs as the pages."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.draft import carry_on, save_draft
from findings.actions.rhythm import answer_rhythm, ask_for_rhythm
from findings.api.plan import ContentSerializer, OfFinding, content_of, language_field, note_field
from findings.forms.plan_typed import typed_of, typed_of_version, values_of
from findings.models import ActionPlan, RhythmRequest
from findings.permissions import can_share_plan
from findings.queries.draft import standing_of, to_carry_on
from findings.queries.rhythm import wishes_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from web.api import Row, StrictSerializer, parsed


def _dates() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.DateField(), required=False, default=list, max_length=24, help_text="With rhythm 0."
    )


class DraftInputSerializer(ContentSerializer):
    """A plan that is being written; `seen` is the stamp of what the writer had read."""

    asks = serializers.ListField(child=serializers.CharField(max_length=20), required=False, default=list)
    completed_by = serializers.CharField(max_length=160, required=False, default="", allow_blank=True)
    rhythm = serializers.ChoiceField(ActionPlan.Rhythm.choices, required=False, default=3)
    named_dates = _dates()
    language = language_field()
    seen = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)


class DraftSerializer(serializers.Serializer[Any]):
    """A draft, half-filled as it may be; names as in the form."""

    seen = serializers.CharField(help_text="Send it back with the next save or share.")
    saved_by = serializers.CharField()
    saved_at = serializers.DateTimeField(allow_null=True)
    carried_from = serializers.CharField(help_text="Plan and version that it was begun from, or empty.")
    values = serializers.DictField()


class RhythmInputSerializer(StrictSerializer):
    """A wish for another rhythm."""

    rhythm = serializers.ChoiceField(ActionPlan.Rhythm.choices)
    named_dates = _dates()
    reason = serializers.CharField(max_length=1000)
    language = language_field()


class RhythmAnswerSerializer(StrictSerializer):
    """The site's yes or no."""

    is_accepted = serializers.BooleanField()
    reason = note_field()
    language = language_field()


class RhythmSerializer(serializers.Serializer[Any]):
    """A wish with its answer."""

    code = serializers.CharField()
    customer = serializers.CharField()
    rhythm = serializers.IntegerField()
    named_dates = serializers.ListField(child=serializers.DateField())
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    is_accepted = serializers.BooleanField(allow_null=True)
    answer = serializers.CharField()


class RhythmsSerializer(serializers.Serializer[Any]):
    """The wishes that the viewer may read."""

    results = RhythmSerializer(many=True)


class PlanDraftEndpoint(OfFinding):
    """The draft of a plan."""

    @extend_schema(operation_id="plans_draft_read", responses=DraftSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read what the site has typed so far; only its own organisation has any."""
        finding = self.car(code)
        can_share_plan(viewer_of(request), finding).require()
        return Response(self._draft(code))

    @extend_schema(operation_id="plans_draft_save", request=DraftInputSerializer, responses=DraftSerializer)
    def put(self, request: Request, code: str) -> Response:
        """Save the draft; refused with `plan-moved-on` when `seen` is out of date."""
        said = parsed(DraftInputSerializer, request.data)
        typed = typed_of(
            content_of(said),
            completed_by=said["completed_by"],
            rhythm=said["rhythm"],
            named_dates=said["named_dates"],
            language=said["language"],
        )
        save_draft(
            viewer=viewer_of(request),
            finding=self.car(code),
            typed=typed,
            seen=said["seen"],
            at=timezone.now(),
        )
        return Response(self._draft(code))

    def _draft(self, code: str) -> Row:
        standing = standing_of(viewer_of(self.request), self.car(code))
        draft = standing.draft
        origin = draft.carried_from if draft else None
        return {
            "seen": standing.stamp,
            "saved_by": standing.saved_by,
            "saved_at": standing.saved_at,
            "carried_from": f"{origin.plan.code} v{origin.number}" if origin else "",
            "values": values_of(draft.content.get("typed", {})) if draft else {},
        }


class PlanCarry(PlanDraftEndpoint):
    """An earlier plan carried on."""

    http_method_names = ["post", "options"]

    @extend_schema(operation_id="plans_carry_on", request=None, responses={201: DraftSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Begin the draft from the plan of the earlier CAR."""
        finding, viewer = self.car(code), viewer_of(request)
        can_share_plan(viewer, finding).require()
        earlier = to_carry_on(viewer, finding)
        typed = typed_of_version(earlier) if earlier else {}
        carry_on(viewer=viewer, finding=finding, typed=typed, at=timezone.now())
        return Response(self._draft(code), status=201)


class RhythmRequests(OfFinding):
    """Wishes for another rhythm of reports."""

    @extend_schema(operation_id="plans_rhythm_list", responses=RhythmsSerializer)
    def get(self, request: Request, code: str) -> Response:
        """List the wishes that the viewer may read: its own, or those it received."""
        return Response({"results": self._all(code)})

    @extend_schema(
        operation_id="plans_rhythm_ask", request=RhythmInputSerializer, responses={201: RhythmsSerializer}
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask for another rhythm as a customer."""
        story, said = self.story(code), parsed(RhythmInputSerializer, request.data)
        ask_for_rhythm(viewer=viewer_of(request), plan=story.plan, at=timezone.now(), **said)
        return Response({"results": self._all(code)}, status=201)

    def _all(self, code: str) -> list[Row]:
        wishes = wishes_of(viewer_of(self.request), self.story(code).plan)
        return [
            {
                "code": one.code,
                "customer": one.organisation.name,
                "rhythm": one.rhythm,
                "named_dates": one.named_dates,
                "reason": one.reason,
                "asked_at": one.asked_at,
                "is_accepted": None if is_open else one.answer.is_accepted,
                "answer": "" if is_open else one.answer.reason,
            }
            for one, is_open in wishes
        ]


class RhythmAnswers(RhythmRequests):
    """The answer to a wish."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="plans_rhythm_answer", request=RhythmAnswerSerializer, responses={201: RhythmsSerializer}
    )
    def post(self, request: Request, code: str, request_code: str = "") -> Response:
        """Say yes or no to a customer's wish."""
        story, viewer = self.story(code), viewer_of(request)
        rows = RhythmRequest.objects.visible_to(viewer).select_related("plan")
        asked = rows.filter(code=request_code.upper(), plan=story.plan).first()
        if asked is None:
            raise NotVisible
        asked.plan.finding = self.car(code)
        said = parsed(RhythmAnswerSerializer, request.data)
        answer_rhythm(viewer=viewer, request=asked, at=timezone.now(), **said)
        return Response({"results": self._all(code)}, status=201)
