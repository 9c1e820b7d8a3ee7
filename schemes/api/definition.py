"""Schemes and editions over the API: what is published for every program, writing for those of the scheme body."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.visibility import Viewer
from schemes.actions.definition import discard_draft, publish_edition, save_draft
from schemes.definitions.changes import changes
from schemes.definitions.faults import DefinitionError
from schemes.definitions.reading import LARGEST, Read, read_text
from schemes.lifecycle import EditionState
from schemes.models import Criterion, Edition, Scheme, Shape, Subject
from schemes.permissions.definition import can_write_editions
from schemes.queries.definition import edition_called, edition_in_force, scheme_called, schemes_of
from web.api import Endpoint, NamedSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

SCHEME_COLUMNS = ("id", "key", "title", "subject", "body__code", "body__name", "version_in_force")
EDITION_COLUMNS = (
    "id",
    "scheme__key",
    "version",
    "title",
    "shape",
    "language",
    "state",
    "sha256",
    "created_at",
    "published_at",
    "retired_at",
)
CRITERION_COLUMNS = ("id", "key", "position")


class SchemeSerializer(serializers.Serializer[Any]):
    """A scheme and the version of its edition in force."""

    key = serializers.CharField()
    title = serializers.CharField()
    subject = serializers.ChoiceField(Subject.choices)
    body = NamedSerializer(allow_null=True)
    version_in_force = serializers.CharField(allow_null=True)


class EditionSerializer(serializers.Serializer[Any]):
    """One edition; what is published never changes."""

    scheme = serializers.CharField(help_text="Key of the scheme.")
    version = serializers.CharField()
    title = serializers.CharField()
    shape = serializers.ChoiceField(Shape.choices)
    language = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in EditionState])
    sha256 = serializers.CharField(help_text="Of the text as it was written.")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)


class EditionDetailSerializer(EditionSerializer):
    """An edition with everything that it says."""

    content = serializers.DictField(help_text="Levels, groups, criteria and calendar, as the file has them.")
    text = serializers.CharField(help_text="The file itself.")


class CriterionSerializer(serializers.Serializer[Any]):
    """One criterion of an edition."""

    number = serializers.IntegerField()
    key = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    group = serializers.CharField()
    guidance = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Questions by level or value."
    )
    evidence = serializers.ListField(child=serializers.CharField(), help_text="Kinds that usually help.")


class EditionInputSerializer(StrictSerializer):
    """An edition as YAML; it is only compared unless `apply` says that it shall be kept as a draft."""

    text = serializers.CharField(max_length=LARGEST, trim_whitespace=False)
    apply = serializers.BooleanField(required=False, default=False)


class EditionChangeSerializer(serializers.Serializer[Any]):
    """One difference from the edition in force."""

    effect = serializers.ChoiceField(["added", "changed", "removed"])
    thing = serializers.CharField()
    part = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ComparedEditionSerializer(serializers.Serializer[Any]):
    """What an edition would change, and whether it was kept."""

    scheme = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField()
    applied = serializers.BooleanField()
    changes = EditionChangeSerializer(many=True)


class PublishSerializer(StrictSerializer):
    """What was read before publishing."""

    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Of the draft that you have looked at.")


class SchemeList(Endpoint):
    """All schemes."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="schemes_list", responses=page_of(SchemeSerializer))
    def get(self, request: Request) -> Response:
        """List the schemes by title."""
        rows = schemes_of(viewer_of(request)).values(*SCHEME_COLUMNS)
        return listed(request, rows, order=("title", "id"), limit=self.asked["limit"], finish=_schemes)


class SchemeDetail(Endpoint):
    """One scheme."""

    resource = "schemes"

    @extend_schema(operation_id="schemes_read", responses=SchemeSerializer)
    def get(self, request: Request, key: str) -> Response:
        """Read one scheme by its key."""
        rows = list(schemes_of(viewer_of(request)).filter(key=key).values(*SCHEME_COLUMNS))
        if not rows:
            raise NotVisible
        return Response(_schemes(rows)[0])


class EditionList(Endpoint):
    """The editions of a scheme."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="editions_list", responses=page_of(EditionSerializer))
    def get(self, request: Request, key: str) -> Response:
        """List the editions, newest first; drafts for the scheme body alone."""
        viewer = viewer_of(request)
        scheme = scheme_called(key, viewer=viewer)
        rows = Edition.objects.visible_to(viewer).filter(scheme=scheme).values(*EDITION_COLUMNS)
        return listed(
            request, rows, order=("-created_at", "-id"), limit=self.asked["limit"], finish=_editions
        )


class EditionWrite(Endpoint):
    """Writing an edition."""

    resource = "schemes"

    @extend_schema(
        operation_id="editions_write", request=EditionInputSerializer, responses=ComparedEditionSerializer
    )
    def post(self, request: Request) -> Response:
        """Compare an edition with the one in force, and keep it as a draft if asked."""
        viewer = viewer_of(request)
        can_write_editions(viewer).require()
        said = parsed(EditionInputSerializer, request.data)
        read = _read(said["text"])
        if said["apply"]:
            save_draft(viewer=viewer, read=read, at=timezone.now())
        return Response(_compared(read, viewer) | {"applied": said["apply"]})


class EditionDetail(Endpoint):
    """One edition."""

    resource = "schemes"

    @extend_schema(operation_id="editions_read", responses=EditionDetailSerializer)
    def get(self, request: Request, key: str, version: str) -> Response:
        """Read an edition with everything that it says."""
        return Response(_detail(_edition(request, key, version)))

    @extend_schema(operation_id="editions_discard", request=None, responses={204: None})
    def delete(self, request: Request, key: str, version: str) -> Response:
        """Throw a draft away."""
        edition = _edition(request, key, version)
        discard_draft(viewer=viewer_of(request), edition=edition, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class EditionCriteria(Endpoint):
    """The criteria of an edition."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="criteria_list", responses=page_of(CriterionSerializer))
    def get(self, request: Request, key: str, version: str) -> Response:
        """List the criteria in their order, with guidance."""
        edition = _edition(request, key, version)
        rows = Criterion.objects.filter(edition=edition).values(*CRITERION_COLUMNS)

        def finish(found: list[Row]) -> list[Row]:
            return [_criterion(edition, row) for row in found]

        return listed(request, rows, order=("position", "id"), limit=self.asked["limit"], finish=finish)


class EditionPublish(Endpoint):
    """Publishing an edition."""

    resource = "schemes"

    @extend_schema(
        operation_id="editions_publish", request=PublishSerializer, responses=EditionDetailSerializer
    )
    def post(self, request: Request, key: str, version: str) -> Response:
        """Put a draft in force for good."""
        edition = _edition(request, key, version)
        said = parsed(PublishSerializer, request.data)
        viewer = viewer_of(request)
        made = publish_edition(viewer=viewer, edition=edition, expected=said["sha256"], at=timezone.now())
        return Response(_detail(made))


def _edition(request: Request, key: str, version: str) -> Edition:
    viewer = viewer_of(request)
    return edition_called(scheme_called(key, viewer=viewer), version, viewer=viewer)


def _schemes(rows: list[Row]) -> list[Row]:
    for row in rows:
        code, name = row.pop("body__code"), row.pop("body__name")
        row["body"] = {"code": code, "name": name} if code else None
        del row["id"]
    return rows


def _editions(rows: list[Row]) -> list[Row]:
    for row in rows:
        row["scheme"] = row.pop("scheme__key")
        del row["id"]
    return rows


def _detail(edition: Edition) -> Row:
    names = [name for name in EDITION_COLUMNS if name not in {"id", "scheme__key"}]
    return {
        "scheme": edition.scheme.key,
        **{name: getattr(edition, name) for name in names},
        "content": edition.data,
        "text": edition.source,
    }


def _criterion(edition: Edition, row: Row) -> Row:
    said = edition.content.criterion(row["key"])
    return {
        "number": row["position"],
        "key": said.key,
        "title": said.title,
        "summary": said.summary,
        "group": said.group,
        "guidance": {step: list(questions) for step, questions in said.guidance.items()},
        "evidence": list(said.evidence),
    }


def _compared(read: Read, viewer: Viewer) -> Row:
    known = Scheme.objects.visible_to(viewer).filter(key=read.edition.scheme.key).first()
    before = edition_in_force(known) if known else None
    found = changes(before.content if before else None, read.edition)
    return {
        "scheme": read.edition.scheme.key,
        "version": read.edition.version,
        "sha256": read.sha256,
        "changes": [
            {
                "effect": one.effect,
                "thing": one.thing,
                "part": one.part,
                "before": one.before,
                "after": one.after,
            }
            for one in found
        ],
    }


def _read(text: str) -> Read:
    try:
        return read_text("text", text)
    except DefinitionError as error:
        raise exceptions.ValidationError({"text": [str(fault) for fault in error.faults]}) from error
