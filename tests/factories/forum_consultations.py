"""Consultations of a group, as the owner of the tables may make them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from forum.models import (
    Consultation,
    ConsultationClause,
    ConsultationComment,
    ConsultationContact,
    ConsultationResponse,
    ConsultationRound,
    Group,
)
from forum.queries.consultation import digest_of
from ledger.codes import new_code
from organisations.visibility import Viewer
from tests.conftest import owner_role

CLAUSES = ("Fees that workers pay", "Who repays them")


def consultation(of: Group, by: Viewer, **fields: Any) -> Consultation:
    """Begin a consultation with a draft of two clauses."""
    given: dict[str, Any] = {
        "title": "A guide to repaying fees",
        "summary": "Tell us what is missing.",
        "language": "en",
        "begun_at": timezone.now(),
    } | fields
    with owner_role():
        made = Consultation.objects.create(
            group=of, person_id=by.person_id, organisation_id=by.organisation_id, **given
        )
        asked = ConsultationRound.objects.create(group=of, consultation=made)
    for title in CLAUSES:
        clause(asked, title)
    return again(made)


def again(found: Consultation) -> Consultation:
    """Return it as it is now."""
    with owner_role():
        return Consultation.objects.select_related("group").get(pk=found.pk)


def round_of(found: Consultation, number: int = 1) -> ConsultationRound:
    """Return one of its rounds as it is now."""
    with owner_role():
        rows = ConsultationRound.objects.select_related("group", "consultation")
        return rows.get(consultation=found, number=number)


def next_round(found: Consultation) -> ConsultationRound:
    """Begin the next round with the clauses of the last."""
    with owner_role():
        last = found.rounds.order_by("-number")[0]
        made = ConsultationRound.objects.create(group_id=found.group_id, consultation=found)
        made.refresh_from_db()
    for one in clauses(last):
        clause(made, one.title, identity=one.identity, label=one.label, text=one.text)
    return round_of(found, made.number)


def clause(of: ConsultationRound, title: str = "A clause", **fields: Any) -> ConsultationClause:
    """Write a clause of a draft, at its end."""
    with owner_role():
        position = ConsultationClause.objects.filter(round=of).count() + 1
        given = {"position": position, "label": str(position), "text": f"{title}: the text."} | fields
        return ConsultationClause.objects.create(group_id=of.group_id, round=of, title=title, **given)


def clauses(of: ConsultationRound) -> list[ConsultationClause]:
    """Return the clauses of a round."""
    with owner_role():
        return list(ConsultationClause.objects.filter(round=of).order_by("position"))


def opened(found: Consultation, number: int = 1, **fields: Any) -> ConsultationRound:
    """Open a round: since an hour, for ten days more."""
    now = timezone.now()
    given = {
        "opens_at": now - dt.timedelta(hours=1),
        "closes_at": now + dt.timedelta(days=10),
        "zone": "Europe/London",
    } | fields
    with owner_role():
        asked = ConsultationRound.objects.get(consultation=found, number=number)
        for name, value in given.items():
            setattr(asked, name, value)
        asked.state = "open"
        asked.save()
    return round_of(found, number)


def closed(found: Consultation, number: int = 1) -> ConsultationRound:
    """Close an open round as its hour would."""
    with owner_role():
        asked = ConsultationRound.objects.get(consultation=found, number=number)
        ConsultationRound.objects.filter(pk=asked.pk).update(state="closed", closed_at=asked.closes_at)
    return round_of(found, number)


def answered(
    found: Consultation, number: int = 1, outcome: str = "We changed two clauses."
) -> ConsultationRound:
    """Publish the answers of a closed round."""
    with owner_role():
        ConsultationRound.objects.filter(consultation=found, number=number).update(
            state="answered", answered_at=timezone.now(), outcome=outcome
        )
    return round_of(found, number)


def comment(
    of: ConsultationRound, by: Viewer, *, on: ConsultationClause | None = None, **fields: Any
) -> ConsultationComment:
    """Comment as a member."""
    given: dict[str, Any] = {"text": "Say who pays.", "language": "en", "made_at": timezone.now()} | fields
    with owner_role():
        made = ConsultationComment.objects.create(
            round=of,
            group_id=of.group_id,
            consultation_id=of.consultation_id,
            clause=on,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            **given,
        )
    return comment_again(made)


def comment_again(made: ConsultationComment) -> ConsultationComment:
    """Return it as it is now."""
    with owner_role():
        rows = ConsultationComment.objects.select_related("round__group", "consultation", "clause")
        return rows.get(pk=made.pk)


def public_comment(
    of: ConsultationRound,
    *,
    on: ConsultationClause | None = None,
    email: str = "lea@example.org",
    confirmed: bool = True,
    **fields: Any,
) -> ConsultationComment:
    """Comment without an account, confirmed unless told otherwise."""
    now, code = timezone.now(), new_code()
    given: dict[str, Any] = {
        "name": "Lea Martin",
        "organisation_name": "A union",
        "text": "Workers have to be asked.",
        "language": "en",
        "made_at": now,
    } | fields
    with owner_role():
        made = ConsultationComment.objects.create(
            code=code,
            round=of,
            group_id=of.group_id,
            consultation_id=of.consultation_id,
            clause=on,
            from_public=True,
            state="waiting",
            **given,
        )
        contact = ConsultationContact.objects.create(
            group_id=of.group_id, comment=made, email=email, token_hash=digest_of(code), asked_at=now
        )
        if confirmed:
            contact.confirmed_at = now
            contact.save()
    return comment_again(made)


def response(to: ConsultationComment, by: Viewer, **fields: Any) -> ConsultationResponse:
    """Answer a comment."""
    given: dict[str, Any] = {
        "verdict": "accepted",
        "reason": "We say it now.",
        "language": "en",
        "made_at": timezone.now(),
    } | fields
    with owner_role():
        return ConsultationResponse.objects.create(
            group_id=to.group_id,
            round_id=to.round_id,
            comment=to,
            person_id=by.person_id,
            organisation_id=by.organisation_id,
            **given,
        )


def planned(found: Consultation) -> ConsultationRound:
    """Announce the first round for tomorrow."""
    now = timezone.now()
    with owner_role():
        ConsultationRound.objects.filter(consultation=found).update(
            state="planned",
            zone="Europe/London",
            opens_at=now + dt.timedelta(days=1),
            closes_at=now + dt.timedelta(days=9),
        )
    return round_of(found)
