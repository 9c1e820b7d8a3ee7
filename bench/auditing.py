"""What was audited and found over four years, all invented: audits, findings, plans and answers."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench.trade import Trade

YEARS = dt.timedelta(days=4 * 365)
NEWEST = 0.05  # of the audits; 29 % of these are not published yet
UNPUBLISHED = 0.29
SEVERITIES = ("business_critical",) * 2 + ("critical",) * 13 + ("major",) * 45 + ("minor",) * 40
KINDS = ("nc",) * 62 + ("car",) * 18 + ("good_example",) * 20


@dataclass(slots=True)
class Audit:
    """One audit; `later` is the next published audit of the same site."""

    id: int
    site: int
    ends_on: dt.date
    state: str
    is_first: bool
    findings: int = 0
    later: "Audit | None" = None

    @property
    def is_published(self) -> bool:
        """Whether customers can see it."""
        return self.state in {"published", "superseded"}

    def days_after(self, days: int) -> dt.datetime:
        """Return nine in the morning, so many days after its last day."""
        return dt.datetime.combine(self.ends_on + dt.timedelta(days=days), dt.time(9), dt.UTC)


@dataclass(slots=True)
class Finding:
    """One finding; `first` is the day on which the issue was first raised."""

    id: int
    audit: Audit
    kind: str
    requirement: int
    state: str
    severity: str | None = None
    due_on: dt.date | None = None
    predecessor: int | None = None
    first: dt.date = dt.date.min
    has_plan: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether a later audit has closed this CAR."""
        return self.kind == "car" and self.state == "closed"

    @property
    def is_answered(self) -> bool:
        """Whether the site has said what it did about this non-compliance."""
        return self.state in {"action_submitted", "verified_closed"}


def invent_audits(trade: Trade, *, seed: int) -> list[Audit]:
    """Invent audits in order of time; each findings' number follows from chance, their sum is the scale's."""
    dice, count = random.Random(seed), trade.scale.audits
    audits: list[Audit] = []
    seen: set[int] = set()
    for number in range(count):
        site = dice.randrange(1, len(trade.sites))
        is_new = number >= count * (1 - NEWEST) and dice.random() < UNPUBLISHED
        state = (
            dice.choices(("in_progress", "submitted", "scheduled"), (6, 3, 1))[0] if is_new else "published"
        )
        day = trade.on - dt.timedelta(days=20) - YEARS * (count - 1 - number) / count
        audits.append(Audit(number + 1, site, day, state, site not in seen))
        seen.add(site)
    _supersede(audits)
    written = [audit for audit in audits if audit.state != "scheduled"]
    for place, found in Counter(dice.choices(range(len(written)), k=trade.scale.findings)).items():
        written[place].findings = found
    return audits


def _supersede(audits: list[Audit]) -> None:
    later: dict[int, Audit] = {}
    for audit in reversed(audits):
        if audit.is_published:
            if audit.site in later:
                audit.state, audit.later = "superseded", later[audit.site]
            later[audit.site] = audit


def invent_findings(
    audits: list[Audit], *, on: dt.date, seed: int, plain: list[int], together: list[int]
) -> Iterator[Finding]:
    """Invent findings in order of time.

    Args:
        plain: ids of requirements a breach of which is a non-compliance; together: of those that ask for a CAR.
    """
    dice, number = random.Random(seed), 0
    open_cars: dict[int, Finding] = {}
    for audit in audits:
        for _each in range(audit.findings):
            number += 1
            kind = dice.choice(KINDS)
            if kind == "car":
                yield _car(number, audit, dice, dice.choice(together), open_cars)
            elif kind == "nc":
                yield _non_compliance(number, audit, dice, dice.choice(plain), on)
            else:
                yield Finding(number, audit, kind, dice.choice(plain), "recorded", first=audit.ends_on)


def _car(
    number: int, audit: Audit, dice: random.Random, requirement: int, open_cars: dict[int, Finding]
) -> Finding:
    """A CAR of a superseded audit is closed; most have a plan; some continue an earlier one of the site."""
    state = "closed" if audit.state == "superseded" else "open"
    has_plan = audit.is_published and dice.random() < 0.8
    if has_plan and state == "open":
        state = "in_progress"
    made = Finding(number, audit, "car", requirement, state, first=audit.ends_on, has_plan=has_plan)
    before = open_cars.get(audit.site)
    if before is not None and before.audit.later is audit and dice.random() < 0.5:
        made.predecessor, made.first, made.requirement = before.id, before.first, before.requirement
        del open_cars[audit.site]
    if audit.is_published:
        open_cars[audit.site] = made
    return made


def _non_compliance(number: int, audit: Audit, dice: random.Random, requirement: int, on: dt.date) -> Finding:
    severity = dice.choice(SEVERITIES)
    days = {"business_critical": 1, "critical": 30, "major": 60, "minor": 90}[severity]
    is_recent = (on - audit.ends_on).days < 180
    if not audit.is_published:
        state = "open"
    elif audit.state == "superseded":
        state = dice.choice(("superseded", "verified_closed", "verified_closed"))
    else:
        chances = (5, 2, 3) if is_recent else (1, 1, 8)
        state = dice.choices(("open", "action_submitted", "verified_closed"), chances)[0]
    due_on = audit.ends_on + dt.timedelta(days=days)
    return Finding(number, audit, "nc", requirement, state, severity, due_on, first=audit.ends_on)
