"""Audits over the API: the same verbs as the pages."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from findings.actions.audit import change_audit, open_audit, start_audit, take_back_audit
from findings.actions.finding import answer_requirement, reassess_car
from findings.actions.publication import publish_audit
from findings.lifecycle import AuditState
from findings.models import Audit, Auditor, Finding, MethodologyVersion, Reassessment, WorkplaceRequirement
from findings.models.facts import AuditFacts, NamedAuditor, Said
from findings.queries.audit import engaged_sites, listed_audits, open_cars, tallies_by_key
from ledger.reads import Seen, log_reads
from ledger.refusals import NotVisible
from organisations.api.authentication import viewer_of
from organisations.models import Organisation
from organisations.queries import fetch
from organisations.visibility import Viewer
from sourcing.models import Site
from web.api import Endpoint, NothingSerializer, PageQuery, Row, StrictSerializer, listed, page_of, parsed

FACTS = tuple(one.name for one in fields(AuditFacts))
COLUMNS = (
    "id",
    "code",
    "state",
    *FACTS,
    "version__key",
    "parent__code",
    "site_id",
    "site_name",
    "supplier_id",
    "supplier_name",
    "audit_firm_id",
    "audit_firm_name",
    "submitted_at",
    "review_ends_at",
    "published_at",
)


class PartySerializer(serializers.Serializer[Any]):
    """A site or an organisation by the name it had; no code where the reader cannot open it."""

    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class AuditSerializer(serializers.Serializer[Any]):
    """An audit in a list. Non-compliances and CARs are counted apart."""

    code = serializers.CharField()
    state = serializers.ChoiceField([one.value for one in AuditState])
    site = PartySerializer()
    supplier = PartySerializer()
    audit_firm = PartySerializer()
    methodology = serializers.CharField()
    kind = serializers.ChoiceField(Audit.Kind.choices)
    follows = serializers.CharField(allow_null=True)
    notice = serializers.ChoiceField(Audit.Notice.choices)
    pillars = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reference = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField(help_text="Of the summary; a BCP 47 tag, or empty.")
    submitted_at = serializers.DateTimeField(allow_null=True)
    review_ends_at = serializers.DateTimeField(allow_null=True, help_text="Until then the site can comment.")
    published_at = serializers.DateTimeField(allow_null=True)
    non_compliances = serializers.DictField(child=serializers.IntegerField(), help_text="By severity.")
    cars = serializers.IntegerField(help_text="Never among the non-compliances.")
    good_examples = serializers.IntegerField()
    observations = serializers.IntegerField()


class AuditorSerializer(StrictSerializer):
    """A named auditor."""

    name = serializers.CharField(max_length=120)
    grade = serializers.ChoiceField(Auditor.Grade.choices)
    apsca_number = serializers.CharField(max_length=20)
    validated_on = serializers.DateField(required=False, allow_null=True, default=None)
    is_lead = serializers.BooleanField(required=False, default=False)


class AuditDetailSerializer(AuditSerializer):
    """An audit with its auditors."""

    auditors = AuditorSerializer(many=True)


class AuditQuery(PageQuery):
    """Filters of the list of audits."""

    state = serializers.ChoiceField([one.value for one in AuditState], required=False, default="")
    kind = serializers.ChoiceField(Audit.Kind.choices, required=False, default="")
    year = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1990, max_value=2100
    )
    site = serializers.CharField(
        required=False, default="", max_length=200, help_text="Code of a site, or words of its name."
    )


class AuditChangeSerializer(StrictSerializer):
    """What can be corrected before publication; what is not named stays."""

    notice = serializers.ChoiceField(Audit.Notice.choices, required=False)
    pillars = serializers.ChoiceField([(2, "2"), (4, "4")], required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    language = serializers.ChoiceField(
        settings.WRITING_LANGUAGES, required=False, allow_blank=True, help_text="Of the summary."
    )
    auditors = serializers.ListField(child=AuditorSerializer(), required=False, max_length=10)


class AuditInputSerializer(AuditChangeSerializer):
    """A new audit; a follow-up names the audit it follows and takes its methodology."""

    site = serializers.CharField(max_length=12, help_text="Code of a site that has engaged the firm.")
    methodology = serializers.CharField(max_length=40, required=False, default="")
    kind = serializers.ChoiceField(Audit.Kind.choices)
    follows = serializers.CharField(max_length=12, required=False, allow_null=True, default=None)
    notice = serializers.ChoiceField(Audit.Notice.choices, required=False, default=Audit.Notice.ANNOUNCED)
    pillars = serializers.ChoiceField([(2, "2"), (4, "4")], required=False, default=2)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class ReassessmentSerializer(StrictSerializer):
    """A fresh look at an open CAR of an earlier audit."""

    result = serializers.ChoiceField(Reassessment.Result.choices)
    rationale = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(
        settings.WRITING_LANGUAGES, required=False, default="", allow_blank=True
    )
    requirement = serializers.CharField(
        max_length=12, required=False, default="", help_text="Printed code, for a CAR of another version."
    )
    title = serializers.CharField(max_length=250, required=False, default="", allow_blank=True)
    description = serializers.CharField(max_length=8000, required=False, default="", allow_blank=True)


class OpenCarSerializer(serializers.Serializer[Any]):
    """An open CAR that a periodic audit must look at anew, and its answer so far."""

    finding = serializers.CharField()
    title = serializers.CharField()
    first_raised_on = serializers.DateField()
    result = serializers.CharField(allow_null=True)
    successor = serializers.CharField(allow_null=True)


class AuditList(Endpoint):
    """Audits."""

    resource = "audits"
    query = AuditQuery

    @extend_schema(operation_id="audits_list", responses=page_of(AuditSerializer))
    def get(self, request: Request) -> Response:
        """List the audits that the viewer sees, newest first."""
        viewer, wanted = viewer_of(request), self.asked
        rows = listed_audits(
            viewer, state=wanted["state"], kind=wanted["kind"], year=wanted["year"], site=wanted["site"]
        )
        return listed(
            request,
            rows.values(*COLUMNS),
            order=("-ends_on", "-id"),
            limit=wanted["limit"],
            finish=lambda found: _sent(viewer, found),
        )

    @extend_schema(
        operation_id="audits_open", request=AuditInputSerializer, responses={201: AuditDetailSerializer}
    )
    def post(self, request: Request) -> Response:
        """Open an audit of a site that has engaged the firm."""
        viewer, said = viewer_of(request), parsed(AuditInputSerializer, request.data)
        site = engaged_sites(viewer).filter(code=said["site"].upper()).first()
        if site is None:
            raise exceptions.ValidationError({"site": [_("Your organisation is not engaged for this site.")]})
        parent = None
        if said["follows"]:
            parent = fetch(Audit, said["follows"], viewer=viewer, queryset=_with_version())
        audit = open_audit(
            viewer=viewer,
            site=site,
            version=parent.version if parent else _methodology(said["methodology"]),
            facts=_facts(said),
            auditors=auditors_from(said.get("auditors", [])),
            parent=parent,
            at=timezone.now(),
        )
        return Response(one_audit(viewer, audit), status=201)


class AuditView(Endpoint):
    """What the addresses of one audit share."""

    resource = "audits"

    def audit(self, code: str) -> Audit:
        """Return the audit, or raise NotVisible."""
        return fetch(Audit, code, viewer=viewer_of(self.request), queryset=_with_version())


class AuditDetail(AuditView):
    """One audit."""

    @extend_schema(operation_id="audits_read", responses=AuditDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Read one audit."""
        return Response(one_audit(viewer_of(request), self.audit(code)))

    @extend_schema(
        operation_id="audits_change", request=AuditChangeSerializer, responses=AuditDetailSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Correct the facts of an audit that is not published."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(AuditChangeSerializer, request.data)
        named = said.pop("auditors", None)
        if named is None:
            named = list(_auditor_rows(audit))
        facts = _facts({name: getattr(audit, name) for name in FACTS} | said)
        audit = change_audit(
            viewer=viewer, audit=audit, facts=facts, auditors=auditors_from(named), at=timezone.now()
        )
        return Response(one_audit(viewer, audit))


def mover(name: str, action: Callable[..., Audit], said: str) -> type[AuditView]:
    """Return the endpoint that moves an audit on by `action`; `said` describes it in the schema."""

    class Move(AuditView):
        @extend_schema(
            operation_id=f"audits_{name}",
            description=said,
            request=NothingSerializer,
            responses=AuditDetailSerializer,
        )
        def post(self, request: Request, code: str) -> Response:
            viewer, audit = viewer_of(request), self.audit(code)
            parsed(NothingSerializer, request.data)
            return Response(one_audit(viewer, action(viewer=viewer, audit=audit, at=timezone.now())))

    Move.__doc__ = action.__doc__
    return Move


AuditStart = mover("start", start_audit, "Begin an audit that was planned.")
AuditTakeBack = mover("take_back", take_back_audit, "Take a submitted audit back to go on writing.")
AuditPublish = mover(
    "publish", publish_audit, "Publish an audit: from now on the supplier and its customers see it."
)


class AuditOpenCars(AuditView):
    """The open CARs of the site that a periodic audit must look at anew."""

    @extend_schema(operation_id="audits_open_cars", responses=OpenCarSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List them, the longest-standing first."""
        return Response([_open_car(one) for one in open_cars(viewer_of(request), self.audit(code))])


class AuditReassess(AuditView):
    """The answer about one open CAR."""

    @extend_schema(
        operation_id="audits_reassess", request=ReassessmentSerializer, responses=OpenCarSerializer
    )
    def post(self, request: Request, code: str, car_code: str) -> Response:
        """Say whether the requirement is met now; nothing closes before publication."""
        viewer, audit = viewer_of(request), self.audit(code)
        said = parsed(ReassessmentSerializer, request.data)
        car = fetch(Finding, car_code, viewer=viewer, queryset=Finding.objects.select_related("requirement"))
        is_met = said["result"] == Reassessment.Result.MET
        reassess_car(
            viewer=viewer,
            audit=audit,
            car=car,
            result=said["result"],
            rationale=said["rationale"],
            language=said["language"],
            requirement=requirement_of(audit, said["requirement"]) or answer_requirement(audit, car),
            said=None if is_met else _described(said),
            at=timezone.now(),
        )
        known = next((one for one in open_cars(viewer, audit) if one.car.pk == car.pk), None)
        if known is None:
            raise NotVisible
        return Response(_open_car(known))


def requirement_of(audit: Audit, printed_code: str) -> WorkplaceRequirement | None:
    """Return the requirement of the audit's version with this printed code, or None when none is given.

    Raises:
        ValidationError: there is no such code in the version.
    """
    if not printed_code:
        return None
    rows = WorkplaceRequirement.objects.filter(version_id=audit.version_id, printed_code=printed_code.upper())
    found = rows.select_related("section").first()
    if found is None:
        raise exceptions.ValidationError({"requirement": [_("This methodology version has no such code.")]})
    return found


def _described(said: Row) -> Said:
    missing = {
        name: [_("Write this, since it still falls short.")]
        for name in ("title", "description")
        if not said[name]
    }
    if missing:
        raise exceptions.ValidationError(missing)
    return Said(title=said["title"], description=said["description"])


def _with_version() -> Any:
    return Audit.objects.select_related("version")


def _methodology(key: str) -> MethodologyVersion:
    found = MethodologyVersion.objects.filter(key=key).first()
    if found is None:
        raise exceptions.ValidationError({"methodology": [_("Choose a methodology.")]})
    return found


def _facts(said: Row) -> AuditFacts:
    facts = AuditFacts(**{name: said[name] for name in FACTS if name in said})
    if facts.ends_on < facts.starts_on:
        raise exceptions.ValidationError({"ends_on": [_("The last day is before the first.")]})
    return facts


def auditors_from(rows: list[Row]) -> list[NamedAuditor]:
    named = [NamedAuditor(**row) for row in rows]
    if sum(one.is_lead for one in named) > 1:
        raise exceptions.ValidationError({"auditors": [_("Only one auditor leads.")]})
    return named


def _auditor_rows(audit: Audit) -> Any:
    names = [one.name for one in fields(NamedAuditor)]
    return audit.auditors.order_by("-is_lead", "name", "pk").values(*names)


def one_audit(viewer: Viewer, audit: Audit) -> Row:
    rows = list(Audit.objects.visible_to(viewer).filter(pk=audit.pk).values(*COLUMNS))
    return _shaped(viewer, rows)[0] | {"auditors": list(_auditor_rows(audit))}


def _sent(viewer: Viewer, rows: list[Row]) -> list[Row]:
    """Shape a page and leave a line in the owners' read logs: a list says all that an audit says."""
    seen = [
        Seen(row["id"], row["code"], f"{row['site_name']}, {row['ends_on']}", row["supplier_id"])
        for row in rows
    ]
    log_reads(by=viewer, model=Audit, seen=seen, at=timezone.now())
    return _shaped(viewer, rows)


def _shaped(viewer: Viewer, rows: list[Row]) -> list[Row]:
    """Name methodology, site and organisations, and count what was found: two queries for a whole page."""
    codes = _codes(viewer, rows)
    found = tallies_by_key(viewer, [row["id"] for row in rows])
    for row in rows:
        tally = found[row.pop("id")]
        row["methodology"], row["follows"] = row.pop("version__key"), row.pop("parent__code")
        row["site"] = {"code": codes.get(("site", row.pop("site_id"))), "name": row.pop("site_name")}
        for name in ("supplier", "audit_firm"):
            row[name] = {"code": codes.get(("party", row.pop(f"{name}_id"))), "name": row.pop(f"{name}_name")}
        row["non_compliances"] = {one: tally.by_severity.get(one, 0) for one in Finding.Severity.values}
        row |= {name: getattr(tally, name) for name in ("cars", "good_examples", "observations")}
    return rows


def _codes(viewer: Viewer, rows: list[Row]) -> dict[tuple[str, int], str]:
    """Return the codes of the sites and organisations that the viewer can open, in one query."""
    parties = {row[column] for row in rows for column in ("supplier_id", "audit_firm_id")}
    asked = (
        ("site", Site.objects.visible_to(viewer).filter(pk__in={row["site_id"] for row in rows})),
        ("party", Organisation.objects.visible_to(viewer).filter(pk__in=parties)),
    )
    sites, others = (found.order_by().values_list(Value(kind), "pk", "code") for kind, found in asked)
    return {(kind, key): code for kind, key, code in sites.union(others, all=True)}


def _open_car(one: Any) -> Row:
    answer = one.reassessment
    return {
        "finding": one.car.code,
        "title": one.car.title,
        "first_raised_on": one.car.first_raised_on,
        "result": answer.result if answer else None,
        "successor": answer.successor.code if answer and answer.successor else None,
    }
