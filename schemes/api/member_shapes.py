"""What a member sends to and reads of a scheme over the API."""

from typing import Any

from rest_framework import serializers

from schemes.models import Assessment, Clarification, Decision, EvidenceUse, SchemeMembership
from schemes.queries.explained import Explained
from schemes.queries.progress import Asked, Progress
from web.api import Row, StrictSerializer

MEMBERSHIP_COLUMNS = (
    "id",
    "code",
    "scheme__key",
    "member_name",
    "state",
    "level",
    "level_title",
    "consents_to_register",
    "applied_at",
    "joined_on",
    "next_due_on",
    "improve_by",
    "ended_on",
)


def _language() -> serializers.CharField:
    return serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class SchemeMembershipSerializer(serializers.Serializer[Any]):
    """How an organisation stands with a scheme."""

    code = serializers.CharField()
    scheme = serializers.CharField(help_text="Key of the scheme.")
    member_name = serializers.CharField()
    state = serializers.CharField()
    level = serializers.CharField(allow_blank=True)
    level_title = serializers.CharField(allow_blank=True)
    consents_to_register = serializers.BooleanField()
    applied_at = serializers.DateTimeField()
    joined_on = serializers.DateField(allow_null=True)
    next_due_on = serializers.DateField(allow_null=True)
    improve_by = serializers.DateField(allow_null=True)
    ended_on = serializers.DateField(allow_null=True)
    assessment = serializers.CharField(allow_null=True, help_text="Code of the one under way.")


class SchemeApplyInputSerializer(StrictSerializer):
    """An application. Whether the public register may show it has to be said."""

    consents_to_register = serializers.BooleanField()
    message = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = _language()


class ConsentInputSerializer(StrictSerializer):
    """Whether the public register may show a membership."""

    consents_to_register = serializers.BooleanField()


class LeaveInputSerializer(StrictSerializer):
    """Why a member leaves."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = _language()


class SelfAnswerSerializer(serializers.Serializer[Any]):
    """What is said about one criterion; `version` is sent back with the next words."""

    criterion = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="`open`, `begun`, `answered` or `not_relevant`.")
    text = serializers.CharField(allow_blank=True)
    claimed = serializers.CharField(allow_blank=True)
    is_relevant = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    evidence = serializers.ListField(child=serializers.CharField(), help_text="Codes of what is shown.")


class SelfAssessmentSerializer(serializers.Serializer[Any]):
    """An assessment with what the member says, as far as it may be read."""

    code = serializers.CharField()
    scheme = serializers.CharField()
    edition = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    answered = serializers.IntegerField()
    asked = serializers.IntegerField()
    answers = SelfAnswerSerializer(many=True)


class SelfAnswerInputSerializer(StrictSerializer):
    """Words about one criterion, and the version that they begin with: 0 when there was none."""

    text = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)
    claimed = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    is_relevant = serializers.BooleanField(required=False, default=True)
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = _language()
    version = serializers.IntegerField(min_value=0)


class CriteriaInputSerializer(StrictSerializer):
    """The criteria that a piece proves, by their keys."""

    criteria = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=200)


class ShowInputSerializer(CriteriaInputSerializer):
    """An own piece of evidence to be shown."""

    evidence = serializers.CharField(max_length=12, help_text="Code of an own piece.")


class ShownSerializer(serializers.Serializer[Any]):
    """A piece as it is shown in an assessment."""

    code = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    has_file = serializers.BooleanField()
    criteria = serializers.ListField(child=serializers.CharField())
    state = serializers.CharField()
    attached_at = serializers.DateTimeField()


class QuestionSerializer(serializers.Serializer[Any]):
    """A question of an assessor and its answer."""

    code = serializers.CharField()
    criterion = serializers.CharField(allow_null=True)
    question = serializers.CharField()
    language = serializers.CharField(allow_blank=True)
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class QuestionAnswerInputSerializer(StrictSerializer):
    """The answer to a question, given once."""

    answer = serializers.CharField(max_length=10_000)
    language = _language()


class ResultLineSerializer(serializers.Serializer[Any]):
    """One line of the level rule."""

    level = serializers.CharField()
    sentence = serializers.CharField()
    holds = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField(), help_text="Keys of criteria.")


class ResultStepSerializer(serializers.Serializer[Any]):
    """One criterion on the shortest way to the next level."""

    criterion = serializers.CharField()
    sentence = serializers.CharField()


class DecisionReadSerializer(serializers.Serializer[Any]):
    """A decision and what the rule says, line by line."""

    code = serializers.CharField()
    outcome = serializers.CharField()
    level_before = serializers.CharField(allow_blank=True)
    level_after = serializers.CharField(allow_blank=True)
    reasons = serializers.CharField()
    language = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField()
    next_level = serializers.CharField(allow_blank=True)
    lines = ResultLineSerializer(many=True)
    shortest = ResultStepSerializer(many=True)


class AppealInputSerializer(StrictSerializer):
    """Why a decision is contested."""

    reasons = serializers.CharField(max_length=10_000)
    language = _language()


def membership_row(row: Row, assessments: dict[int, str]) -> Row:
    """Return flat columns as they are sent."""
    said = dict(row)
    said["scheme"] = said.pop("scheme__key")
    said["assessment"] = assessments.get(said.pop("id"))
    return said


def row_of(membership: SchemeMembership, assessment: str | None) -> Row:
    """Return a membership as it is sent."""
    said = {
        name: getattr(membership, name) for name in MEMBERSHIP_COLUMNS if name not in {"id", "scheme__key"}
    }
    return {**said, "scheme": membership.scheme.key, "assessment": assessment}


def answer_row(asked: Asked) -> Row:
    """Return what is said about a criterion as it is sent."""
    answer = asked.answer
    names = ("text", "claimed", "reason", "language")
    return {
        "criterion": asked.criterion.key,
        "number": asked.number,
        "title": asked.criterion.title,
        "state": asked.state,
        **{name: getattr(answer, name) if answer else "" for name in names},
        "is_relevant": answer.is_relevant if answer else True,
        "version": answer.version if answer else 0,
        "evidence": [one.code for one in asked.uses],
    }


def assessment_row(assessment: Assessment, progress: Progress) -> Row:
    """Return an assessment with what its member says."""
    return {
        "code": assessment.code,
        "scheme": assessment.edition.scheme.key,
        "edition": assessment.edition.version,
        "kind": assessment.kind,
        "state": assessment.state,
        "due_on": assessment.due_on,
        "submitted_at": assessment.submitted_at,
        "answered": progress.done,
        "asked": progress.total,
        "answers": [answer_row(one) for one in progress.asked],
    }


def shown_row(use: EvidenceUse) -> Row:
    """Return a piece as it is shown."""
    names = ("code", "title", "kind", "url", "criteria", "state", "attached_at")
    return {**{name: getattr(use, name) for name in names}, "has_file": use.document_id is not None}


def question_row(one: Clarification) -> Row:
    """Return a question and its answer."""
    names = ("code", "question", "language", "asked_at", "answer", "answered_at")
    return {
        **{name: getattr(one, name) for name in names},
        "criterion": one.criterion.key if one.criterion else None,
    }


def decision_row(decision: Decision, found: Explained) -> Row:
    """Return a decision and its explanation."""
    names = ("code", "outcome", "level_before", "level_after", "reasons", "language", "decided_at")
    return {
        **{name: getattr(decision, name) for name in names},
        "next_level": found.next_level,
        "lines": [
            {
                "level": rung.title,
                "sentence": line.sentence,
                "holds": line.holds,
                "missing": [one.key for one in line.missing],
            }
            for rung in found.rungs
            for line in rung.lines
        ],
        "shortest": [{"criterion": step.criterion.key, "sentence": step.sentence} for step in found.steps],
    }
