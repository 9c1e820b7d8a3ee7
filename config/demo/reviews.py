"""What sites say of an audit before and after it is published, what the firm answers, and one correction."""

from datetime import datetime
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.finders import as_firm, as_supplier, audit_at
from config.demo.stage import Stage
from findings.actions.review import answer_dispute, finish_review, say, say_rest_is_fine
from findings.actions.revision import Correction, revise_audit
from findings.models import SiteReply


def schedule_reviews(stage: Stage) -> None:
    """Give the stage what was said of audits, and the answers."""
    for review in words("reviews"):
        for one in review["said"]:
            stage.on(one["day"], partial(_say, stage, review, one), hour=12)
            if "answer" in one:
                stage.on(
                    one["answer"]["day"],
                    partial(_answer, stage, review, one),
                    hour=10,
                )


def _say(stage: Stage, review: dict[str, Any], one: dict[str, Any], at: datetime) -> None:
    audit = audit_at(stage, review["site"], review["audit"])
    with as_supplier(stage, review["site"]) as viewer:
        if "finished" in one:
            finish_review(viewer=viewer, audit=audit, at=at)
        elif "rest" in one:
            said = audit.replies.exclude(finding=None).values("finding")
            rest = list(audit.findings.exclude(pk__in=said).order_by("pk"))
            say_rest_is_fine(viewer=viewer, audit=audit, findings=rest, at=at)
        else:
            finding = audit.findings.get(title=one["about"]) if "about" in one else None
            say(
                viewer=viewer,
                audit=audit,
                finding=finding,
                kind=one["kind"],
                text=one.get("text", ""),
                language="en" if "text" in one else "",
                at=at,
            )


def _answer(stage: Stage, review: dict[str, Any], one: dict[str, Any], at: datetime) -> None:
    answer = one["answer"]
    audit = audit_at(stage, review["site"], review["audit"])
    reply = SiteReply.objects.select_related("audit__version", "finding").get(
        audit=audit, finding__title=one["about"], kind=SiteReply.Kind.DISPUTE
    )
    with as_firm(stage, review["site"]) as viewer:
        if "workers_affected" not in answer:
            answer_dispute(
                viewer=viewer, reply=reply, is_accepted=False, reason=answer["reason"], language="en", at=at
            )
            return
        finding = audit.findings.get(title=one["about"])
        revise_audit(
            viewer=viewer,
            audit=audit,
            correction=Correction(findings={finding.code: {"workers_affected": answer["workers_affected"]}}),
            reason=answer["reason"],
            language="en",
            settles=reply,
            at=at,
        )
