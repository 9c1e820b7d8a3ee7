"""Findings over the API: the same verbs as the pages. A CAR has no severity, date or verification to send."""

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.finding import add_finding, change_finding, delete_finding
from findings.api.audit import requirement_of
from findings.lifecycle import FindingState
from findings.models import Audit, Finding
from findings.models.facts import BREACH, Said
from findings.queries.finding import listed_findings, overdue
from findings.queries.review import with_disputes
from ledger.reads import Seen, log_reads
from organisations.api.authentication import viewer_of
from organisations.queries import fetch
from organisations.visibility import Viewer
from sourcing.models import Site
from web.api import Endpoint, PageQuery, Row, StrictSerializer, listed, page_of, parsed

COLUMNS = (
    "id",
    "code",
    "kind",
    "title",
    "description",
    "objective_evidence",
    "law_reference",
    "language",
    "revision",
    "workers_affected",
    "extent",
    "severity",
    "due_on",
    "due_by",
    "verification",
    "state",
    "raised_on",
    "first_raised_on",
    "closed_at",
    "has_plan",
    "audit_id",
    "site_id",
    "supplier_id",
    "requirement__printed_code",
    "requirement__title",
    "requirement__version__key",
    "predecessor_id",
    "repeats_id",
    "is_disputed",
)
SAID = tuple(one.name for one in fields(Said))
NATURES = [
    (BREACH, BREACH),
    *((one.value, one.value) for one in (Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE)),
]


class FindingSerializer(serializers.Serializer[Any]):
    """A finding. For a CAR `severity`, `due_on`, `verification` and `is_overdue` are always null."""

    code = serializers.CharField()
    audit = serializers.CharField(help_text="Code of the audit.")
    site = serializers.CharField(allow_null=True, help_text="Code of the site, where the reader can open it.")
    site_name = serializers.CharField()
    methodology = serializers.CharField()
    requirement = serializers.CharField(help_text="Printed code.")
    requirement_title = serializers.CharField()
    kind = serializers.ChoiceField(Finding.Kind.choices)
    title = serializers.CharField()
    description = serializers.CharField()
    objective_evidence = serializers.CharField()
    law_reference = serializers.CharField()
    language = serializers.CharField(help_text="Of what is written; a BCP 47 tag, or empty.")
    revision = serializers.IntegerField(help_text="Counts the changes before publication.")
    workers_affected = serializers.IntegerField(allow_null=True)
    extent = serializers.CharField()
    severity = serializers.CharField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="As the audit says.")
    due_by = serializers.DateField(
        allow_null=True, help_text="The date that counts: the end of the latest extension, or due_on."
    )
    is_overdue = serializers.BooleanField(
        allow_null=True, help_text="Computed; null unless a non-compliance."
    )
    verification = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    raised_on = serializers.DateField()
    first_raised_on = serializers.DateField()
    continues = serializers.CharField(allow_null=True, help_text="Code of the CAR before, if visible.")
    closed_at = serializers.DateTimeField(allow_null=True)
    has_plan = serializers.BooleanField()
    repeats = serializers.CharField(allow_null=True, help_text="Code of the finding found again, if visible.")
    is_disputed = serializers.BooleanField(help_text="Whether a dispute of the site waits for an answer.")


class FindingQuery(PageQuery):
    """Filters of the list of findings; one list holds one kind, so that nothing is counted together."""

    kind = serializers.ChoiceField(Finding.Kind.choices, required=False, default=Finding.Kind.NON_COMPLIANCE)
    audit = serializers.CharField(required=False, default="", max_length=12)
    site = serializers.CharField(required=False, default="", max_length=200)
    severity = serializers.ChoiceField(Finding.Severity.choices, required=False, default="")
    state = serializers.ChoiceField([one.value for one in FindingState], required=False, default="")
    overdue = serializers.BooleanField(required=False, default=False)


class FindingChangeSerializer(StrictSerializer):
    """What can be corrected before publication; what is not named stays."""

    title = serializers.CharField(max_length=250, required=False)
    description = serializers.CharField(max_length=8000, required=False)
    objective_evidence = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    law_reference = serializers.CharField(max_length=250, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.WRITING_LANGUAGES, required=False, allow_blank=True)
    workers_affected = serializers.IntegerField(
        min_value=0, max_value=1_000_000, required=False, allow_null=True
    )
    extent = serializers.ChoiceField(Finding.Extent.choices, required=False, allow_blank=True)
    severity = serializers.ChoiceField(Finding.Severity.choices, required=False)
    verification = serializers.ChoiceField(Finding.Verification.choices, required=False, allow_null=True)


class FindingCorrectionSerializer(FindingChangeSerializer):
    """A correction, and which revision it corrects."""

    revision = serializers.IntegerField(
        min_value=0,
        required=False,
        allow_null=True,
        default=None,
        help_text="The revision you have read: when somebody else has changed it since, you are told (409).",
    )


class FindingInputSerializer(FindingChangeSerializer):
    """A new finding; its kind follows from the requirement, its date from the severity."""

    audit = serializers.CharField(max_length=12)
    requirement = serializers.CharField(max_length=12, help_text="Printed code, for example 5A.B.")
    nature = serializers.ChoiceField(NATURES, required=False, default=BREACH)
    title = serializers.CharField(max_length=250)
    description = serializers.CharField(max_length=8000)


class FindingList(Endpoint):
    """Findings of one kind: non-compliances unless asked otherwise."""

    resource = "findings"
    query = FindingQuery

    @extend_schema(operation_id="findings_list", responses=page_of(FindingSerializer))
    def get(self, request: Request) -> Response:
        """List the findings of a kind that the viewer sees, newest first."""
        viewer, wanted = viewer_of(request), self.asked
        limit, is_overdue = wanted.pop("limit"), wanted.pop("overdue")
        wanted.pop("cursor", None)
        rows = listed_findings(viewer, **wanted)
        if is_overdue:
            rows = rows.filter(overdue(timezone.localdate()))
        return listed(
            request,
            with_disputes(rows).values(*COLUMNS),
            order=("-raised_on", "-id"),
            limit=limit,
            finish=lambda found: _sent(viewer, found),
        )

    @extend_schema(
        operation_id="findings_add", request=FindingInputSerializer, responses={201: FindingSerializer}
    )
    def post(self, request: Request) -> Response:
        """Write a finding of an audit in progress."""
        viewer, said = viewer_of(request), parsed(FindingInputSerializer, request.data)
        audit = fetch(Audit, said["audit"], viewer=viewer, queryset=Audit.objects.select_related("version"))
        requirement = requirement_of(audit, said["requirement"])
        if requirement is None:
            raise exceptions.ValidationError({"requirement": [_("Name the requirement by its code.")]})
        finding = add_finding(
            viewer=viewer,
            audit=audit,
            requirement=requirement,
            nature=said["nature"],
            said=_said(said),
            at=timezone.now(),
        )
        return Response(one_finding(viewer, finding), status=201)


class FindingDetail(Endpoint):
    """One finding."""

    resource = "findings"

    @extend_schema(operation_id="findings_read", responses=FindingSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one finding."""
        viewer = viewer_of(request)
        return Response(one_finding(viewer, _fetched(viewer, code)))

    @extend_schema(
        operation_id="findings_change", request=FindingCorrectionSerializer, responses=FindingSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Correct a finding while its audit is in progress; its requirement and kind stay."""
        viewer = viewer_of(request)
        finding = _fetched(viewer, code)
        said = parsed(FindingCorrectionSerializer, request.data)
        revision = said.pop("revision")
        before = {name: getattr(finding, name) for name in SAID}
        changed = change_finding(
            viewer=viewer,
            finding=finding,
            said=_said(before | said),
            revision=revision,
            at=timezone.now(),
        )
        return Response(one_finding(viewer, changed))

    @extend_schema(operation_id="findings_delete", request=None, responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Take a finding out of an audit in progress."""
        viewer = viewer_of(request)
        delete_finding(viewer=viewer, finding=_fetched(viewer, code), at=timezone.now())
        return Response(status=204)


def _fetched(viewer: Viewer, code: str) -> Finding:
    return fetch(Finding, code, viewer=viewer, queryset=Finding.objects.select_related("audit__version"))


def _said(said: Row) -> Said:
    return Said(
        title=said["title"],
        description=said["description"],
        workers_affected=said.get("workers_affected"),
        extent=said.get("extent", ""),
        severity=said.get("severity") or None,
        verification=said.get("verification") or None,
        objective_evidence=said.get("objective_evidence", ""),
        law_reference=said.get("law_reference", ""),
        language=said.get("language", ""),
    )


def one_finding(viewer: Viewer, finding: Finding) -> Row:
    """Return a finding as it is sent."""
    rows = list(with_disputes(Finding.objects.visible_to(viewer).filter(pk=finding.pk)).values(*COLUMNS))
    return _shaped(viewer, rows)[0]


def _sent(viewer: Viewer, rows: list[Row]) -> list[Row]:
    """Shape a page and leave a line in the owners' read logs: a list says all that a finding says."""
    seen = [Seen(row["id"], row["code"], row["title"], row["supplier_id"]) for row in rows]
    log_reads(by=viewer, model=Finding, seen=seen, at=timezone.now())
    return _shaped(viewer, rows)


def _shaped(viewer: Viewer, rows: list[Row]) -> list[Row]:
    """Name audits, sites and the CARs before: three queries for a whole page."""
    today = timezone.localdate()
    audits = Audit.objects.visible_to(viewer).in_bulk({row["audit_id"] for row in rows})
    sites = dict(
        Site.objects.visible_to(viewer)
        .filter(pk__in={row["site_id"] for row in rows})
        .values_list("pk", "code")
    )
    earlier = {row[name] for row in rows for name in ("predecessor_id", "repeats_id")} - {None}
    codes = dict(Finding.objects.visible_to(viewer).filter(pk__in=earlier).values_list("pk", "code"))
    for row in rows:
        del row["id"], row["supplier_id"]
        audit = audits[row.pop("audit_id")]
        row["audit"], row["site_name"] = audit.code, audit.site_name
        row["site"] = sites.get(row.pop("site_id"))
        row["methodology"] = row.pop("requirement__version__key")
        row["requirement"] = row.pop("requirement__printed_code")
        row["requirement_title"] = row.pop("requirement__title")
        row["continues"] = codes.get(row.pop("predecessor_id"))
        row["repeats"] = codes.get(row.pop("repeats_id"))
        is_nc = row["kind"] == Finding.Kind.NON_COMPLIANCE
        row["is_overdue"] = (row["state"] == FindingState.OPEN and row["due_by"] < today) if is_nc else None
    return rows
