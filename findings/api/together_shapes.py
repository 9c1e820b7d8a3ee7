"""The shapes of calls, commitments, standing positions and introductions in the API."""

from typing import Any

from rest_framework import serializers

from findings.models import (
    Call,
    CallStep,
    Commitment,
    CommitmentVersion,
    Introduction,
    IntroductionAsk,
    PlanUpdate,
    Position,
)
from findings.queries.introduction import introduced_to, last_answers
from organisations.models import Organisation
from organisations.visibility import Viewer
from web.api import Row, StrictSerializer


def _text(longest: int, *, needed: bool = True) -> serializers.CharField:
    if needed:
        return serializers.CharField(max_length=longest)
    return serializers.CharField(max_length=longest, required=False, default="", allow_blank=True)


def _language() -> serializers.CharField:
    return serializers.CharField(
        max_length=12, required=False, default="", allow_blank=True, help_text="BCP 47, for example `bn`."
    )


def _times() -> serializers.ListField:
    return serializers.ListField(child=serializers.DateTimeField(), min_length=1, max_length=5)


class CallInputSerializer(StrictSerializer):
    """A call to be proposed; a customer leaves `customers` out."""

    times = _times()
    text = _text(4000, needed=False)
    language = _language()
    minutes = serializers.IntegerField(required=False, default=45, min_value=10, max_value=480)
    joining = _text(500, needed=False)
    customers = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=500
    )


class TimeSerializer(StrictSerializer):
    """One of the proposed times."""

    starts_at = serializers.DateTimeField()


class TimesSerializer(StrictSerializer):
    """Other times."""

    times = _times()
    text = _text(4000, needed=False)
    language = _language()


class SaidReasonSerializer(StrictSerializer):
    """Why."""

    reason = _text(1000)
    language = _language()


class IntroductionDeclineSerializer(StrictSerializer):
    """A no, with a reason if there is one to give."""

    reason = _text(1000, needed=False)
    language = _language()


class JoiningSerializer(StrictSerializer):
    """How to join."""

    joining = _text(500)


class TogetherWordsSerializer(StrictSerializer):
    """A few sentences."""

    text = _text(2000)
    language = _language()


class SupportSerializer(StrictSerializer):
    """What a customer commits."""

    kind = serializers.ChoiceField(CommitmentVersion.Kind.choices)
    text = _text(2000)
    amount = serializers.DecimalField(14, 2, required=False, allow_null=True, default=None, min_value=0)
    currency = serializers.RegexField(r"^([A-Z]{3})?$", required=False, default="", allow_blank=True)
    condition = _text(1000, needed=False)
    language = _language()
    from_on = serializers.DateField(required=False, allow_null=True, default=None)
    to_on = serializers.DateField(required=False, allow_null=True, default=None)


class ProgressInputSerializer(StrictSerializer):
    """How a commitment goes."""

    progress = serializers.ChoiceField(PlanUpdate.Progress.choices)
    text = _text(2000, needed=False)
    language = _language()


class StanceSerializer(StrictSerializer):
    """What a buyer says about a requirement."""

    text = _text(4000)
    support = _text(2000, needed=False)
    contact = _text(250)
    language = _language()
    answers_plans = serializers.BooleanField(required=False, default=False)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class PositionInputSerializer(StanceSerializer):
    """A new position."""

    methodology = serializers.CharField(max_length=80, help_text="Key of a methodology version.")
    requirement = serializers.CharField(max_length=20, help_text="Code as printed.")
    in_all_versions = serializers.BooleanField(required=False, default=True)


class IntroductionInputSerializer(StrictSerializer):
    """Whom to ask: codes of at least two customers."""

    customers = serializers.ListField(
        child=serializers.CharField(max_length=12), min_length=2, max_length=500
    )


class AgreementSerializer(StrictSerializer):
    """A yes, with a contact person."""

    contact_name = _text(160)
    contact_email = serializers.EmailField(required=False, default="", allow_blank=True)
    has_read_notice = serializers.BooleanField()


class CallStepSerializer(serializers.Serializer[Any]):
    """One thing that one side did or said."""

    by = serializers.ChoiceField([("supplier", "supplier"), ("customer", "customer")])
    kind = serializers.ChoiceField(CallStep.Kind.choices)
    times = serializers.ListField(child=serializers.DateTimeField())
    text = serializers.CharField()
    language = serializers.CharField()
    at = serializers.DateTimeField()


class CallSerializer(serializers.Serializer[Any]):
    """A call between one customer and the supplier."""

    code = serializers.CharField()
    customer = serializers.CharField()
    state = serializers.CharField()
    waits_for = serializers.CharField(help_text="`supplier`, `customer` or nothing.")
    starts_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.IntegerField()
    sequence = serializers.IntegerField()
    supplier_zone = serializers.CharField()
    customer_zone = serializers.CharField()
    steps = CallStepSerializer(many=True)


class CommittedSerializer(serializers.Serializer[Any]):
    """One version of a commitment."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField()
    amount = serializers.DecimalField(14, 2, allow_null=True)
    currency = serializers.CharField()
    condition = serializers.CharField()
    language = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()


class CommitmentStepSerializer(serializers.Serializer[Any]):
    """What one side said afterwards."""

    kind = serializers.CharField()
    version_number = serializers.IntegerField()
    progress = serializers.CharField()
    text = serializers.CharField()
    language = serializers.CharField()
    at = serializers.DateTimeField()


class CommitmentSerializer(serializers.Serializer[Any]):
    """What one customer commits."""

    code = serializers.CharField()
    customer = serializers.CharField()
    state = serializers.CharField()
    progress = serializers.CharField()
    versions = CommittedSerializer(many=True)
    steps = CommitmentStepSerializer(many=True)


class StatedSerializer(serializers.Serializer[Any]):
    """One version of a position."""

    number = serializers.IntegerField()
    text = serializers.CharField()
    support = serializers.CharField()
    contact = serializers.CharField()
    language = serializers.CharField()
    answers_plans = serializers.BooleanField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()


class PositionSerializer(serializers.Serializer[Any]):
    """A standing position."""

    code = serializers.CharField()
    customer = serializers.CharField()
    methodology = serializers.CharField()
    requirement = serializers.CharField()
    in_all_versions = serializers.BooleanField()
    state = serializers.CharField()
    versions = StatedSerializer(many=True)


class AskedSerializer(serializers.Serializer[Any]):
    """One customer of a round, as the supplier sees it."""

    customer = serializers.CharField()
    answer = serializers.CharField(allow_null=True)
    reason = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()


class IntroductionSerializer(serializers.Serializer[Any]):
    """A round of introduction; only the supplier reads it."""

    code = serializers.CharField()
    state = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    asked = AskedSerializer(many=True)


class IntroducedSerializer(serializers.Serializer[Any]):
    """Another customer to whom the viewer was introduced."""

    organisation = serializers.CharField()
    contact_name = serializers.CharField()
    contact_email = serializers.CharField()


class IntroductionAskSerializer(serializers.Serializer[Any]):
    """The question to one customer."""

    code = serializers.CharField()
    asked_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_null=True)
    introduced_to = IntroducedSerializer(many=True)


def _name(organisation_id: int) -> str:
    return Organisation.objects.get(pk=organisation_id).name


def call_row(call: Call) -> Row:
    """Return a call as it is sent."""
    sides = {call.supplier_id: "supplier", call.customer_id: "customer"}
    return {
        "code": call.code,
        "customer": _name(call.customer_id),
        "state": call.state,
        "waits_for": sides.get(call.waits_for_id or 0, ""),
        "starts_at": call.starts_at,
        "minutes": call.minutes,
        "sequence": call.sequence,
        "supplier_zone": call.supplier_zone,
        "customer_zone": call.customer_zone,
        "steps": [
            {
                "by": sides[one.organisation_id],
                "kind": one.kind,
                "times": one.times,
                "text": one.text,
                "language": one.language,
                "at": one.at,
            }
            for one in call.steps.all()
        ],
    }


def _values(row: Any, shape: type[serializers.Serializer[Any]]) -> Row:
    return {str(name): getattr(row, str(name)) for name in shape().fields}


def commitment_row(commitment: Commitment) -> Row:
    """Return a commitment as it is sent."""
    return {
        "code": commitment.code,
        "customer": _name(commitment.customer_id),
        "state": commitment.state,
        "progress": commitment.progress,
        "versions": [_values(one, CommittedSerializer) for one in commitment.versions.all()],
        "steps": [_values(one, CommitmentStepSerializer) for one in commitment.steps.all()],
    }


def position_row(position: Position) -> Row:
    """Return a position as it is sent."""
    return {
        "code": position.code,
        "customer": position.organisation.name,
        "methodology": position.requirement.version.key,
        "requirement": position.requirement.printed_code,
        "in_all_versions": position.in_all_versions,
        "state": position.state,
        "versions": [_values(one, StatedSerializer) for one in position.versions.all()],
    }


def introduction_row(introduction: Introduction) -> Row:
    """Return a round as its supplier reads it."""
    answers = last_answers(introduction)
    rows = [
        (one, answers.get(one.pk)) for one in introduction.asks.prefetch_related("customer").order_by("pk")
    ]
    return {
        "code": introduction.code,
        "state": introduction.state,
        "opened_at": introduction.opened_at,
        "closed_at": introduction.closed_at,
        "asked": [
            {
                "customer": ask.customer.name,
                "answer": last.kind if last else None,
                "reason": last.reason if last else "",
                "contact_name": last.contact_name if last else "",
                "contact_email": last.contact_email if last else "",
            }
            for ask, last in rows
        ],
    }


def ask_row(ask: IntroductionAsk, viewer: Viewer) -> Row:
    """Return a question with the customer's own answer, and whom it was introduced to."""
    last = ask.answers.order_by("-pk").first()
    met = [one for one in introduced_to(viewer, ask.finding) if one.introduction_id == ask.introduction_id]
    return {
        "code": ask.code,
        "asked_at": ask.asked_at,
        "closed_at": ask.closed_at,
        "answer": last.kind if last else None,
        "introduced_to": [
            {
                "organisation": one.other_name,
                "contact_name": one.contact_name,
                "contact_email": one.contact_email,
            }
            for one in met
        ],
    }
