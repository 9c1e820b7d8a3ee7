"""Showing evidence in an assessment: attached once, pointing at many criteria."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import NotVisible
from organisations.visibility import Viewer
from schemes.actions.assessment import names
from schemes.actions.locks import locked_assessment, refused
from schemes.lifecycle import AssessmentState
from schemes.models import Assessment, Criterion, EvidenceUse
from schemes.permissions.evidence import can_attach, can_show_evidence, can_take_evidence_back
from sourcing.models import Evidence

ATTACHED = "schemes.evidence_attached"
POINTED = "schemes.evidence_pointed"
DETACHED = "schemes.evidence_taken_back"


def attach(
    *,
    viewer: Viewer,
    assessment: Assessment,
    evidence: Evidence,
    criteria: Sequence[str],
    at: dt.datetime,
) -> EvidenceUse:
    """Show one own piece for one or more criteria; a piece that is shown here already points at these as well.

    Promises: the scheme body reads a copy of what it says, and its file, from the submission on.

    Args:
        criteria: keys of criteria of the assessment's edition.

    Raises:
        NotVisible: a piece that the viewer does not see, whosever it is.
        Forbidden: see `can_show_evidence`, `can_attach`.
        Refusal: `no-criterion`, `not-asked` at `criteria`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, assessment)
        can_show_evidence(viewer, assessment).require()
        piece = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).first()
        if piece is None:
            raise NotVisible
        can_attach(viewer, piece).require()
        wanted = _known(assessment, criteria)
        found = EvidenceUse.objects.visible_to(viewer).filter(assessment=assessment, evidence=piece).first()
        if found is not None:
            more = [*found.criteria, *(one for one in wanted if one not in found.criteria)]
            return _point(viewer, assessment, found, more, at)
        use = EvidenceUse.objects.create(
            evidence=piece, assessment=assessment, criteria=wanted, attached_at=at
        )
        use.refresh_from_db()
        _record(viewer, ATTACHED, assessment, use, at)
    return use


def point(*, viewer: Viewer, use: EvidenceUse, criteria: Sequence[str], at: dt.datetime) -> EvidenceUse:
    """Say anew which criteria a piece proves; once sent, criteria are only added.

    Raises:
        Forbidden: see `can_show_evidence`. Refusal: `no-criterion`, `not-asked` or `shown-already` at `criteria`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, use.assessment)
        can_show_evidence(viewer, assessment).require()
        use = EvidenceUse.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=use.pk)
        wanted = _known(assessment, criteria)
        if assessment.state != AssessmentState.ANSWERING and set(use.criteria) - set(wanted):
            raise refused("shown-already", "criteria", _("What was shown stays where it was shown."))
        return _point(viewer, assessment, use, wanted, at)


def detach(*, viewer: Viewer, use: EvidenceUse, at: dt.datetime) -> None:
    """Take a piece out of an assessment that was not sent yet; the piece itself stays.

    Raises:
        Forbidden: see `can_take_evidence_back`.
    """
    with transaction.atomic():
        assessment = locked_assessment(viewer, use.assessment)
        can_take_evidence_back(viewer, assessment).require()
        _record(viewer, DETACHED, assessment, use, at)
        EvidenceUse.objects.visible_to(viewer).filter(pk=use.pk).delete()


def _known(assessment: Assessment, criteria: Sequence[str]) -> list[str]:
    """Return the keys in the edition's order."""
    if not criteria:
        raise refused("no-criterion", "criteria", _("Choose at least one criterion that this proves."))
    keys = list(Criterion.objects.filter(edition_id=assessment.edition_id).values_list("key", flat=True))
    if set(criteria) - set(keys):
        raise refused("not-asked", "criteria", _("This assessment does not ask that."))
    return [key for key in keys if key in set(criteria)]


def _point(
    viewer: Viewer, assessment: Assessment, use: EvidenceUse, criteria: list[str], at: dt.datetime
) -> EvidenceUse:
    if set(use.criteria) == set(criteria):
        return use
    EvidenceUse.objects.filter(pk=use.pk).update(criteria=criteria)
    use.criteria = criteria
    _record(viewer, POINTED, assessment, use, at)
    return use


def _record(viewer: Viewer, verb: str, assessment: Assessment, use: EvidenceUse, at: dt.datetime) -> None:
    """Write it into the member's ledger alone: the scheme body reads evidence only from the submission on."""
    record(
        verb=verb,
        by=viewer,
        subject=assessment,
        owner_id=viewer.organisation_id,
        at=at,
        data={**names(assessment), "evidence": use.title, "criteria": use.criteria, "use": use.code},
    )
