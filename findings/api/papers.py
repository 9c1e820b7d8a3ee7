"""Papers of things that change over the API: reports of audits and histories of sites, made in the background."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Rendering
from documents.serve import serve
from findings.actions.papers import CAPR, SITE_HISTORY, ask_for_paper
from findings.models import Audit
from findings.queries.papers import paper_of
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from sourcing.models import Site
from web.api import Endpoint, Row

FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class PaperSerializer(serializers.Serializer[Any]):
    """How far a paper is."""

    state = serializers.CharField(help_text="none, queued, working, done or failed.")
    percent = serializers.IntegerField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="What changed after it is not in the paper.")
    error = serializers.CharField()


class PaperEndpoint(Endpoint):
    """What the endpoints below share: a subject, and the kinds of papers about it."""

    kinds: ClassVar[Mapping[str, str]] = {}

    def subject(self, code: str) -> models.Model:
        """Return what the paper is about, or raise NotVisible."""
        raise NotImplementedError

    def kind(self, form: str) -> str:
        """Return the kind of paper, or raise NotVisible."""
        if form not in self.kinds:
            raise NotVisible
        return self.kinds[form]

    def state(self, code: str, form: str) -> Response:
        """Answer how far the paper is."""
        found = paper_of(viewer_of(self.request), self.kind(form), self.subject(code))
        return Response(_row(found))

    def make(self, code: str, form: str) -> Response:
        """Have the paper made anew."""
        kind = self.kind(form)
        subject = self.subject(code)
        made = ask_for_paper(viewer=viewer_of(self.request), kind=kind, subject=subject, at=timezone.now())
        return Response(_row(made), status=202)

    def file(self, code: str, form: str) -> Any:
        """Hand out the finished paper."""
        found = paper_of(viewer_of(self.request), self.kind(form), self.subject(code))
        if found is None or found.document is None:
            raise Http404
        return serve(found.document)


class OfAudit(PaperEndpoint):
    """Papers about an audit."""

    resource, kinds = "findings", CAPR

    def subject(self, code: str) -> models.Model:
        """Return the audit."""
        return fetch(Audit, code, viewer=viewer_of(self.request))


class CaprPaper(OfAudit):
    """The corrective action plan report of an audit."""

    @extend_schema(operation_id="audits_capr_read", responses=PaperSerializer)
    def get(self, request: Request, code: str, form: str) -> Response:
        """Read how far the report is; pdf or xlsx."""
        return self.state(code, form)

    @extend_schema(operation_id="audits_capr_make", request=None, responses={202: PaperSerializer})
    def post(self, request: Request, code: str, form: str) -> Response:
        """Have the report made anew, as the viewer may see the audit now."""
        return self.make(code, form)


class CaprFile(OfAudit):
    """The finished report."""

    @extend_schema(operation_id="audits_capr_file", responses=FILE)
    def get(self, request: Request, code: str, form: str) -> Any:
        """Take the finished report; 404 while it is being made."""
        return self.file(code, form)


class OfSite(PaperEndpoint):
    """Papers about a site."""

    resource, kinds = "findings", SITE_HISTORY

    def subject(self, code: str) -> models.Model:
        """Return the site."""
        return fetch(Site, code, viewer=viewer_of(self.request))


class HistoryPaper(OfSite):
    """The history of a site."""

    @extend_schema(operation_id="sites_history_read", responses=PaperSerializer)
    def get(self, request: Request, code: str, form: str) -> Response:
        """Read how far the history is; pdf or xlsx."""
        return self.state(code, form)

    @extend_schema(operation_id="sites_history_make", request=None, responses={202: PaperSerializer})
    def post(self, request: Request, code: str, form: str) -> Response:
        """Have the history made anew, as the viewer may see the site now."""
        return self.make(code, form)


class HistoryFile(OfSite):
    """The finished history."""

    @extend_schema(operation_id="sites_history_file", responses=FILE)
    def get(self, request: Request, code: str, form: str) -> Any:
        """Take the finished history; 404 while it is being made."""
        return self.file(code, form)


def _row(paper: Rendering | None) -> Row:
    if paper is None:
        return {"state": "none", "percent": 0, "as_of": None, "error": ""}
    return {
        "state": paper.state,
        "percent": paper.percent,
        "as_of": paper.finished_at if paper.document_id else None,
        "error": paper.error,
    }
