"""Who is told of consultations; letters name the group and lead to the page."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from forum.actions import consultation as asks
from forum.actions import consultation_comment as says
from forum.lifecycle import CommentState
from forum.models import ConsultationComment, ConsultationContact, ConsultationRound, GroupAccess
from forum.queries.consultation import link_path
from ledger.models import Channel, Delivery, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.models import Membership

CONSULTATION, CODES = "forum:consultation", "consultation"


def _people(entry: Entry) -> list[Recipient]:
    """Everybody inside but who acted."""
    rows = GroupAccess.objects.filter(group_id=entry.subject_id).exclude(person_id=entry.actor_id or 0)
    return [Recipient(row.person_id, row.organisation_id) for row in rows.order_by("pk")]


def _round(entry: Entry) -> ConsultationRound | None:
    return ConsultationRound.objects.filter(code=entry.data.get("code")).first()


def _commenters(rows: Iterable[ConsultationComment], *, but: set[int | None]) -> Iterable[Recipient]:
    """Members who commented, as long as they are members; of the public whoever confirmed an address."""
    said = list(rows)
    pairs = {(one.person_id, one.organisation_id) for one in said if not one.from_public} - {(None, None)}
    found = Membership.objects.active().filter(
        person_id__in={person for person, _house in pairs if person is not None},
        organisation_id__in={house for _person, house in pairs},
    )
    told = set(but)
    for row in found.order_by("pk"):
        if (row.person_id, row.organisation_id) in pairs and row.person_id not in told:
            told.add(row.person_id)
            yield Recipient(row.person_id, row.organisation_id)
    contacts = ConsultationContact.objects.filter(comment__in=[one for one in said if one.from_public])
    addresses = contacts.exclude(email="").filter(confirmed_at__isnull=False).order_by("email")
    for address in addresses.values_list("email", flat=True).distinct():
        yield Recipient(None, None, (Channel.EMAIL,), address=address)


def _counted(**where: object) -> Iterable[ConsultationComment]:
    return ConsultationComment.objects.filter(**where).exclude(state=CommentState.WAITING)


def _contact(delivery: Delivery) -> ConsultationContact | None:
    """The newest address row of the reader in the consultation of a letter: its link ends such letters."""
    rows = ConsultationContact.objects.filter(
        email=delivery.address,
        confirmed_at__isnull=False,
        comment__consultation__code=delivery.entry.data.get("consultation"),
    )
    return rows.select_related("comment").order_by("-pk").first() if delivery.address else None


def _stop(delivery: Delivery) -> str:
    contact = _contact(delivery)
    return link_path(contact, route="forum:consultation_stop") if contact else ""


@notice(asks.OPENED, route=CONSULTATION, code_in=CODES, stop_path=_stop)
def _opened(entry: Entry) -> Iterable[Recipient]:
    """The people of the group; of a later round also whoever commented on an earlier one."""
    inside = _people(entry)
    yield from inside
    asked = _round(entry)
    if asked is not None and asked.number > 1:
        earlier = _counted(consultation_id=asked.consultation_id, round__number__lt=asked.number)
        yield from _commenters(earlier, but={one.person_id for one in inside} | {entry.actor_id})


@notice(asks.EXTENDED, route=CONSULTATION, code_in=CODES)
def _extended(entry: Entry) -> Iterable[Recipient]:
    """The people of the group; the inbox is enough."""
    for one in _people(entry):
        yield Recipient(one.person, one.organisation, (Channel.INBOX,))


@notice(asks.CLOSES_SOON, route=CONSULTATION, code_in=CODES)
def _closes_soon(entry: Entry) -> Iterable[Recipient]:
    """The people of the group."""
    return _people(entry)


@notice(asks.CLOSED, route="forum:consultation_desk", code_in="key consultation")
def _closed(entry: Entry) -> Iterable[Recipient]:
    """The co-leads: now it is theirs to answer."""
    rows = GroupAccess.objects.filter(group_id=entry.subject_id, is_co_lead=True).order_by("pk")
    for row in rows.exclude(person_id=entry.actor_id or 0):
        yield Recipient(row.person_id, row.organisation_id)


@notice(asks.ANSWERED, route=CONSULTATION, code_in=CODES, stop_path=_stop)
def _answered(entry: Entry) -> Iterable[Recipient]:
    """Whoever commented; the people of the group in their inbox."""
    asked = _round(entry)
    if asked is None:
        return
    told = list(_commenters(_counted(round=asked), but={entry.actor_id}))
    yield from told
    known = {one.person_id for one in told}
    for one in _people(entry):
        if one.person_id not in known:
            yield Recipient(one.person, one.organisation, (Channel.INBOX,))


def _asked(entry: Entry) -> ConsultationContact | None:
    rows = ConsultationContact.objects.filter(comment__code=entry.data.get("comment"), confirmed_at=None)
    return rows.exclude(email="").select_related("comment").first()


def _link(entry: Entry) -> str:
    """Return the page on which a comment is confirmed, with its secret; nothing once it is."""
    contact = _asked(entry)
    return link_path(contact) if contact else ""


@notice(says.ASKED, secret_path=_link)
def _address(entry: Entry) -> Iterable[Recipient]:
    """The address, while it is not confirmed."""
    contact = _asked(entry)
    if contact is not None:
        yield Recipient(None, None, (Channel.EMAIL,), address=contact.email)


phrase(asks.BEGUN, _("%(who)s began a consultation in %(what)s."))
phrase(asks.PLANNED, _("%(who)s announced a consultation of %(what)s."))
phrase(asks.OPENED, _("A round of a consultation of %(what)s opened."))
phrase(asks.TAKEN_BACK, _("%(who)s took an announced consultation of %(what)s back."))
phrase(asks.EXTENDED, _("%(who)s let a consultation of %(what)s close later."))
phrase(asks.CLOSES_SOON, _("A consultation of %(what)s closes in a day."))
phrase(asks.CLOSED, _("A round of a consultation of %(what)s closed."))
phrase(asks.ANSWERED, _("%(who)s published the answers to a consultation of %(what)s."))
phrase(asks.NEXT_ROUND, _("%(who)s began the next round of a consultation of %(what)s."))
phrase(says.ASKED, _("Somebody without an account wrote to a consultation of %(what)s."))
phrase(says.COMMENTED, _("%(who)s commented on a consultation of %(what)s."))
phrase(says.RESPONDED, _("%(who)s answered a comment on a consultation of %(what)s."))
phrase(says.HIDDEN, _("%(who)s hid a comment on a consultation of %(what)s."))
phrase(says.SHOWN, _("%(who)s showed a comment on a consultation of %(what)s again."))
