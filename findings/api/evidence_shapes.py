"""How evidence is sent and taken in."""

from typing import Any

from rest_framework import serializers

from findings.lifecycle import RequestState
from findings.visibility import Audience
from sourcing.models import Evidence
from sourcing.queries.evidence import ANSWERS
from web.api import PageQuery, StrictSerializer

KIND_HELP = "A key of `/evidence-kinds/`."
STATES = ("valid", "expiring", "expired", "retired")


class CheckSerializer(serializers.Serializer[Any]):
    """One question of a kind's checklist."""

    key = serializers.CharField()
    ask = serializers.CharField()
    why = serializers.CharField()


class KindSerializer(serializers.Serializer[Any]):
    """A kind of evidence with the questions that make it trustworthy."""

    key = serializers.CharField()
    version = serializers.CharField(help_text="Of its questions.")
    title = serializers.CharField()
    about = serializers.CharField()
    usual_months = serializers.IntegerField(help_text="How long it usually counts; 0 for nothing usual.")
    often_shows_workers = serializers.BooleanField()
    checks = CheckSerializer(many=True)


class EvidenceSerializer(serializers.Serializer[Any]):
    """A piece of one's own evidence."""

    code = serializers.CharField()
    kind = serializers.CharField(help_text=KIND_HELP)
    title = serializers.CharField()
    url = serializers.CharField(help_text="Empty for a file.")
    file_name = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    sha256 = serializers.CharField(help_text="Of the file as it was sent.")
    issued_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    period_from = serializers.DateField(allow_null=True)
    period_to = serializers.DateField(allow_null=True)
    requirements = serializers.ListField(child=serializers.CharField())
    sites = serializers.ListField(
        child=serializers.CharField(), help_text="Codes; none for the whole organisation."
    )
    supplied_by = serializers.CharField()
    confidentiality = serializers.ChoiceField(Evidence.Confidentiality.choices)
    shows_workers = serializers.BooleanField()
    language = serializers.CharField()
    note = serializers.CharField()
    answers = serializers.DictField(child=serializers.CharField(), help_text="To the kind's checklist.")
    state = serializers.ChoiceField(STATES)
    added_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)


class EvidenceQuery(PageQuery):
    """Filters of the list of evidence."""

    q = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    kind = serializers.CharField(required=False, default="", max_length=40)
    site = serializers.CharField(required=False, default="", max_length=12, help_text="Code of a site.")
    state = serializers.ChoiceField(STATES, required=False, default="")


class FactsSerializer(StrictSerializer):
    """What is said about a piece."""

    title = serializers.CharField(max_length=200)
    sites = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=500,
        help_text="Codes of sites.",
    )
    issued_on = serializers.DateField(required=False, allow_null=True)
    expires_on = serializers.DateField(required=False, allow_null=True)
    period_from = serializers.DateField(required=False, allow_null=True)
    period_to = serializers.DateField(required=False, allow_null=True)
    requirements = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=50,
        help_text="Codes as printed.",
    )
    supplied_by = serializers.CharField(max_length=200, required=False, allow_blank=True)
    confidentiality = serializers.ChoiceField(Evidence.Confidentiality.choices, required=False)
    language = serializers.CharField(max_length=12, required=False, allow_blank=True, help_text="BCP 47.")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    answers = serializers.DictField(
        child=serializers.ChoiceField(ANSWERS),
        required=False,
        help_text="By the keys of the kind's checklist.",
    )


class FactsChangeSerializer(FactsSerializer):
    """Only what is to change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)


class LinkSerializer(FactsSerializer):
    """A new piece that is a link."""

    kind = serializers.CharField(max_length=40, help_text=KIND_HELP)
    url = serializers.URLField(max_length=2000)
    shows_workers = serializers.BooleanField(
        help_text="Whether names, faces, ID or bank numbers of workers can be read in it."
    )
    replaces = serializers.CharField(max_length=12, required=False, help_text="Code of an own piece.")


class FileSerializer(StrictSerializer):
    """A new piece that is a file, as multipart form data; more is said about it by a change."""

    file = serializers.FileField()
    kind = serializers.CharField(max_length=40, help_text=KIND_HELP)
    title = serializers.CharField(max_length=200)
    shows_workers = serializers.BooleanField(
        help_text="Whether names, faces, ID or bank numbers of workers can be read in it."
    )
    sites = serializers.ListField(child=serializers.CharField(max_length=12), required=False, max_length=500)
    replaces = serializers.CharField(max_length=12, required=False, help_text="Code of an own piece.")


class RetireSerializer(StrictSerializer):
    """Why a piece is put away."""

    because = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class UseSerializer(serializers.Serializer[Any]):
    """Evidence where it is attached, as it was then."""

    code = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    owner_name = serializers.CharField()
    url = serializers.CharField()
    has_file = serializers.BooleanField()
    pages = serializers.IntegerField(help_text="How many pages can be shown as pictures.")
    issued_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    audience = serializers.ChoiceField([one.value for one in Audience])
    attached_to = serializers.CharField(help_text="The kind of thing.")
    state = serializers.ChoiceField(STATES)
    attached_at = serializers.DateTimeField()


class AttachSerializer(StrictSerializer):
    """Own pieces to attach."""

    evidence = serializers.ListField(
        child=serializers.CharField(max_length=12),
        min_length=1,
        max_length=20,
        help_text="Codes of own pieces.",
    )


class AskSerializer(StrictSerializer):
    """What a site is asked for."""

    kind = serializers.CharField(max_length=40, help_text=KIND_HELP)
    message = serializers.CharField(max_length=2000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class EvidenceAnswerSerializer(AttachSerializer):
    """Own pieces that answer a request."""

    answer = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class EvidenceDeclineSerializer(StrictSerializer):
    """Why there is nothing to show."""

    answer = serializers.CharField(max_length=2000)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class RequestLineSerializer(serializers.Serializer[Any]):
    """A request for evidence."""

    code = serializers.CharField()
    kind = serializers.CharField()
    asker_name = serializers.CharField()
    is_own = serializers.BooleanField(help_text="Whether one's own organisation asks.")
    message = serializers.CharField()
    language = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in RequestState])
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answer_language = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class RequestSerializer(RequestLineSerializer):
    """A request with what answers it."""

    evidence = UseSerializer(many=True)
