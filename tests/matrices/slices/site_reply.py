"""Replies of sites: the site speaks, the firm of record answers, whoever sees the audit reads both."""

import datetime as dt
from typing import Any

from django.utils import timezone

from findings.actions.review import answer_dispute, take_back_dispute
from findings.lifecycle import DISPUTE, ReplyState
from findings.models import Auditor, SiteReply
from tests.factories import findings as audits
from tests.matrices.cases import NO_ONE, OTHERS, api, done, page, says, sent
from tests.matrices.lives import Life, now
from tests.matrices.oracle import Facts, Reader, Row, _audit, _shared_with
from tests.matrices.principals import EDITORS, NORTH, READERS
from tests.matrices.world import World

SEND = {"kind": "comment", "text": "Seen otherwise."}
ANSWER = {"answer": "kept", "reason": "The photo shows it."}
SITE: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "firm"}}
SITE_AND_READERS: dict[str, Any] = {"ok": EDITORS, "forbidden": {"onlooker", "customer", "rival", "firm"}}
FIRM: dict[str, Any] = {"ok": {"firm"}, "forbidden": NORTH | {"customer", "rival"}}
OTHERS["reply"] = ("reply_sent", "reply_kept", "far_reply")


def build(world: World) -> None:
    """Make an audit that the site reads, and replies before and after publication, here and far away."""
    north, organisations, things = world["north"], world.organisations, world.things
    audit = audits.audit(north, organisations["firm"], kind="initial", ends_on=dt.date(2026, 1, 20))
    Auditor.objects.create(audit=audit, name="Lead", grade="RA", apsca_number="21700001", is_lead=True)
    things["read"], things["read_nc"] = audit, audits.finding(audit)
    now_ = timezone.now()
    audit.state, audit.submitted_at = "submitted", now_
    audit.review_ends_at = now_ + dt.timedelta(days=7)
    audit.save(update_fields=["state", "submitted_at", "review_ends_at"])
    person = world.people["supplier"]
    things["reply_sent"] = _reply(audit, things["read_nc"], person, "comment")
    things["reply"] = _reply(world["audit"], world["nc"], person, "dispute")
    things["reply_car"] = _reply(world["audit"], world["car"], person, "comment")
    kept = _reply(world["audit"], None, person, "dispute")
    SiteReply.objects.filter(pk=kept.pk).update(
        state=ReplyState.KEPT, answer="x", answered_by=world.people["firm"], answered_at=now_
    )
    things["reply_kept"] = kept
    things["far_reply"] = _reply(world["far_audit"], world["far_nc"], world.people["far_supplier"], "comment")


def _reply(audit: Any, finding: Any, person: Any, kind: str) -> SiteReply:
    made = SiteReply.objects.create(
        audit=audit,
        finding=finding,
        kind=kind,
        text="x",
        said_by=person,
        said_at=timezone.now(),
        state="open",
    )
    made.refresh_from_db()
    return made


def _sees_reply(known: Facts, reader: Reader, row: Row) -> bool:
    """As its audit; beside a CAR also by a share of that CAR alone. Of a finding taken out, only the two sides."""
    audit = known["findings.Audit"][row["audit_id"]]
    if row["is_retired"] and reader.organisation not in {audit["supplier_id"], audit["audit_firm_id"]}:
        return False
    return _audit(known, reader, audit) or (row["audit_id"], row["finding_id"]) in _shared_with(known, reader)


RULES = {"findings.SiteReply": _sees_reply}
KEPT: dict[str, str] = {"findings.SiteReply.answer": "empty where nobody has answered, by a constraint"}
PAGES = {
    "findings:audit_review": {"get": page(**SITE, of="read")},
    "findings:audit_review_rest": {"post": done(**SITE, of="read")},
    "findings:audit_review_finish": {"post": done(**SITE, of="read")},
    "findings:audit_reply": {
        "get": page(**SITE_AND_READERS, of="audit"),
        "post": done(**SITE_AND_READERS, of="audit", body=says(**SEND)),
    },
    "findings:finding_reply": {
        "get": page(**SITE_AND_READERS, of="nc"),
        "post": done(**SITE_AND_READERS, of="nc", body=says(**SEND)),
    },
    "findings:reply": {"get": page(READERS, of="reply", status=302)},
    "findings:reply_answer": {
        "get": page(**FIRM, of="reply"),
        "post": done(**FIRM, of="reply", body=says(**ANSWER)),
    },
    "findings:reply_take_back": {"post": done(**SITE_AND_READERS, of="reply")},
    "api-audit-replies": {
        "get": api(READERS, of="audit"),
        "post": sent(**SITE_AND_READERS, of="audit", status=201, body=says(**SEND)),
    },
    "api-audit-review-finish": {"post": sent(**SITE, of="read")},
    "api-reply-answer": {
        "post": sent(**FIRM, of="reply", body=says(is_accepted=False, reason="The photo shows it."))
    },
    "api-reply-take-back": {"post": sent(**SITE_AND_READERS, of="reply")},
}


def _answered(state: str) -> dict[str, Any]:
    is_answered = state in {ReplyState.ACCEPTED, ReplyState.KEPT}
    return {"answer": "x" if is_answered else "", "answered_at": timezone.now() if is_answered else None}


LIVES = [
    Life(
        SiteReply,
        "reply",
        DISPUTE,
        {
            "keep": (
                now(answer_dispute, "reply", is_accepted=False, reason="The photo shows it."),
                {ReplyState.OPEN: ReplyState.KEPT},
                frozenset({"firm"}),
            ),
            "take back": (
                now(take_back_dispute, "reply"),
                {ReplyState.OPEN: ReplyState.TAKEN_BACK},
                EDITORS,
            ),
            # After publication agreeing is a revision; by itself it changes nothing.
            "agree": (
                now(answer_dispute, "reply", is_accepted=True, reason="The site is right."),
                {},
                NO_ONE,
            ),
        },
        frozenset({"onlooker", "limited", "customer", "rival", "former_firm"}),
        related=("audit",),
        with_state=_answered,
    )
]
