"""The competition-law notice is published by the operator and accepted by each person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from forum.models import CompetitionNotice, NoticeAcceptance
from forum.permissions.group import can_run_forum
from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer

PUBLISHED, ACCEPTED = "forum.notice_published", "forum.notice_accepted"


def publish_notice(*, viewer: Viewer, body: str, language: str = "", at: datetime) -> CompetitionNotice:
    """Publish the next version: every group's door is shut until each person has accepted it; all are told.

    Raises: Forbidden.
    """
    with transaction.atomic():
        can_run_forum(viewer).require()
        notice = CompetitionNotice.objects.create(
            operator_id=viewer.organisation_id,
            number=0,
            body=body.strip(),
            language=language,
            published_at=at,
        )
        notice.refresh_from_db()
        record(
            verb=PUBLISHED,
            by=viewer,
            subject=notice,
            owner_id=notice.operator_id,
            at=at,
            data={"number": notice.number},
        )
    return notice


def accept_notice(*, viewer: Viewer, notice: CompetitionNotice, at: datetime) -> None:
    """Accept the notice in force, as a person; saying it twice changes nothing.

    Raises: Refusal "newer-notice".
    """
    with transaction.atomic():
        newest = CompetitionNotice.objects.visible_to(viewer).in_force(notice.operator_id)
        if newest is None or newest.pk != notice.pk:
            raise Refusal("newer-notice", _("There is a newer version of this notice. Please read that one."))
        if NoticeAcceptance.objects.visible_to(viewer).filter(notice=notice).exists():
            return
        NoticeAcceptance.objects.create(
            notice=notice,
            person_id=viewer.person_id,
            organisation_id=viewer.organisation_id,
            accepted_at=at,
        )
        record(verb=ACCEPTED, by=viewer, subject=notice, owner_id=None, at=at, data={"number": notice.number})
