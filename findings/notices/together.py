"""Who is told of calls, commitments, standing positions and introductions: the two sides, each alone."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from findings.models import Call, Commitment, Introduction, IntroductionAsk, Position
from findings.queries.calendar import file_of
from findings.queries.plan import customers_who_see
from findings.queries.position import suppliers_concerned
from ledger.models import Delivery, Entry
from ledger.phrases import phrase
from ledger.registry import Attachment, Recipient, notice
from organisations.queries import people_of

CALL, COMMITMENT, POSITION = "findings:call", "findings:commitment", "findings:position"
ASK, ROUND = "findings:introduction_asked", "findings:introduction"


def _pair(model: type[Call] | type[Commitment] | type[IntroductionAsk], entry: Entry) -> tuple[int, int, int]:
    """Return supplier, site and customer; a customer that no longer sees the audit is nobody."""
    row = model.objects.select_related("finding__audit").get(pk=entry.subject_id)
    is_met = any(one.pk == row.customer_id for one in customers_who_see(row.finding.audit))
    return row.supplier_id, row.finding.site_id, row.customer_id if is_met else 0


def _supplier(pair: tuple[int, int, int]) -> Iterable[Recipient]:
    return people_of([pair[0]], site_id=pair[1])


def _customer(pair: tuple[int, int, int]) -> Iterable[Recipient]:
    return people_of([pair[2]]) if pair[2] else ()


def _other_side_of_call(entry: Entry) -> Iterable[Recipient]:
    """Whoever did not act."""
    pair = _pair(Call, entry)
    return _supplier(pair) if entry.data.get("by_customer") else _customer(pair)


def _both_sides_of_call(entry: Entry) -> Iterable[Recipient]:
    pair = _pair(Call, entry)
    yield from _supplier(pair)
    yield from _customer(pair)


def _calendar_file(delivery: Delivery) -> Iterable[Attachment]:
    """The appointment as it is now, for this reader's calendar; none while no time was agreed."""
    call = Call.objects.select_related("finding__audit").get(pk=delivery.entry.subject_id)
    text = file_of(call, attendee=delivery.person.email) if delivery.person else None
    if text is not None:
        method = "REQUEST" if call.starts_at else "CANCEL"
        yield Attachment("call.ics", text, f"text/calendar; method={method}")


notice("findings.call_proposed", route=CALL)(_other_side_of_call)
for _verb in ("call_agreed", "call_times_proposed", "call_declined", "call_cancelled", "call_joining_said"):
    _told = _other_side_of_call if _verb == "call_declined" else _both_sides_of_call
    notice(f"findings.{_verb}", route=CALL, attach=_calendar_file)(_told)
notice("findings.call_noted", route=CALL)(_other_side_of_call)
notice("findings.call_tomorrow", route=CALL)(_both_sides_of_call)
notice("findings.call_soon", route=CALL)(_both_sides_of_call)


def _supplier_of_commitment(entry: Entry) -> Iterable[Recipient]:
    return _supplier(_pair(Commitment, entry))


def _customer_of_commitment(entry: Entry) -> Iterable[Recipient]:
    return _customer(_pair(Commitment, entry))


for _verb in ("support_committed", "commitment_changed", "commitment_answered", "commitment_progressed"):
    notice(f"findings.{_verb}", route=COMMITMENT)(_supplier_of_commitment)
notice("findings.commitment_withdrawn", route=COMMITMENT)(_supplier_of_commitment)
notice("findings.commitment_confirmed", route=COMMITMENT)(_customer_of_commitment)
notice("findings.commitment_asked", route=COMMITMENT)(_customer_of_commitment)


def _suppliers_of_position(entry: Entry) -> Iterable[Recipient]:
    """Suppliers of the buyer with a CAR of that requirement that goes on; each is told alone."""
    rows = Position.objects.select_related("requirement__version", "requirement__section")
    return people_of(suppliers_concerned(rows.get(pk=entry.subject_id)))


for _verb in ("position_stated", "position_changed", "position_withdrawn"):
    notice(f"findings.{_verb}", route=POSITION)(_suppliers_of_position)


def _customer_asked(entry: Entry) -> Iterable[Recipient]:
    return _customer(_pair(IntroductionAsk, entry))


def _supplier_who_asked(entry: Entry) -> Iterable[Recipient]:
    return _supplier(_pair(IntroductionAsk, entry))


def _supplier_of_round(entry: Entry) -> Iterable[Recipient]:
    row = Introduction.objects.select_related("finding").get(pk=entry.subject_id)
    return people_of([row.supplier_id], site_id=row.finding.site_id)


for _verb in ("introduction_asked", "introduced", "introduction_over"):
    notice(f"findings.{_verb}", route=ASK)(_customer_asked)
for _verb in ("introduction_agreed", "introduction_declined", "introduction_taken_back"):
    notice(f"findings.{_verb}", route=ASK)(_supplier_who_asked)
notice("findings.introduction_made", route=ROUND)(_supplier_of_round)

for _verb, _words in {
    "call_proposed": _("%(who)s proposed a call about “%(title)s”."),
    "call_agreed": _("%(who)s agreed a time for a call about “%(title)s”."),
    "call_times_proposed": _("%(who)s proposed other times for a call about “%(title)s”."),
    "call_declined": _("%(who)s said no to a call about “%(title)s”."),
    "call_cancelled": _("%(who)s called off a call about “%(title)s”."),
    "call_joining_said": _("%(who)s said how to join a call about “%(title)s”."),
    "call_noted": _("%(who)s wrote down what was agreed in a call about “%(title)s”."),
    "call_tomorrow": _("A call about “%(title)s” is tomorrow."),
    "call_soon": _("A call about “%(title)s” begins in an hour."),
}.items():
    phrase(f"findings.{_verb}", _words, route=CALL)
for _verb, _words in {
    "support_committed": _("%(who)s committed support for “%(title)s”."),
    "commitment_changed": _("%(who)s changed a commitment for “%(title)s”."),
    "commitment_confirmed": _("%(who)s confirmed that it received a commitment for “%(title)s”."),
    "commitment_asked": _("%(who)s asked about a commitment for “%(title)s”."),
    "commitment_answered": _("%(who)s answered about a commitment for “%(title)s”."),
    "commitment_progressed": _("%(who)s said how a commitment for “%(title)s” goes."),
    "commitment_withdrawn": _("%(who)s took back a commitment for “%(title)s”."),
}.items():
    phrase(f"findings.{_verb}", _words, route=COMMITMENT)
for _verb, _words in {
    "position_stated": _("%(who)s stated a position on “%(requirement)s”."),
    "position_changed": _("%(who)s changed the position on “%(requirement)s”."),
    "position_withdrawn": _("%(who)s withdrew the position on “%(requirement)s”."),
}.items():
    phrase(f"findings.{_verb}", _words, route=POSITION)
for _verb, _words in {
    "introduction_asked": _("%(who)s asked %(customer_name)s about an introduction for “%(title)s”."),
    "introduction_agreed": _("%(who)s agreed to an introduction for “%(title)s”."),
    "introduction_declined": _("%(who)s said no to an introduction for “%(title)s”."),
    "introduction_taken_back": _("%(who)s took back a yes to an introduction for “%(title)s”."),
    "introduced": _("%(customer_name)s was introduced for “%(title)s”."),
    "introduction_over": _("The question to %(customer_name)s about “%(title)s” was closed."),
}.items():
    phrase(f"findings.{_verb}", _words, route=ASK)
phrase(
    "findings.introduction_made", _("Customers were introduced to each other for “%(title)s”."), route=ROUND
)
phrase(
    "findings.introduction_ended",
    _("%(who)s ended an introduction for “%(title)s” without one."),
    route=ROUND,
)
