"""One thing done to several non-compliances over the API: each is judged and done by itself, and says how it went."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.several import (
    MOST,
    Outcome,
    answer_several,
    ask_several,
    submit_several,
    verify_several,
)
from findings.api.corrective import (
    AnswerInputSerializer,
    AskInputSerializer,
    CorrectionSaidSerializer,
    correction_of,
    language_field,
)
from findings.models import Verification
from organisations.api.authentication import viewer_of
from web.api import Endpoint, StrictSerializer, parsed


class CodesSerializer(StrictSerializer):
    """Which ones; each is judged and done by itself."""

    codes = serializers.ListField(child=serializers.CharField(max_length=12), min_length=1, max_length=MOST)


class SeveralSubmitSerializer(CodesSerializer, CorrectionSaidSerializer):
    """The same corrective action for several."""


class SeveralAskSerializer(CodesSerializer, AskInputSerializer):
    """The same request for more time for several."""


class SeveralVerifySerializer(CodesSerializer):
    """The same answer for several, from documents."""

    result = serializers.ChoiceField(Verification.Result.choices)
    reason = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = language_field()


class SeveralAnswerSerializer(CodesSerializer, AnswerInputSerializer):
    """The same answer to the requests for more time of several."""


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of one: done, or skipped and why."""

    code = serializers.CharField()
    is_done = serializers.BooleanField()
    reason = serializers.CharField(help_text="A refusal's code; empty if done.")
    detail = serializers.CharField()


class OutcomesSerializer(serializers.Serializer[Any]):
    """One line for each, in the order in which they were named."""

    results = OutcomeSerializer(many=True)


class SeveralSubmit(Endpoint):
    """The same corrective action for several non-compliances."""

    resource = "findings"

    @extend_schema(
        operation_id="corrections_send_several",
        request=SeveralSubmitSerializer,
        responses=OutcomesSerializer,
    )
    def post(self, request: Request) -> Response:
        """Send it for each that it can be sent for; say of the others why not."""
        said = parsed(SeveralSubmitSerializer, request.data)
        codes = said.pop("codes")
        done = submit_several(
            viewer=viewer_of(request), codes=codes, said=correction_of(said), at=timezone.now()
        )
        return _outcomes(done)


class SeveralAsk(Endpoint):
    """The same request for more time for several."""

    resource = "findings"

    @extend_schema(
        operation_id="extensions_ask_several", request=SeveralAskSerializer, responses=OutcomesSerializer
    )
    def post(self, request: Request) -> Response:
        """Ask for each that it can be asked for; say of the others why not."""
        said = parsed(SeveralAskSerializer, request.data)
        return _outcomes(ask_several(viewer=viewer_of(request), at=timezone.now(), **said))


class SeveralVerify(Endpoint):
    """The same answer for several."""

    resource = "findings"

    @extend_schema(
        operation_id="corrections_verify_several",
        request=SeveralVerifySerializer,
        responses=OutcomesSerializer,
    )
    def post(self, request: Request) -> Response:
        """Verify each that can be verified from documents; say of the others why not."""
        said = parsed(SeveralVerifySerializer, request.data)
        return _outcomes(verify_several(viewer=viewer_of(request), at=timezone.now(), **said))


class SeveralAnswer(Endpoint):
    """The same answer to several requests for more time."""

    resource = "findings"

    @extend_schema(
        operation_id="extensions_answer_several",
        request=SeveralAnswerSerializer,
        responses=OutcomesSerializer,
    )
    def post(self, request: Request) -> Response:
        """Answer the request of each finding that has one; say of the others why not."""
        said = parsed(SeveralAnswerSerializer, request.data)
        return _outcomes(answer_several(viewer=viewer_of(request), at=timezone.now(), **said))


def _outcomes(rows: list[Outcome]) -> Response:
    found = [
        {"code": one.code, "is_done": one.is_done, "reason": one.reason, "detail": one.sentence}
        for one in rows
    ]
    return Response({"results": found})
