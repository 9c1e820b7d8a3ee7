"""People come into a group, and leave it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from forum.actions.group import expect_answer, refuse_twice
from forum.actions.inside import move_inside, tell
from forum.lifecycle import PARTICIPANT, ParticipantState
from forum.models import Group, Participant, ParticipantRole
from forum.permissions.group import can_lead, can_leave, can_remove
from forum.permissions.participant import can_answer_invitation, can_ask, can_join
from forum.queries.organisation import organisation_called
from forum.queries.participant import co_leads_of, own_parts
from ledger.models import Entry
from ledger.refusals import NotVisible, Refusal
from organisations.visibility import Viewer

JOINED, ASKED, ASK_WITHDRAWN = "forum.joined", "forum.asked", "forum.ask_withdrawn"
ACCEPTED, DECLINED = "forum.accepted", "forum.declined"
INVITED, INVITATION_WITHDRAWN = "forum.invited", "forum.invitation_withdrawn"
INVITATION_ACCEPTED, INVITATION_DECLINED = "forum.invitation_accepted", "forum.invitation_declined"
INVITATION_EXPIRED = "forum.invitation_expired"
LEFT, REMOVED = "forum.left", "forum.removed"


def join(*, viewer: Viewer, group: Group, at: datetime) -> Participant:
    """Come into an open group, at once; the notice still has to be accepted.

    Raises: Forbidden "not-open", "part-already", "group-closed".
    """
    with transaction.atomic():
        can_join(viewer, group).require()
        part = _own(viewer, group, ParticipantState.ACTIVE, at)
        _tell(JOINED, viewer, part, at)
    return part


def ask(*, viewer: Viewer, group: Group, words: str = "", language: str = "", at: datetime) -> Participant:
    """Ask the co-leads to be let in; they are told.

    Raises: Forbidden "not-by-request", "part-already", "group-closed".
    """
    with transaction.atomic():
        can_ask(viewer, group).require()
        part = _own(viewer, group, ParticipantState.ASKED, at, words=words.strip(), language=language)
        _tell(ASKED, viewer, part, at)
    return part


def withdraw_ask(*, viewer: Viewer, participant: Participant, at: datetime) -> None:
    """Take back what one asked."""
    with transaction.atomic():
        can_leave(viewer, participant).require()
        _require_state(participant, ParticipantState.ASKED)
        _end(participant, ParticipantState.ENDED, ASK_WITHDRAWN, viewer, at)


def accept_request(*, viewer: Viewer, participant: Participant, at: datetime) -> Participant:
    """Let somebody in who asked; they are told."""
    with transaction.atomic():
        can_lead(viewer, participant.group).require()
        _require_state(participant, ParticipantState.ASKED)
        participant.joined_at = at
        _move(participant, ParticipantState.ACTIVE, ACCEPTED, viewer, at, also=["joined_at"])
    return participant


def decline_request(
    *, viewer: Viewer, participant: Participant, reason: str, language: str = "", at: datetime
) -> Participant:
    """Say no to somebody who asked, with a reason that they read.

    Raises: Forbidden; Refusal "no-reason".
    """
    with transaction.atomic():
        can_lead(viewer, participant.group).require()
        _require_state(participant, ParticipantState.ASKED)
        participant.reason, participant.reason_language = _reason(reason), language
        also = ["reason", "reason_language"]
        _end(participant, ParticipantState.DECLINED, DECLINED, viewer, at, also=also)
    return participant


def invite(
    *,
    viewer: Viewer,
    group: Group,
    organisation_code: str,
    email: str,
    role: str = ParticipantRole.MEMBER,
    at: datetime,
) -> Participant:
    """Invite a person of an organisation by the address they sign in with.

    Whether the address belongs to anybody there is not said; whoever it is finds the invitation and gets a letter.
    Raises: Forbidden; Refusal "no-such-organisation", "invited-already".
    """
    with transaction.atomic():
        can_lead(viewer, group).require()
        found = organisation_called(organisation_code)
        if found is None:
            sentence = _("There is no organisation with this code.")
            raise Refusal(
                "no-such-organisation", sentence, fields={"organisation_code": [sentence]}, status=422
            )
        refuse_twice(group, found.id, email)
        part = Participant.objects.create(
            group=group,
            organisation_id=found.id,
            email=email.strip().lower(),
            role=ParticipantRole.GUEST if role == ParticipantRole.GUEST else ParticipantRole.MEMBER,
            state=ParticipantState.INVITED,
            since_at=at,
        )
        _tell(INVITED, viewer, part, at)
        expect_answer(part, by=viewer)
    return part


def end_invitation(*, participant_id: int, at: datetime) -> bool:
    """End an invitation that nobody answered in time; return whether it was still open. Done by time.

    Promises: nothing happens to one that was answered or taken back; whoever invited finds a line in the inbox.
    """
    with transaction.atomic():
        rows = Participant.objects.select_for_update(of=("self",)).select_related("group")
        part = rows.filter(pk=participant_id, state=ParticipantState.INVITED).first()
        if part is None or part.answer_by > at:
            return False
        part.ended_at, part.email = at, ""
        move_inside(
            part,
            to=ParticipantState.ENDED,
            lifecycle=PARTICIPANT,
            verb=INVITATION_EXPIRED,
            by=None,
            group=part.group,
            at=at,
            data={"participant": part.pk},
            also=["ended_at", "email"],
        )
    return True


def withdraw_invitation(*, viewer: Viewer, participant: Participant, at: datetime) -> None:
    """Take an invitation back that nobody has answered."""
    with transaction.atomic():
        can_remove(viewer, participant).require()
        _require_state(participant, ParticipantState.INVITED)
        _end(participant, ParticipantState.ENDED, INVITATION_WITHDRAWN, viewer, at, also=["email"])


def accept_invitation(*, viewer: Viewer, participant: Participant, at: datetime) -> Participant:
    """Come in by an invitation; what one was in the group before gives way to it.

    Raises: Forbidden; Refusal "illegal-move", "co-lead-there".
    """
    with transaction.atomic():
        can_answer_invitation(viewer, participant).require()
        _require_state(participant, ParticipantState.INVITED)
        if participant.leads and any(
            one.side == participant.side for one in co_leads_of([participant.group])[participant.group_id]
        ):
            raise Refusal("co-lead-there", _("Somebody else has become a co-lead meanwhile."))
        for before in own_parts(viewer).filter(group=participant.group):
            _end(before, ParticipantState.ENDED, LEFT, viewer, at)
        participant.joined_at, participant.email = at, ""
        participant.person_id = viewer.person_id
        also = ["joined_at", "email", "person"]
        _move(participant, ParticipantState.ACTIVE, INVITATION_ACCEPTED, viewer, at, also=also)
    return participant


def decline_invitation(*, viewer: Viewer, participant: Participant, at: datetime) -> None:
    """Say no to an invitation; whoever invited is told."""
    with transaction.atomic():
        can_answer_invitation(viewer, participant).require()
        _require_state(participant, ParticipantState.INVITED)
        participant.email, participant.person_id = "", viewer.person_id
        also = ["email", "person"]
        _end(participant, ParticipantState.DECLINED, INVITATION_DECLINED, viewer, at, also=also)


def leave(*, viewer: Viewer, participant: Participant, at: datetime) -> None:
    """Leave a group; one's seat is free from then on."""
    with transaction.atomic():
        can_leave(viewer, participant).require()
        _require_state(participant, ParticipantState.ACTIVE)
        _end(participant, ParticipantState.ENDED, LEFT, viewer, at)


def remove(
    *, viewer: Viewer, participant: Participant, reason: str, language: str = "", at: datetime
) -> None:
    """End somebody's part, with a reason that they read.

    Raises: Forbidden; Refusal "no-reason", "own-part".
    """
    with transaction.atomic():
        can_remove(viewer, participant).require()
        _require_state(participant, ParticipantState.ACTIVE)
        participant.reason, participant.reason_language = _reason(reason), language
        also = ["reason", "reason_language"]
        _end(participant, ParticipantState.ENDED, REMOVED, viewer, at, also=also)


def _own(viewer: Viewer, group: Group, state: str, at: datetime, **fields: str) -> Participant:
    return Participant.objects.create(
        group=group,
        organisation_id=viewer.organisation_id,
        person_id=viewer.person_id,
        role=ParticipantRole.MEMBER,
        state=state,
        since_at=at,
        joined_at=at if state == ParticipantState.ACTIVE else None,
        **fields,
    )


def _reason(said: str) -> str:
    if not said.strip():
        sentence = _("Say why: they will read it.")
        raise Refusal("no-reason", sentence, fields={"reason": [sentence]}, status=422)
    return said.strip()


def _require_state(participant: Participant, wanted: str) -> None:
    """Look again at the row: of two who answer at once the second is refused.

    Raises: NotVisible; Refusal "answered-already".
    """
    now = Participant.objects.select_for_update(of=("self",)).filter(pk=participant.pk).first()
    if now is None:
        raise NotVisible
    if now.state != wanted:
        raise Refusal("answered-already", _("This has been answered already, or has ended."))


def _end(
    participant: Participant,
    to: str,
    verb: str,
    viewer: Viewer,
    at: datetime,
    *,
    also: "list[str] | None" = None,
) -> Entry:
    participant.ended_at = at
    return _move(participant, to, verb, viewer, at, also=["ended_at", *(also or [])])


def _move(
    participant: Participant,
    to: str,
    verb: str,
    viewer: Viewer,
    at: datetime,
    *,
    also: "list[str] | None" = None,
) -> Entry:
    return move_inside(
        participant,
        to=to,
        lifecycle=PARTICIPANT,
        verb=verb,
        by=viewer,
        group=participant.group,
        at=at,
        data={"participant": participant.pk},
        also=also or [],
    )


def _tell(verb: str, viewer: Viewer, part: Participant, at: datetime) -> Entry:
    return tell(verb=verb, by=viewer, group=part.group, at=at, data={"participant": part.pk})
