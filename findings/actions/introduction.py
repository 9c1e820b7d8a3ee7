"""The verbs of an introduction: ask customers one by one, answer, complete it or end it.

Nothing that the supplier could write freely reaches a customer, so no name can slip into a question.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from findings.lifecycle import INTRODUCTION, FindingState, IntroductionState
from findings.models import (
    AuditAccess,
    Finding,
    Introduced,
    Introduction,
    IntroductionAnswer,
    IntroductionAsk,
)
from findings.permissions.together import can_answer_introduction, can_close_introduction, can_introduce
from findings.queries.introduction import agreed_asks, last_answers
from findings.queries.plan import customers_who_see
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.models import Organisation
from organisations.visibility import Viewer

FEWEST = 2


def propose_introduction(
    *, viewer: Viewer, finding: Finding, customers: Sequence[Organisation], at: datetime
) -> Introduction:
    """Ask customers, each alone, whether they may be introduced to each other for one plan.

    Promises: one question per customer, which names nobody and no number; each is told by itself.
    Raises: Forbidden; Refusal `too-few-customers`, `already-asking`.
    """
    can_introduce(viewer, finding).require()
    known = {one.pk for one in customers_who_see(finding.audit)}
    asked = [one for one in customers if one.pk in known]
    if len(asked) < FEWEST:
        raise _refused("too-few-customers", _("Choose at least two customers."), "customers")
    with transaction.atomic():
        Finding.objects.visible_to(viewer).select_for_update(of=("self",)).get(pk=finding.pk)
        if Introduction.objects.filter(finding=finding, state=IntroductionState.ASKING).exists():
            sentence = _("You are asking customers already. Complete or end that round first.")
            raise _refused("already-asking", sentence, "customers")
        introduction = Introduction.objects.create(finding=finding, person_id=viewer.person_id, opened_at=at)
        introduction.refresh_from_db()
        for customer in asked:
            ask = IntroductionAsk.objects.create(introduction=introduction, customer=customer, asked_at=at)
            ask.refresh_from_db()
            _tell("findings.introduction_asked", ask, finding, by=viewer, at=at)
    return introduction


def agree_to_introduction(
    *,
    viewer: Viewer,
    ask: IntroductionAsk,
    contact_name: str,
    contact_email: str = "",
    has_read_notice: bool,
    at: datetime,
) -> IntroductionAnswer:
    """Agree to be introduced; until it is made, the yes can be taken back, and nobody else is told of it.

    Raises: Forbidden; Refusal `notice-not-read`, `contact-missing`.
    """
    can_answer_introduction(viewer, ask).require()
    if not has_read_notice:
        raise _refused("notice-not-read", _("Read the notice on competition law first."), "has_read_notice")
    if not contact_name.strip():
        raise _refused("contact-missing", _("Name a contact person."), "contact_name")
    return _answer(
        viewer,
        ask,
        IntroductionAnswer.Kind.AGREED,
        at,
        contact_name=contact_name,
        contact_email=contact_email,
        has_read_notice=True,
    )


def decline_introduction(
    *, viewer: Viewer, ask: IntroductionAsk, reason: str = "", language: str = "", at: datetime
) -> IntroductionAnswer:
    """Say no; only the supplier learns of it."""
    can_answer_introduction(viewer, ask).require()
    return _answer(viewer, ask, IntroductionAnswer.Kind.DECLINED, at, reason=reason, language=language)


def take_back_agreement(*, viewer: Viewer, ask: IntroductionAsk, at: datetime) -> IntroductionAnswer:
    """Take a yes back before the introduction is made. Raises: Refusal `nothing-to-take-back`."""
    can_answer_introduction(viewer, ask).require()
    last = ask.answers.order_by("-pk").first()
    if last is None or last.kind != IntroductionAnswer.Kind.AGREED:
        raise Refusal("nothing-to-take-back", _("There is no yes of yours to take back."))
    return _answer(viewer, ask, IntroductionAnswer.Kind.TAKEN_BACK, at)


def complete_introduction(*, viewer: Viewer, introduction: Introduction, at: datetime) -> Introduction:
    """Introduce those who agreed to each other, and close the round; who declined is named to nobody.

    Raises: Forbidden; Refusal `too-few-agreed`.
    """
    can_close_introduction(viewer, introduction).require()
    with transaction.atomic():
        introduction = _locked(viewer, introduction)
        can_close_introduction(viewer, introduction).require()
        here = {one.pk for one in customers_who_see(introduction.finding.audit)}
        if introduction.asks.filter(pk__in=agreed_asks(introduction), customer_id__in=here).count() < FEWEST:
            raise Refusal("too-few-agreed", _("At least two customers have to agree first."), status=422)
        _complete(introduction, by=viewer, at=at)
    return introduction


def end_introduction(*, viewer: Viewer, introduction: Introduction, at: datetime) -> Introduction:
    """End a round without an introduction; nobody learns who had been asked."""
    can_close_introduction(viewer, introduction).require()
    with transaction.atomic():
        introduction = _locked(viewer, introduction)
        can_close_introduction(viewer, introduction).require()
        introduction.closed_at = at
        _move(introduction, IntroductionState.ENDED, "findings.introduction_ended", by=viewer, at=at)
        _tell_others(introduction, set(), by=viewer, at=at)
    return introduction


def complete_when_both_agreed(*, introduction_id: int, at: datetime) -> bool:
    """Make an introduction of two as soon as both have agreed; tell whether it was made.

    Nobody's act: neither of the two sees the other's answer, so neither could do it.
    """
    rows = Introduction.objects.select_for_update(of=("self",)).select_related("finding__audit")
    introduction = rows.get(pk=introduction_id)
    if introduction.state != IntroductionState.ASKING or introduction.finding.state == FindingState.CLOSED:
        return False
    agreed = introduction.asks.filter(pk__in=agreed_asks(introduction)).values("customer_id")
    # A trade link may have ended since: nobody is introduced to somebody who buys there no more.
    here = AuditAccess.objects.filter(
        audit_id=introduction.finding.audit_id, organisation_id__in=agreed, bases__contains=["customer"]
    )
    if introduction.asks.count() != FEWEST or here.count() != FEWEST:
        return False
    _complete(introduction, by=None, at=at)
    return True


def _complete(introduction: Introduction, *, by: Viewer | None, at: datetime) -> None:
    introduction.closed_at = at
    _move(introduction, IntroductionState.MADE, "findings.introduction_made", by=by, at=at)
    introduced = set(
        Introduced.objects.filter(introduction=introduction).values_list("customer_id", flat=True)
    )
    for ask in introduction.asks.filter(customer_id__in=introduced):
        _tell("findings.introduced", ask, introduction.finding, by=by, at=at)
    _tell_others(introduction, introduced, by=by, at=at)


def _tell_others(
    introduction: Introduction, introduced: set[int], *, by: Viewer | None, at: datetime
) -> None:
    """Tell those who wait in vain that the question is closed; who declined hears nothing more."""
    answers = last_answers(introduction)
    for ask in introduction.asks.exclude(customer_id__in=introduced):
        last = answers.get(ask.pk)
        if last is None or last.kind != IntroductionAnswer.Kind.DECLINED:
            _tell("findings.introduction_over", ask, introduction.finding, by=by, at=at)


def _answer(
    viewer: Viewer, ask: IntroductionAsk, kind: IntroductionAnswer.Kind, at: datetime, **said: Any
) -> IntroductionAnswer:
    with transaction.atomic():
        answer = IntroductionAnswer.objects.create(
            ask=ask, kind=kind, person_id=viewer.person_id, at=at, **said
        )
        _tell(f"findings.introduction_{kind.value}", ask, ask.finding, by=viewer, at=at)
    return answer


def _locked(viewer: Viewer, introduction: Introduction) -> Introduction:
    rows = Introduction.objects.visible_to(viewer).select_related("finding__audit")
    return rows.select_for_update(of=("self",)).get(pk=introduction.pk)


def _about(finding: Finding) -> dict[str, str]:
    audit = finding.audit
    return {"title": finding.title, "site_name": audit.site_name, "supplier_name": audit.supplier_name}


def _move(
    introduction: Introduction, to: IntroductionState, verb: str, *, by: Viewer | None, at: datetime
) -> None:
    move(
        introduction,
        to=to,
        lifecycle=INTRODUCTION,
        verb=verb,
        by=by,
        owner_id=introduction.supplier_id,
        at=at,
        data=_about(introduction.finding),
        also=["closed_at"],
    )


def _tell(verb: str, ask: IntroductionAsk, finding: Finding, *, by: Viewer | None, at: datetime) -> None:
    """Record what concerns one customer; only that customer and the supplier are ever told of it."""
    name = Organisation.objects.get(pk=ask.customer_id).name
    data = {**_about(finding), "customer_name": name}
    record(verb=verb, by=by, subject=ask, owner_id=ask.supplier_id, at=at, data=data)


def _refused(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
