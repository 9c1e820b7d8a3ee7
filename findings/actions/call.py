"""The verbs of a call: propose it, agree a time, propose others, say no, call it off, write down what was agreed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from findings.actions.answers import answer_by_call
from findings.lifecycle import CALL, CallState
from findings.models import Call, CallStep, Finding
from findings.permissions.together import (
    can_answer_call,
    can_cancel_call,
    can_propose_call,
    can_propose_times,
    can_say_how_to_join,
    can_write_note,
)
from findings.queries.plan import customers_who_see
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Viewer

CALL_TOMORROW = "findings.call_tomorrow"
CALL_SOON = "findings.call_soon"
MOST_TIMES = 5


def propose_call(
    *,
    viewer: Viewer,
    finding: Finding,
    times: Sequence[datetime],
    text: str = "",
    language: str = "",
    minutes: int = 45,
    joining: str = "",
    customers: Sequence[Organisation] = (),
    at: datetime,
) -> list[Call]:
    """Propose a call about a CAR: a customer to the supplier, or the supplier to customers, each apart.

    Promises: one call per customer, none of whom learns of another; the other side is told and has to answer; a
    customer has answered the plan by it, if there is one.

    Args:
        text: what it is about; from the supplier it may be the outline of a plan.
        joining: a link or a phone number. customers: whom the supplier asks; a customer leaves it out.

    Raises:
        Forbidden: see `can_propose_call`. Refusal: `no-time-proposed`, `time-is-over`, `no-customer-chosen`.
    """
    can_propose_call(viewer, finding).require()
    _require_times(times, at)
    asked = [viewer.organisation_id]
    if viewer.organisation_id == finding.supplier_id:
        known = {one.pk for one in customers_who_see(finding.audit)}
        asked = [one.pk for one in customers if one.pk in known]
        if not asked:
            raise _refused("no-customer-chosen", _("Choose at least one customer."), "customers")
    with transaction.atomic():
        return [
            _open(viewer, finding, customer, times, text, language, minutes, joining, at)
            for customer in asked
        ]


def _open(
    viewer: Viewer,
    finding: Finding,
    customer_id: int,
    times: Sequence[datetime],
    text: str,
    language: str,
    minutes: int,
    joining: str,
    at: datetime,
) -> Call:
    is_customer = viewer.organisation_id == customer_id
    call = Call.objects.create(
        finding=finding,
        customer_id=customer_id,
        opened_by_id=viewer.organisation_id,
        waits_for_id=finding.supplier_id if is_customer else customer_id,
        minutes=minutes,
        customer_zone=_own_zone() if is_customer else "",
        opened_at=at,
        changed_at=at,
    )
    call.refresh_from_db()
    call.finding = finding
    _say(viewer, call, CallStep.Kind.PROPOSED, at, times=_kept(times), text=text, language=language)
    if joining:
        _say(viewer, call, CallStep.Kind.JOINING, at, text=joining)
    if is_customer:
        answer_by_call(viewer, finding, text, times, at)
    record(
        verb="findings.call_proposed",
        by=viewer,
        subject=call,
        owner_id=call.supplier_id,
        at=at,
        data=about_call(call, by_customer=is_customer),
    )
    return call


def agree_call(*, viewer: Viewer, call: Call, starts_at: datetime, at: datetime) -> Call:
    """Agree to one of the times that the other side proposed.

    Promises: the call is agreed; both sides are told, with the appointment for their calendars; reminders go out
    the day before and an hour before.
    Raises: Forbidden; Refusal `not-proposed`, `time-is-over`.
    """
    can_answer_call(viewer, call).require()
    with transaction.atomic():
        call = _locked(viewer, call)
        can_answer_call(viewer, call).require()
        if starts_at not in proposed_times(call):
            raise _refused("not-proposed", _("Choose one of the times that were proposed."), "time")
        if starts_at <= at:
            raise _refused("time-is-over", _("This time is over. Propose another one."), "time")
        _say(viewer, call, CallStep.Kind.AGREED, at, times=_kept([starts_at]))
        call.starts_at, call.waits_for_id = starts_at, None
        _move(viewer, call, CallState.AGREED, "findings.call_agreed", at)
        if viewer.organisation_id == call.customer_id:
            answer_by_call(viewer, call.finding, "", [starts_at], at)
    return call


def propose_times(
    *, viewer: Viewer, call: Call, times: Sequence[datetime], text: str = "", language: str = "", at: datetime
) -> Call:
    """Propose other times; a time that was agreed is free again until one of the new ones is.

    Raises: Forbidden; Refusal `no-time-proposed`, `time-is-over`.
    """
    can_propose_times(viewer, call).require()
    _require_times(times, at)
    with transaction.atomic():
        call = _locked(viewer, call)
        can_propose_times(viewer, call).require()
        was_agreed = call.starts_at
        _say(viewer, call, CallStep.Kind.PROPOSED, at, times=_kept(times), text=text, language=language)
        call.starts_at, call.waits_for_id = None, _other_side(viewer, call)
        more = {"was_agreed": was_agreed.isoformat() if was_agreed else ""}
        _move(viewer, call, CallState.PROPOSED, "findings.call_times_proposed", at, more)
    return call


def decline_call(*, viewer: Viewer, call: Call, reason: str, language: str = "", at: datetime) -> Call:
    """Say no to a proposed call, with the reason. Raises: Forbidden; Refusal `reason-missing`."""
    can_answer_call(viewer, call).require()
    return _end(viewer, call, CallState.DECLINED, CallStep.Kind.DECLINED, reason, language, at)


def cancel_call(*, viewer: Viewer, call: Call, reason: str, language: str = "", at: datetime) -> Call:
    """Call off an agreed call, or take one's own proposal back. Raises: Forbidden; Refusal `reason-missing`."""
    can_cancel_call(viewer, call).require()
    return _end(viewer, call, CallState.CANCELLED, CallStep.Kind.CANCELLED, reason, language, at)


def _end(
    viewer: Viewer, call: Call, to: CallState, kind: CallStep.Kind, reason: str, language: str, at: datetime
) -> Call:
    _require_words(reason, "reason")
    with transaction.atomic():
        call = _locked(viewer, call)
        check = can_answer_call if to == CallState.DECLINED else can_cancel_call
        check(viewer, call).require()
        was_agreed = call.starts_at
        _say(viewer, call, kind, at, text=reason, language=language)
        call.starts_at, call.waits_for_id = None, None
        more = {"was_agreed": was_agreed.isoformat() if was_agreed else ""}
        _move(viewer, call, to, f"findings.call_{to.value}", at, more)
    return call


def say_how_to_join(*, viewer: Viewer, call: Call, joining: str, at: datetime) -> CallStep:
    """Say or change how to join: a link, a phone number. The newest word counts; the other side is told."""
    can_say_how_to_join(viewer, call).require()
    _require_words(joining, "joining")
    with transaction.atomic():
        call = _locked(viewer, call)
        can_say_how_to_join(viewer, call).require()
        step = _say(viewer, call, CallStep.Kind.JOINING, at, text=joining)
        call.sequence += 1
        call.changed_at = at
        call.save(update_fields=["sequence", "changed_at"])
        _record(viewer, call, "findings.call_joining_said", at)
    return step


def write_note(*, viewer: Viewer, call: Call, text: str, language: str = "", at: datetime) -> CallStep:
    """Write down what was agreed in a call; the two sides alone read it, and it stays as it is."""
    can_write_note(viewer, call, at=at).require()
    _require_words(text, "text")
    with transaction.atomic():
        step = _say(viewer, call, CallStep.Kind.NOTE, at, text=text, language=language)
        _record(viewer, call, "findings.call_noted", at)
    return step


def remind_of_call(*, call_id: int, verb: str, starts_at: datetime, at: datetime) -> bool:
    """Record that a call is near, so that both sides are told; tell whether it was.

    Does nothing when the call was moved or called off meanwhile. Acts for nobody: a time came.
    """
    call = Call.objects.select_related("finding__audit").get(pk=call_id)
    if call.state != CallState.AGREED or call.starts_at != starts_at or starts_at <= at:
        return False
    record(verb=verb, by=None, subject=call, owner_id=call.supplier_id, at=at, data=about_call(call))
    return True


def about_call(call: Call, **more: Any) -> dict[str, Any]:
    """Return what a notice to either side needs; the two know each other, and nobody else is told."""
    audit = call.finding.audit
    return {
        "title": call.finding.title,
        "site_name": audit.site_name,
        "supplier_name": audit.supplier_name,
        "customer_name": Organisation.objects.get(pk=call.customer_id).name,
        "starts_at": call.starts_at.isoformat() if call.starts_at else "",
        "minutes": call.minutes,
        "sequence": call.sequence,
        **more,
    }


def proposed_times(call: Call) -> list[datetime]:
    """Return the times that wait for an answer."""
    last = call.steps.filter(kind=CallStep.Kind.PROPOSED).order_by("-pk").first()
    return last.moments if last else []


def _move(
    viewer: Viewer, call: Call, to: CallState, verb: str, at: datetime, more: Mapping[str, Any] | None = None
) -> None:
    call.sequence += 1
    call.changed_at = at
    changed = ["starts_at", "waits_for_id", "sequence", "changed_at"]
    by_customer = viewer.organisation_id == call.customer_id
    if by_customer:
        call.customer_zone = _own_zone()
        changed.append("customer_zone")
    move(
        call,
        to=to,
        lifecycle=CALL,
        verb=verb,
        by=viewer,
        owner_id=call.supplier_id,
        at=at,
        data=about_call(call, by_customer=by_customer, **(more or {})),
        also=changed,
    )


def _record(viewer: Viewer, call: Call, verb: str, at: datetime) -> None:
    data = about_call(call, by_customer=viewer.organisation_id == call.customer_id)
    record(verb=verb, by=viewer, subject=call, owner_id=call.supplier_id, at=at, data=data)


def _say(viewer: Viewer, call: Call, kind: CallStep.Kind, at: datetime, **said: Any) -> CallStep:
    return CallStep.objects.create(
        call=call,
        organisation_id=viewer.organisation_id,
        person_id=viewer.person_id,
        kind=kind,
        at=at,
        **said,
    )


def _locked(viewer: Viewer, call: Call) -> Call:
    rows = Call.objects.visible_to(viewer).select_related("finding__audit").select_for_update(of=("self",))
    return rows.get(pk=call.pk)


def _other_side(viewer: Viewer, call: Call) -> int:
    return call.supplier_id if viewer.organisation_id == call.customer_id else call.customer_id


def _own_zone() -> str:
    """The zone of whoever acts; a program acts in the installation's."""
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def _kept(times: Sequence[datetime]) -> list[str]:
    return [time.isoformat() for time in sorted(set(times))]


def _require_times(times: Sequence[datetime], at: datetime) -> None:
    if not times:
        raise _refused("no-time-proposed", _("Propose at least one time for the call."), "times")
    if len(times) > MOST_TIMES:
        raise _refused("too-many-times", _("Propose at most five times."), "times")
    if any(time <= at for time in times):
        raise _refused("time-is-over", _("Propose only times that are still to come."), "times")


def _require_words(text: str, field: str) -> None:
    if not text.strip():
        raise _refused("words-missing", _("Write a sentence."), field)


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
