"""The figures of a plan as pictures: progress, refunds, wages, and how long the issue has lasted.

Each is a chart with its table, or a picture with a list that says the same.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from findings.models import ActionPlan, Finding, PlanUpdate, PlanVersion, WorkplaceRequirement
from findings.queries.plan import PlanStory
from findings.queries.refunds import RefundLedger, refund_ledger
from findings.queries.wages import WageHistory, wage_history
from web.dates import day_text, month_text
from web.pieces import Chart, Series
from web.statuses import look_of

LEDGER = WorkplaceRequirement.Ledger
TONES = ("thread", "car", "good", "ink-2", "warn")
MOST_LINES = 5
WIDTH = 1000  # units of the picture, whatever its size on the page
NARROWEST = 12


@dataclass(frozen=True, slots=True)
class Span:
    """One CAR of a chain in the picture: where its bar begins and how wide it is; its page if it may be read."""

    title: str
    since: dt.date
    until: dt.date | None
    x: int
    width: int
    is_here: bool = False
    is_hidden: bool = False
    code: str = ""
    note: str = ""


def progress_chart(story: PlanStory) -> Chart | None:
    """Return how many actions stood where at each update; None before there was one."""
    if not story.updates:
        return None
    words = list(PlanUpdate.Progress)
    counts = {
        word: [sum(said["progress"] == word.value for said in update.actions) for update in story.updates]
        for word in words
    }
    return Chart(
        "progress",
        _("Actions by progress, update by update"),
        [_("Update %(n)s") % {"n": update.number} for update in story.updates],
        [
            Series(str(look_of("action", word.value).word), counts[word], _tone_of(word))
            for word in words
            if any(counts[word])
        ],
        is_stacked=True,
    )


def progress_rows(story: PlanStory) -> list[tuple[str, list[str]]]:
    """Return each action of the version in force with its word at each update of that version, oldest first."""
    updates = updates_in_force(story)
    return [
        (action.what, [update.actions[place]["progress"] for update in updates])
        for place, action in enumerate(story.latest.said.actions)
    ]


def updates_in_force(story: PlanStory) -> list[PlanUpdate]:
    """Return the updates on the version in force."""
    wanted = len(story.latest.said.actions)
    return [
        one
        for one in story.updates
        if one.version_number == story.latest.number and len(one.actions) == wanted
    ]


def refund_charts(ledger: RefundLedger) -> list[Chart]:
    """Return what had come back by the end of each month, one chart per currency: they are never added up."""
    charts = []
    for total in ledger.totals:
        line = ledger.running(total.currency)
        if not line:
            continue
        charts.append(
            Chart(
                f"refunds-{total.currency.lower()}",
                _("Refunded so far, of %(owed)s %(currency)s")
                % {
                    "owed": number_format(total.owed, 2, use_l10n=True, force_grouping=True),
                    "currency": total.currency,
                },
                [month_text(month) for month, _amount in line],
                [Series(_("Refunded"), [float(amount) for _month, amount in line], "good")],
                unit=total.currency,
                maximum=float(max(total.owed, total.refunded)),
            )
        )
    return charts


def wage_chart(history: WageHistory) -> Chart | None:
    """Return the gap of each group over time, in per cent of the living wage; None before anything was measured."""
    if not history.measured:
        return None
    lines = [(name, history.line(name)) for name in history.names[:MOST_LINES]]
    return Chart(
        "wage-gap",
        _("Gap between the wage in the middle and the living wage"),
        [day_text(day.review.measured_on) for day in history.measured],
        [
            Series(name, [None if one is None else float(one) for one in line], TONES[place])
            for place, (name, line) in enumerate(lines)
        ],
        kind="line" if len(history.measured) > 1 else "bar",
        unit="%",
    )


def figures_of(plan: ActionPlan, finding: Finding, chain: list[Finding]) -> dict[str, Any]:
    """Return the context of the two ledgers for a page: only the one that the requirement asks for is filled."""
    found: dict[str, Any] = {"refunds": None, "wage_gap": None}
    if finding.requirement.ledger == LEDGER.REFUNDS:
        ledger = refund_ledger(plan)
        found |= {"refunds": ledger, "refund_charts": refund_charts(ledger)}
    if finding.requirement.ledger == LEDGER.WAGE_GAP:
        history = wage_history(plan, chain)
        found |= {"wage_gap": history, "wage_chart": wage_chart(history)}
    return found


def spans_of(finding: Finding, chain: list[Finding], today: dt.date) -> list[Span]:
    """Return the CARs of an issue over time, as far as the reader may see them.

    When earlier ones are not the reader's to see, one bar stands for them all: since when the issue is known is
    said by the finding itself, and nothing else is.
    """
    start = min([finding.first_raised_on, *(one.raised_on for one in chain)])
    days = max((today - start).days, 1)

    def place(since: dt.date, until: dt.date | None) -> tuple[int, int]:
        x = (since - start).days * WIDTH // days
        width = max(((until or today) - since).days * WIDTH // days, NARROWEST)
        return min(x, WIDTH - NARROWEST), min(width, WIDTH - min(x, WIDTH - NARROWEST))

    spans = []
    if chain[0].predecessor_id is not None:
        since, until = finding.first_raised_on, chain[0].raised_on
        spans.append(Span(_("An earlier audit"), since, until, *place(since, until), is_hidden=True))
    for number, one in enumerate(chain):
        after = chain[number + 1].raised_on if number + 1 < len(chain) else None
        ended = after or (one.closed_at.date() if one.closed_at else None)
        spans.append(
            Span(
                _("Raised again") if one.predecessor_id else _("Raised"),
                one.raised_on,
                ended,
                *place(one.raised_on, ended),
                is_here=one == finding,
                code=one.code,
                note=one.audit.audit_firm_name,
            )
        )
    return spans


def carried_words(version: PlanVersion) -> str:
    """Say from which plan and version a version was carried on; empty when it was not."""
    if not version.carried_plan:
        return ""
    return _("Carried on from plan %(plan)s, version %(number)s.") % {
        "plan": version.carried_plan,
        "number": version.carried_version,
    }


def _tone_of(word: PlanUpdate.Progress) -> str:
    tones = {
        PlanUpdate.Progress.NOT_STARTED: "line",
        PlanUpdate.Progress.ON_TRACK: "thread",
        PlanUpdate.Progress.BEHIND: "ink-2",
        PlanUpdate.Progress.BLOCKED: "car",
        PlanUpdate.Progress.EVIDENCED: "good",
    }
    return tones[word]
