"""The history of a site as a viewer sees it: its audits, its non-compliances over time, and the chains of its CARs."""

import datetime as dt
from dataclasses import dataclass, field

from findings.lifecycle import FindingState
from findings.models import Audit, Finding
from findings.models.finding import FindingQuerySet
from findings.queries.audit import Tally, tallies
from organisations.visibility import Viewer
from sourcing.models import Site

MOST_AUDITS = 100
MOST_ROWS = 600
QUARTERS = 16  # the most that one picture holds


@dataclass
class AuditLine:
    """One audit: what it found, and how many of its non-compliances stand where now."""

    audit: Audit
    tally: Tally
    now: dict[str, int] = field(default_factory=dict)

    @property
    def not_closed(self) -> int:
        """How many of its non-compliances are not closed now."""
        return self.now.get(FindingState.OPEN, 0) + self.now.get(FindingState.ACTION_SUBMITTED, 0)


@dataclass(frozen=True, slots=True)
class Moment:
    """How the non-compliances stood at the end of a day: those open, sent and waiting, or put right until then."""

    on: dt.date
    open: int
    closed: int


@dataclass
class Chain:
    """One issue worked on together: the CARs that continue each other, oldest first."""

    cars: list[Finding]

    @property
    def newest(self) -> Finding:
        """Where the issue stands now."""
        return self.cars[-1]

    @property
    def since(self) -> dt.date:
        """When it was first raised."""
        return self.newest.first_raised_on


@dataclass
class SiteHistory:
    """A site's history. Non-compliances and CARs are apart, always."""

    site: Site
    audits: list[AuditLine]
    moments: list[Moment]
    chains: list[Chain]
    ncs: list[Finding]
    has_more: bool

    @property
    def open_now(self) -> int:
        """How many non-compliances are not closed; no CAR among them."""
        return sum(one.state in {FindingState.OPEN, FindingState.ACTION_SUBMITTED} for one in self.ncs)


def site_history(viewer: Viewer, site: Site, *, on: dt.date) -> SiteHistory:
    """Gather the history of a site through a viewer's eyes: published audits only, in a fixed number of queries."""
    audits = list(
        Audit.objects.visible_to(viewer)
        .published()
        .filter(site_id=site.pk)
        .select_related("version")
        .order_by("-ends_on", "-pk")[: MOST_AUDITS + 1]
    )
    shown = audits[:MOST_AUDITS]
    found = tallies(viewer, shown)
    rows = _findings(viewer, site)
    ncs = list(rows.non_compliances().order_by("-raised_on", "-pk")[: MOST_ROWS + 1])
    lines = [AuditLine(one, found[one.pk]) for one in shown]
    by_audit = {line.audit.pk: line for line in lines}
    for nc in ncs:
        if line := by_audit.get(nc.audit_id):
            line.now[nc.state] = line.now.get(nc.state, 0) + 1
    cars = list(rows.cars().order_by("raised_on", "pk")[:MOST_ROWS])
    return SiteHistory(
        site=site,
        audits=lines,
        moments=_moments(ncs, on),
        chains=_chains(cars),
        ncs=ncs[:MOST_ROWS],
        has_more=len(audits) > MOST_AUDITS or len(ncs) > MOST_ROWS,
    )


def _findings(viewer: Viewer, site: Site) -> FindingQuerySet:
    rows = Finding.objects.visible_to(viewer).of_published_audits().filter(site_id=site.pk)
    return rows.exclude(state=FindingState.WITHDRAWN).select_related("requirement", "audit", "superseded_by")


def ended_on(nc: Finding) -> dt.date | None:
    """Return the day on which a non-compliance was put right, or a later full audit took its place."""
    if nc.closed_at:
        return nc.closed_at.date()
    if nc.state == FindingState.SUPERSEDED and nc.superseded_by:
        return nc.superseded_by.ends_on
    return nc.audit.ends_on if nc.state == FindingState.SUPERSEDED else None


def _moments(ncs: list[Finding], on: dt.date) -> list[Moment]:
    """Return how things stood at the end of each quarter since the first finding, and today."""
    if not ncs:
        return []
    first, days = min(one.raised_on for one in ncs), [on]
    year, quarter = on.year, (on.month - 1) // 3
    while len(days) < QUARTERS:
        end = dt.date(year, 3 * quarter + 1, 1) - dt.timedelta(days=1)
        if end < first:
            break
        days.append(end)
        year, quarter = (year - 1, 3) if quarter == 0 else (year, quarter - 1)
    ends = [(one.raised_on, ended_on(one)) for one in ncs]
    return [
        Moment(
            day,
            open=sum(raised <= day and (ended is None or ended > day) for raised, ended in ends),
            closed=sum(raised <= day and ended is not None and ended <= day for raised, ended in ends),
        )
        for day in sorted(days)
    ]


def _chains(cars: list[Finding]) -> list[Chain]:
    """Put CARs behind those that they continue; a predecessor that the viewer does not see begins nothing."""
    chain_of: dict[int, Chain] = {}
    chains: list[Chain] = []
    for car in cars:
        chain = chain_of.get(car.predecessor_id or 0)
        if chain is None:
            chain = Chain([])
            chains.append(chain)
        chain.cars.append(car)
        chain_of[car.pk] = chain
    return sorted(chains, key=lambda one: (one.newest.state == FindingState.CLOSED, one.since))
