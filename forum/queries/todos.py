"""What groups let wait for a member, as parts of the one statement of the home page."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from forum.lifecycle import TAKES_PLACE, ParticipantState, RegistrationState
from forum.models import ActionItem, CompetitionNotice, Group, GroupAccess, NoticeAcceptance, Participant
from forum.queries.ballot import ballots_to_vote
from forum.queries.event import own_registrations
from forum.queries.participant import own_invitations, own_parts
from organisations.queries.waiting import NOTHING, part
from organisations.visibility import Viewer


def parts_of(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> "Iterator[QuerySet[Any, Any]]":
    """Give the parts: invitations, notices that keep one out, for co-leads who asks to join, ballots that wait for
    one's seat, own action items."""
    yield part(
        own_invitations(viewer),
        "forum_invited",
        code="group__key",
        who="group__title",
        order=("since_at", "pk"),
    )
    offered = own_registrations(viewer).filter(
        state=RegistrationState.OFFERED,
        offer_ends_at__gt=at,
        event__state__in=[one.value for one in TAKES_PLACE],
    )
    yield part(
        offered,
        "event_offer",
        who="event__title",
        on=TruncDate("offer_ends_at"),
        order=("offer_ends_at", "pk"),
    )
    later = CompetitionNotice.objects.filter(
        operator_id=OuterRef("operator_id"), number__gt=OuterRef("number")
    )
    accepted = NoticeAcceptance.objects.visible_to(viewer).filter(notice_id=OuterRef("pk"))
    mine = own_parts(viewer).filter(
        state=ParticipantState.ACTIVE, group__operator_id=OuterRef("operator_id"), group__state="active"
    )
    notices = CompetitionNotice.objects.visible_to(viewer).filter(
        Exists(mine), ~Exists(later), ~Exists(accepted)
    )
    yield part(notices, "forum_notice", order=("pk",))
    led = GroupAccess.objects.visible_to(viewer).filter(group_id=OuterRef("pk"), is_co_lead=True)
    asked = Participant.objects.filter(group_id=OuterRef("pk"), state=ParticipantState.ASKED)
    groups = Group.objects.visible_to(viewer).filter(Exists(led), Exists(asked), state="active")
    yield part(groups, "forum_asked", code="key", who="title", order=("title", "pk"))
    yield part(
        ballots_to_vote(viewer, at=at),
        "group_ballot",
        who="group__title",
        note="question",
        on="closes_at",
        order=("closes_at", "pk"),
    )
    items = ActionItem.objects.visible_to(viewer).of(viewer).still_open()
    yield part(
        items.filter(due_on__lte=on + dt.timedelta(days=7)),
        "group_action",
        code=NOTHING,
        who="group__title",
        note="title",
        on="due_on",
        order=("due_on", "pk"),
    )
