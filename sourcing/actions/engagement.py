"""What a supplier and an audit firm do with an engagement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Capability, Viewer
from sourcing.lifecycle import ENGAGEMENT, EngagementState
from sourcing.models import Engagement, Site
from sourcing.permissions import can_answer_engagement, can_ask_for_audit, can_change_site, can_end_engagement


def ask_for_audit(
    *, viewer: Viewer, audit_firm: Organisation, sites: Sequence[Site], note: str = "", at: datetime
) -> list[Engagement]:
    """Ask a listed audit firm to audit sites of the viewer's; it sees them once it accepts.

    Promises: one engagement in state proposed per site; a ledger entry each; the firm is told.

    Raises:
        Forbidden: `not-a-supplier`, `not-the-owner`, `read-only-role`.
        Refusal: `not-an-audit-firm`, `no-sites`, `engaged-already`.
    """
    can_ask_for_audit(viewer).require()
    if not sites:
        sentence = _("Choose at least one site.")
        raise Refusal("no-sites", sentence, status=422, fields={"sites": [sentence]})
    _require_listed(audit_firm)
    with transaction.atomic():
        return [_ask(viewer, audit_firm, site, note, at) for site in sites]


def accept_engagement(*, viewer: Viewer, engagement: Engagement, at: datetime) -> Engagement:
    """Accept: from now on the firm sees the site and can record audits of it.

    Raises:
        Forbidden: `not-the-firm`, `answered`, `read-only-role`.
    """
    with transaction.atomic():
        engagement = _locked(engagement, viewer)
        can_answer_engagement(viewer, engagement).require()
        engagement.answered_at = at
        _move(engagement, EngagementState.ACTIVE, "accepted", viewer, at, ["answered_at"])
    return engagement


def decline_engagement(*, viewer: Viewer, engagement: Engagement, reason: str, at: datetime) -> Engagement:
    """Say no to a supplier, with the reason that it reads.

    Raises:
        Forbidden: `not-the-firm`, `answered`, `read-only-role`.
    """
    with transaction.atomic():
        engagement = _locked(engagement, viewer)
        can_answer_engagement(viewer, engagement).require()
        engagement.answered_at, engagement.answer = at, reason
        _move(engagement, EngagementState.DECLINED, "declined", viewer, at, ["answered_at", "answer"])
    return engagement


def end_engagement(*, viewer: Viewer, engagement: Engagement, at: datetime) -> Engagement:
    """End an engagement, or take back one without an answer: the firm keeps its own audits, and no more.

    Raises:
        Forbidden: `not-running`, `limited-to-sites`, `read-only-role`.
    """
    with transaction.atomic():
        engagement = _locked(engagement, viewer)
        can_end_engagement(viewer, engagement).require()
        engagement.ended_at = at
        _move(engagement, EngagementState.ENDED, "ended", viewer, at, ["ended_at"])
    return engagement


def _require_listed(audit_firm: Organisation) -> None:
    if not Organisation.objects.listed(Capability.AUDIT_FIRM).filter(pk=audit_firm.pk).exists():
        sentence = _("Choose an audit firm from the list.")
        raise Refusal("not-an-audit-firm", sentence, status=422, fields={"audit_firm": [sentence]})


def _ask(viewer: Viewer, audit_firm: Organisation, site: Site, note: str, at: datetime) -> Engagement:
    can_change_site(viewer, site).require()
    try:
        with transaction.atomic():
            engagement = Engagement.objects.create(
                site=site,
                supplier_id=viewer.organisation_id,
                audit_firm=audit_firm,
                proposer_id=viewer.person_id,
                note=note,
                proposed_at=at,
            )
            engagement.refresh_from_db(fields=["place"])
    except IntegrityError as error:
        if "engagement_one_living_per_site_and_firm" not in str(error):
            raise
        sentence = _("%(firm)s is asked or engaged for %(site)s already.") % {
            "firm": audit_firm,
            "site": site,
        }
        raise Refusal("engaged-already", sentence) from error
    record(
        verb="sourcing.engagement_proposed",
        by=viewer,
        subject=engagement,
        owner_id=viewer.organisation_id,
        at=at,
        data=_data(engagement, viewer),
    )
    return engagement


def _locked(engagement: Engagement, viewer: Viewer) -> Engagement:
    return Engagement.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=engagement.pk)


def _data(engagement: Engagement, viewer: Viewer) -> dict[str, Any]:
    return {
        "from": Organisation.objects.get(pk=viewer.organisation_id).name,
        "site": engagement.place.get("name", ""),
        "note": engagement.note,
        "reason": engagement.answer,
    }


def _move(
    engagement: Engagement, to: EngagementState, verb: str, viewer: Viewer, at: datetime, also: list[str]
) -> None:
    move(
        engagement,
        to=to,
        lifecycle=ENGAGEMENT,
        verb=f"sourcing.engagement_{verb}",
        by=viewer,
        owner_id=engagement.supplier_id,
        at=at,
        data=_data(engagement, viewer),
        also=also,
    )
