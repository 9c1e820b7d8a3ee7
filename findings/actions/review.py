"""The site says what it thinks of an audit; the firm answers each dispute."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from findings.lifecycle import DISPUTE, AuditState, ReplyState
from findings.models import Audit, Finding, SiteReply
from findings.permissions.review import (
    can_answer_dispute,
    can_dispute,
    can_reply,
    can_review,
    can_take_back_dispute,
)
from findings.queries.review import is_finished, policy_of, zone_of
from ledger.dates import date_in, moment
from ledger.entries import record
from ledger.occurrences import cancel, schedule
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

REVIEW_SOON, REVIEW_OVER = "findings.review_soon", "findings.review_over"


def say(
    *,
    viewer: Viewer,
    audit: Audit,
    finding: Finding | None,
    kind: str,
    text: str = "",
    language: str = "",
    at: dt.datetime,
) -> SiteReply:
    """Say of a finding, or of the whole audit, that it is fine, comment on it, or dispute it.

    Promises: the words stay as they are and stand beside the finding for everyone who sees the audit; a dispute
    that waits for its answer is taken back when the site now says something else; the firm is told of a dispute at
    once after publication, before it when the site has finished.

    Args:
        finding: None for the audit as a whole. kind: a value of `SiteReply.Kind`, but not `finished`.

    Raises:
        Forbidden: see `can_reply`, `can_review` for "fine", `can_dispute`.
        Refusal: `words-missing` for a comment or dispute without words.
    """
    wanted = SiteReply.Kind(kind)
    with transaction.atomic():
        audit = _current(viewer, audit)
        can_reply(viewer, audit).require()
        if wanted == SiteReply.Kind.FINE:
            can_review(viewer, audit).require()
        if wanted == SiteReply.Kind.DISPUTE:
            can_dispute(viewer, audit, finding).require()
        if wanted != SiteReply.Kind.FINE and not text.strip():
            sentence = _("Write what you want to say.")
            raise Refusal("words-missing", sentence, status=422, fields={"text": [sentence]})
        _replace_open_dispute(viewer, audit, finding, at)
        return _write(viewer, audit, finding, wanted, text.strip(), language, at)


def say_rest_is_fine(
    *, viewer: Viewer, audit: Audit, findings: list[Finding], at: dt.datetime
) -> list[SiteReply]:
    """Say of several findings at once that there is nothing to say about them."""
    kind = SiteReply.Kind.FINE
    with transaction.atomic():
        return [say(viewer=viewer, audit=audit, finding=one, kind=kind, at=at) for one in findings]


def finish_review(*, viewer: Viewer, audit: Audit, at: dt.datetime) -> SiteReply:
    """Say that the site has no more comments, so that the firm can publish before the time is over.

    Promises: saying it twice changes nothing; the firm is told; nobody is reminded any more.

    Raises:
        Forbidden: see `can_review`.
    """
    with transaction.atomic():
        audit = _current(viewer, audit)
        can_review(viewer, audit).require()
        if is_finished(audit):
            rows = SiteReply.objects.filter(audit=audit, kind=SiteReply.Kind.FINISHED)
            return rows.latest("said_at")
        return _write(viewer, audit, None, SiteReply.Kind.FINISHED, "", "", at)


def take_back_dispute(*, viewer: Viewer, reply: SiteReply, at: dt.datetime) -> SiteReply:
    """Take a dispute back before it is answered. Raises Forbidden: see `can_take_back_dispute`."""
    can_take_back_dispute(viewer, reply).require()
    with transaction.atomic():
        reply = _locked(viewer, reply)
        can_take_back_dispute(viewer, reply).require()
        _take_back(viewer, reply, at)
    return reply


def answer_dispute(
    *, viewer: Viewer, reply: SiteReply, is_accepted: bool, reason: str, language: str = "", at: dt.datetime
) -> SiteReply:
    """Answer a dispute: agree, or keep what was written; with the reason.

    Promises: the answer stands beside the dispute; the site is told. Before publication, agreeing asks the firm to
    correct the finding before it can publish; after it, agreeing is done by a revision that corrects it.

    Raises:
        Forbidden: see `can_answer_dispute`.
        Refusal: `reason-missing`; `correct-it` when a published audit would be agreed about and left as it is.
    """
    can_answer_dispute(viewer, reply).require()  # the database would show nobody else a row to lock
    with transaction.atomic():
        reply = _locked(viewer, reply)
        can_answer_dispute(viewer, reply).require()
        if is_accepted and reply.audit.is_published:
            raise Refusal(
                "correct-it", _("Correct the published audit. The correction is your answer to the site.")
            )
        settle(viewer=viewer, reply=reply, is_accepted=is_accepted, reason=reason, language=language, at=at)
    return reply


def settle(
    *, viewer: Viewer, reply: SiteReply, is_accepted: bool, reason: str, language: str, at: dt.datetime
) -> None:
    """Write the answer onto a locked dispute and tell the site."""
    if not reason.strip():
        sentence = _("Write the reason. The site and everyone who sees the audit will read it.")
        raise Refusal("reason-missing", sentence, status=422, fields={"reason": [sentence]})
    reply.answer, reply.answer_language = reason.strip(), language
    reply.answered_by_id, reply.answered_at = viewer.person_id, at
    move(
        reply,
        to=ReplyState.ACCEPTED if is_accepted else ReplyState.KEPT,
        lifecycle=DISPUTE,
        verb="findings.dispute_answered",
        by=viewer,
        owner_id=reply.supplier_id,
        at=at,
        data=_names(reply.audit) | {"is_accepted": is_accepted},
        also=["answer", "answer_language", "answered_by", "answered_at"],
    )


def expect_review(audit: Audit, at: dt.datetime) -> None:
    """Remind the site before its time is over, and tell both sides when it is."""
    if audit.review_ends_at is None:
        return
    data = {"ends_at": audit.review_ends_at.isoformat()}
    before = dt.timedelta(days=policy_of(audit.version).remind_before)
    zone = zone_of(audit)
    soon_at = moment(date_in(zone, audit.review_ends_at - before), zone, dt.time(9)) - dt.timedelta(days=1)
    if soon_at > at:
        schedule(REVIEW_SOON, audit, soon_at, audit.audit_firm_id, data)
    schedule(REVIEW_OVER, audit, audit.review_ends_at, audit.audit_firm_id, data)


def expect_no_review(audit: Audit, at: dt.datetime) -> None:
    """Remind of nothing: the firm took the audit back or published it."""
    for kind in (REVIEW_SOON, REVIEW_OVER):
        cancel(kind, audit, at=at)


def tell_of_review(*, audit_id: int, verb: str, ends_at: dt.datetime, at: dt.datetime) -> bool:
    """Record that the time to comment is nearly over, or over; tell whether it was. Acts for nobody: a time came.

    Does nothing when the audit has moved on, was sent anew with another time, or the site has finished.
    """
    audit = Audit.objects.get(pk=audit_id)
    if audit.state != AuditState.SUBMITTED or audit.review_ends_at != ends_at or is_finished(audit):
        return False
    last_day = date_in(zone_of(audit), ends_at - dt.timedelta(seconds=1))
    data = _names(audit) | {"last_day": last_day.isoformat()}
    record(verb=verb, by=None, subject=audit, owner_id=audit.supplier_id, at=at, data=data)
    return True


def _current(viewer: Viewer, audit: Audit) -> Audit:
    return Audit.objects.visible_to(viewer).get(pk=audit.pk)


def _locked(viewer: Viewer, reply: SiteReply) -> SiteReply:
    rows = SiteReply.objects.visible_to(viewer).select_for_update(of=("self",), no_key=True)
    return rows.select_related("audit__version", "finding").get(pk=reply.pk)


def _replace_open_dispute(viewer: Viewer, audit: Audit, finding: Finding | None, at: dt.datetime) -> None:
    rows = SiteReply.objects.visible_to(viewer).open().filter(audit=audit, finding=finding)
    for before in rows.select_for_update(of=("self",), no_key=True):
        _take_back(viewer, before, at)


def _take_back(viewer: Viewer, reply: SiteReply, at: dt.datetime) -> None:
    move(
        reply,
        to=ReplyState.TAKEN_BACK,
        lifecycle=DISPUTE,
        verb="findings.dispute_taken_back",
        by=viewer,
        owner_id=reply.supplier_id,
        at=at,
    )


VERBS = {
    SiteReply.Kind.FINE: "findings.nothing_to_say",
    SiteReply.Kind.COMMENT: "findings.site_commented",
    SiteReply.Kind.DISPUTE: "findings.dispute_raised",
    SiteReply.Kind.FINISHED: "findings.review_finished",
}


def _write(
    viewer: Viewer,
    audit: Audit,
    finding: Finding | None,
    kind: SiteReply.Kind,
    text: str,
    language: str,
    at: dt.datetime,
) -> SiteReply:
    reply = SiteReply.objects.create(
        audit=audit,
        finding=finding,
        kind=kind,
        text=text,
        language=language if text else "",
        state=ReplyState.OPEN if kind == SiteReply.Kind.DISPUTE else ReplyState.SAID,
        said_by_id=viewer.person_id,
        said_at=at,
    )
    reply.refresh_from_db()
    subject = audit if kind == SiteReply.Kind.FINISHED else reply
    data = _names(audit)
    if kind == SiteReply.Kind.FINISHED:
        data |= _counts(audit)
    record(verb=VERBS[kind], by=viewer, subject=subject, owner_id=audit.supplier_id, at=at, data=data)
    return reply


def _counts(audit: Audit) -> dict[str, int]:
    rows = SiteReply.objects.filter(audit=audit)
    return {
        "disputes": rows.open().count(),
        "comments": rows.filter(kind=SiteReply.Kind.COMMENT).count(),
    }


def _names(audit: Audit) -> dict[str, object]:
    return {"site": audit.site_name, "supplier": audit.supplier_name, "firm": audit.audit_firm_name}
