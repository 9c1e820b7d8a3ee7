"""The management systems of an audit over the API: what is graded, and grading."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.management import rate_management
from findings.models import Audit
from findings.models.facts import Rated
from findings.queries.management import Grid, grid_of, has_management, is_required
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from web.api import Endpoint, Row, StrictSerializer, parsed


class StepSerializer(serializers.Serializer[Any]):
    """A grade of the ladder, or an element that is graded."""

    key = serializers.CharField()
    title = serializers.CharField()


class CellSerializer(serializers.Serializer[Any]):
    """One element in one section; `grade` is null while it is not graded."""

    section = serializers.CharField()
    element = serializers.CharField()
    grade = serializers.CharField(allow_null=True)
    note = serializers.CharField()
    language = serializers.CharField()


class ManagementSerializer(serializers.Serializer[Any]):
    """The management systems of an audit."""

    is_required = serializers.BooleanField(help_text="Whether the audit goes to the site only when complete.")
    rated = serializers.IntegerField()
    total = serializers.IntegerField()
    elements = StepSerializer(many=True)
    grades = StepSerializer(many=True, help_text="The lowest first.")
    cells = CellSerializer(many=True)


class RatingSerializer(StrictSerializer):
    """A grade for one cell; null takes it away."""

    section = serializers.CharField(max_length=6)
    element = serializers.CharField(max_length=40)
    grade = serializers.CharField(max_length=40, allow_null=True)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    language = serializers.CharField(max_length=12, required=False, default="", allow_blank=True)


class RatingsSerializer(StrictSerializer):
    """Grades for some cells or all; what is not named stays."""

    ratings = serializers.ListField(child=RatingSerializer(), max_length=200)


class AuditManagement(Endpoint):
    """The management systems of an audit, where its methodology version grades them."""

    resource = "audits"

    @extend_schema(operation_id="audits_management", responses=ManagementSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read what is graded."""
        audit = self._audit(request, code)
        return Response(_shaped(audit, grid_of(viewer_of(request), audit)))

    @extend_schema(
        operation_id="audits_rate_management", request=RatingsSerializer, responses=ManagementSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Grade cells of an audit in progress; all of them are kept or none."""
        viewer, audit = viewer_of(request), self._audit(request, code)
        said = parsed(RatingsSerializer, request.data)["ratings"]
        ratings = [
            Rated(f"{one['section']}.{one['element']}", one["grade"] or "", one["note"], one["language"])
            for one in said
        ]
        rate_management(viewer=viewer, audit=audit, ratings=ratings, at=timezone.now())
        return Response(_shaped(audit, grid_of(viewer, audit)))

    def _audit(self, request: Request, code: str) -> Audit:
        rows = Audit.objects.select_related("version")
        audit = fetch(Audit, code, viewer=viewer_of(request), queryset=rows)
        if not has_management(audit):
            raise NotVisible
        return audit


def _shaped(audit: Audit, grid: Grid) -> Row:
    return {
        "is_required": is_required(audit),
        "rated": grid.rated,
        "total": grid.total,
        "elements": [{"key": one.key, "title": one.title} for one in grid.elements],
        "grades": [{"key": one.grade.key, "title": one.grade.title} for one in grid.steps],
        "cells": [
            {
                "section": cell.section.code,
                "element": cell.element.key,
                "grade": cell.rating.grade.key if cell.rating else None,
                "note": cell.rating.note if cell.rating else "",
                "language": cell.rating.language if cell.rating else "",
            }
            for cell in grid.cells
        ],
    }
