"""A buyer's portfolio: how its suppliers stand, non-compliances and CARs in columns of their own."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db.models import Count, F, OrderBy, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import Coalesce, NullIf, RowNumber

from findings.models import SiteStanding, Standing
from findings.models.finding import Finding, FindingQuerySet
from findings.models.standing import StandingQuerySet, overdue_count
from findings.queries.finding import GOING_ON, NOT_CLOSED
from organisations.visibility import Viewer

SEVERITIES = ("business_critical", "critical", "major", "minor")
MOST_FINDINGS = 50


# What a portfolio can be sorted by: a name in the address, and its ascending columns.
ORDERS = {
    "name": ("supplier_name", "id"),
    "due": ("next_due_on", "id"),
    "overdue": ("overdue", "id"),
    "open": ("open_total", "id"),
    "plan": ("car_open", "id"),
    "audited": ("last_audit_on", "id"),
    "answer": ("answer_days", "id"),
}
DEFAULT_ORDER = "due"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a portfolio is narrowed to; every part that is empty leaves all in.

    Args:
        q: words of the supplier's name.
        country: two letters.
        severity: suppliers with an open non-compliance at least as grave.
        is_overdue: suppliers with something past its date.
        without_plan: suppliers with a CAR that has no plan yet.
        audited: "never", or "long_ago" for those whose next full audit is expected by now.
    """

    q: str = ""
    country: str = ""
    severity: str = ""
    is_overdue: bool = False
    without_plan: bool = False
    audited: str = ""


def wanted_from(asked: Mapping[str, Any]) -> Wanted:
    """Return what the parameters of an address, or of a kept view, ask for; what is not understood is left out."""
    severity, audited = str(asked.get("severity", "")), str(asked.get("audited", ""))
    return Wanted(
        q=str(asked.get("q", ""))[:100],
        country=str(asked.get("country", ""))[:2].upper(),
        severity=severity if severity in SEVERITIES else "",
        is_overdue=bool(asked.get("overdue")),
        without_plan=bool(asked.get("without_plan")),
        audited=audited if audited in {"never", "long_ago"} else "",
    )


@dataclass(frozen=True, slots=True)
class CountryTotals:
    """What suppliers of one country add up to."""

    country: str
    suppliers: int
    by_severity: dict[str, int]
    overdue: int
    car_open: int
    car_in_progress: int


@dataclass
class Totals:
    """What a portfolio adds up to, and by country. CARs are never part of a count of non-compliances."""

    countries: list[CountryTotals] = field(default_factory=list)

    def _sum(self, name: str) -> int:
        return sum(getattr(one, name) for one in self.countries)

    @property
    def suppliers(self) -> int:
        """How many suppliers there are."""
        return self._sum("suppliers")

    @property
    def overdue(self) -> int:
        """Open non-compliances past their date."""
        return self._sum("overdue")

    @property
    def car_open(self) -> int:
        """CARs without a plan."""
        return self._sum("car_open")

    @property
    def car_in_progress(self) -> int:
        """CARs with a plan, in progress."""
        return self._sum("car_in_progress")

    @property
    def by_severity(self) -> dict[str, int]:
        """Open non-compliances by severity, gravest first."""
        return {one: sum(each.by_severity[one] for each in self.countries) for one in SEVERITIES}

    @property
    def open_ncs(self) -> int:
        """Open non-compliances of all severities."""
        return sum(self.by_severity.values())


def portfolio(viewer: Viewer, wanted: Wanted, *, on: dt.date) -> StandingQuerySet:
    """Return the viewer's suppliers as they stand, narrowed, each with `overdue`, `open_total` and `answer_days`.

    Args:
        on: today, for what is overdue.
    """
    rows = Standing.objects.of_suppliers(viewer).filter(_narrowed(wanted, on))
    return rows.annotate(
        overdue=overdue_count(on),
        open_total=sum((F(f"nc_{one}") for one in SEVERITIES[1:]), F("nc_business_critical")),
        answer_days=F("nc_answer_days") / NullIf(F("nc_answered"), Value(0)),
    )


def _narrowed(wanted: Wanted, on: dt.date) -> Q:
    asked = Q()
    if wanted.q:
        asked &= Q(supplier_name__icontains=wanted.q.strip())
    if wanted.country:
        asked &= Q(supplier_country=wanted.country)
    if wanted.severity:
        graver = SEVERITIES[: SEVERITIES.index(wanted.severity) + 1]
        at_least = Q()
        for one in graver:
            at_least |= Q(**{f"nc_{one}__gt": 0})
        asked &= at_least
    if wanted.is_overdue:
        asked &= Q(next_due_on__lt=on)
    if wanted.without_plan:
        asked &= Q(car_open__gt=0)
    if wanted.audited == "never":
        asked &= Q(last_audit_on=None)
    if wanted.audited == "long_ago":
        asked &= Q(last_full_on__lte=on - relativedelta(months=settings.FULL_AUDIT_MONTHS))
    return asked


def chosen(asked: Mapping[str, Any], offered: Mapping[str, Sequence[str]]) -> list[OrderBy]:
    """Return the order that `asked["sort"]` names, as the page has it; what is missing comes last when ascending."""
    name = str(asked.get("sort", "")) or DEFAULT_ORDER
    if name.removeprefix("-") not in offered:
        name = DEFAULT_ORDER
    columns = offered[name.removeprefix("-")]
    return [F(one).desc() if name.startswith("-") else F(one).asc() for one in columns]


def sums_by_country(rows: StandingQuerySet, *, on: dt.date) -> "QuerySet[Any, dict[str, Any]]":
    """Return the statement that adds up what `rows` show, by country."""
    sums: dict[str, Any] = {f"sum_{one}": Coalesce(Sum(f"nc_{one}"), 0) for one in SEVERITIES}
    by_country: QuerySet[Any, Any] = rows.order_by().values("supplier_country")
    summed: QuerySet[Any, dict[str, Any]] = by_country.annotate(
        suppliers=Count("pk"),
        overdue_sum=Coalesce(Sum(overdue_count(on)), 0),
        open_cars=Coalesce(Sum("car_open"), 0),
        going_cars=Coalesce(Sum("car_in_progress"), 0),
        **sums,
    )
    return summed


def totals_of(rows: StandingQuerySet, *, on: dt.date) -> Totals:
    """Add up what `rows` show, in one statement."""
    return Totals(
        [
            CountryTotals(
                country=row["supplier_country"],
                suppliers=row["suppliers"],
                by_severity={one: row[f"sum_{one}"] for one in SEVERITIES},
                overdue=row["overdue_sum"],
                car_open=row["open_cars"],
                car_in_progress=row["going_cars"],
            )
            for row in sums_by_country(rows, on=on)
        ]
    )


def added_up(rows: Iterable[Standing], *, on: dt.date) -> Totals:
    """Add up rows at hand, as `totals_of` does those that are not."""
    countries: dict[str, list[Standing]] = {}
    for row in rows:
        countries.setdefault(row.supplier_country, []).append(row)
    return Totals(
        [
            CountryTotals(
                country=country,
                suppliers=len(there),
                by_severity={one: sum(getattr(row, f"nc_{one}") for row in there) for one in SEVERITIES},
                overdue=sum(row.overdue_on(on) for row in there),
                car_open=sum(row.car_open for row in there),
                car_in_progress=sum(row.car_in_progress for row in there),
            )
            for country, there in countries.items()
        ]
    )


def next_audit_on(standing: SiteStanding | Standing) -> dt.date | None:
    """Return when the next full audit is expected: the last one and the usual months between; None before the first."""
    last = standing.last_full_on
    return last + relativedelta(months=settings.FULL_AUDIT_MONTHS) if last else None


def standing_of(viewer: Viewer, code: str) -> Standing | None:
    """Return how the supplier with this code stands, or None for one whose customer the viewer is not now."""
    return Standing.objects.of_suppliers(viewer).filter(supplier__code=code.upper()).first()


def sites_of(viewer: Viewer, standing: Standing) -> list[SiteStanding]:
    """Return the supplier's audited sites as far as the viewer sees them, those with the next date first."""
    rows = SiteStanding.objects.visible_to(viewer).filter(site__organisation_id=standing.supplier_id)
    return list(rows.select_related("site").order_by(F("due_dates__0").asc(nulls_last=True), "site__name"))


def findings_to_watch(viewer: Viewer, standing: Standing) -> tuple[list[Finding], list[Finding]]:
    """Return a supplier's open non-compliances by date, and its CARs by age: two lists, never one."""
    listed = list(watched(viewer, standing))
    return [one for one in listed if not one.is_car], [one for one in listed if one.is_car]


def watched(viewer: Viewer, standing: Standing) -> FindingQuerySet:
    """Return the first fifty of each kind that are open at a supplier, as far as the viewer sees them."""
    nc = Q(kind=Finding.Kind.NON_COMPLIANCE, state__in=NOT_CLOSED)
    car = Q(kind=Finding.Kind.CAR, state__in=GOING_ON)
    due = Coalesce("due_by", "due_on")
    place = Window(
        RowNumber(), partition_by="kind", order_by=[due.asc(nulls_last=True), F("first_raised_on").asc()]
    )
    rows = Finding.objects.visible_to(viewer).filter(nc | car, supplier_id=standing.supplier_id)
    found = rows.of_published_audits().select_related("requirement").annotate(place=place)
    return found.filter(place__lte=MOST_FINDINGS).order_by("place")


def figures_of(row: SiteStanding | Standing, *, on: dt.date) -> dict[str, Any]:
    """Return the figures of a site or of a supplier, by the names that screens, table files and API use."""
    return {
        "business_critical": row.nc_business_critical,
        "critical": row.nc_critical,
        "major": row.nc_major,
        "minor": row.nc_minor,
        "overdue": row.overdue_on(on),
        "next_due_on": row.next_due_on,
        "waiting": row.nc_waiting,
        "car_open": row.car_open,
        "car_in_progress": row.car_in_progress,
        "oldest_car_on": row.oldest_car_on,
        "last_audit_on": row.last_audit_on,
        "next_audit_on": next_audit_on(row),
        "days_to_answer": row.days_to_answer,
        "days_to_plan": row.days_to_plan,
    }


def cell_values(row: Standing, *, on: dt.date) -> dict[str, Any]:
    """Return one supplier with its figures."""
    named = {
        "supplier": row.supplier_name,
        "code": row.supplier_code,
        "country": row.supplier_country,
        "sites": row.sites,
    }
    return named | figures_of(row, on=on)
