"""What the assessor's side of the API takes and sends."""

from typing import Any

from rest_framework import serializers

from schemes.models import Appeal, Assessment
from schemes.models.facts import ScoreSaid
from web.api import PageQuery, Row, StrictSerializer


class WorkQuery(PageQuery):
    """Filters of the work list."""

    waits = serializers.CharField(
        required=False, max_length=10, help_text="member, assessor, decision or closed; open ones without."
    )
    due = serializers.CharField(required=False, max_length=10, help_text="overdue, or soon: in 30 days.")
    who = serializers.CharField(required=False, max_length=10, help_text="me, or nobody.")
    kind = serializers.CharField(required=False, max_length=8, help_text="initial or interim.")
    scheme = serializers.CharField(required=False, max_length=40, help_text="Key of a scheme.")
    name = serializers.CharField(required=False, max_length=200, help_text="Part of the member’s name.")


class WorkSerializer(serializers.Serializer[Any]):
    """One assessment in the work list."""

    code = serializers.CharField()
    member = serializers.CharField()
    scheme = serializers.CharField()
    edition = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    scored = serializers.IntegerField()
    criteria = serializers.IntegerField()


class ScoreSerializer(serializers.Serializer[Any]):
    """The score of one criterion; `version` is 0 and everything else empty while there is none."""

    criterion = serializers.CharField()
    value = serializers.CharField()
    is_relevant = serializers.BooleanField()
    reason = serializers.CharField()
    rationale = serializers.CharField()
    language = serializers.CharField()
    relied_on = serializers.ListField(child=serializers.CharField())
    is_working_towards = serializers.BooleanField()
    towards_plan = serializers.CharField()
    likely_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    is_whole = serializers.BooleanField()


class ScoresSerializer(serializers.Serializer[Any]):
    """All scores, and what the level rule says of them as they stand."""

    scores = ScoreSerializer(many=True)
    result = serializers.DictField()


class ScoreInputSerializer(StrictSerializer):
    """A score; `version` is the one that was read, 0 for none."""

    version = serializers.IntegerField(min_value=0)
    value = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    is_relevant = serializers.BooleanField(required=False, default=True)
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    rationale = serializers.CharField(required=False, default="", allow_blank=True, max_length=10_000)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)
    relied_on = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=200
    )
    is_working_towards = serializers.BooleanField(required=False, default=False)
    towards_plan = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    likely_on = serializers.DateField(required=False, default=None, allow_null=True)


class DeclareInputSerializer(StrictSerializer):
    """One’s own interests."""

    has_conflict = serializers.BooleanField()
    is_supporter = serializers.BooleanField()
    words = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class AssignInputSerializer(StrictSerializer):
    """Who gets which part."""

    membership = serializers.CharField(max_length=12, help_text="Code of a member of the scheme body.")
    role = serializers.CharField(max_length=12, help_text="assessor, second_rater or decider.")


class QuestionInputSerializer(StrictSerializer):
    """A question to the member."""

    question = serializers.CharField(max_length=4000)
    criterion = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class ProposeInputSerializer(StrictSerializer):
    """What an assessor adds to the result."""

    is_improvement_shown = serializers.BooleanField(required=False, default=None, allow_null=True)
    words = serializers.CharField(required=False, default="", allow_blank=True, max_length=4000)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class SendBackInputSerializer(StrictSerializer):
    """What should be looked at again."""

    reason = serializers.CharField(max_length=4000)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class ScheduleItemInputSerializer(StrictSerializer):
    """One line of an improvement schedule."""

    what = serializers.CharField(max_length=2000)
    by_on = serializers.DateField()
    criterion = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class NoticeInputSerializer(StrictSerializer):
    """What an improvement notice says."""

    words = serializers.CharField(max_length=10_000)
    answer_by = serializers.DateField()
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


class DecideInputSerializer(StrictSerializer):
    """A decision; it counts from today, and `effective_on` may say no other day."""

    outcome = serializers.CharField(
        max_length=14, help_text="award, improve, continue, move_up, notice, down or remove."
    )
    reasons = serializers.CharField(max_length=10_000)
    level = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)
    items = ScheduleItemInputSerializer(many=True, required=False, default=list)
    notice = NoticeInputSerializer(required=False, default=None, allow_null=True)
    effective_on = serializers.DateField(required=False, default=None, allow_null=True)


class StandsSerializer(serializers.Serializer[Any]):
    """An assessment as it stands after a step."""

    code = serializers.CharField()
    state = serializers.CharField()


class BodyAppealSerializer(serializers.Serializer[Any]):
    """An appeal, as the scheme body sees it."""

    code = serializers.CharField()
    assessment = serializers.CharField()
    member = serializers.CharField()
    outcome = serializers.CharField()
    state = serializers.CharField()
    reasons = serializers.CharField()
    appealed_at = serializers.DateTimeField()
    words = serializers.CharField()


class AppealAnswerInputSerializer(StrictSerializer):
    """The answer to an appeal."""

    is_upheld = serializers.BooleanField()
    words = serializers.CharField(max_length=10_000)
    language = serializers.CharField(required=False, default="", allow_blank=True, max_length=12)


def work_row(one: Assessment, scored: int, criteria: int) -> Row:
    """Return an assessment as the work list sends it."""
    return {
        "code": one.code,
        "member": one.subject_label,
        "scheme": one.edition.scheme.key,
        "edition": one.edition.version,
        "kind": one.kind,
        "state": one.state,
        "due_on": one.due_on,
        "scored": scored,
        "criteria": criteria,
    }


def score_row(key: str, score: Any) -> Row:
    """Return a score as it is sent; empty values where there is none."""
    said = ScoreSaid() if score is None else score
    return {
        "criterion": key,
        "value": said.value,
        "is_relevant": said.is_relevant,
        "reason": said.reason,
        "rationale": said.rationale,
        "language": said.language,
        "relied_on": list(said.relied_on),
        "is_working_towards": said.is_working_towards,
        "towards_plan": said.towards_plan,
        "likely_on": said.likely_on,
        "version": score.version if score else 0,
        "is_whole": bool(score and score.is_whole),
    }


def appeal_row(one: Appeal) -> Row:
    """Return an appeal as it is sent."""
    return {
        "code": one.code,
        "assessment": one.assessment.code,
        "member": one.assessment.subject_label,
        "outcome": one.decision.outcome,
        "state": one.state,
        "reasons": one.reasons,
        "appealed_at": one.appealed_at,
        "words": one.words,
    }
