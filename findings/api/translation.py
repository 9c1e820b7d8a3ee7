"""Translations over the API: those beside an original, and writing one."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.translation import LONGEST, translate
from findings.models import Finding, Translation
from findings.queries.translation import part_of, translations_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from web.api import Endpoint, Row, StrictSerializer, parsed

PARTS = {"finding": "findings.finding", "plan": "findings.planversion", "action": "findings.correctiveaction"}
NAMES = {kind: part for part, kind in PARTS.items()}


class TranslationSerializer(serializers.Serializer[Any]):
    """A translation beside an original; never the original."""

    code = serializers.CharField()
    of = serializers.ChoiceField([*PARTS])
    language = serializers.CharField(help_text="A BCP 47 tag.")
    translated_by = serializers.CharField(help_text="The organisation that wrote it.")
    is_shared = serializers.BooleanField(help_text="False: only your organisation reads it.")
    version = serializers.IntegerField()
    words = serializers.DictField(child=serializers.CharField(), help_text="By the name of the text.")
    made_at = serializers.DateTimeField()


class TranslationInputSerializer(StrictSerializer):
    """A translation of a finding, its newest plan or its newest corrective action."""

    of = serializers.ChoiceField([*PARTS])
    language = serializers.ChoiceField(settings.WRITING_LANGUAGES)
    is_shared = serializers.BooleanField(
        required=False, default=False, help_text="Only the supplier and the audit firm share theirs."
    )
    words = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST, allow_blank=True),
        help_text="By the name of the text: description, actions.0.what, whys.1 …",
    )


class TranslationList(Endpoint):
    """The translations of a finding, its plan and its corrective actions."""

    resource = "findings"

    @extend_schema(operation_id="translations_list", responses=TranslationSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the newest version of each that you may read: a few at most."""
        viewer = viewer_of(request)
        return Response([_sent(one) for one in translations_of(viewer, _finding(request, code))])

    @extend_schema(
        operation_id="translations_write",
        request=TranslationInputSerializer,
        responses={201: TranslationSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        """Write one; the same language again is a new version. The original stays what counts."""
        viewer, finding = viewer_of(request), _finding(request, code)
        said = parsed(TranslationInputSerializer, request.data)
        subject = part_of(viewer, finding, said.pop("of"))
        if subject is None:
            raise NotVisible
        made = translate(viewer=viewer, finding=finding, subject=subject, at=timezone.now(), **said)
        return Response(_sent(made), status=201)


def _finding(request: Request, code: str) -> Finding:
    return fetch(
        Finding, code, viewer=viewer_of(request), queryset=Finding.objects.select_related("audit__version")
    )


def _sent(one: Translation) -> Row:
    return {
        "code": one.code,
        "of": NAMES[one.subject_kind],
        "language": one.language,
        "translated_by": one.organisation_name,
        "is_shared": one.is_shared,
        "version": one.number,
        "words": one.words,
        "made_at": one.made_at,
    }
