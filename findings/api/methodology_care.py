"""Looking after methodologies over the API: the operator's editors only."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.methodology import load_as_operator, set_closure_policy
from findings.definitions.catalogue import Methodology, read_bytes
from findings.definitions.faults import DefinitionError
from findings.models import Finding, MethodologyVersion
from findings.permissions.methodology import can_look_after_methodologies
from findings.queries.methodology_diff import Effect, compare
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from web.api import Endpoint, StrictSerializer, parsed


class LoadSerializer(StrictSerializer):
    """A methodology file; it is only compared unless `apply` says otherwise."""

    file_name = serializers.CharField(max_length=150, help_text="Its end says how to read it: .yaml or .csv.")
    text = serializers.CharField(max_length=500_000, trim_whitespace=False)
    apply = serializers.BooleanField(required=False, default=False)


class ChangeSerializer(serializers.Serializer[Any]):
    """One difference between the file and what is loaded."""

    effect = serializers.ChoiceField([one.value for one in Effect])
    thing = serializers.CharField()
    text = serializers.CharField()


class LoadedSerializer(serializers.Serializer[Any]):
    """What would change, or has."""

    key = serializers.CharField()
    applied = serializers.BooleanField()
    changes = ChangeSerializer(many=True)


class ClosureSerializer(StrictSerializer):
    """How long closing a non-compliance of a severity may take; a period that is no placeholder names its source."""

    severity = serializers.ChoiceField(Finding.Severity.choices)
    days = serializers.IntegerField(min_value=0, max_value=730)
    is_placeholder = serializers.BooleanField(required=False, default=False)
    source = serializers.CharField(max_length=250, required=False, default="", allow_blank=True)  # type: ignore[assignment]


class MethodologyLoad(Endpoint):
    """Loading a catalogue."""

    resource = "methodologies"

    @extend_schema(operation_id="methodologies_load", request=LoadSerializer, responses=LoadedSerializer)
    def post(self, request: Request) -> Response:
        """Compare a file with what is loaded, and load it if asked."""
        viewer = viewer_of(request)
        can_look_after_methodologies(viewer).require()
        said = parsed(LoadSerializer, request.data)
        definition = _read(said["file_name"], said["text"])
        if said["apply"]:
            changes = load_as_operator(viewer=viewer, definition=definition, at=timezone.now())
        else:
            changes = compare(MethodologyVersion.objects.filter(key=definition.key).first(), definition)
        rows = [{"effect": one.effect.value, "thing": one.thing, "text": one.text} for one in changes]
        return Response({"key": definition.key, "applied": said["apply"], "changes": rows})


class MethodologyClosure(Endpoint):
    """The closure policy of a version."""

    resource = "methodologies"

    @extend_schema(
        operation_id="methodologies_set_closure", request=ClosureSerializer, responses=ClosureSerializer
    )
    def patch(self, request: Request, key: str) -> Response:
        """Set the period of one severity, for findings written from now on."""
        viewer = viewer_of(request)
        can_look_after_methodologies(viewer).require()
        version = MethodologyVersion.objects.filter(key=key).first()
        if version is None:
            raise NotVisible
        said = parsed(ClosureSerializer, request.data)
        row = set_closure_policy(viewer=viewer, version=version, at=timezone.now(), **said)
        names = ("severity", "days", "is_placeholder", "source")
        return Response({name: getattr(row, name) for name in names})


def _read(name: str, text: str) -> Methodology:
    if not name.lower().endswith((".yaml", ".yml", ".csv")):
        raise exceptions.ValidationError({"file_name": [_("Choose a YAML or CSV file.")]})
    try:
        return read_bytes(name, text.encode())
    except DefinitionError as error:
        raise exceptions.ValidationError({"text": [str(fault) for fault in error.faults[:100]]}) from error
