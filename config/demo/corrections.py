"""What sites did about non-compliances, and what the audit firm said to it.

Most are put right and verified; some wait for the firm, some were sent back, some are overdue. What is still open when
the next periodic audit is published, that audit supersedes by itself.
"""

from datetime import datetime, timedelta
from random import Random

from config.demo.content import sites, words
from config.demo.evidence import proof_of
from config.demo.stage import Stage, chance
from config.demo.trade import HEADS
from findings.actions.corrective import SUBMITTED, VERIFIED, submit_action, verify
from findings.actions.follow_up import note_result
from findings.lifecycle import FindingState
from findings.models import Audit, CorrectiveAction, Finding, FollowUpItem, Verification
from findings.models.audit import FOLLOW_UPS
from findings.models.facts import Correction
from findings.queries.follow_up import items_of
from ledger.entries import draft, record_all
from organisations.queries import viewer_from
from organisations.visibility import Viewer

OLD_NEWS = 250  # days after which hardly anything is still open
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
        return  # what it saw was verified with its publication
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
    """Write down at once what was done about those of an audit that is superseded meanwhile, and what was verified."""
    supplier = _supplier_of(site)
    owner = viewer_from(stage.members[supplier, HEADS[supplier]])
    reader = viewer_from(stage.members[_reader_of(stage, site)])
    acted_on, actions, answers, entries = [], [], [], []
    begun = {"before": FindingState.OPEN.value, "after": FindingState.ACTION_SUBMITTED.value}
    ended = {"before": FindingState.ACTION_SUBMITTED.value, "after": FindingState.VERIFIED_CLOSED.value}
    for finding, die in zip(rows, dice, strict=True):
        acted = age - die.randrange(12, 40)
        acted_at, closed_at = (
            stage.moment(acted, 9, 40),
            stage.moment(acted - die.randrange(5, 16), 14, 10),
        )
        said = _said(finding, acted_at)
        action = CorrectiveAction(
            finding=finding,
            whys=list(said.whys),
            cause=said.cause,
            correction=said.correction,
            prevention=said.prevention,
            responsible=said.responsible,
            done_on=said.done_on,
            language=said.language,
            person_id=owner.person_id,
            submitted_at=acted_at,
        )
        finding.root_cause = said.whys[-1]
        acted_on.append(finding)
        actions.append(action)
        told = [(owner, SUBMITTED, acted_at, begun)]
        if finding.verification == Finding.Verification.DESKTOP and die.random() < 0.85:
            finding.closed_at = closed_at
            told.append((reader, VERIFIED, closed_at, ended))
            answers.append(
                Verification(
                    action=action,
                    method=Verification.Method.DESKTOP,
                    result=Verification.Result.CLOSED,
                    organisation_id=reader.organisation_id,
                    person_id=reader.person_id,
                    verified_at=closed_at,
                )
            )
        entries += [
            draft(verb=verb, by=by, subject=finding, owner_id=finding.supplier_id, at=at, data=data)
            for by, verb, at, data in told
        ]
    _write_down(acted_on, actions, answers)
    record_all(entries)


def _write_down(
    acted_on: list[Finding], actions: list[CorrectiveAction], answers: list[Verification]
) -> None:
    """Write many at once, in the order that the database asks for."""
    CorrectiveAction.objects.bulk_create(actions)
    for finding in acted_on:
        finding.state = FindingState.ACTION_SUBMITTED
    Finding.objects.bulk_update(acted_on, ["state", "root_cause"])
    for answer in answers:
        answer.action_id = answer.action.pk
    Verification.objects.bulk_create(answers)
    settled = [answer.action.finding for answer in answers]
    for finding in settled:
        finding.state = FindingState.VERIFIED_CLOSED
    Finding.objects.bulk_update(settled, ["state", "closed_at"])


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
            submit_action(
                viewer=viewer,
                finding=finding,
                said=_said(finding, at),
                evidence=proof_of(stage, site, finding),
                at=at,
            )
        stage.dates_changed()

    if day > 0:
        stage.on(day, act, hour=9, minute=40)


def _answer(stage: Stage, site: str, finding: Finding, day: int, *, is_enough: bool) -> None:
    def answer(at: datetime) -> None:
        with stage.acting(*_reader_of(stage, site)) as viewer:
            finding.refresh_from_db(fields=["state"])
            if finding.state != FindingState.ACTION_SUBMITTED:
                return
            verify(
                viewer=viewer,
                finding=finding,
                method=Verification.Method.DESKTOP,
                result=Verification.Result.CLOSED if is_enough else Verification.Result.MORE_NEEDED,
                reason="" if is_enough else words("plans")["more_needed"],
                language="" if is_enough else "en",
                at=at,
            )
        stage.dates_changed()

    if day > 0 and finding.verification == Finding.Verification.DESKTOP:
        stage.on(day, answer, hour=14, minute=10)


def _said(finding: Finding, at: datetime) -> Correction:
    """What the site says it did."""
    return Correction(
        whys=_whys(finding),
        cause=CorrectiveAction.Cause.DAILY_WORK,
        correction=chance("done", finding.title).choice(words("plans")["actions_done"]),
        prevention="It is on the list of things that are looked at each week.",
        responsible="Compliance manager",
        done_on=at.date() - timedelta(days=1),
        language="en",
    )


def look_again(viewer: Viewer, audit: Audit, dice: Random, at: datetime) -> None:
    """Write down what a follow-up visit saw of each; all but the last of several is put right."""
    items = items_of(viewer, audit)
    for place, item in enumerate(items):
        is_enough = place == 0 or place < len(items) - 1
        note_result(
            viewer=viewer,
            audit=audit,
            finding=item.finding,
            result=FollowUpItem.Result.CLOSED if is_enough else FollowUpItem.Result.MORE_NEEDED,
            note=dice.choice(words("plans")["seen"]) if is_enough else words("plans")["seen_short"],
            language="en",
            at=at,
        )


def _whys(finding: Finding) -> tuple[str, ...]:
    """Ask why again and again: the near cause, and for most what lies behind it."""
    deeper = chance("whys", finding.title)
    return (CAUSES[finding.title], *deeper.choice(words("plans")["deeper_whys"]))


def _supplier_of(site: str) -> str:
    return next(one["supplier"] for one in sites() if one["key"] == site)


def _reader_of(stage: Stage, site: str) -> tuple[str, str]:
    firm = stage.firms[site]
    return firm, HEADS[firm]
