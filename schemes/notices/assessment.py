"""Who is told of assessments: the member, the scheme body, or whoever has a part there."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice, notice_of_many
from organisations.queries import people_of
from organisations.visibility import Role
from schemes.actions import assessment as verbs
from schemes.actions import clarification, people
from schemes.actions.interim import OVERDUE, REMINDED
from schemes.actions.overdue import TOLD
from schemes.lifecycle import AssessmentState
from schemes.models import Assessment, Assignment
from schemes.notices.people import Sided, body, member, sides_of, those_who

ASSESSMENT = "schemes:assessment"
RATERS = (Assignment.Role.ASSESSOR, Assignment.Role.SECOND_RATER)


def _while_it_answers(entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The member, as long as its answers are missing."""
    return member(entry, thing) if thing.state == AssessmentState.ANSWERING else ()


def _of_an_interim(entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The member; what a decision opens is told together with the decision."""
    is_interim = isinstance(thing, Assessment) and thing.kind == Assessment.Kind.INTERIM
    return _while_it_answers(entry, thing) if is_interim else ()


def _if_it_waits_for_the_member(entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The member, while answers are missing; the scheme body is told of all together, `schemes.overdue_told`."""
    return _while_it_answers(entry, thing) if entry.data.get("waits_for") == "member" else ()


def _of_members(entry: Entry, thing: Sided) -> Iterable[int | None]:
    """The scheme body, where an organisation is assessed: what nobody sent waits for nobody."""
    return body(entry, thing) if thing.member_id is not None else ()


notice_of_many(verbs.OPENED, route=ASSESSMENT)(sides_of(Assessment, _of_an_interim))
notice_of_many(REMINDED, route=ASSESSMENT)(sides_of(Assessment, _while_it_answers))
notice_of_many(OVERDUE, route=ASSESSMENT)(sides_of(Assessment, _if_it_waits_for_the_member))
notice_of_many(verbs.SUBMITTED, route=ASSESSMENT)(sides_of(Assessment, _of_members))
notice_of_many(verbs.TAKEN_UP, route=ASSESSMENT)(sides_of(Assessment, member))
notice_of_many(verbs.RESCHEDULED, route=ASSESSMENT)(sides_of(Assessment, member))
notice_of_many(clarification.ASKED, route=ASSESSMENT)(sides_of(Assessment, member))


@notice(TOLD, route="schemes:overdue", code_in="day")
def whose_work_is_overdue(entry: Entry) -> Iterable[Recipient]:
    """The scheme body."""
    return people_of([entry.subject_id])


def _assessment(entry: Entry) -> Assessment:
    return Assessment.objects.get(pk=entry.subject_id)


@notice(people.ASSIGNED, route=ASSESSMENT)
def whoever_is_assigned(entry: Entry) -> Iterable[Recipient]:
    """The person, while they have that part and still belong to the scheme body."""
    one = _assessment(entry)
    parts = Assignment.objects.in_force().filter(assessment=one, person_id=entry.data["person"])
    if not parts.exists():
        return []
    return [who for who in people_of([one.body_id]) if who.person_id == entry.data["person"]]


@notice(people.UNASSIGNED, route=ASSESSMENT)
def whoever_fills_the_gap(entry: Entry) -> Iterable[Recipient]:
    """Admins of the scheme body, where an interest ended a part, until it is taken; else the one whose part ended."""
    one, person_id = _assessment(entry), entry.data["person"]
    if one.is_closed:
        return []
    if not entry.data.get("is_by_interest"):
        is_own = entry.actor_id == person_id
        return [who for who in people_of([one.body_id]) if who.person_id == person_id and not is_own]
    taken = Assignment.objects.in_force().filter(assessment=one, role=entry.data["role"])
    admins = people_of([one.body_id], at_least=Role.ADMIN)
    return [] if taken.exists() else [who for who in admins if who.person_id != person_id]


@notice(verbs.PROPOSED, route=ASSESSMENT)
def whoever_decides(entry: Entry) -> Iterable[Recipient]:
    """The one who decides, as long as it waits for that."""
    one = _assessment(entry)
    is_waiting = one.state == AssessmentState.PROPOSED
    return those_who(one, [Assignment.Role.DECIDER]) if is_waiting else []


@notice(verbs.SENT_BACK, route=ASSESSMENT)
def whoever_assessed(entry: Entry) -> Iterable[Recipient]:
    """Its assessors."""
    return those_who(_assessment(entry), RATERS)


@notice(clarification.ANSWERED, route=ASSESSMENT)
def whoever_asked(entry: Entry) -> Iterable[Recipient]:
    """Its assessors, while they assess."""
    one = _assessment(entry)
    return [] if one.is_closed else those_who(one, RATERS)


phrase(REMINDED, _("%(what)s was reminded of its answers for %(scheme)s."), route=ASSESSMENT)
phrase(OVERDUE, _("The assessment of %(what)s by %(scheme)s was overdue."), route=ASSESSMENT)
phrase(TOLD, _("Overdue assessments were listed for %(what)s: %(count)s."))
