"""Groups come and go by the operator, who names their co-leads."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.actions.inside import move_inside
from forum.lifecycle import GROUP, CharterState, GroupState, ParticipantState
from forum.models import Charter, Group, LeadSide, Participant, ParticipantRole
from forum.models.facts import GroupSaid
from forum.permissions.group import can_run, can_run_forum
from forum.queries.organisation import organisation_called
from forum.queries.participant import co_leads_of
from ledger.entries import record
from ledger.occurrences import schedule
from ledger.refusals import Refusal
from organisations.models import Membership
from organisations.visibility import Viewer

CREATED, EDITED = "forum.group_created", "forum.group_edited"
CLOSED, OPENED = "forum.group_closed", "forum.group_opened"
NAMED = "forum.co_lead_named"
INVITATION_OVER = "forum.invitation_over"


def create_group(*, viewer: Viewer, said: GroupSaid, purpose: str, at: datetime) -> Group:
    """Make a group with its first charter; it is incomplete until both co-leads are there.

    Raises: Forbidden; Refusal "address-taken".
    """
    can_run_forum(viewer).require()
    try:
        with transaction.atomic():
            group = Group.objects.create(
                key=said.key,
                title=said.title,
                summary=said.summary,
                language=said.language,
                kind=said.kind,
                stage=said.stage,
                country=said.country,
                entry=said.entry,
                sdg_tags=list(said.sdg_tags),
                operator_id=viewer.organisation_id,
                created_at=at,
            )
            Charter.objects.create(
                group=group,
                number=1,
                purpose=purpose,
                language=said.language,
                state=CharterState.ADOPTED,
                written_at=at,
                adopted_at=at,
            )
            record(verb=CREATED, by=viewer, subject=group, owner_id=group.operator_id, at=at)
    except IntegrityError as error:
        if "forum_group_key" not in str(error):
            raise
        sentence = _("There is a group at this address already. Choose another one.")
        raise Refusal("address-taken", sentence, fields={"key": [sentence]}, status=422) from error
    return group


def edit_group(*, viewer: Viewer, group: Group, said: GroupSaid, at: datetime) -> Group:
    """Change what a group is called and how one comes in; whoever is inside stays."""
    with transaction.atomic():
        group = _locked(group)
        can_run(viewer, group).require()
        before = {"entry": group.entry}
        group.title, group.summary, group.language = said.title, said.summary, said.language
        group.stage, group.country = said.stage, said.country
        group.entry, group.sdg_tags = said.entry, list(said.sdg_tags)
        fields = ["title", "summary", "language", "stage", "country", "entry", "sdg_tags"]
        group.save(update_fields=fields)
        data = {"before": before, "after": {"entry": group.entry}, "key": group.key}
        record(verb=EDITED, by=viewer, subject=group, owner_id=group.operator_id, at=at, data=data)
    return group


def close_group(*, viewer: Viewer, group: Group, at: datetime) -> Group:
    """Close a group: everybody inside can still read it."""
    with transaction.atomic():
        can_run(viewer, group).require()
        group.closed_at = at
        move_inside(
            group,
            to=GroupState.CLOSED,
            lifecycle=GROUP,
            verb=CLOSED,
            by=viewer,
            group=group,
            at=at,
            also=["closed_at"],
        )
    return group


def open_group(*, viewer: Viewer, group: Group, at: datetime) -> Group:
    """Open a closed group again, with the same people."""
    with transaction.atomic():
        can_run(viewer, group).require()
        group.closed_at = None
        move_inside(
            group,
            to=GroupState.ACTIVE,
            lifecycle=GROUP,
            verb=OPENED,
            by=viewer,
            group=group,
            at=at,
            also=["closed_at"],
        )
    return group


def name_colleague(*, viewer: Viewer, group: Group, colleague: Membership, at: datetime) -> Participant:
    """Make somebody of the operator's own staff a co-lead, at once.

    Raises: Forbidden; Refusal "co-lead-there".
    """
    with transaction.atomic():
        group = _locked(group)
        _may_name(viewer, group, LeadSide.OPERATOR)
        part = Participant.objects.create(
            group=group,
            organisation_id=viewer.organisation_id,
            person_id=colleague.person_id,
            role=ParticipantRole.CO_LEAD,
            side=LeadSide.OPERATOR,
            state=ParticipantState.ACTIVE,
            since_at=at,
            joined_at=at,
        )
        _named(viewer, group, part, at)
    return part


def name_co_lead(
    *, viewer: Viewer, group: Group, organisation_code: str, email: str, at: datetime
) -> Participant:
    """Invite somebody of a member organisation to be the co-lead of that side.

    Whether the address belongs to anybody there is not said.
    Raises: Forbidden; Refusal "no-such-organisation", "co-lead-there", "invited-already".
    """
    with transaction.atomic():
        group = _locked(group)
        found = organisation_called(organisation_code)
        if found is None or found.id == group.operator_id:
            sentence = _("There is no member organisation with this code.")
            raise Refusal(
                "no-such-organisation", sentence, fields={"organisation_code": [sentence]}, status=422
            )
        _may_name(viewer, group, LeadSide.MEMBER)
        refuse_twice(group, found.id, email)
        part = Participant.objects.create(
            group=group,
            organisation_id=found.id,
            email=email.strip().lower(),
            role=ParticipantRole.CO_LEAD,
            side=LeadSide.MEMBER,
            state=ParticipantState.INVITED,
            since_at=at,
        )
        _named(viewer, group, part, at)
        expect_answer(part, by=viewer)
    return part


def expect_answer(participant: Participant, *, by: Viewer) -> None:
    """Have an invitation end by itself when nobody answers it."""
    schedule(INVITATION_OVER, participant, participant.answer_by, by.organisation_id)


def refuse_twice(group: Group, organisation_id: int, email: str) -> None:
    """Refuse a second invitation to the same address while the first one waits."""
    rows = Participant.objects.filter(
        group=group, organisation_id=organisation_id, state=ParticipantState.INVITED
    )
    if rows.filter(email=email.strip().lower()).exists():
        raise Refusal("invited-already", _("An invitation to this address waits for an answer already."))


def _may_name(viewer: Viewer, group: Group, side: LeadSide) -> None:
    can_run(viewer, group).require()
    if group.is_closed:
        raise Refusal("group-closed", _("This group is closed. Open it again first."))
    if any(one.side == side for one in co_leads_of([group])[group.pk]):
        raise Refusal(
            "co-lead-there", _("There is a co-lead of this side already. End that person's part first.")
        )


def _named(viewer: Viewer, group: Group, part: Participant, at: datetime) -> None:
    data = {"participant": part.pk, "key": group.key}
    record(verb=NAMED, by=viewer, subject=group, owner_id=group.operator_id, at=at, data=data)


def _locked(group: Group) -> Group:
    """Lock the group where the viewer may; whoever may not is refused by the permission that follows."""
    found = Group.objects.select_for_update().filter(pk=group.pk).first()
    return found or group
