"""Who is told of news in a case: named people alone, always in the same words, which say nothing of the case."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from findings.actions.incident import MOVED, NAMED, NEWS, TASK_SET
from findings.models import IncidentAccess, IncidentMember, IncidentSide
from ledger.models import Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice

CASE = "findings:incident"
TASK_DUE = "findings.case_task_due"


def _named(entry: Entry) -> Iterable[IncidentAccess]:
    """Whoever may read the case now, but the one who wrote."""
    now = timezone.now()
    rows = IncidentAccess.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), incident_id=entry.subject_id
    )
    return rows.exclude(person_id=entry.actor_id or 0).order_by("pk")


def _told(rows: Iterable[IncidentAccess]) -> Iterable[Recipient]:
    for row in rows:
        yield Recipient(row.person_id, row.organisation_id)


@notice(NEWS, route=CASE)
def _readers_of_news(entry: Entry) -> Iterable[Recipient]:
    """Those who can read what is new: everyone, the supplier's people, or they and one organisation."""
    audience, organisation = entry.data.get("audience", "all"), entry.data.get("organisation")
    rows = _named(entry)
    if organisation is not None or audience != "all":
        return _told(
            one for one in rows if one.side == IncidentSide.SITE or one.organisation_id == (organisation or 0)
        )
    return _told(rows)


@notice(MOVED, route=CASE)
def _readers_of_case(entry: Entry) -> Iterable[Recipient]:
    """Everyone named."""
    return _told(_named(entry))


@notice(NAMED, route=CASE)
def _newly_named(entry: Entry) -> Iterable[Recipient]:
    """Whoever was named; at an address that nobody of that organisation signs in with, by letter alone."""
    member = IncidentMember.objects.filter(pk=entry.data.get("member"), ended_at=None).first()
    if member is None or (member.expires_at is not None and member.expires_at <= timezone.now()):
        return
    known = list(IncidentAccess.objects.filter(member=member).order_by("pk"))
    yield from _told(known)
    if not known and member.person_id is None:
        yield Recipient(None, None, address=member.email)


@notice(TASK_SET, route=CASE)
def _owner_of_task(entry: Entry) -> Iterable[Recipient]:
    """Whoever has something to do now."""
    return _told(one for one in _named(entry) if one.member_id == entry.data.get("member"))


@notice(TASK_DUE, route=CASE)
def _owner_and_leads(entry: Entry) -> Iterable[Recipient]:
    """Whoever has something to do today, and the supplier's people who lead."""
    rows = _named(entry)
    return _told(
        one for one in rows if one.member_id == entry.data.get("member") or (one.is_lead and one.is_site)
    )


# Entries about cases are read by their writer alone, and no activity page shows them; were one ever shown, it would
# say no more than this.
for _verb in (NEWS, MOVED, NAMED, TASK_SET, TASK_DUE):
    phrase(_verb, _("%(who)s wrote something that only named people read."))
