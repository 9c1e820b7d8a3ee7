"""Who is told of decisions and appeals."""

from collections.abc import Iterable

from ledger.models import Entry
from ledger.registry import Recipient, notice, notice_of_many
from organisations.queries import people_of
from schemes.actions import appeal
from schemes.actions.decision import VERBS
from schemes.lifecycle import AppealState
from schemes.models import Appeal, SchemeMembership
from schemes.notices.people import member, sides_of

MEMBERSHIP = "schemes:membership"

for _verb in VERBS.values():
    notice_of_many(_verb, route=MEMBERSHIP)(sides_of(SchemeMembership, member))


@notice(appeal.APPEALED, route="schemes:appeal_answer")
def whoever_answers(entry: Entry) -> Iterable[Recipient]:
    """The scheme body, while the appeal is open."""
    made = Appeal.objects.get(pk=entry.subject_id)
    return people_of([made.body_id]) if made.state == AppealState.OPEN else []


@notice(appeal.WITHDRAWN, route="schemes:appeal_answer")
def whoever_would_have_answered(entry: Entry) -> Iterable[Recipient]:
    """The scheme body."""
    return people_of([Appeal.objects.get(pk=entry.subject_id).body_id])


def _who_appealed(entry: Entry) -> Iterable[Recipient]:
    """The member."""
    return people_of([Appeal.objects.get(pk=entry.subject_id).member_id])


for _verb in (appeal.UPHELD, appeal.REJECTED):
    notice(_verb, route="schemes:appeal", code_in="assessment")(_who_appealed)
