"""The verbs of entering findings, and of looking anew at the CARs of earlier audits."""

import datetime as dt
from dataclasses import fields, replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from findings.actions.audit import locked_audit
from findings.lifecycle import FindingState
from findings.models import Audit, Finding, Reassessment, WorkplaceRequirement
from findings.models.facts import BREACH, Said
from findings.permissions import can_enter_findings
from findings.queries.audit import open_cars
from findings.queries.methodology import terms
from findings.queries.review import disputed_among
from ledger.entries import record
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer


def kind_of(requirement: WorkplaceRequirement, nature: str) -> Finding.Kind:
    """Return the kind that follows from the requirement: a breach of a CAR requirement is a CAR.

    Args:
        nature: `BREACH`, or what is not one: `Finding.Kind.OBSERVATION` or `Finding.Kind.GOOD_EXAMPLE`.
    """
    if nature == BREACH:
        return Finding.Kind.CAR if requirement.is_car else Finding.Kind.NON_COMPLIANCE
    return Finding.Kind(nature)


def add_finding(
    *,
    viewer: Viewer,
    audit: Audit,
    requirement: WorkplaceRequirement,
    nature: str,
    said: Said,
    at: dt.datetime,
) -> Finding:
    """Write a finding of an audit in progress.

    Promises: the kind follows from the requirement; a non-compliance is due by the closure policy of its
    severity, counted from the audit's last day; a CAR gets no severity, date or verification.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `severity-missing`; `car-has-none` when a CAR is given a severity or verification;
            `no-observations` when the version knows none; `reassess-instead` when the site has an open CAR
            on this requirement that this periodic audit must look at anew; `other-version`.
    """
    with transaction.atomic():
        version, audit = audit.version, locked_audit(viewer, audit)
        if version.pk == audit.version_id:
            audit.version = version  # the form has read its closure policy already
        can_enter_findings(viewer, audit).require()
        kind = kind_of(requirement, nature)
        _require_fitting(audit, requirement, kind)
        if kind == Finding.Kind.CAR:
            _require_nothing_open(viewer, audit, requirement)
        finding = _create(viewer, audit, requirement, kind, said)
        record(
            verb="findings.finding_added",
            by=viewer,
            subject=finding,
            owner_id=viewer.organisation_id,
            at=at,
            data={"audit": audit.code, "kind": kind, "requirement": requirement.printed_code},
        )
    return finding


def change_finding(
    *, viewer: Viewer, finding: Finding, said: Said, at: dt.datetime, revision: int | None = None
) -> Finding:
    """Correct a finding of an audit in progress; its requirement and kind stay.

    Args:
        revision: of the finding that whoever writes has read; None to write over whatever stands there.

    Raises:
        Forbidden, Refusal: as `add_finding`; `changed-meanwhile` when somebody else has saved since.
    """
    with transaction.atomic():
        audit = locked_audit(viewer, finding.audit)
        can_enter_findings(viewer, audit).require()
        finding = _locked(viewer, finding)
        if revision is not None and revision != finding.revision:
            raise Refusal("changed-meanwhile", _("Somebody else has changed this finding meanwhile."))
        wanted = _columns(audit, Finding.Kind(finding.kind), said)
        changed = [name for name, value in wanted.items() if getattr(finding, name) != value]
        for name in changed:
            setattr(finding, name, wanted[name])
        if changed:
            finding.revision += 1
            finding.save(update_fields=[*changed, "revision"])
            record(
                verb="findings.finding_changed",
                by=viewer,
                subject=finding,
                owner_id=viewer.organisation_id,
                at=at,
                data={"audit": audit.code, "fields": changed},
            )
    return finding


def duplicate_finding(
    *,
    viewer: Viewer,
    finding: Finding,
    requirement: WorkplaceRequirement,
    severity: str | None = None,
    at: dt.datetime,
) -> Finding:
    """Write the same words against another requirement of the same audit.

    Promises: everything but the code is taken over, as far as the kind of the new one can have it; photos stay
    where they are, since each shows one thing.

    Args:
        severity: for a non-compliance, when the words come from what has none.

    Raises: as `add_finding`.
    """
    recorded = finding.kind in {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
    nature = finding.kind if recorded else BREACH
    is_nc = kind_of(requirement, nature) == Finding.Kind.NON_COMPLIANCE
    said = said_of(finding)
    if is_nc:
        said = replace(said, severity=severity or said.severity)
    else:
        said = replace(said, severity=severity, verification=None)
    return add_finding(
        viewer=viewer, audit=finding.audit, requirement=requirement, nature=nature, said=said, at=at
    )


def said_of(finding: Finding) -> Said:
    """Return what a finding says."""
    return Said(**{one.name: getattr(finding, one.name) for one in fields(Said)})


def delete_finding(*, viewer: Viewer, finding: Finding, at: dt.datetime) -> None:
    """Take a finding out of an audit in progress; a CAR that continued an earlier one is then to be looked at anew.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `disputed` while a dispute of the site waits for its answer.
    """
    with transaction.atomic():
        audit = locked_audit(viewer, finding.audit)
        can_enter_findings(viewer, audit).require()
        if finding.pk in disputed_among([finding]):
            raise Refusal(
                "disputed",
                _("The site disputes this finding. Answer the site first; then you can take it out."),
            )
        record(
            verb="findings.finding_deleted",
            by=viewer,
            subject=finding,
            owner_id=viewer.organisation_id,
            at=at,
            data={"audit": audit.code, "kind": finding.kind, "title": finding.title},
        )
        Reassessment.objects.filter(audit=audit, successor=finding).delete()
        _erase(finding)


def reassess_car(
    *,
    viewer: Viewer,
    audit: Audit,
    car: Finding,
    result: str,
    rationale: str = "",
    language: str = "",
    requirement: WorkplaceRequirement | None = None,
    said: Said | None = None,
    at: dt.datetime,
) -> Reassessment:
    """Look anew, in a periodic audit, at an open CAR of an earlier one. Nothing closes before publication.

    Promises: `met` leaves no new CAR; `still_short` raises one that points at its predecessor, so that the
    issue keeps its age; answering again replaces the earlier answer.

    Args:
        result: a value of `Reassessment.Result`.
        rationale: what was seen. language: the language it is written in.
        requirement: of this audit's version, for the new CAR; it must ask for collaborative action.
        said: what the new CAR says; title and description only.

    Raises:
        Forbidden: see `can_enter_findings`.
        Refusal: `not-open-here` when the CAR is none of those the audit has to look at; `not-a-car-requirement`.
    """
    with transaction.atomic():
        audit = locked_audit(viewer, audit)
        can_enter_findings(viewer, audit).require()
        known = next((one for one in open_cars(viewer, audit) if one.car.pk == car.pk), None)
        if known is None:
            raise Refusal("not-open-here", _("This audit does not have to look at that finding."))
        answer = known.reassessment or Reassessment(audit=audit, car=car)
        answer.result, answer.rationale, answer.language = result, rationale, language
        if result == Reassessment.Result.MET:
            _drop_successor(answer)
        else:
            _raise_successor(viewer, audit, car, answer, requirement, said)
        answer.save()
        record(
            verb="findings.car_reassessed",
            by=viewer,
            subject=audit,
            owner_id=viewer.organisation_id,
            at=at,
            data={"car": car.code, "result": result},
        )
    return answer


def _locked(viewer: Viewer, finding: Finding) -> Finding:
    """Return the finding as it is now, locked; one that somebody has deleted meanwhile is not there."""
    rows = Finding.objects.visible_to(viewer).select_for_update(of=("self",))
    found = rows.filter(pk=finding.pk).first()
    if found is None:
        raise NotVisible
    return found


def _erase(finding: Finding) -> None:
    """Delete one row of an unpublished audit by itself; a trigger takes its photos and drafts along.

    Django would first delete what points at it, from tables in which an audit firm may write nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM findings_finding WHERE id = %s", [finding.pk])


def _drop_successor(answer: Reassessment) -> None:
    if answer.successor is not None:
        successor, answer.successor = answer.successor, None
        answer.save()
        _erase(successor)


def _raise_successor(
    viewer: Viewer,
    audit: Audit,
    car: Finding,
    answer: Reassessment,
    requirement: WorkplaceRequirement | None,
    said: Said | None,
) -> None:
    wanted = requirement or answer_requirement(audit, car)
    if wanted is None or said is None:
        raise Refusal(
            "not-a-car-requirement",
            _("Choose the requirement of this methodology version that the new finding belongs to."),
            status=422,
        )
    _require_fitting(audit, wanted, Finding.Kind.CAR)
    if answer.successor is not None and answer.successor.requirement_id != wanted.pk:
        _drop_successor(answer)
    if answer.successor is None:
        answer.successor = _create(viewer, audit, wanted, Finding.Kind.CAR, said, predecessor=car)
        return
    columns = _columns(audit, Finding.Kind.CAR, said)
    for name, value in columns.items():
        setattr(answer.successor, name, value)
    answer.successor.save(update_fields=list(columns))


def answer_requirement(audit: Audit, car: Finding) -> WorkplaceRequirement | None:
    """Return the CAR's own requirement, if this audit has the same version; otherwise a person must choose."""
    return car.requirement if car.requirement.version_id == audit.version_id else None


def _create(
    viewer: Viewer,
    audit: Audit,
    requirement: WorkplaceRequirement,
    kind: Finding.Kind,
    said: Said,
    predecessor: Finding | None = None,
) -> Finding:
    recorded = kind in {Finding.Kind.OBSERVATION, Finding.Kind.GOOD_EXAMPLE}
    finding = Finding.objects.create(
        audit=audit,
        requirement=requirement,
        kind=kind,
        state=FindingState.RECORDED if recorded else FindingState.OPEN,
        raised_on=audit.ends_on,
        predecessor=predecessor,
        created_by_id=viewer.person_id,
        **_columns(audit, kind, said),
    )
    finding.refresh_from_db()
    finding.audit = audit
    return finding


def _columns(audit: Audit, kind: Finding.Kind, said: Said) -> dict[str, Any]:
    """Return the columns a finding of this kind may have; what a CAR cannot have is refused, never dropped."""
    columns: dict[str, Any] = {
        "title": said.title,
        "description": said.description,
        "workers_affected": said.workers_affected,
        "extent": said.extent,
        "objective_evidence": said.objective_evidence,
        "law_reference": said.law_reference,
        "language": said.language,
    }
    if kind != Finding.Kind.NON_COMPLIANCE:
        if said.severity or said.verification:
            sentence = _("A finding of this kind has no severity, no date and no verification.")
            raise Refusal("car-has-none", sentence, status=422, fields={"severity": [sentence]})
        return columns
    due = {term.severity: term.due_on for term in terms(audit.version, audit.ends_on)}
    if not said.severity or said.severity not in due:
        sentence = _("Choose how severe it is.")
        raise Refusal("severity-missing", sentence, status=422, fields={"severity": [sentence]})
    return columns | {
        "severity": said.severity,
        "due_on": due[said.severity],
        "verification": said.verification or None,
    }


def _require_fitting(audit: Audit, requirement: WorkplaceRequirement, kind: Finding.Kind) -> None:
    if requirement.version_id != audit.version_id:
        sentence = _("This requirement belongs to another methodology version.")
        raise Refusal("other-version", sentence, status=422, fields={"requirement": [sentence]})
    if kind == Finding.Kind.CAR and not requirement.is_car:
        sentence = _("A breach of this requirement is a non-compliance, not collaborative action.")
        raise Refusal("not-a-car-requirement", sentence, status=422, fields={"requirement": [sentence]})
    if kind == Finding.Kind.OBSERVATION and not audit.version.has_observations:
        raise Refusal("no-observations", _("This methodology version has no observations."), status=422)


def _require_nothing_open(viewer: Viewer, audit: Audit, requirement: WorkplaceRequirement) -> None:
    for one in open_cars(viewer, audit):
        if one.car.requirement_id == requirement.pk:
            raise Refusal(
                "reassess-instead",
                _("This is open from an earlier audit. Look at it anew there, so that it keeps its age."),
            )
