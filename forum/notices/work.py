"""Who is told of the work of a group; letters name the group and nothing of what is in it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forum.actions import action_item, decision, issue, project
from forum.models import ActionItem, Decision, GroupAccess, Objection, SeatHolding
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice

ITEM, DECISION, PROJECT = "forum:action_item", "forum:decision", "forum:project"
CODES = "key code"


def _inside(entry: Entry, *which: Q) -> Iterable[Recipient]:
    """Those of the people inside now who fit, but the one who acted."""
    wanted = Q()
    for one in which:
        wanted |= one
    rows = GroupAccess.objects.filter(wanted, group_id=entry.subject_id)
    for row in rows.exclude(person_id=entry.actor_id or 0).order_by("pk"):
        yield Recipient(row.person_id, row.organisation_id)


LEADS = Q(is_co_lead=True)


def _owner(entry: Entry) -> Q:
    item = ActionItem.objects.filter(code=entry.data.get("code")).first()
    if item is None:
        return Q(pk=None)
    return Q(person_id=item.owner_id, organisation_id=item.owner_organisation_id)


def _seats(entry: Entry) -> Q:
    sitting = SeatHolding.objects.current().filter(group_id=entry.subject_id)
    return Q(person_id__in=list(sitting.values_list("person_id", flat=True)), is_guest=False)


def _proposer(entry: Entry) -> Q:
    found = Decision.objects.filter(code=entry.data.get("code")).first()
    if found is None:
        return Q(pk=None)
    return Q(person_id=found.person_id, organisation_id=found.organisation_id)


@notice(action_item.ADDED, route=ITEM, code_in=CODES)
def _new_owner(entry: Entry) -> Iterable[Recipient]:
    """Its owner."""
    return _inside(entry, _owner(entry))


@notice(action_item.CHANGED, route=ITEM, code_in=CODES)
def _owner_of_changed(entry: Entry) -> Iterable[Recipient]:
    """Its owner as it is now."""
    return _inside(entry, _owner(entry))


@notice(action_item.CANCELLED, route=ITEM, code_in=CODES)
def _owner_of_cancelled(entry: Entry) -> Iterable[Recipient]:
    """Its owner."""
    return _inside(entry, _owner(entry))


@notice(action_item.DONE, route=ITEM, code_in=CODES)
def _leads(entry: Entry) -> Iterable[Recipient]:
    """The co-leads."""
    return _inside(entry, LEADS)


@notice(action_item.DUE_SOON, route=ITEM, code_in=CODES)
def _owner_soon(entry: Entry) -> Iterable[Recipient]:
    """Its owner."""
    return _inside(entry, _owner(entry))


@notice(action_item.OVERDUE, route=ITEM, code_in=CODES)
def _owner_and_leads(entry: Entry) -> Iterable[Recipient]:
    """Its owner and the co-leads."""
    return _inside(entry, _owner(entry), LEADS)


@notice(decision.PROPOSED, route=DECISION, code_in=CODES)
def _seats_and_leads(entry: Entry) -> Iterable[Recipient]:
    """Whoever may object, and the co-leads."""
    return _inside(entry, _seats(entry), LEADS)


@notice(decision.OBJECTED, route=DECISION, code_in=CODES)
def _leads_and_proposer(entry: Entry) -> Iterable[Recipient]:
    """Whoever answers, and whoever proposed."""
    return _inside(entry, LEADS, _proposer(entry))


@notice(decision.ANSWERED, route=DECISION, code_in=CODES)
def _objector(entry: Entry) -> Iterable[Recipient]:
    """Whoever objected."""
    found = Objection.objects.filter(code=entry.data.get("objection")).first()
    if found is None:
        return ()
    return _inside(entry, Q(person_id=found.person_id, organisation_id=found.organisation_id))


def _all_of_it(entry: Entry) -> Iterable[Recipient]:
    """The seats, the co-leads and whoever proposed it."""
    return _inside(entry, _seats(entry), LEADS, _proposer(entry))


for _verb in (decision.AGREED, decision.RESOLVED, decision.WITHDRAWN):
    notice(_verb, route=DECISION, code_in=CODES)(_all_of_it)


@notice(project.ADDED, route=PROJECT, code_in=CODES)
def _everybody(entry: Entry) -> Iterable[Recipient]:
    """Everybody inside."""
    return _inside(entry, Q())


phrase(action_item.ADDED, _("%(who)s wrote down an action item in %(what)s."))
phrase(action_item.CHANGED, _("%(who)s changed an action item in %(what)s."))
phrase(action_item.DONE, _("%(who)s finished an action item in %(what)s."))
phrase(action_item.CANCELLED, _("%(who)s cancelled an action item in %(what)s."))
phrase(action_item.DUE_SOON, _("An action item in %(what)s is due soon."))
phrase(action_item.OVERDUE, _("An action item in %(what)s is past its day."))
phrase(decision.PROPOSED, _("%(who)s proposed a decision in %(what)s."))
phrase(decision.OBJECTED, _("%(who)s objected to a decision in %(what)s."))
phrase(decision.ANSWERED, _("%(who)s answered an objection in %(what)s."))
phrase(decision.AGREED, _("%(who)s wrote down a consensus in %(what)s."))
phrase(decision.RESOLVED, _("%(who)s settled a decision after objections in %(what)s."))
phrase(decision.WITHDRAWN, _("%(who)s withdrew a proposal in %(what)s."))
phrase(project.ADDED, _("%(who)s began a project in %(what)s."))
phrase(project.MOVED, _("%(who)s changed the state of a project in %(what)s."))
phrase(project.UPDATED, _("%(who)s told how a project in %(what)s comes along."))
phrase(project.SET, _("%(who)s set a milestone in %(what)s."))
phrase(project.MILESTONE_MOVED, _("%(who)s changed the state of a milestone in %(what)s."))
phrase(issue.RAISED, _("%(who)s raised an issue in %(what)s."))
phrase(issue.NOTED, _("%(who)s wrote a note on an issue in %(what)s."))
phrase(issue.CLOSED, _("%(who)s closed an issue in %(what)s."))
phrase(issue.REOPENED, _("%(who)s opened an issue in %(what)s again."))
