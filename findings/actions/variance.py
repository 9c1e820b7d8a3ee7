"""The verbs of a buyer's own code: raise a variance, answer it, ask for more, close it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from findings.lifecycle import VARIANCE, VarianceState
from findings.models import Finding, Variance, VarianceReply, WorkplaceRequirement
from findings.models.facts import VarianceFacts
from findings.permissions.variance import (
    can_answer_variance,
    can_close_variance,
    can_question_variance,
    can_raise_variance,
)
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer
from sourcing.models import Site

RAISED = "findings.variance_raised"
ANSWERED = "findings.variance_answered"
QUESTIONED = "findings.variance_questioned"
CLOSED = "findings.variance_closed"
ADDED = "findings.variance_added"


def raise_variance(
    *,
    viewer: Viewer,
    site: Site,
    said: VarianceFacts,
    requirement: WorkplaceRequirement | None = None,
    finding: Finding | None = None,
    at: dt.datetime,
) -> Variance:
    """Tell a supplier where its site falls short of the buyer's own code; only the two of them read it.

    Args:
        requirement: the clause, if the code is kept here as data; otherwise `said.clause` names it in words.
        finding: a finding of the same site that it follows from, one that the buyer sees.

    Raises:
        Forbidden: see `can_raise_variance`.
        Refusal: `clause-missing`; `other-site` for a finding of another site.
    """
    can_raise_variance(viewer, site).require()
    if requirement is None and not said.clause.strip():
        sentence = _("Say which clause of your code it is about.")
        raise Refusal("clause-missing", sentence, status=422, fields={"clause": [sentence]})
    if finding is not None and finding.site_id != site.pk:
        sentence = _("This finding belongs to another site.")
        raise Refusal("other-site", sentence, status=422, fields={"finding": [sentence]})
    with transaction.atomic():
        variance = Variance.objects.create(
            buyer_id=viewer.organisation_id,
            site=site,
            requirement=requirement,
            finding=finding,
            person_id=viewer.person_id,
            raised_at=at,
            clause=said.clause,
            title=said.title,
            description=said.description,
            severity=said.severity,
            due_on=said.due_on,
            language=said.language,
        )
        variance.refresh_from_db()
        record(
            verb=RAISED,
            by=viewer,
            subject=variance,
            owner_id=variance.supplier_id,
            at=at,
            data=_names(variance),
        )
    return variance


def answer_variance(
    *, viewer: Viewer, variance: Variance, message: str, language: str = "", at: dt.datetime
) -> VarianceReply:
    """Answer as the supplier; the buyer is told.

    Raises:
        Forbidden: see `can_answer_variance`. Refusal: `says-nothing`.
    """
    with transaction.atomic():
        variance = _locked(viewer, variance)
        can_answer_variance(viewer, variance).require()
        reply = _said(variance, VarianceReply.Kind.ANSWER, message, language, at)
        if variance.state == VarianceState.OPEN:
            _move(viewer, variance, VarianceState.ANSWERED, ANSWERED, variance.buyer_id, at)
        else:
            record(
                verb=ADDED,
                by=viewer,
                subject=variance,
                owner_id=variance.buyer_id,
                at=at,
                data=_names(variance),
            )
    return reply


def question_variance(
    *, viewer: Viewer, variance: Variance, message: str, language: str = "", at: dt.datetime
) -> VarianceReply:
    """Say as the buyer what is still missing; it is open again and the supplier is told.

    Raises:
        Forbidden: see `can_question_variance`. Refusal: `says-nothing`.
    """
    with transaction.atomic():
        variance = _locked(viewer, variance)
        can_question_variance(viewer, variance).require()
        reply = _said(variance, VarianceReply.Kind.QUESTION, message, language, at)
        _move(viewer, variance, VarianceState.OPEN, QUESTIONED, variance.supplier_id, at)
    return reply


def close_variance(
    *, viewer: Viewer, variance: Variance, message: str = "", language: str = "", at: dt.datetime
) -> VarianceReply:
    """Close it as the buyer; the supplier is told.

    Raises:
        Forbidden: see `can_close_variance`.
    """
    with transaction.atomic():
        variance = _locked(viewer, variance)
        can_close_variance(viewer, variance).require()
        reply = _said(variance, VarianceReply.Kind.CLOSING, message, language, at)
        _move(viewer, variance, VarianceState.CLOSED, CLOSED, variance.supplier_id, at)
    return reply


def _locked(viewer: Viewer, variance: Variance) -> Variance:
    return Variance.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=variance.pk)


def _said(variance: Variance, kind: str, message: str, language: str, at: dt.datetime) -> VarianceReply:
    if kind != VarianceReply.Kind.CLOSING and not message.strip():
        sentence = _("Write a sentence or two.")
        raise Refusal("says-nothing", sentence, status=422, fields={"message": [sentence]})
    reply = VarianceReply.objects.create(
        variance=variance, kind=kind, message=message, language=language, said_at=at
    )
    reply.refresh_from_db()
    return reply


def _move(
    viewer: Viewer, variance: Variance, to: VarianceState, verb: str, owner_id: int, at: dt.datetime
) -> None:
    move(
        variance,
        to=to,
        lifecycle=VARIANCE,
        verb=verb,
        by=viewer,
        owner_id=owner_id,
        at=at,
        data=_names(variance),
    )


def _names(variance: Variance) -> dict[str, str]:
    return {"buyer": variance.buyer_name, "site": variance.site_name}
