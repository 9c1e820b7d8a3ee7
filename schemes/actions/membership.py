"""The verbs of a membership: apply, say whether everybody may read of it, leave."""

import datetime as dt

from django.db import transaction

from ledger.entries import record
from ledger.refusals import NotVisible
from ledger.transitions import move
from organisations.visibility import Viewer
from schemes.actions.locks import locked_membership
from schemes.lifecycle import APPEAL, ASSESSMENT, MEMBERSHIP, AppealState, AssessmentState, MembershipState
from schemes.models import Appeal, Assessment, Scheme, SchemeMembership
from schemes.permissions.membership import can_apply, can_change_consent, can_withdraw
from schemes.queries.assessment import edition_in_force

APPLIED = "schemes.applied"
CONSENTED = "schemes.consent_changed"
WITHDRAWN = "schemes.membership_withdrawn"
ASSESSMENT_WITHDRAWN = "schemes.assessment_withdrawn"
APPEAL_WITHDRAWN = "schemes.appeal_withdrawn"


def apply(
    *,
    viewer: Viewer,
    scheme: Scheme,
    message: str = "",
    language: str = "",
    consents_to_register: bool = False,
    at: dt.datetime,
) -> SchemeMembership:
    """Apply to a scheme; the self-assessment is there to be answered from now on.

    Promises: state applied; an initial assessment by the edition in force, with the member; the scheme body sees both.

    Raises:
        Forbidden: see `can_apply`.
    """
    can_apply(viewer, scheme).require()
    with transaction.atomic():
        edition = edition_in_force(scheme)
        if edition is None:
            raise NotVisible
        membership = SchemeMembership.objects.create(
            scheme=scheme,
            member_id=viewer.organisation_id,
            message=message.strip(),
            language=language if message.strip() else "",
            consents_to_register=consents_to_register,
            applied_at=at,
        )
        membership.refresh_from_db()
        Assessment.objects.create(
            edition=edition, membership=membership, kind=Assessment.Kind.INITIAL, opened_at=at
        )
        record(
            verb=APPLIED,
            by=viewer,
            subject=membership,
            owner_id=membership.member_id,
            at=at,
            data={"scheme": scheme.title, "body": membership.body_name},
        )
    return membership


def change_consent(
    *, viewer: Viewer, membership: SchemeMembership, consents: bool, at: dt.datetime
) -> SchemeMembership:
    """Say whether the public register shows this membership; it follows at once.

    Raises:
        Forbidden: see `can_change_consent`.
    """
    with transaction.atomic():
        membership = locked_membership(viewer, membership)
        can_change_consent(viewer, membership).require()
        before = membership.consents_to_register
        if before == consents:
            return membership
        membership.consents_to_register = consents
        membership.save(update_fields=["consents_to_register"])
        record(
            verb=CONSENTED,
            by=viewer,
            subject=membership,
            owner_id=membership.member_id,
            at=at,
            data={"before": before, "after": consents, "scheme": membership.scheme.title},
        )
    return membership


def withdraw(
    *, viewer: Viewer, membership: SchemeMembership, reason: str = "", language: str = "", at: dt.datetime
) -> SchemeMembership:
    """Leave a scheme, or take an application back.

    Promises: state withdrawn; the assessment under way and an open appeal are withdrawn with it; certificates are, too,
    and the register forgets it. It can apply again.

    Raises:
        Forbidden: see `can_withdraw`.
    """
    with transaction.atomic():
        membership = locked_membership(viewer, membership)
        can_withdraw(viewer, membership).require()
        membership.ended_on, membership.improve_by = at.astimezone(dt.UTC).date(), None
        data = {"scheme": membership.scheme.title, "reason": reason.strip(), "language": language}
        move(
            membership,
            to=MembershipState.WITHDRAWN,
            lifecycle=MEMBERSHIP,
            verb=WITHDRAWN,
            by=viewer,
            owner_id=membership.member_id,
            at=at,
            data=data,
            also=["ended_on", "improve_by"],
        )
        for assessment in Assessment.objects.visible_to(viewer).under_way().filter(membership=membership):
            assessment.withdrawn_at = at
            move(
                assessment,
                to=AssessmentState.WITHDRAWN,
                lifecycle=ASSESSMENT,
                verb=ASSESSMENT_WITHDRAWN,
                by=viewer,
                owner_id=membership.member_id,
                at=at,
                data={"scheme": membership.scheme.title},
                also=["withdrawn_at"],
            )
        for appeal in Appeal.objects.visible_to(viewer).filter(membership=membership, state=AppealState.OPEN):
            appeal.decided_at = at
            move(
                appeal,
                to=AppealState.WITHDRAWN,
                lifecycle=APPEAL,
                verb=APPEAL_WITHDRAWN,
                by=viewer,
                owner_id=membership.member_id,
                at=at,
                data={"scheme": membership.scheme.title},
                also=["decided_at"],
            )
    return membership
