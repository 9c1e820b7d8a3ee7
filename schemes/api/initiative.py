"""Initiatives and their published ratings over the API; the same for everyone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from schemes.models import Initiative
from schemes.queries.initiative import listed_initiatives
from schemes.queries.rating import published_of, replies_to, sheet_of
from web.api import Endpoint, PageQuery, Row, listed, page_of

COLUMNS = (
    "id",
    "code",
    "name",
    "summary",
    "covers",
    "how_to_join",
    "website",
    "improving",
    "language",
    "body_name",
    "published_at",
)


class ImprovingSerializer(serializers.Serializer[Any]):
    """Where the initiative publishes sites that improve."""

    title = serializers.CharField()
    url = serializers.CharField()


class InitiativeSerializer(serializers.Serializer[Any]):
    """What an initiative is: facts, no judgement."""

    code = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField()
    covers = serializers.CharField()
    how_to_join = serializers.CharField()
    website = serializers.CharField()
    improving = ImprovingSerializer(many=True)
    language = serializers.CharField()
    body_name = serializers.CharField(help_text="Who describes and rates it.")
    published_at = serializers.DateTimeField(allow_null=True)


class RatedEvidenceSerializer(serializers.Serializer[Any]):
    """A dated piece of evidence and how much it carries."""

    title = serializers.CharField()
    url = serializers.CharField()
    dated_on = serializers.DateField()
    grade = serializers.CharField()


class RatedIndicatorSerializer(serializers.Serializer[Any]):
    """One indicator; null is "not assessed", never a zero."""

    pillar = serializers.CharField()
    indicator = serializers.CharField()
    score = serializers.CharField(allow_null=True)
    why = serializers.CharField()
    evidence = RatedEvidenceSerializer(many=True)


class PublishedRatingSerializer(serializers.Serializer[Any]):
    """One published rating."""

    code = serializers.CharField()
    rubric = serializers.CharField()
    published_at = serializers.DateTimeField()
    total = serializers.IntegerField(allow_null=True, help_text="Null while a pillar has a gap.")
    most = serializers.IntegerField()
    indicators = RatedIndicatorSerializer(many=True)
    replies = serializers.ListField(child=serializers.CharField())


class RatedInitiativeSerializer(InitiativeSerializer):
    """An initiative with its published ratings, newest first."""

    ratings = PublishedRatingSerializer(many=True)


class InitiativeList(Endpoint):
    """Initiatives."""

    resource = "schemes"
    query = PageQuery

    @extend_schema(operation_id="initiatives_list", responses=page_of(InitiativeSerializer))
    def get(self, request: Request) -> Response:
        """List them by name."""
        rows = listed_initiatives(viewer_of(request)).values(*COLUMNS)
        return listed(request, rows, order=("name", "id"), limit=self.asked["limit"], finish=_lines)


class InitiativeDetail(Endpoint):
    """One initiative."""

    resource = "schemes"

    @extend_schema(operation_id="initiatives_read", responses=RatedInitiativeSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read it with its published ratings."""
        viewer = viewer_of(request)
        found = fetch(Initiative, code, viewer=viewer)
        said: Row = {name: getattr(found, name) for name in COLUMNS if name != "id"}
        ratings = []
        for rating in published_of([found]).get(found.pk, []):
            sheet = sheet_of(viewer, rating)
            ratings.append(
                {
                    "code": rating.code,
                    "rubric": rating.edition.title,
                    "published_at": rating.published_at,
                    "total": sheet.total,
                    "most": sheet.most,
                    "indicators": [
                        {
                            "pillar": pillar.group.title,
                            "indicator": line.criterion.title,
                            "score": line.agreed.value if line.agreed else None,
                            "why": line.agreed.rationale if line.agreed else "",
                            "evidence": [
                                {"title": c.title, "url": c.url, "dated_on": c.dated_on, "grade": c.grade}
                                for c in line.citations
                            ],
                        }
                        for pillar in sheet.pillars
                        for line in pillar.lines
                    ],
                    "replies": [reply.words for reply in replies_to(viewer, rating)],
                }
            )
        return Response(said | {"ratings": ratings})


def _lines(rows: list[Row]) -> list[Row]:
    for row in rows:
        del row["id"]
    return rows
