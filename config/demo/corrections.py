"""What sites did about non-compliances, and what the audit firm said to it.

Most are put right and verified; some wait for the firm, some were sent back, some are overdue. What is still open when
the next periodic audit is published, that audit supersedes by itself.
"""

from datetime import datetime
from random import Random
from typing import Any

from config.demo.content import sites, words
from config.demo.stage import Stage, chance
from config.demo.trade import HEADS
from findings.lifecycle import NON_COMPLIANCE, FindingState
from findings.models import Audit, Finding
from findings.models.audit import FOLLOW_UPS
from ledger.entries import draft, record_all
from ledger.transitions import move
from organisations.queries import viewer_from
from organisations.visibility import Viewer

OLD_NEWS = 250  # days after which hardly anything is still open
ACTION_SUBMITTED = "findings.action_submitted"
VERIFIED = "findings.non_compliance_verified"
CAUSES = {
    one["title"]: one["cause"]
    for name in ("findings_6", "findings_7")
    for one in words(name)["non_compliances"]
}


def schedule_corrections(stage: Stage, site: str, audit: Audit, *, until: int) -> None:
    """Give each non-compliance of an audit just published its further life.

    Args:
        until: when the next periodic audit is published, counted back; -1 when it is to come.
    """
    if audit.kind in FOLLOW_UPS:
        _verify_on_site(stage, site, audit)
        return
    age = (stage.now.date() - audit.published_at.date()).days if audit.published_at else 0
    rows = list(audit.findings.non_compliances().order_by("pk"))
    dice = [
        chance("correction", site, (audit.ends_on - stage.today).days, place) for place in range(len(rows))
    ]
    if until >= 0:
        _settle(stage, site, rows, dice, age=age)
        return
    for finding, die in zip(rows, dice, strict=True):
        _schedule(stage, site, finding, die, age=age)


def _settle(stage: Stage, site: str, rows: list[Finding], dice: list[Random], *, age: int) -> None:
    """Write down at once how those of an audit that is superseded meanwhile were put right, most of them."""
    supplier = _supplier_of(site)
    owner = viewer_from(stage.members[supplier, HEADS[supplier]])
    reader = viewer_from(stage.members[_reader_of(stage, site)])
    settled, entries = [], []
    for finding, die in zip(rows, dice, strict=True):
        if die.random() > 0.85:
            continue
        acted = age - die.randrange(12, 40)
        closed_at = stage.moment(acted - die.randrange(5, 16), 14, 10)
        finding.root_cause, finding.state = CAUSES[finding.title], FindingState.VERIFIED_CLOSED
        finding.closed_at = closed_at
        settled.append(finding)
        begun = {"before": FindingState.OPEN.value, "after": FindingState.ACTION_SUBMITTED.value}
        ended = {"before": FindingState.ACTION_SUBMITTED.value, "after": FindingState.VERIFIED_CLOSED.value}
        for by, verb, at, data in (
            (owner, ACTION_SUBMITTED, stage.moment(acted, 9, 40), begun),
            (reader, VERIFIED, closed_at, ended),
        ):
            entries.append(
                draft(verb=verb, by=by, subject=finding, owner_id=finding.supplier_id, at=at, data=data)
            )
    Finding.objects.bulk_update(settled, ["state", "root_cause", "closed_at"])
    record_all(entries)


def _schedule(stage: Stage, site: str, finding: Finding, dice: Random, *, age: int) -> None:
    """Roll what becomes of one that still counts: verified, waiting, sent back, or left open."""
    is_grave = finding.severity == Finding.Severity.BUSINESS_CRITICAL
    roll = 1.0 if is_grave else dice.random()
    acted = age - dice.randrange(12, 40)
    answered = acted - dice.randrange(5, 16)
    put_right = 0.94 if age > OLD_NEWS else 0.55
    if roll < put_right:
        _act(stage, site, finding, acted)
        _answer(stage, site, finding, answered, is_enough=True)
    elif roll < put_right + 0.15:
        _act(stage, site, finding, min(acted, dice.randrange(2, 15)))
    elif roll < put_right + 0.25:
        _act(stage, site, finding, acted)
        _answer(stage, site, finding, answered, is_enough=False)


def _act(stage: Stage, site: str, finding: Finding, day: int) -> None:
    def act(at: datetime) -> None:
        supplier = _supplier_of(site)
        with stage.acting(supplier, HEADS[supplier]) as viewer:
            finding.refresh_from_db(fields=["state"])
            if finding.state != FindingState.OPEN:
                return  # a follow-up visit was quicker
            _submit_action(
                viewer, finding, chance("done", finding.title).choice(words("plans")["actions_done"]), at
            )

    if day > 0:
        stage.on(day, act, hour=9, minute=40)


def _answer(stage: Stage, site: str, finding: Finding, day: int, *, is_enough: bool) -> None:
    def answer(at: datetime) -> None:
        with stage.acting(*_reader_of(stage, site)) as viewer:
            finding.refresh_from_db(fields=["state"])
            if finding.state != FindingState.ACTION_SUBMITTED:
                return
            if is_enough:
                _verify(viewer, finding, at)
            else:
                data = {"reason": words("plans")["more_needed"]}
                _move(viewer, finding, FindingState.OPEN, "findings.more_needed", at, data)

    if day > 0:
        stage.on(day, answer, hour=14, minute=10)


def _submit_action(viewer: Viewer, finding: Finding, done: str, at: datetime) -> None:
    finding.root_cause = CAUSES[finding.title]
    _move(
        viewer, finding, FindingState.ACTION_SUBMITTED, ACTION_SUBMITTED, at, {"action": done}, ["root_cause"]
    )


def _verify_on_site(stage: Stage, site: str, audit: Audit) -> None:
    """A follow-up visit has verified what its parent left for it."""

    def verify(at: datetime) -> None:
        rows = list(
            Finding.objects.non_compliances().filter(
                audit=audit.parent_id,
                verification=Finding.Verification.FOLLOW_UP,
                state__in=[FindingState.OPEN, FindingState.ACTION_SUBMITTED],
            )
        )
        supplier = _supplier_of(site)
        with stage.acting(supplier, HEADS[supplier]) as viewer:
            for finding in rows:
                if finding.state == FindingState.OPEN:
                    _submit_action(viewer, finding, "Shown to the auditor on site.", at)
        with stage.acting(*_reader_of(stage, site)) as viewer:
            for finding in rows:
                _verify(viewer, finding, at)

    stage.at(audit.published_at or stage.now, verify)


def _verify(viewer: Viewer, finding: Finding, at: datetime) -> None:
    finding.closed_at = at
    _move(viewer, finding, FindingState.VERIFIED_CLOSED, VERIFIED, at, {}, ["closed_at"])


def _move(
    viewer: Viewer,
    finding: Finding,
    to: FindingState,
    verb: str,
    at: datetime,
    data: dict[str, Any],
    also: list[str] | None = None,
) -> None:
    move(
        finding,
        to=to,
        lifecycle=NON_COMPLIANCE,
        verb=verb,
        by=viewer,
        owner_id=finding.supplier_id,
        at=at,
        data=data,
        also=also or [],
    )


def _supplier_of(site: str) -> str:
    return next(one["supplier"] for one in sites() if one["key"] == site)


def _reader_of(stage: Stage, site: str) -> tuple[str, str]:
    firm = stage.firms[site]
    return firm, HEADS[firm]
