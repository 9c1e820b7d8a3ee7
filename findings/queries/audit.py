"""Questions about audits."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from findings.lifecycle import AuditState, FindingState
from findings.models import Audit, Finding, Reassessment
from findings.models.audit import AuditQuerySet
from findings.models.finding import FindingQuerySet
from findings.queries.follow_up import follow_up_obstacles
from findings.queries.management import ungraded
from findings.queries.named import of_site
from findings.queries.plan import customers_who_see
from findings.queries.review import review_obstacles, with_disputes
from findings.visibility import Basis
from organisations.models import Organisation
from organisations.visibility import Viewer
from sourcing.models import Engagement, Site, SiteAccess

WORKED_ON = [AuditState.SCHEDULED, AuditState.IN_PROGRESS, AuditState.SUBMITTED]


@dataclass
class Tally:
    """What an audit found. Non-compliances and CARs are counted apart, always."""

    by_severity: dict[str, int] = field(default_factory=dict)
    cars: int = 0
    good_examples: int = 0
    observations: int = 0

    @property
    def non_compliances(self) -> int:
        """All non-compliances; no CAR among them."""
        return sum(self.by_severity.values())

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Severities that occur, gravest first, with their counts."""
        return [(one, self.by_severity[one]) for one in Finding.Severity.values if self.by_severity.get(one)]


@dataclass(frozen=True)
class Obstacle:
    """Something that stands between an audit and its publication."""

    code: str
    sentence: str


@dataclass(frozen=True)
class OpenCar:
    """An open CAR of an earlier audit, and what this audit says about it so far."""

    car: Finding
    reassessment: Reassessment | None

    @property
    def is_done(self) -> bool:
        """Whether this audit has answered: met, or a new CAR stands for it."""
        answer = self.reassessment
        return answer is not None and (
            answer.result == Reassessment.Result.MET or answer.successor_id is not None
        )


@dataclass(frozen=True)
class Readers:
    """Who sees an audit now, as far as the viewer may know."""

    is_published: bool
    is_told_customers: bool
    customers: list[Organisation] = field(default_factory=list)


def listed_audits(
    viewer: Viewer, *, state: str = "", kind: str = "", year: int | None = None, site: str = ""
) -> AuditQuerySet:
    """Return the audits a viewer sees, narrowed by filters.

    Args:
        site: the code of a site, or words of its name.
    """
    rows = Audit.objects.visible_to(viewer)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if year:
        rows = rows.filter(ends_on__gte=dt.date(year, 1, 1), ends_on__lte=dt.date(year, 12, 31))
    return narrowed_to_site(rows, viewer, site)


def narrowed_to_site(rows: AuditQuerySet, viewer: Viewer, site: str) -> AuditQuerySet:
    """Keep the audits of the site with this code, or of sites whose name has these words in it."""
    return of_site(rows, viewer, site, audit="")


def audits_waiting(viewer: Viewer) -> int:
    """Return how many audits wait for the viewer's own organisation: as their firm, or as the site's owner."""
    return (
        Audit.objects.visible_to(viewer)
        .filter(
            Q(audit_firm_id=viewer.organisation_id, state__in=WORKED_ON)
            | Q(supplier_id=viewer.organisation_id, state=AuditState.SUBMITTED)
        )
        .count()
    )


def tallies(viewer: Viewer, audits: Iterable[Audit]) -> dict[int, Tally]:
    """Return what each of these audits found, by primary key; one query for all of them."""
    return tallies_by_key(viewer, [audit.pk for audit in audits])


def tallies_by_key(viewer: Viewer, keys: Iterable[int]) -> dict[int, Tally]:
    """Return what each of the audits with these primary keys found; one query for all of them."""
    found = {key: Tally() for key in keys}
    rows = (
        Finding.objects.visible_to(viewer)
        .filter(audit_id__in=list(found))
        .exclude(state=FindingState.WITHDRAWN)
        .order_by()
        .values_list("audit_id", "kind", "severity")
        .annotate(count=Count("pk"))
    )
    for audit_id, kind, severity, count in rows:
        _add(found[audit_id], kind, severity or "", count)
    return found


def tally_of(found: Iterable[Finding]) -> Tally:
    """Return what an audit found, from its findings."""
    tally, counted = (
        Tally(),
        Counter((one.kind, one.severity or "") for one in found if one.state != FindingState.WITHDRAWN),
    )
    for (kind, severity), count in counted.items():
        _add(tally, kind, severity, count)
    return tally


def _add(tally: Tally, kind: str, severity: str, count: int) -> None:
    if kind == Finding.Kind.NON_COMPLIANCE:
        tally.by_severity[severity] = count
    elif kind == Finding.Kind.CAR:
        tally.cars += count
    elif kind == Finding.Kind.GOOD_EXAMPLE:
        tally.good_examples += count
    else:
        tally.observations += count


def engaged_sites(viewer: Viewer) -> QuerySet[Site]:
    """Return the sites for which the viewer's audit firm is engaged now."""
    engaged = Engagement.objects.active().filter(audit_firm_id=viewer.organisation_id)
    return Site.objects.visible_to(viewer).filter(pk__in=engaged.values("site_id")).order_by("name", "pk")


def is_engaged(viewer: Viewer, site_id: int) -> bool:
    """Tell whether the viewer's audit firm is engaged for a site now."""
    return SiteAccess.objects.filter(
        organisation_id=viewer.organisation_id, site_id=site_id, bases__contains=[Basis.AUDIT_FIRM]
    ).exists()


def followable_audits(viewer: Viewer) -> AuditQuerySet:
    """Return the published audits of sites the firm is engaged for: those a follow-up can follow."""
    sites = engaged_sites(viewer).order_by().values("pk")
    rows = Audit.objects.visible_to(viewer).filter(state=AuditState.PUBLISHED, site_id__in=sites)
    return rows.order_by("site_name", "-ends_on", "-pk")


def findings_of(viewer: Viewer, audit: Audit) -> FindingQuerySet:
    """Return an audit's findings in the order of the catalogue, with their requirements."""
    rows = with_disputes(Finding.objects.visible_to(viewer).filter(audit=audit))
    return rows.select_related("requirement__section").order_by(
        "requirement__section__position", "requirement__item", "pk"
    )


def earlier_audits(viewer: Viewer, audit: Audit) -> AuditQuerySet:
    """Return the published audits that a periodic audit supersedes: same site, same methodology, not later."""
    return (
        Audit.objects.visible_to(viewer)
        .filter(
            site_id=audit.site_id,
            version__name=audit.version.name,
            state=AuditState.PUBLISHED,
            ends_on__lte=audit.ends_on,
        )
        .exclude(pk=audit.pk)
        .order_by("ends_on", "pk")
    )


def open_cars(viewer: Viewer, audit: Audit) -> list[OpenCar]:
    """Return every open CAR of the site that a periodic audit has to look at anew; none for other audits."""
    if audit.kind != Audit.Kind.PERIODIC:
        return []
    cars = (
        Finding.objects.visible_to(viewer)
        .cars()
        .filter(
            site_id=audit.site_id,
            audit__published_at__isnull=False,
            audit__ends_on__lte=audit.ends_on,
            audit__version__name=audit.version.name,
            state__in=[FindingState.OPEN, FindingState.IN_PROGRESS],
        )
        .exclude(audit=audit)
        .select_related("requirement__section", "audit")
        .order_by("first_raised_on", "pk")
    )
    answers = {
        one.car_id: one for one in Reassessment.objects.filter(audit=audit).select_related("successor")
    }
    return [OpenCar(car, answers.get(car.pk)) for car in cars]


def open_non_compliances(viewer: Viewer, audits: Iterable[Audit]) -> FindingQuerySet:
    """Return the non-compliances of these audits that nobody has verified as closed."""
    rows = Finding.objects.visible_to(viewer).non_compliances().filter(audit__in=list(audits))
    return rows.filter(state__in=[FindingState.OPEN, FindingState.ACTION_SUBMITTED]).order_by("pk")


def obstacles(viewer: Viewer, audit: Audit, *, on: dt.date, at: dt.datetime) -> list[Obstacle]:
    """Return what is missing before an audit can be published; empty when nothing is.

    Args:
        on: today, where the site is. at: now.
    """
    waiting_for = review_obstacles(viewer, audit, at=at) + follow_up_obstacles(viewer, audit)
    found = [Obstacle(*one) for one in waiting_for]
    if not audit.auditors.filter(is_lead=True).exists():
        found.append(Obstacle("no-lead-auditor", _("Name the auditors, one of them as the lead.")))
    if audit.ends_on > on:
        found.append(Obstacle("not-over", _("The last day of the audit is still to come.")))
    if audit.kind == Audit.Kind.PERIODIC:
        if not is_engaged(viewer, audit.site_id):
            sentence = _(
                "You are no longer engaged for this site, so its open CARs cannot be looked at anew."
            )
            found.append(Obstacle("engagement-ended", sentence))
        waiting = sum(not one.is_done for one in open_cars(viewer, audit))
        if waiting:
            sentence = _("Look anew at each open CAR of this site. Still to do: %(count)s.") % {
                "count": waiting
            }
            found.append(Obstacle("cars-not-reassessed", sentence))
    if missing := ungraded(viewer, audit):
        found.append(Obstacle("management-not-graded", missing))
    return found


def readers(viewer: Viewer, audit: Audit) -> Readers:
    """Return who sees an audit; customers are named to the supplier only, never to each other or to the firm."""
    if viewer.organisation_id != audit.supplier_id:
        return Readers(audit.is_published, is_told_customers=False)
    return Readers(audit.is_published, is_told_customers=True, customers=customers_who_see(audit))
