"""Evidence over the API: the same verbs as the pages."""

from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.models import Document
from documents.serve import serve
from findings.actions.evidence import attach
from findings.api.evidence_shapes import (
    AttachSerializer,
    EvidenceQuery,
    EvidenceSerializer,
    FactsChangeSerializer,
    FileSerializer,
    KindSerializer,
    LinkSerializer,
    RetireSerializer,
    UseSerializer,
)
from findings.models import EvidenceUse, Finding
from findings.permissions.evidence import can_attach_to_finding
from findings.queries.evidence import evidence_of
from ledger.reads import log_read
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from sourcing.actions.evidence import add_evidence, change_evidence, retire_evidence
from sourcing.models import Evidence, EvidenceSite, Site
from sourcing.models.evidence_facts import EvidenceFacts
from sourcing.permissions import can_add_evidence
from sourcing.queries.evidence import checklist_for, evidence_kinds, evidence_matching
from web.api import Endpoint, Row, listed, page_of, parsed

COLUMNS = (
    "id",
    "code",
    "kind",
    "title",
    "url",
    "document__name",
    "document__size",
    "sha256",
    "issued_on",
    "expires_on",
    "period_from",
    "period_to",
    "requirements",
    "supplied_by",
    "confidentiality",
    "shows_workers",
    "language",
    "note",
    "checklist",
    "added_at",
    "retired_at",
)


class EvidenceKinds(Endpoint):
    """The kinds of evidence and their checklists."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_kinds", responses=KindSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the kinds, in the reader's language."""
        return Response(
            [
                {
                    "key": one.key,
                    "version": one.version,
                    "title": one.label,
                    "about": one.meaning,
                    "usual_months": one.usual_months,
                    "often_shows_workers": one.often_shows_workers,
                    "checks": [
                        {"key": check.key, "ask": check.ask, "why": check.why}
                        for check in checklist_for(one.key)
                    ],
                }
                for one in evidence_kinds()
            ]
        )


class EvidenceList(Endpoint):
    """Own evidence."""

    resource = "evidence"
    query = EvidenceQuery

    @extend_schema(operation_id="evidence_list", responses=page_of(EvidenceSerializer))
    def get(self, request: Request) -> Response:
        """List own evidence, newest first; what was put away only when asked for."""
        viewer, asked = viewer_of(request), self.asked
        rows = evidence_matching(
            viewer,
            on=timezone.localdate(),
            text=asked["q"],
            kind=asked["kind"],
            site=asked["site"],
            state=asked["state"],
        )
        return listed(
            request,
            rows.values(*COLUMNS),
            order=("-added_at", "-id"),
            limit=asked["limit"],
            finish=lambda page: _shaped(viewer, page),
        )

    @extend_schema(operation_id="evidence_add", request=LinkSerializer, responses={201: EvidenceSerializer})
    def post(self, request: Request) -> Response:
        """Add a link."""
        viewer = viewer_of(request)
        can_add_evidence(viewer).require()
        said = parsed(LinkSerializer, request.data)
        return _added(viewer, said, url=said.pop("url"))


class EvidenceFiles(Endpoint):
    """Own files as evidence."""

    resource = "evidence"
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="evidence_upload",
        request={"multipart/form-data": FileSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add a file; the same file again is refused with the code `same-file`."""
        viewer = viewer_of(request)
        can_add_evidence(viewer).require()
        said = parsed(FileSerializer, request.data)
        return _added(viewer, said, file=said.pop("file"))


class EvidenceDetail(Endpoint):
    """One own piece of evidence."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_read", responses=EvidenceSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one piece."""
        viewer = viewer_of(request)
        return Response(_one(viewer, fetch(Evidence, code, viewer=viewer)))

    @extend_schema(
        operation_id="evidence_change", request=FactsChangeSerializer, responses=EvidenceSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Put right what is said about a piece; what is not named stays."""
        viewer = viewer_of(request)
        evidence = fetch(Evidence, code, viewer=viewer)
        said = parsed(FactsChangeSerializer, request.data)
        codes = said.pop("sites", None)
        sites = list(evidence.sites.all()) if codes is None else _sites(viewer, codes)
        if "requirements" in said:
            said["requirements"] = tuple(said["requirements"])
        facts = replace(EvidenceFacts.of(evidence), **said)
        changed = change_evidence(
            viewer=viewer, evidence=evidence, facts=facts, sites=sites, at=timezone.now()
        )
        return Response(_one(viewer, changed))


class EvidenceRetire(Endpoint):
    """Putting a piece away."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_retire", request=RetireSerializer, responses=EvidenceSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Put a piece away; where it was shown it stays."""
        viewer = viewer_of(request)
        evidence = fetch(Evidence, code, viewer=viewer)
        said = parsed(RetireSerializer, request.data)
        done = retire_evidence(viewer=viewer, evidence=evidence, because=said["because"], at=timezone.now())
        return Response(_one(viewer, done))


class EvidenceFile(Endpoint):
    """The file of an own piece."""

    resource = "evidence"

    @extend_schema(operation_id="evidence_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str) -> Any:
        """Download the file."""
        rows = Evidence.objects.select_related("document")
        return _file(fetch(Evidence, code, viewer=viewer_of(request), queryset=rows).document)


class FindingEvidence(Endpoint):
    """Evidence attached to a finding itself."""

    resource = "evidence"

    @extend_schema(operation_id="findings_evidence", responses=UseSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List what is attached to a finding and visible."""
        viewer = viewer_of(request)
        return Response([use_row(one) for one in evidence_of(viewer, finding_of(viewer, code))])

    @extend_schema(
        operation_id="findings_attach", request=AttachSerializer, responses={201: UseSerializer(many=True)}
    )
    def post(self, request: Request, code: str) -> Response:
        """Attach own pieces; everyone who sees the audit can read them there."""
        viewer = viewer_of(request)
        finding = finding_of(viewer, code)
        can_attach_to_finding(viewer, finding).require()
        pieces = own_pieces(viewer, parsed(AttachSerializer, request.data)["evidence"])
        uses = attach(viewer=viewer, finding=finding, evidence=pieces, subject=finding, at=timezone.now())
        for one in uses:
            one.refresh_from_db()
        return Response([use_row(one) for one in uses], status=201)


class UseDetail(Endpoint):
    """Evidence where it is attached."""

    resource = "evidence"

    @extend_schema(operation_id="attached_read", responses=UseSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read what is attached, as it was then."""
        return Response(use_row(fetch(EvidenceUse, code, viewer=viewer_of(request))))


class UseFile(Endpoint):
    """The file of attached evidence."""

    resource = "evidence"

    @extend_schema(operation_id="attached_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str) -> Any:
        """Download the file; its owner learns of it."""
        viewer = viewer_of(request)
        rows = EvidenceUse.objects.select_related("document")
        document = fetch(EvidenceUse, code, viewer=viewer, queryset=rows).document
        if document is not None:
            log_read(by=viewer, subject=document, owner_id=document.organisation_id, at=timezone.now())
        return _file(document)


def use_row(use: EvidenceUse) -> Row:
    """Return attached evidence as it is sent."""
    return {
        "code": use.code,
        "kind": use.kind,
        "title": use.title,
        "owner_name": use.owner_name,
        "url": use.url,
        "has_file": use.document_id is not None,
        "pages": use.pages,
        "issued_on": use.issued_on,
        "expires_on": use.expires_on,
        "audience": use.audience,
        "attached_to": use.subject_kind.partition(".")[2],
        "state": use.state,
        "attached_at": use.attached_at,
    }


def own_pieces(viewer: Viewer, codes: list[str]) -> list[Evidence]:
    """Return own pieces in the order in which they were named.

    Raises:
        ValidationError: one of them is unknown.
    """
    found = {one.code: one for one in Evidence.objects.visible_to(viewer).filter(code__in=_upper(codes))}
    missing = [code for code in _upper(codes) if code not in found]
    if missing:
        raise exceptions.ValidationError(
            {"evidence": [_("There is no evidence with the code %s.") % missing[0]]}
        )
    return [found[code] for code in dict.fromkeys(_upper(codes))]


def finding_of(viewer: Viewer, code: str) -> Finding:
    """Return a finding with its audit."""
    rows = Finding.objects.select_related("audit", "requirement")
    return fetch(Finding, code, viewer=viewer, queryset=rows)


def _upper(codes: list[str]) -> list[str]:
    return [code.upper() for code in codes]


def _file(document: Document | None) -> Any:
    if document is None:
        raise Http404
    return serve(document)


def _added(viewer: Viewer, said: Row, **source: Any) -> Response:
    sites = _sites(viewer, said.pop("sites", []))
    code = said.pop("replaces", "")
    old = fetch(Evidence, code, viewer=viewer) if code else None
    shows_workers = said.pop("shows_workers")
    if "requirements" in said:
        said["requirements"] = tuple(said["requirements"])
    made = add_evidence(
        viewer=viewer,
        facts=EvidenceFacts(**said),
        sites=sites,
        shows_workers=shows_workers,
        replaces=old,
        at=timezone.now(),
        **source,
    )
    return Response(_one(viewer, made), status=201)


def _sites(viewer: Viewer, codes: list[str]) -> list[Site]:
    found = {one.code: one for one in Site.objects.visible_to(viewer).filter(code__in=_upper(codes))}
    missing = [code for code in _upper(codes) if code not in found]
    if missing:
        raise exceptions.ValidationError({"sites": [_("There is no site with the code %s.") % missing[0]]})
    return list(found.values())


def _one(viewer: Viewer, evidence: Evidence) -> Row:
    rows = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).values(*COLUMNS)
    return _shaped(viewer, list(rows))[0]


def _shaped(viewer: Viewer, rows: list[Row]) -> list[Row]:
    named = EvidenceSite.objects.filter(evidence_id__in=[row["id"] for row in rows])
    pairs = list(named.values_list("evidence_id", "site_id"))
    codes = dict(
        Site.objects.visible_to(viewer)
        .filter(pk__in={site for _piece, site in pairs})
        .values_list("pk", "code")
    )
    today = timezone.localdate()
    for row in rows:
        key = row.pop("id")
        row["sites"] = sorted(codes[site] for piece, site in pairs if piece == key and site in codes)
        row["file_name"], row["size"] = row.pop("document__name"), row.pop("document__size")
        row["answers"] = row.pop("checklist").get("answers", {})
        row["state"] = Evidence(expires_on=row["expires_on"], retired_at=row["retired_at"]).state_on(today)
    return rows
